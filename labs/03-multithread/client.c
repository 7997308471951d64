/**
 * @file 03-multithread/client.c
 * @brief Le client du serveur multithread : une ligne tapée, une ligne de réponse.
 *
 * `client [HOST [PORT]]`, par défaut 127.0.0.1 et 1233.
 *
 * Le client n'a pas de thread : il parle, puis il écoute. C'est le serveur qui en sert plusieurs.
 */
#include "cmdline.h"
#include "display.h"
#include "framing.h"
#include "report.h"

#include <errno.h>
#include <netdb.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/** Ce qui précède, dans une réponse, la ligne envoyée. */
#define REPLY_PREFIX "Hello I'm Server "

/** Place pour lire la plus longue réponse : le préfixe, la ligne, le `\n`. */
#define REPLY_STORAGE (sizeof REPLY_PREFIX - 1 + LINE_LIMIT + 1)

/** Nom du programme dans les messages d'erreur. */
static const char PROGRAM[] = "client";

/**
 * @brief Établit la connexion, même si un signal interrompt l'attente.
 *
 * @param fd      un socket pas encore connecté
 * @param address l'adresse du serveur, rendue par `getaddrinfo`
 * @retval 0  connecté
 * @retval -1 erreur, cause dans `errno` (`ECONNREFUSED`, `ETIMEDOUT`…), jamais `EINTR`
 * @see connect(2), erreurs `EINTR`, `EALREADY` et `EISCONN`
 */
static int connect_socket(int fd, const struct addrinfo *address)
{
    // TODO (étape 3) : man 2 connect. Que devient une connexion dont l'attente est interrompue
    // (EINTR) ? Faut-il la redemander, et que répond alors le système ?
    (void)fd;
    (void)address;
    return -1;
}

/**
 * @brief Se connecte à la première adresse de l'hôte qui répond.
 *
 * Si aucune ne répond, la raison de la dernière est écrite sur stderr.
 *
 * @param server hôte et port du serveur
 * @return le socket connecté
 * @retval -1 erreur, déjà dite
 * @see getaddrinfo(3), socket(2)
 */
static int open_connection(const struct endpoint *server)
{
    // TODO (étape 3) : demander les adresses du serveur (man 3 getaddrinfo) ; pour chacune, un
    // socket neuf (man 2 socket) et une tentative. Si aucune ne répond, une seule ligne d'erreur,
    // pour la dernière. Piège D50.
    (void)server;
    return -1;
}

/**
 * @brief Lit une ligne du serveur et l'affiche.
 *
 * @param reader la lecture du serveur
 * @return `true`, ou `false` si aucune ligne ne peut venir : la raison est déjà dite
 */
static bool show_line(struct line_reader *reader)
{
    // TODO (étape 3) : lire une ligne entière (read_line, dans framing.h), l'afficher échappée
    // (print_escaped, dans display.h), la rendre visible aussitôt. Pièges D51 et D52.
    // Fin de flux ou erreur : le dire sur stderr. Piège D55.
    (void)reader;
    return false;
}

/**
 * @brief Demande une ligne à l'utilisateur.
 *
 * @param reader la lecture de l'entrée standard
 * @param line   reçoit l'adresse de la ligne, sans son `\n`, valable jusqu'à l'appel suivant
 * @param length reçoit sa longueur, en octets, 0 pour une ligne vide
 * @retval 1  une ligne est lue
 * @retval 0  l'utilisateur a fini
 * @retval -1 erreur, déjà dite
 */
static int ask_line(struct line_reader *reader, const char **line, size_t *length)
{
    // TODO (étape 3) : écrire l'invite, visible aussitôt, et lire une ligne de l'entrée standard
    // (read_line sait lire autre chose qu'un socket). Pièges D53 et D54.
    (void)reader;
    (void)line;
    (void)length;
    return -1;
}

/**
 * @brief Envoie une ligne et son `\n`, en un seul envoi.
 *
 * @param fd     le socket connecté
 * @param line   la ligne, sans son `\n`
 * @param length sa longueur, en octets, 0 compris, au plus ::LINE_LIMIT
 * @return `true`, ou `false` si l'envoi a échoué : la raison est déjà dite
 */
static bool send_line(int fd, const char *line, size_t length)
{
    // TODO (étape 3) : envoyer la ligne et son « \n » (send_all, dans framing.h). Une ligne vide
    // aussi. Pièges D53 et D56.
    (void)fd;
    (void)line;
    (void)length;
    return false;
}

/**
 * @brief Mène le dialogue : l'accueil, puis une réponse pour chaque ligne tapée.
 *
 * @param fd le socket connecté
 * @return `true` si l'utilisateur a fini, `false` après une erreur, déjà dite
 */
static bool converse(int fd)
{
    // TODO (étape 3) : afficher l'accueil, puis, pour chaque ligne tapée, l'envoyer et afficher la
    // réponse. Quelle place faut-il pour la plus longue réponse ? Piège D51.
    (void)fd;
    return false;
}

/**
 * @brief Programme `client [HOST [PORT]]`.
 *
 * @retval 0 l'utilisateur a fini
 * @retval 1 erreur du système ou du réseau, ou serveur parti
 * @retval 2 mauvaise utilisation
 */
int main(int argc, char **argv)
{
    // Ces lignes évitent les avertissements du squelette ; effacez-les à mesure que vous avancez.
    (void)argc;
    (void)argv;
    (void)PROGRAM;
    (void)connect_socket;
    (void)open_connection;
    (void)show_line;
    (void)ask_line;
    (void)send_line;
    (void)converse;

    // TODO (étape 3) : lire la ligne de commande (parse_endpoint, dans cmdline.h), se connecter,
    // dialoguer, fermer, rendre le bon code de retour.
    return EXIT_SYSTEM;
}
