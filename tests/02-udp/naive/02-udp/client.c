// Un premier jet qui marche, tant que rien ne se perd et que le serveur est là.
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

int main(int argc, char **argv)
{
    struct sockaddr_in addr = {0};
    addr.sin_family = AF_INET;
    addr.sin_port = htons(argc > 2 ? atoi(argv[2]) : 12345);
    addr.sin_addr.s_addr = inet_addr(argc > 1 ? argv[1] : "127.0.0.1");
    char *message = argc > 3 ? argv[3] : "Hello UDP server";

    int fd = socket(AF_INET, SOCK_DGRAM, 0);
    sendto(fd, message, strlen(message), 0, (struct sockaddr *)&addr, sizeof addr);

    char data[4097];
    int n = recvfrom(fd, data, 4096, 0, NULL, NULL);
    data[n] = '\0';
    printf("Server Says\n%s\n", data);
    close(fd);
    return 0;
}
