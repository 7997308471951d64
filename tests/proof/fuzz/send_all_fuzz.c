/**
 * @file send_all_fuzz.c
 * @brief send_all() par-dessus un send qui ne prend que des morceaux.
 *
 * L'entrée : la longueur du scénario, le scénario, puis ce qu'il faut envoyer. Chaque octet du
 * scénario décide d'un envoi : interrompu, en erreur, ou au plus tant d'octets.
 * framing.c est compilé avec -Dsend=scripted_send.
 */
#include "framing.h"
#include "fuzz.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/types.h>

#define INTERRUPTED 0
#define BROKEN 255

static struct input script;
static struct input expected; /**< Ce qui doit encore partir. */
static bool broken;

ssize_t scripted_send(int fd, const void *bytes, size_t length, int flags);

ssize_t scripted_send(int fd, const void *bytes, size_t length, int flags)
{
    REQUIRE(fd == 42);
    // Sans cette option, un correspondant parti tuerait le programme.
    REQUIRE((flags & MSG_NOSIGNAL) != 0);
    // Après une erreur, plus rien ne doit partir.
    REQUIRE(!broken);
    REQUIRE(length > 0 && length <= expected.length);

    uint8_t decision = next_byte(&script, 7);
    if (decision == INTERRUPTED || decision == BROKEN) {
        broken = decision == BROKEN;
        errno = broken ? EPIPE : EINTR;
        return -1;
    }
    struct input piece = next_piece(&expected, decision < length ? decision : length);
    REQUIRE(memcmp(bytes, piece.bytes, piece.length) == 0);
    return (ssize_t)piece.length;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    struct input input = {bytes, length};
    script = next_piece(&input, next_byte(&input, 0));
    expected = input;
    broken = false;
    int status = send_all(42, input.bytes, input.length);
    REQUIRE(status == (broken ? -1 : 0));
    REQUIRE(broken ? errno == EPIPE : expected.length == 0);
    return 0;
}
