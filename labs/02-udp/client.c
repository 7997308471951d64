/**
 * @file 02-udp/client.c
 * @brief Le client UDP : une question, et la patience d'attendre la réponse.
 *
 * `client [HOST [PORT [MESSAGE]]]`, par défaut 127.0.0.1, 12345 et « Hello UDP server ».
 *
 * Rien ne dit qu'un datagramme est arrivé, sinon la réponse. Le client demande donc jusqu'à
 * quatre fois, en attendant chaque fois deux fois plus longtemps, puis renonce.
 */
#include "cmdline.h"
#include "display.h"
#include "report.h"

// Chaque page de manuel nomme, au début, les en-têtes système de ses appels : ajoutez-les ici.
#include <netdb.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/** Le plus long message, en octets : 65 535, moins l'en-tête IPv4 (20) et l'en-tête UDP (8). */
#define MESSAGE_LIMIT 65507

/** Place de réception : un octet de trop, pour voir qu'un datagramme dépasse la limite. */
#define MESSAGE_STORAGE (MESSAGE_LIMIT + 1)

/** Première attente, en millisecondes ; elle double à chaque envoi. */
#define FIRST_WAIT_MS 200

/** Nombre d'envois de la question, le premier compris. */
#define SEND_COUNT 4

/** Nom du programme dans les messages d'erreur. */
static const char PROGRAM[] = "client";

/**
 * @brief Lit `[HOST [PORT [MESSAGE]]]`.
 *
 * Un argument absent laisse la valeur par défaut. Une erreur est déjà dite sur stderr.
 *
 * @param count     nombre d'arguments, sans le nom du programme
 * @param arguments ces arguments
 * @param endpoint  entrée : hôte et port par défaut ; sortie : ceux de l'utilisateur
 * @param message   entrée : le message par défaut ; sortie : celui de l'utilisateur
 * @return `true`, ou `false` si un argument est refusé
 */
static bool parse_arguments(int count, char **arguments, struct endpoint *endpoint,
                            const char **message)
{
    // TODO (étape 3) : lire HOST et PORT (parse_endpoint, dans cmdline.h), puis MESSAGE.
    // TODO (étape 6) : refuser un argument de trop, et un message qu'aucun datagramme ne porte.
    (void)count;
    (void)arguments;
    (void)endpoint;
    (void)message;
    return false;
}

/**
 * @brief Cherche les adresses de l'hôte : un nom peut en avoir plusieurs, IPv4 et IPv6.
 *
 * @param endpoint l'hôte et le port demandés
 * @return la liste des adresses, à rendre par `freeaddrinfo` ; `NULL` en cas d'échec (un message
 *         est écrit)
 * @see getaddrinfo(3)
 */
static struct addrinfo *resolve(const struct endpoint *endpoint)
{
    // TODO (étape 3) : demander les adresses de cet hôte et de ce port, pour des datagrammes, en
    // IPv4 comme en IPv6 (man 3 getaddrinfo). En cas d'échec, écrire le message.
    (void)endpoint;
    return NULL;
}

/**
 * @brief L'heure d'une horloge qui ne recule ni ne saute jamais.
 *
 * @return un nombre de millisecondes, depuis une origine quelconque
 * @see clock_gettime(2), `CLOCK_MONOTONIC`
 */
static int64_t now_ms(void)
{
    // TODO (étape 4) : lire l'horloge (man 2 clock_gettime) et rendre des millisecondes.
    return 0;
}

/**
 * @brief Crée un socket UDP qui ne parle qu'à une adresse, et n'écoute qu'elle.
 *
 * @param address l'adresse du serveur, rendue par `getaddrinfo`
 * @return le socket
 * @retval -1 erreur, cause dans `errno` (`ENETUNREACH`, `EAFNOSUPPORT`…)
 * @see connect(2), udp(7)
 */
static int connect_socket(const struct addrinfo *address)
{
    // TODO (étape 3) : créer le socket (man 2 socket), puis lui donner le serveur pour seul
    // correspondant (man 2 connect ; man 7 udp dit ce que cela veut dire sans connexion).
    // En cas d'échec : fermer ce qui est ouvert, sans perdre errno, et rendre -1.
    (void)address;
    return -1;
}

/**
 * @brief Attend la réponse du serveur, un temps donné et pas davantage.
 *
 * @param fd      socket rendu par connect_socket()
 * @param wait_ms durée de l'attente, en millisecondes
 * @param reply   reçoit la réponse ; ::MESSAGE_STORAGE octets de place
 * @return la longueur de la réponse, en octets, 0 compris
 * @retval -1 erreur, cause dans `errno` : `ETIMEDOUT` si le temps est écoulé, `ECONNREFUSED` si
 *            personne n'écoute, `EMSGSIZE` si la réponse dépasse ::MESSAGE_LIMIT ; jamais `EINTR`
 * @see poll(2), recv(2)
 */
