/**
 * @file uv_server.c
 * @brief Le même service, écrit avec libuv : un seul thread, une boucle d'événements.
 *
 * Ce qu'un professionnel prendrait. Il dit les mêmes choses que le nôtre sur stdout, et groupe de même les réponses aux
 * lignes arrivées ensemble.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <uv.h>

#define LINE_LIMIT 65536
#define BACKLOG 4096
#define READ_SIZE 65536

/** Une ligne vide donne une réponse de dix-huit octets ; et une ligne inachevée attendait peut-être. */
#define REPLIES_SIZE (READ_SIZE * 18 + 2 * LINE_LIMIT)

static const char WELCOME[] = "welcome to the server\n";
static const char PREFIX[] = "Hello I'm Server ";

struct client {
    uv_tcp_t socket; /**< En premier : l'adresse du socket est celle du client. */
    char address[64];
    char *line;
    size_t length;
    size_t room;
};

/** Des octets que le système n'a pas pris tout de suite. */
struct late {
    uv_write_t request;
    char *bytes;
};

static unsigned long active;
static char received[READ_SIZE];

static void announce(const char *event, const struct client *client)
{
    printf("%s %s\nThreadNumber %lu\n", event, client->address, active);
    fflush(stdout);
}

static void forget(uv_handle_t *handle)
{
    struct client *client = (struct client *)handle;
    active--;
    announce("disconnected from", client);
    free(client->line);
    free(client);
}

static void leave(struct client *client)
{
    if (!uv_is_closing((uv_handle_t *)client))
        uv_close((uv_handle_t *)client, forget);
}

static void written(uv_write_t *request, int status)
{
    struct late *late = (struct late *)request;
    if (status < 0)
        leave((struct client *)request->handle);
    free(late->bytes);
    free(late);
}

static void say(struct client *client, const char *bytes, size_t length)
{
    uv_buf_t buffer = uv_buf_init((char *)(size_t)bytes, (unsigned)length);
    int sent = uv_try_write((uv_stream_t *)client, &buffer, 1);
    if (sent == (int)length)
        return;
    if (sent < 0 && sent != UV_EAGAIN) {
        leave(client);
        return;
    }
    size_t start = sent > 0 ? (size_t)sent : 0;
    struct late *late = malloc(sizeof *late);
    char *copy = malloc(length - start);
    if (late == NULL || copy == NULL)
        abort();
    late->bytes = copy;
    memcpy(copy, bytes + start, length - start);
    buffer = uv_buf_init(copy, (unsigned)(length - start));
    if (uv_write(&late->request, (uv_stream_t *)client, &buffer, 1, written) < 0) {
        free(copy);
        free(late);
        leave(client);
    }
}

static void keep(struct client *client, const char *bytes, size_t length)
{
    if (client->length + length > client->room) {
        client->room = client->length + length;
        client->line = realloc(client->line, client->room);
        if (client->line == NULL)
            abort();
    }
    memcpy(client->line + client->length, bytes, length);
    client->length += length;
}

// Répond à toutes les lignes entières ; la dernière, inachevée, attend la suite.
static void answer(struct client *client, const char *bytes, size_t length)
{
    static char replies[REPLIES_SIZE];
    size_t used = 0;
    const char *newline;
    while ((newline = memchr(bytes, '\n', length)) != NULL) {
        size_t line = (size_t)(newline - bytes) + 1;
        memcpy(replies + used, PREFIX, sizeof PREFIX - 1);
        used += sizeof PREFIX - 1;
        memcpy(replies + used, client->line, client->length);
        used += client->length;
        client->length = 0;
        memcpy(replies + used, bytes, line);
        used += line;
        bytes += line;
        length -= line;
    }
    if (length > 0)
        keep(client, bytes, length);
    if (used > 0)
        say(client, replies, used);
    if (client->length > LINE_LIMIT)
        leave(client);
}

static void lend(uv_handle_t *handle, size_t wanted, uv_buf_t *buffer)
{
    (void)handle;
    (void)wanted;
    *buffer = uv_buf_init(received, sizeof received);
}

static void hear(uv_stream_t *stream, ssize_t count, const uv_buf_t *buffer)
{
    struct client *client = (struct client *)stream;
    if (count < 0)
        leave(client);
    else if (count > 0)
        answer(client, buffer->base, (size_t)count);
}

static void name(struct client *client)
{
    struct sockaddr_storage address;
    int length = sizeof address;
    char text[46] = "";
    if (uv_tcp_getpeername(&client->socket, (struct sockaddr *)&address, &length) == 0)
        (void)uv_ip4_name((const struct sockaddr_in *)&address, text, sizeof text);
    unsigned port =
        ((const unsigned char *)&address)[2] * 256U + ((const unsigned char *)&address)[3];
    (void)snprintf(client->address, sizeof client->address, "%s:%u", text, port);
}

static void welcome(uv_stream_t *listener, int status)
{
    struct client *client = calloc(1, sizeof *client);
    if (client == NULL)
        abort();
    uv_tcp_init(listener->loop, &client->socket);
    active++;
    if (status < 0 || uv_accept(listener, (uv_stream_t *)client) < 0) {
        leave(client);
        return;
    }
    uv_tcp_nodelay(&client->socket, 1);
    name(client);
    announce("connected to", client);
    say(client, WELCOME, sizeof WELCOME - 1);
    if (uv_read_start((uv_stream_t *)client, lend, hear) < 0)
        leave(client);
}

int main(int argc, char **argv)
{
    if (argc != 3)
        return 2;
    uv_loop_t *loop = uv_default_loop();
    static uv_tcp_t listener;
    struct sockaddr_in address;
    uv_tcp_init(loop, &listener);
    int code = uv_ip4_addr(argv[1], atoi(argv[2]), &address);
    if (code == 0)
        code = uv_tcp_bind(&listener, (const struct sockaddr *)&address, 0);
    if (code == 0)
        code = uv_listen((uv_stream_t *)&listener, BACKLOG, welcome);
    if (code < 0) {
        fprintf(stderr, "uv_server : %s\n", uv_strerror(code));
        return 1;
    }
    return uv_run(loop, UV_RUN_DEFAULT);
}
