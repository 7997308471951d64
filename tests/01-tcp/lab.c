#include "lesson.h"

const struct lab the_lab = {
    .name = "01-tcp",
    .title = "TCP : un serveur, un client, des lignes",
    .default_port = 8001,
    .steps = {"Le serveur écoute", "Le cadrage : send_all et read_line", "Le serveur dialogue",
              "Le client dialogue", "Un serveur qui tient", "Un client qui tient"},
    .server_lines = {"server waiting...", "client connected from ", "received from client: "},
};
