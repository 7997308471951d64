/**
 * @file 01-tcp/client.c
 * @brief Le client : il envoie chaque ligne de son entrée standard et montre la réponse.
 */
#include "cmdline.h"
#include "display.h"
#include "framing.h"
#include "report.h"

#include <netdb.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>
// Chaque page de manuel nomme, au début, les en-têtes système de ses appels : ajoutez-les ici.

/** Nom du programme dans les messages d'erreur. */
static const char PROGRAM[] = "client";

// Ces deux fonctions viennent à l'étape 6, et servent plus tôt dans ce fichier.
static int connect_socket(int fd, const struct addrinfo *address);
static bool is_end(const char *line, size_t length);

// --- Étape 0 : une première connexion ------------------------------------------------------------

/**
 * @brief Cherche les adresses du serveur : un nom peut en avoir plusieurs, IPv4 et IPv6.
 *
 * @param endpoint l'hôte et le port demandés
 * @return la liste des adresses, à rendre par `freeaddrinfo` ; `NULL` en cas d'échec (un message
 *         est écrit)
 * @see getaddrinfo(3)
 */
static struct addrinfo *resolve(const struct endpoint *endpoint)
{
    // TODO (étape 0, puis 4) : demander les adresses de cet hôte, pour TCP (man 3 getaddrinfo).
    return NULL;
}

/**
 * @brief Se connecte à la première adresse qui répond.
 *
 * Écrit `socket created` une seule fois, avant la première tentative.
 *
 * @param endpoint  l'hôte et le port demandés, pour le message
 * @param addresses les adresses à essayer, dans l'ordre
 * @return le socket connecté ; -1 si toutes refusent (un message est écrit, pour la dernière)
 * @see socket(2) ; RFC 9293, section 3.5, pour l'établissement d'une connexion
 */
static int open_connection(const struct endpoint *endpoint, const struct addrinfo *addresses)
{
    // TODO (étape 0, puis 4) : un socket (man 2 socket), et une connexion (man 2 connect).
    return -1;
}

// --- Étape 4 : le client dialogue ----------------------------------------------------------------

/**
 * @brief Envoie une ligne et son `\n`.
 *
 * @param fd     socket connecté
 * @param line   la ligne, sans son `\n`
 * @param length sa longueur, en octets, au plus ::LINE_LIMIT
 * @retval 0  tout est remis au système
 * @retval -1 erreur, cause dans `errno`
 */
static int send_line(int fd, const char *line, size_t length)
{
    // TODO (étape 4) : envoyer la ligne et son '\n', en un seul appel (send_all, dans framing.h).
    return -1;
}

/**
 * @brief Lit une ligne du serveur et la montre.
 *
 * @param replies  ce qui vient du serveur
 * @param endpoint le serveur, pour le message
 * @retval 1  une ligne est montrée
 * @retval 0  fin de flux : le serveur n'enverra plus rien
 * @retval -1 erreur (un message est écrit)
 */
static int show_reply(struct line_reader *replies, const struct endpoint *endpoint)
{
    // TODO (étape 4, puis 6) : lire une ligne du serveur et la montrer (framing.h, display.h).
    return -1;
}

/**
 * @brief Prend congé : envoie `END`, ferme son sens de la connexion, montre ce qui vient encore.
 *
 * @param fd       socket connecté
 * @param replies  ce qui vient du serveur
 * @param endpoint le serveur, pour les messages
 * @return le code de retour du programme
 * @see shutdown(2) ; RFC 9293, section 3.6 (une connexion se ferme dans chaque sens)
 */
static int say_goodbye(int fd, struct line_reader *replies, const struct endpoint *endpoint)
{
    // TODO (étape 4, puis 6) : dire END, fermer un seul sens (man 2 shutdown), lire jusqu'à la fin.
    return EXIT_SYSTEM;
}

/**
 * @brief Dit pourquoi l'entrée standard n'a pas pu être lue.
 *
 * @param error la valeur d'`errno` après read_line()
 */
static void report_input_error(int error)
{
    // TODO (étape 4) : dire pourquoi, sur stderr (report.h) ; EMSGSIZE : ligne trop longue.
}

/**
 * @brief Dialogue : une ligne tapée, une réponse montrée, jusqu'à `END` ou la fin de l'entrée.
 *
 * @param fd       socket connecté ; l'appelant le fermera
 * @param input    l'entrée standard
 * @param endpoint le serveur, pour les messages
 * @return le code de retour du programme
 */
static int converse(int fd, struct line_reader *input, const struct endpoint *endpoint)
{
    // TODO (étape 4, puis 6) : envoyer chaque ligne tapée, montrer sa réponse ; prendre congé.
    return EXIT_SYSTEM;
}

