"""Lancer un programme à qui Ctrl-C s'adresse à lui seul.

Sans cela, make recevrait le même Ctrl-C, et finirait par une erreur alors que tout s'est bien passé.
"""

import os
import signal
import subprocess


def run(command, **options):
    """Lance la commande au premier plan du terminal, s'il y en a un ; rend son statut."""
    try:
        terminal = os.open("/dev/tty", os.O_RDWR | os.O_CLOEXEC)
        ours = os.tcgetpgrp(terminal)
    except OSError:
        return status_of(subprocess.call(command, **options))
    # Donner puis reprendre le terminal se fait depuis l'arrière-plan : SIGTTOU arrêterait ce programme.
    signal.signal(signal.SIGTTOU, signal.SIG_IGN)

    def take_terminal():
        os.setpgid(0, 0)
        os.tcsetpgrp(terminal, os.getpid())
        signal.signal(signal.SIGTTOU, signal.SIG_DFL)

    try:
        return status_of(subprocess.call(command, preexec_fn=take_terminal, **options))
    finally:
        os.tcsetpgrp(terminal, ours)


def status_of(code):
    """Le statut comme le dirait un shell."""
    return 128 - code if code < 0 else code
