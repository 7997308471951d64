"""Le client du lab 03 en Python : l'accueil, puis une réponse entière pour chaque ligne."""
import socket
import sys

host, port = sys.argv[1], int(sys.argv[2])
with socket.create_connection((host, port)) as server, server.makefile("rb") as replies:
    print(replies.readline().decode().rstrip("\n"), flush=True)
    for line in sys.stdin.buffer:
        server.sendall(line)
        print(replies.readline().decode().rstrip("\n"), flush=True)
