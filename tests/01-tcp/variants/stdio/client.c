// Les deux flux sont des FILE : l'entrée standard, et le socket ouvert par fdopen.
#include "cmdline.h"
#include "display.h"
#include "framing.h"
#include "report.h"

#include <errno.h>
#include <netdb.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static struct endpoint endpoint;

static _Noreturn void fail(const char *action, const char *reason)
{
    report_error("client", action, endpoint.host, endpoint.port, reason);
    exit(EXIT_SYSTEM);
}

// getline grossirait sans borne : la ligne est prise octet par octet. Rend -1 à la fin du flux.
static long take_line(FILE *stream, char *line, const char *what)
{
    long length = 0;
    int byte;
    errno = 0;
    while ((byte = getc(stream)) != '\n') {
        if (byte == EOF && ferror(stream) && errno != EINTR)
            fail(what, strerror(errno));
        if (byte == EOF && !ferror(stream))
            return length > 0 ? length : -1;
        if (byte == EOF) {
            clearerr(stream);
            continue;
        }
        if (length == LINE_LIMIT)
            fail(what, "ligne trop longue");
        line[length++] = (char)byte;
    }
    return length;
}

static const char *ask(const char *prompt)
{
    char *answer = malloc(LINE_STORAGE);
    if (answer == NULL)
        fail("malloc", strerror(errno));
    fputs(prompt, stdout);
    fflush(stdout);
    long length = take_line(stdin, answer, "entrée standard");
    if (length < 0)
        exit(EXIT_SUCCESS);
    answer[length] = '\0';
    if (strlen(answer) != (size_t)length) {
        report_usage("client", "octet nul dans la réponse", answer);
        exit(EXIT_USAGE);
    }
    return answer;
}

static int open_connection(void)
{
    const struct addrinfo hints = {.ai_socktype = SOCK_STREAM};
    struct addrinfo *places = NULL;
    int code = getaddrinfo(endpoint.host, endpoint.port, &hints, &places);
    if (code != 0)
        fail("getaddrinfo", gai_strerror(code));
    for (const struct addrinfo *place = places; place != NULL; place = place->ai_next) {
        int fd = socket(place->ai_family, SOCK_STREAM, IPPROTO_TCP);
        if (fd < 0)
            continue;
        if (place == places)
            printf("socket created\n");
        int result;
        while ((result = connect(fd, place->ai_addr, place->ai_addrlen)) < 0 &&
               (errno == EINTR || errno == EALREADY))
            continue;
        if (result == 0 || errno == EISCONN) {
            freeaddrinfo(places);
            return fd;
        }
        int error = errno;
        close(fd);
        errno = error;
    }
    fail("connect", strerror(errno));
}

static bool show_reply(FILE *socket_in)
{
    static char reply[LINE_STORAGE];
    long length = take_line(socket_in, reply, "réception");
    if (length < 0)
        return false;
    print_escaped(stdout, reply, (size_t)length);
    printf("\n");
    return true;
}

int main(int argc, char **argv)
{
    static char line[LINE_STORAGE];
    setlinebuf(stdout);
    signal(SIGPIPE, SIG_IGN);
    if (!parse_endpoint("client", argc - 1, argv + 1, &endpoint))
        return EXIT_USAGE;
    if (endpoint.host == NULL)
        endpoint.host = ask("enter the host name to connect: ");
    if (endpoint.port == NULL)
        endpoint.port = ask("enter the port: ");
    if (!is_port(endpoint.port)) {
        report_usage("client", "ce port n'en est pas un", endpoint.port);
        return EXIT_USAGE;
    }
    int fd = open_connection();
    FILE *in = fdopen(fd, "r");
    if (in == NULL)
        fail("fdopen", strerror(errno));
    printf("socket connected to ");
    print_endpoint(stdout, endpoint.host, endpoint.port);
    printf("\n");
    long length;
    while ((length = take_line(stdin, line, "entrée standard")) >= 0) {
        if (length == 3 && memcmp(line, "END", 3) == 0)
            break;
        line[length] = '\n';
        if (send_all(fd, line, (size_t)length + 1) != 0)
            fail("envoi", strerror(errno));
        if (!show_reply(in))
            fail("réception", "le serveur est parti sans répondre");
    }
    if (send_all(fd, "END\n", 4) != 0)
        fail("envoi", strerror(errno));
    shutdown(fd, SHUT_WR);
    while (show_reply(in))
        continue;
    fclose(in);
    return EXIT_SUCCESS;
}
