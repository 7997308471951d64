/**
 * @file 00-modele/server.c
 * @brief Le serveur : à chaque client, il dit bonjour, puis il ferme.
 *
 * `server [HOST [PORT]]`, par défaut 127.0.0.1 et 8000.
 */
#include "cmdline.h"
#include "report.h"

// Chaque page de manuel nomme, au début, les en-têtes système de ses appels : ajoutez-les ici.
#include <netdb.h>
#include <stdbool.h>

/** Nom du programme dans les messages d'erreur. */
static const char PROGRAM[] = "server";

/** Ce que reçoit chaque client. */
static const char GREETING[] = "bonjour\n";

/**
 * @brief Fait de SIGINT et de SIGTERM un descripteur que `poll` attend comme un client.
 *
 * @return un descripteur, lisible dès que l'un des deux signaux est arrivé
 * @retval -1 erreur (un message est écrit)
 * @see signalfd(2), sigprocmask(2), sigsetops(3)
 */
static int open_stop_signals(void)
{
    // TODO (étape 1) : bloquer SIGINT et SIGTERM (man 2 sigprocmask), puis obtenir un descripteur
    // qui devient lisible quand l'un d'eux arrive (man 2 signalfd).
    return -1;
}

/**
 * @brief Donne à un socket son adresse, et le met à l'écoute.
 *
 * @param fd      le socket
 * @param address l'adresse locale, rendue par `getaddrinfo`
 * @return `false` en cas d'échec, cause dans `errno`
 * @see setsockopt(2), bind(2), listen(2)
 */
static bool start_listening(int fd, const struct addrinfo *address)
{
    // TODO (étape 1) : SO_REUSEADDR (man 7 socket), puis bind, puis listen.
    (void)fd;
    (void)address;
    return false;
}

/**
 * @brief Ouvre le socket d'écoute, à la première adresse de l'hôte.
 *
 * @param endpoint l'hôte et le port demandés
 * @return le socket d'écoute
 * @retval -1 erreur (un message est écrit)
 * @see getaddrinfo(3), socket(2)
 */
static int open_listener(const struct endpoint *endpoint)
{
    // TODO (étape 1) : chercher l'adresse, créer le socket, l'ouvrir avec start_listening().
    // Chaque échec se dit (report_error, dans report.h), et rien ne reste ouvert.
    (void)endpoint;
    return -1;
}

/**
 * @brief Dit bonjour à un client : ce qui l'en empêche ne regarde que lui.
 *
 * @param client son socket
 * @see send(2)
 */
static void greet(int client)
{
    // TODO (étape 1) : envoyer ::GREETING en entier ; un client parti ne tue pas le serveur
    // (MSG_NOSIGNAL).
    (void)client;
}

/**
 * @brief Sert chaque client à son tour, jusqu'à SIGINT ou SIGTERM.
 *
 * @param listener le socket d'écoute
 * @param signals  le descripteur rendu par open_stop_signals()
 * @return le code de retour du programme
 * @see poll(2), accept(2)
 */
static int serve(int listener, int signals)
{
    // TODO (étape 1) : attendre un client ou un signal (man 2 poll) ; accepter le client, lui dire
    // bonjour, fermer.
    (void)listener;
    (void)signals;
    return EXIT_SYSTEM;
}

/**
 * @brief Programme `server [HOST [PORT]]`.
 *
 * @retval 0 arrêt demandé par SIGINT ou SIGTERM
 * @retval 1 erreur du système ou du réseau
 * @retval 2 mauvaise utilisation
 */
int main(int argc, char **argv)
{
    // Ces lignes évitent les avertissements du squelette ; effacez-les à mesure que vous avancez.
    (void)argc;
    (void)argv;
    (void)PROGRAM;
    (void)GREETING;
    (void)open_stop_signals;
    (void)start_listening;
    (void)open_listener;
    (void)greet;
    (void)serve;

    // TODO (étape 1) : faire partir chaque ligne de stdout aussitôt (man 3 setvbuf), lire la ligne
    // de commande (parse_endpoint, dans cmdline.h), préparer l'arrêt, ouvrir l'écoute, l'annoncer,
    // servir, fermer.
    return EXIT_SYSTEM;
}
