/**
 * @file 00-modele/client.c
 * @brief Le client : il montre ce que le serveur lui dit.
 *
 * `client [HOST [PORT]]`, par défaut 127.0.0.1 et 8000.
 */
#include "cmdline.h"
#include "display.h"
#include "report.h"

#include <unistd.h>
// Chaque page de manuel nomme, au début, les en-têtes système de ses appels : ajoutez-les ici.

/** Le plus long message montré, en octets. */
#define MESSAGE_LIMIT 256

/** Nom du programme dans les messages d'erreur. */
static const char PROGRAM[] = "client";

// --- Étape 2 : client montre le message ----------------------------------------------------------

/**
 * @brief Se connecte à la première adresse de l'hôte.
 *
 * @param endpoint l'hôte et le port demandés
 * @return le socket connecté
 * @retval -1 erreur (un message est écrit)
 * @see getaddrinfo(3), socket(2), connect(2)
 */
static int open_connection(const struct endpoint *endpoint)
{
    // TODO (étape 2) : chercher l'adresse (man 3 getaddrinfo), le socket, la connexion (man 2 connect).
    return -1;
}

/**
 * @brief Montre, octets du réseau échappés, ce que dit le serveur jusqu'à ce qu'il ferme.
 *
 * @param server le socket connecté
 * @return le code de retour du programme
 * @see recv(2)
 */
static int show_message(int server)
{
    // TODO (étape 2) : recevoir jusqu'à la fin de flux (man 2 recv), puis montrer (display.h).
    return EXIT_SYSTEM;
}

// --- Le programme : donné ------------------------------------------------------------------------

/**
 * @brief Programme `client [HOST [PORT]]`.
 *
 * @retval 0 le serveur a tout dit
 * @retval 1 erreur du système ou du réseau
 * @retval 2 mauvaise utilisation
 */
int main(int argc, char **argv)
{
    struct endpoint endpoint = {.host = "127.0.0.1", .port = "8000"};
    if (!parse_endpoint(PROGRAM, argc - 1, argv + 1, &endpoint))
        return EXIT_USAGE;
    int server = open_connection(&endpoint);
    if (server < 0)
        return EXIT_SYSTEM;
    int status = show_message(server);
    close(server);
    return status;
}
