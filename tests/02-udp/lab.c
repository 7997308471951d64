#include "lesson.h"

const struct lab the_lab = {
    .name = "02-udp",
    .title = "UDP : des datagrammes, une question, une réponse",
    .default_port = 12345,
    .steps = {"Le serveur répond", "Toutes les tailles, tous les octets", "Le client demande",
              "La patience : délai et retransmission", "Une seule voix : ne croire que le serveur",
              "Des programmes qui tiennent"},
    .server_lines = {"received from "},
};
