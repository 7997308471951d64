"""Le serveur du lab 02 en Python, corrigé : un datagramme, une réponse, à qui l'a envoyé."""
import socket
import sys

host, port = sys.argv[1], int(sys.argv[2])
with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
    server.bind((host, port))
    while True:
        question, address = server.recvfrom(65535)
        text = question.decode("utf-8", "backslashreplace")
        print(f"received from {address[0]}:{address[1]}: {text}", flush=True)
        server.sendto(b"Hello I'm UDP Server", address)
