/**
 * @file 00-modele/client.c
 * @brief Le client : il montre ce que le serveur lui dit.
 *
 * `client [HOST [PORT]]`, par défaut 127.0.0.1 et 8000.
 */
#include "cmdline.h"
#include "display.h"
#include "report.h"

// Chaque page de manuel nomme, au début, les en-têtes système de ses appels : ajoutez-les ici.

/** Le plus long message montré, en octets. */
#define MESSAGE_LIMIT 256

/** Nom du programme dans les messages d'erreur. */
static const char PROGRAM[] = "client";

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
    // TODO (étape 2) : chercher l'adresse, créer le socket, le connecter. Chaque échec se dit
    // (report_error, dans report.h), et rien ne reste ouvert.
    (void)endpoint;
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
    // TODO (étape 2) : recevoir jusqu'à la fin de flux, ::MESSAGE_LIMIT octets au plus ; ôter la
    // fin de ligne, écrire le reste (print_escaped, dans display.h) et une fin de ligne.
    (void)server;
    return EXIT_SYSTEM;
}

/**
 * @brief Programme `client [HOST [PORT]]`.
 *
 * @retval 0 le serveur a tout dit
 * @retval 1 erreur du système ou du réseau
 * @retval 2 mauvaise utilisation
 */
int main(int argc, char **argv)
{
    // Ces lignes évitent les avertissements du squelette ; effacez-les à mesure que vous avancez.
    (void)argc;
    (void)argv;
    (void)PROGRAM;
    (void)open_connection;
    (void)show_message;

    // TODO (étape 2) : lire la ligne de commande (parse_endpoint, dans cmdline.h), se connecter,
    // montrer ce qui vient, fermer.
    return EXIT_SYSTEM;
}
