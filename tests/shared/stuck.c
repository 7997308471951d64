#include "stuck.h"

#include <string.h>

// Chaque octet en rapporte dix au moins : trois mégaoctets de réponses, au plus.
#define LINES_AT_ONCE 5000
#define MOST_TALKS 55

void talk_until_stuck(struct peer *client)
{
    static char lines[LINES_AT_ONCE];
    memset(lines, '\n', sizeof lines);
    peer_stop_reading(client);
    pump_set_patience(0.1);
    for (int i = 0; i < MOST_TALKS && peer_wait_until_read(client); i++)
        peer_send_while_open(client, lines, sizeof lines);
    pump_set_patience(1);
}
