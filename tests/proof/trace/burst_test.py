"""Une rafale juste avant la fin de la capture : burst_test.py FICHIER NOMBRE (dans un réseau à part)

Écrit combien de paquets le fichier contient, et combien tcpdump en a perdu : tous doivent y être.
"""

import socket
import sys

from tests.student.trace import capture
from tests.student.trace import isolation
from tests.student.trace import pcapfile


def main():
    path, count = sys.argv[1], int(sys.argv[2])
    isolation.raise_loopback()
    watch = capture.Capture(path)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as receiver, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        receiver.bind(("127.0.0.1", 0))
        for number in range(count):
            sender.sendto(b"%d" % number, receiver.getsockname())
        lost = watch.finish()
    print(len(pcapfile.read(path)), lost)


if __name__ == "__main__":
    main()
