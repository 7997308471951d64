"""Le serveur du lab 03 en Python, corrigé : un thread par client, les mêmes lignes, le même contrat."""
import resource
import socket
import sys
import threading

host, port = sys.argv[1], int(sys.argv[2])
_, most = resource.getrlimit(resource.RLIMIT_NOFILE)
resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
lock = threading.Lock()
active = 0


def announce(event, address, change):
    """Les deux lignes d'une arrivée ou d'un départ restent ensemble."""
    global active
    with lock:
        active += change
        print(f"{event} {address[0]}:{address[1]}\nThreadNumber {active}", flush=True)


def serve(connection, address):
    """La vie d'un thread."""
    with connection, connection.makefile("rb") as lines:
        connection.sendall(b"welcome to the server\n")
        for line in lines:
            connection.sendall(b"Hello I'm Server " + line.rstrip(b"\n") + b"\n")
    announce("disconnected from", address, -1)


with socket.create_server((host, port), family=socket.AF_INET, backlog=socket.SOMAXCONN) as listener:
    print("waiting for connection", flush=True)
    while True:
        client, place = listener.accept()
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        announce("connected to", place, 1)
        threading.Thread(target=serve, args=(client, place), daemon=True).start()
