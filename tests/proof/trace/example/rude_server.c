// Un serveur sans manières, pour éprouver « make trace » : il accueille chaque client par des octets hostiles, les
// affiche aussi, refuse de s'arrêter, puis ferme sans avoir lu, ce qui coupe la connexion.
#include <arpa/inet.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static const char RUDE[] =
    "</title><script>alert(1)</script><img src=x onerror=alert(2)>\"'&\\n]];\n"
    "\x1b]0;titre\x07\x1b[2J\xff\xfe\0\u202e--><!-- %s `id`\n";

int main(int argc, char **argv)
{
    signal(SIGTERM, SIG_IGN);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    address.sin_port = htons((unsigned short)(argc > 2 ? strtoul(argv[2], NULL, 10) : 0));
    int listener = socket(AF_INET, SOCK_STREAM, 0);
    if (bind(listener, (struct sockaddr *)&address, sizeof address) != 0 ||
        listen(listener, 5) != 0)
        return 1;
    for (;;) {
        int client = accept(listener, NULL, NULL);
        fwrite(RUDE, 1, sizeof RUDE, stdout);
        fflush(stdout);
        send(client, RUDE, sizeof RUDE, MSG_NOSIGNAL);
        char byte;
        if (recv(client, &byte, 1, 0) > 0)
            close(client);
    }
}
