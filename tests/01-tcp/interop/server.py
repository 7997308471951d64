"""Le serveur du lab 01 en Python : la bibliothèque standard, les mêmes lignes, le même contrat."""
import socket
import sys

host, port = sys.argv[1], int(sys.argv[2])
with socket.create_server((host, port), family=socket.AF_INET) as listener:
    print("server waiting...", flush=True)
    connection, address = listener.accept()
    # makefile rend des lignes entières : le cadrage, fait par la bibliothèque.
    with connection, connection.makefile("rb") as lines:
        print(f"client connected from {address[0]}:{address[1]}", flush=True)
        for line in lines:
            line = line.removesuffix(b"\n")
            print("received from client:", line.decode("utf-8", "backslashreplace"), flush=True)
            if line == b"END":
                break
            connection.sendall(b"Hey client\n")