/**
 * @brief Pose une question et garde la ligne tapée en réponse.
 *
 * @param input  l'entrée standard
 * @param prompt la question
 * @param answer reçoit la réponse, terminée par un octet nul (place : ::LINE_STORAGE octets)
 * @param status reçoit le code de retour du programme s'il doit s'arrêter là
 * @return `true` si la réponse est là ; `false` à la fin de l'entrée (sans message : ce n'est pas
 *         une erreur), ou si la lecture échoue ou la réponse contient un octet nul (un message est
 *         écrit)
 */
static bool ask(struct line_reader *input, const char *prompt, char *answer, int *status)
{
    // TODO (étape 4) : poser la question, la faire paraître (man 3 fflush), lire la réponse.
    return false;
}

/**
 * @brief Demande l'hôte et le port que la ligne de commande n'a pas donnés.
 *
 * @param input    l'entrée standard
 * @param endpoint ce que la ligne de commande a donné ; complété
 * @param status   reçoit le code de retour du programme s'il doit s'arrêter là
 * @return `true` si @p endpoint est complet et son port valable
 */
static bool complete_endpoint(struct line_reader *input, struct endpoint *endpoint, int *status)
{
    // TODO (étape 4) : demander ce qui manque, et vérifier le port (is_port, dans cmdline.h).
    return endpoint->host != NULL && endpoint->port != NULL;
}

// --- Étape 6 : un client qui tient ---------------------------------------------------------------

/**
 * @brief Dit si une ligne est le mot `END`, qui termine le dialogue.
 *
 * @param line   la ligne, sans son `\n`
 * @param length sa longueur, en octets
 * @return `true` si c'est `END`, exactement
 */
static bool is_end(const char *line, size_t length)
{
    // TODO (étape 6) : comparer des octets dont on connaît le nombre (man 3 memcmp).
    return false;
}

/**
 * @brief Attend la fin d'une connexion commencée, et dit comment elle a fini.
 *
 * @param fd socket dont le `connect` a été interrompu
 * @retval 0  la connexion est établie
 * @retval -1 elle a échoué, cause dans `errno`
 * @see connect(2), à propos d'EINTR et d'EINPROGRESS ; poll(2) ; socket(7) pour SO_ERROR
 */
static int finish_connecting(int fd)
{
    // TODO (étape 6) : attendre de pouvoir écrire (man 2 poll), puis lire SO_ERROR (man 7 socket).
    return -1;
}

/**
 * @brief Connecte un socket, même si un signal interrompt l'attente.
 *
 * @param fd      socket neuf
 * @param address adresse du serveur
 * @retval 0  la connexion est établie
 * @retval -1 elle a échoué, cause dans `errno`, jamais `EINTR`
 * @see connect(2)
 */
static int connect_socket(int fd, const struct addrinfo *address)
{
    // TODO (étape 6) : et si un signal interrompt l'attente (man 2 connect, EINTR) ?
    return -1;
}

// --- Le programme : donné ------------------------------------------------------------------------

/**
 * @brief Programme `client [HOST [PORT]]` ; ce qui n'est pas donné est demandé.
 *
 * @retval 0 dialogue terminé, ou fin de l'entrée à une question
 * @retval 1 erreur du système ou du réseau
 * @retval 2 mauvaise utilisation
 */
int main(int argc, char **argv)
{
    // Dans un tube, stdout attendrait d'avoir 4096 octets : ici, chaque ligne part aussitôt.
    setvbuf(stdout, NULL, _IOLBF, 0);

    struct endpoint endpoint = {.host = NULL, .port = NULL};
    if (!parse_endpoint(PROGRAM, argc - 1, argv + 1, &endpoint))
        return EXIT_USAGE;

    // Un seul lecteur pour toute l'entrée : en lisant l'hôte, il a pu recevoir déjà la suite.
    char storage[LINE_STORAGE];
    struct line_reader input;
    line_reader_init(&input, STDIN_FILENO, storage, sizeof storage);
    int status = EXIT_SUCCESS;
    if (!complete_endpoint(&input, &endpoint, &status))
        return status;

    struct addrinfo *addresses = resolve(&endpoint);
    if (addresses == NULL)
        return EXIT_SYSTEM;
    int fd = open_connection(&endpoint, addresses);
    freeaddrinfo(addresses);
    if (fd < 0)
        return EXIT_SYSTEM;

    fputs("socket connected to ", stdout);
    print_endpoint(stdout, endpoint.host, endpoint.port);
    putchar('\n');
    status = converse(fd, &input, &endpoint);
    close(fd);
    return status;
}