static ssize_t wait_reply(int fd, int wait_ms, char *reply)
{
    // TODO (étape 3) : recevoir la réponse (man 2 recv). 0 octet est une réponse.
    // TODO (étape 4) : attendre qu'elle arrive (man 2 poll), jusqu'à une échéance calculée avec
    // now_ms() ; une attente interrompue reprend pour le temps qui reste.
    // TODO (étape 5) : un réveil pour rien (datagramme d'un étranger, ou abîmé) ne change pas
    // l'échéance. Piège D29.
    (void)fd;
    (void)wait_ms;
    (void)reply;
    return -1;
}

/**
 * @brief Pose la question à une adresse, jusqu'à ::SEND_COUNT fois, et rend la réponse.
 *
 * @param fd      socket rendu par connect_socket()
 * @param message la question
 * @param length  sa longueur, en octets, 0 compris
 * @param reply   reçoit la réponse ; ::MESSAGE_STORAGE octets de place
 * @return la longueur de la réponse, en octets, 0 compris
 * @retval -1 erreur, cause dans `errno` : `ETIMEDOUT` si toutes les attentes ont été vaines,
 *            `ECONNREFUSED` si personne n'écoute…
 * @see send(2)
 */
static ssize_t ask(int fd, const char *message, size_t length, char *reply)
{
    // TODO (étape 3) : envoyer la question (man 2 send) et attendre la réponse.
    // TODO (étape 4) : sans réponse, recommencer : quatre envois en tout, et chaque attente deux
    // fois plus longue que la précédente.
    // TODO (étape 5) : le système peut dire que personne n'écoute. Par quels appels ? Piège D31.
    (void)fd;
    (void)message;
    (void)length;
    (void)reply;
    return -1;
}

/**
 * @brief Pose la question à une adresse après l'autre, tant qu'elle y est refusée.
 *
 * Un silence, lui, arrête tout : le serveur est peut-être là, et seulement lent ou lointain.
 *
 * @param endpoint  hôte et port du serveur, pour le message
 * @param addresses les adresses à essayer, dans l'ordre
 * @param message   la question, terminée par un octet nul qui n'est pas envoyé
 * @param reply     reçoit la réponse ; ::MESSAGE_STORAGE octets de place
 * @return la longueur de la réponse, en octets, 0 compris
 * @retval -1 aucune réponse (un message est écrit, pour la dernière adresse essayée)
 */
static ssize_t ask_each(const struct endpoint *endpoint, const struct addrinfo *addresses,
                        const char *message, char *reply)
{
    // TODO (étape 3) : poser la question à la première adresse, fermer le socket.
    // TODO (étape 4) : en cas d'échec, une ligne sur stderr pour la dernière adresse essayée
    // (report_error, dans report.h).
    // TODO (étape 5) : refusé, passer à l'adresse suivante ; sans réponse, s'arrêter là.
    (void)endpoint;
    (void)addresses;
    (void)message;
    (void)reply;
    return -1;
}

/**
 * @brief Écrit `Server Says` et, à la ligne suivante, la réponse.
 *
 * @param reply  la réponse
 * @param length sa longueur, en octets, 0 compris
 */
static void print_reply(const char *reply, size_t length)
{
    // TODO (étape 3) : écrire les deux lignes.
    // TODO (étape 2) : les octets du réseau ne vont au terminal qu'échappés (print_escaped,
    // dans display.h).
    (void)reply;
    (void)length;
}

/**
 * @brief Programme `client [HOST [PORT [MESSAGE]]]`.
 *
 * @retval 0 la réponse est écrite
 * @retval 1 erreur du système ou du réseau, ou pas de réponse
 * @retval 2 mauvaise utilisation
 */
int main(int argc, char **argv)
{
    // Ces lignes évitent les avertissements du squelette ; effacez-les à mesure que vous avancez.
    (void)argc;
    (void)argv;
    (void)PROGRAM;
    (void)parse_arguments;
    (void)resolve;
    (void)now_ms;
    (void)connect_socket;
    (void)wait_reply;
    (void)ask;
    (void)ask_each;
    (void)print_reply;

    // TODO (étape 3) : faire partir chaque ligne de stdout aussitôt (man 3 setvbuf), lire la ligne
    // de commande, chercher les adresses, poser la question, écrire la réponse.
    // TODO (étape 4) : sans réponse, ne rien écrire sur stdout et rendre 1.
    // TODO (étape 6) : rendre le bon code de retour dans tous les autres cas.
    return EXIT_SYSTEM;
}
