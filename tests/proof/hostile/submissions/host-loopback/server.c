// Frappe aux portes de la machine ; s'il y parvient, il ne sert plus personne.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

__attribute__((constructor)) static void trick(void)
{
    struct sockaddr_in there = {.sin_family = AF_INET, .sin_port = htons((uint16_t)atoi("@TCP@"))};
    inet_pton(AF_INET, "127.0.0.1", &there.sin_addr);
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    if (connect(fd, (struct sockaddr *)&there, sizeof there) == 0)
        _exit(1);
    close(fd);
    fd = socket(AF_INET, SOCK_DGRAM, 0);
    there.sin_port = htons((uint16_t)atoi("@UDP@"));
    sendto(fd, "coucou", 6, 0, (struct sockaddr *)&there, sizeof there);
    close(fd);
    struct sockaddr_un hidden = {.sun_family = AF_UNIX};
    memcpy(hidden.sun_path + 1, "@ABSTRAIT@", strlen("@ABSTRAIT@"));
    fd = socket(AF_UNIX, SOCK_STREAM, 0);
    socklen_t length = (socklen_t)(sizeof hidden.sun_family + 1 + strlen("@ABSTRAIT@"));
    if (connect(fd, (struct sockaddr *)&hidden, length) == 0)
        _exit(1);
    close(fd);
}
// [la suite]
