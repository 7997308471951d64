// Le premier jet d'un étudiant : le dialogue marche quand tout va bien.
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

int main(int argc, char **argv)
{
    char host[100];
    char port[100];
    char buffer[1024];
    setvbuf(stdout, NULL, _IONBF, 0);
    if (argc > 1) {
        snprintf(host, sizeof host, "%s", argv[1]);
    } else {
        printf("enter the host name to connect: ");
        fgets(host, sizeof host, stdin);
        host[strcspn(host, "\n")] = '\0';
    }
    if (argc > 2) {
        snprintf(port, sizeof port, "%s", argv[2]);
    } else {
        printf("enter the port: ");
        fgets(port, sizeof port, stdin);
    }

    int fd = socket(AF_INET, SOCK_STREAM, 0);
    printf("socket created\n");
    struct sockaddr_in address = {.sin_family = AF_INET};
    address.sin_addr.s_addr = inet_addr(host);
    address.sin_port = htons((unsigned short)atoi(port));
    if (connect(fd, (struct sockaddr *)&address, sizeof address) < 0) {
        perror("connect");
        exit(1);
    }
    printf("socket connected to %s:%d\n", host, atoi(port));
    while (fgets(buffer, sizeof buffer, stdin) != NULL) {
        if (strcmp(buffer, "END\n") == 0)
            break;
        send(fd, buffer, strlen(buffer), 0);
        ssize_t n = recv(fd, buffer, sizeof buffer - 1, 0);
        if (n <= 0)
            break;
        buffer[n] = '\0';
        printf("%s", buffer);
    }
    send(fd, "END\n", 4, 0);
    close(fd);
    return 0;
}
