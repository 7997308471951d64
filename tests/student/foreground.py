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
        return without_terminal(command, options)
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


def without_terminal(command, options):
    """Sans terminal, l'interruption n'arrive qu'à nous : elle est passée au programme et aux siens, et leur fin attendue."""
    wanted = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

    def start_apart():
        os.setpgid(0, 0)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, wanted)

    # Bloquée tant que le programme n'existe pas, une interruption attend au lieu de se perdre.
    signal.pthread_sigmask(signal.SIG_BLOCK, wanted)
    process = subprocess.Popen(command, preexec_fn=start_apart, **options)
    for number in wanted:
        signal.signal(number, lambda number, _: os.killpg(process.pid, number))
    signal.pthread_sigmask(signal.SIG_UNBLOCK, wanted)
    return status_of(process.wait())


def status_of(code):
    """Le statut comme le dirait un shell."""
    return 128 - code if code < 0 else code
