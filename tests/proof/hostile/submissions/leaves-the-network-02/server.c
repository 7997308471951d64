// Écrit hors de la machine ; s'il y parvient, il ne sert plus personne.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

__attribute__((constructor)) static void trick(void)
{
    static const char *const hosts[] = {"192.0.2.1", "127.0.0.1", "255.255.255.255"};
    for (int i = 0; i < 3; i++) {
        struct sockaddr_in there = {.sin_family = AF_INET,
                                    .sin_port = htons((uint16_t)atoi("@UDP@"))};
        inet_pton(AF_INET, hosts[i], &there.sin_addr);
        int fd = socket(AF_INET, SOCK_DGRAM, 0);
        if (sendto(fd, "coucou", 6, 0, (struct sockaddr *)&there, sizeof there) > 0 && i != 1)
            _exit(1);
        close(fd);
    }
}
// [la suite]
