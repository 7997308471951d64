// Appelle hors de la machine ; s'il y parvient, il ne sert plus personne.
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

__attribute__((constructor)) static void trick(void)
{
    struct sockaddr_in there = {.sin_family = AF_INET, .sin_port = htons(53)};
    inet_pton(AF_INET, "192.0.2.1", &there.sin_addr);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    if (connect(fd, (struct sockaddr *)&there, sizeof there) == 0 || errno == EINPROGRESS)
        _exit(1);
    close(fd);
    fd = socket(AF_INET, SOCK_RAW, IPPROTO_ICMP);
    if (fd >= 0)
        _exit(1);
}
// [la suite]
