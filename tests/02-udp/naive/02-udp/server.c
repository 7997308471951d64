// Un premier jet qui marche : la traduction du programme Python, ses erreurs de syntaxe réparées.
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

int main(int argc, char **argv)
{
    struct sockaddr_in addr = {0};
    addr.sin_family = AF_INET;
    addr.sin_port = htons(argc > 2 ? atoi(argv[2]) : 12345);
    addr.sin_addr.s_addr = inet_addr(argc > 1 ? argv[1] : "127.0.0.1");

    int fd = socket(AF_INET, SOCK_DGRAM, 0);
    if (bind(fd, (struct sockaddr *)&addr, sizeof addr) < 0) {
        perror("bind");
        exit(1);
    }
    while (1) {
        char data[4097];
        struct sockaddr_in client = {0};
        socklen_t len = sizeof client;
        int n = recvfrom(fd, data, 4096, 0, (struct sockaddr *)&client, &len);
        data[n] = '\0';
        printf("received from %s:%d: %s\n", inet_ntoa(client.sin_addr), ntohs(client.sin_port),
               data);
        fflush(stdout);
        char *message = "Hello I'm UDP Server";
        sendto(fd, message, strlen(message), 0, (struct sockaddr *)&client, len);
    }
}
