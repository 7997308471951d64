"""Le serveur du lab 03 en Python : un thread par client, avec threading, le module public."""
import socket
import sys
import threading

host, port = sys.argv[1], int(sys.argv[2])


def serve(connection):
    with connection, connection.makefile("rb") as lines:
        connection.sendall(b"welcome to the server\n")
        for line in lines:
            connection.sendall(b"Hello I'm Server " + line.removesuffix(b"\n") + b"\n")


with socket.create_server((host, port), family=socket.AF_INET) as listener:
    print("waiting for connection", flush=True)
    while True:
        client, _ = listener.accept()
        threading.Thread(target=serve, args=(client,), daemon=True).start()
