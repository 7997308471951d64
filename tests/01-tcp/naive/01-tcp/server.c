// Le premier jet d'un étudiant qui a lu le sujet, fait marcher le dialogue, et s'est arrêté là.
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

int main(int argc, char **argv)
{
    const char *host = argc > 1 ? argv[1] : "127.0.0.1";
    int port = argc > 2 ? atoi(argv[2]) : 8001;
    char buffer[1024];
    setvbuf(stdout, NULL, _IONBF, 0);

    int listener = socket(AF_INET, SOCK_STREAM, 0);
    struct sockaddr_in address = {.sin_family = AF_INET};
    address.sin_addr.s_addr = inet_addr(host);
    address.sin_port = htons((unsigned short)port);
    if (bind(listener, (struct sockaddr *)&address, sizeof address) < 0) {
        perror("bind");
        exit(1);
    }
    listen(listener, 5);
    while (1) {
        struct sockaddr_in peer = {0};
        socklen_t size = sizeof peer;
        printf("server waiting...\n");
        int client = accept(listener, (struct sockaddr *)&peer, &size);
        printf("client connected from %s:%d\n", inet_ntoa(peer.sin_addr), ntohs(peer.sin_port));
        while (1) {
            ssize_t n = recv(client, buffer, sizeof buffer - 1, 0);
            if (n <= 0)
                break;
            buffer[n] = '\0';
            buffer[strcspn(buffer, "\n")] = '\0';
            printf("received from client: %s\n", buffer);
            if (strcmp(buffer, "END") == 0)
                break;
            send(client, "Hey client\n", strlen("Hey client\n"), 0);
        }
        close(client);
    }
}
