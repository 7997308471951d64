"""Le serveur du lab 01 en Python, corrigé : mêmes lignes, même contrat, un client après l'autre."""
import socket
import sys

host, port = sys.argv[1], int(sys.argv[2])
with socket.create_server((host, port), family=socket.AF_INET, backlog=socket.SOMAXCONN) as listener:
    while True:
        print("server waiting...", flush=True)
        connection, address = listener.accept()
        with connection, connection.makefile("rb") as lines:
            print(f"client connected from {address[0]}:{address[1]}", flush=True)
            for line in lines:
                line = line.rstrip(b"\n")
                print("received from client:", line.decode("utf-8", "backslashreplace"), flush=True)
                if line == b"END":
                    break
                connection.sendall(b"Hey client\n")
