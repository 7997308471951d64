// Le premier jet d'un étudiant : le dialogue marche quand tout va bien.
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

int main(int argc, char **argv)
{
    const char *host = argc > 1 ? argv[1] : "127.0.0.1";
    int port = argc > 2 ? atoi(argv[2]) : 1233;
    char buffer[2048];
    setvbuf(stdout, NULL, _IONBF, 0);

    int fd = socket(AF_INET, SOCK_STREAM, 0);
    struct sockaddr_in address = {.sin_family = AF_INET};
    address.sin_addr.s_addr = inet_addr(host);
    address.sin_port = htons((unsigned short)port);
    if (connect(fd, (struct sockaddr *)&address, sizeof address) < 0) {
        perror("connect");
        exit(1);
    }
    while (1) {
        ssize_t n = recv(fd, buffer, sizeof buffer - 1, 0);
        if (n <= 0)
            break;
        buffer[n] = '\0';
        printf("%s", buffer);
        printf("Say something: ");
        if (fgets(buffer, sizeof buffer, stdin) == NULL)
            break;
        send(fd, buffer, strlen(buffer), 0);
    }
    close(fd);
    return 0;
}
