"""Mourir avec son parent : ce qui est lancé ne survit pas à qui l'a lancé, même tué."""

import ctypes
import os
import signal
import subprocess

PR_SET_PDEATHSIG = 1


def die_with(parent, number=signal.SIGKILL):
    """Ce processus reçoit ce signal à la mort de son parent ; s'il est déjà orphelin, il finit aussitôt."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, number, 0, 0, 0)
    # Le parent était peut-être déjà mort avant la demande.
    if os.getppid() != parent:
        os._exit(1)


def start(command, number=signal.SIGKILL, **options):
    """Lance une commande qui reçoit ce signal quand nous mourons."""
    parent = os.getpid()
    return subprocess.Popen(command, preexec_fn=lambda: die_with(parent, number), **options)
