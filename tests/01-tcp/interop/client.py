"""Le client du lab 01 en Python : chaque ligne de l'entrée est envoyée, chaque réponse montrée."""
import socket
import sys

host, port = sys.argv[1], int(sys.argv[2])
with socket.create_connection((host, port)) as server, server.makefile("rb") as replies:
    for line in sys.stdin.buffer:
        server.sendall(line)
        print(replies.readline().decode().rstrip("\n"), flush=True)
    server.sendall(b"END\n")
    server.shutdown(socket.SHUT_WR)
    for line in replies:
        print(line.decode().rstrip("\n"), flush=True)
