/**
 * @file 01-tcp/client.c
 * @brief Le client : il envoie chaque ligne de son entrée standard et montre la réponse.
 */
#include "cmdline.h"
#include "display.h"
#include "framing.h"
#include "report.h"

// Chaque page de manuel nomme, au début, les en-têtes système de ses appels : ajoutez-les ici.
#include <netdb.h>
#include <stdbool.h>

/** Nom du programme dans les messages d'erreur. */
static const char PROGRAM[] = "client";

/**
 * @brief Dit pourquoi l'entrée standard n'a pas pu être lue.
 *
 * @param error la valeur d'`errno` après read_line()
 */
static void report_input_error(int error)
{
    // TODO (étape 4) : une ligne sur stderr (report_error, dans report.h) ; EMSGSIZE veut dire que
    // la ligne tapée est trop longue.
    (void)error;
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
    // TODO (étape 4) : écrire la question et la faire apparaître (man 3 fflush : sans fin de ligne,
    // elle ne part pas seule), lire une ligne, en garder une copie terminée par un octet nul. Fin de
    // l'entrée : piège D05.
    (void)input;
    (void)prompt;
    (void)answer;
    (void)status;
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
    // TODO (étape 4) : demander ce qui manque, l'hôte d'abord, puis le port ; vérifier le port
    // (is_port, dans cmdline.h). Piège D04.
    (void)input;
    (void)endpoint;
    (void)status;
    return false;
}

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
    // TODO (étape 4) : demander les adresses de cet hôte et de ce port, pour TCP, en IPv4 comme en
    // IPv6 (man 3 getaddrinfo). En cas d'échec, écrire le message : la raison vient de
    // gai_strerror, ou d'errno quand le code est EAI_SYSTEM.
    (void)endpoint;
    return NULL;
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
    // TODO (étape 6) : attendre que le socket puisse écrire (man 2 poll), puis demander au socket
    // comment la connexion a fini (man 7 socket, SO_ERROR).
    (void)fd;
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
    // TODO (étape 4) : man 2 connect.
    // TODO (étape 6) : et si un signal interrompt l'attente ? Lisez ce que dit la page d'EINTR.
    (void)fd;
    (void)address;
    return -1;
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
    // TODO (étape 4) : pour chaque adresse de la liste, créer un socket (man 2 socket), l'annoncer
    // la première fois, se connecter. Garder le premier qui réussit ; fermer celui qui échoue. Si
    // toutes refusent, une seule ligne d'erreur, pour la dernière. Pièges D03 et D06.
    (void)endpoint;
    (void)addresses;
    return -1;
}

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
    // TODO (étape 4) : envoyer la ligne et son '\n', de préférence en un seul appel (question 9).
    (void)fd;
    (void)line;
    (void)length;
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
    // TODO (étape 4) : lire une ligne du serveur et la montrer (print_escaped, dans display.h).
    // TODO (étape 6) : et si la réponse est trop longue, ou la connexion coupée ?
    (void)replies;
    (void)endpoint;
    return -1;
}

/**
 * @brief Dit si une ligne est le mot `END`, qui termine le dialogue.
 *
 * @param line   la ligne, sans son `\n`
 * @param length sa longueur, en octets
 * @return `true` si c'est `END`, exactement
 */
static bool is_end(const char *line, size_t length)
{
    // TODO (étape 6) : comparer des octets dont on connaît le nombre (man 3 memcmp). Une ligne lue
    // n'est pas une chaîne : piège D22.
    (void)line;
    (void)length;
    return false;
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
    // TODO (étape 4) : dire END, fermer un seul des deux sens (man 2 shutdown), attendre que le
    // serveur ait fermé le sien.
    // TODO (étape 6) : d'ici là, montrer tout ce qui vient encore. Piège D02.
    (void)fd;
    (void)replies;
    (void)endpoint;
    return EXIT_SYSTEM;
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
    // TODO (étape 4) : pour chaque ligne de l'entrée, l'envoyer, montrer la réponse ; à la fin de
    // l'entrée, prendre congé. Piège D01.
    // TODO (étape 6) : END tapé finit le dialogue de la même façon, et n'est envoyé qu'une fois. Le
    // serveur peut fermer sans répondre.
    (void)fd;
    (void)input;
    (void)endpoint;
    return EXIT_SYSTEM;
}

/**
 * @brief Programme `client [HOST [PORT]]` ; ce qui n'est pas donné est demandé.
 *
 * @retval 0 dialogue terminé, ou fin de l'entrée à une question
 * @retval 1 erreur du système ou du réseau
 * @retval 2 mauvaise utilisation
 */
int main(int argc, char **argv)
{
    // Ces lignes évitent les avertissements du squelette ; effacez-les à mesure que vous avancez.
    (void)argc;
    (void)argv;
    (void)PROGRAM;
    (void)report_input_error;
    (void)ask;
    (void)complete_endpoint;
    (void)resolve;
    (void)finish_connecting;
    (void)connect_socket;
    (void)open_connection;
    (void)send_line;
    (void)show_reply;
    (void)is_end;
    (void)say_goodbye;
    (void)converse;

    // TODO (étape 4) : faire partir chaque ligne de stdout aussitôt (man 3 setvbuf), lire la ligne
    // de commande (parse_endpoint, dans cmdline.h), demander ce qui manque, chercher les adresses,
    // se connecter, l'annoncer (print_endpoint, dans display.h), dialoguer, fermer.
    return EXIT_SYSTEM;
}
