"""Le client du lab 02 en Python : la question répétée, l'attente doublée, une seule voix écoutée."""
import socket
import sys

host, port, message = sys.argv[1], int(sys.argv[2]), sys.argv[3]
with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
    # Un socket UDP connecté n'entend que son correspondant.
    server.connect((host, port))
    for wait in (0.2, 0.4, 0.8, 1.6):
        server.send(message.encode())
        server.settimeout(wait)
        try:
            answer = server.recv(65535)
        except socket.timeout:
            continue
        print("Server Says")
        print(answer.decode("utf-8", "backslashreplace"))
        sys.exit(0)
sys.exit("client.py: aucune réponse")
