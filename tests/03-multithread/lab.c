#include "lesson.h"

const struct lab the_lab = {
    .name = "03-multithread",
    .title = "Multithread : un thread pour chaque client",
    .default_port = 1233,
    .steps = {"Le serveur accueille", "Un thread par client", "Le client dialogue",
              "Le compte juste", "Un serveur qui tient", "L'arrêt en ordre"},
    .server_lines = {"waiting for connection", "connected to ", "ThreadNumber ",
                     "disconnected from "},
};
