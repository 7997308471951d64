/**
 * @file 02-udp/server.c
 * @brief Le serveur UDP : à chaque datagramme, une réponse, envoyée à qui l'a demandée.
 *
 * `server [HOST [PORT]]`, par défaut 127.0.0.1 et 12345.
 *
 * Un seul socket sert tous les clients. Le serveur ne retient rien d'un datagramme à l'autre :
 * une question reçue deux fois reçoit deux fois la même réponse, et cela ne gêne personne.
 */
#include "cmdline.h"
#include "display.h"
#include "report.h"

// Chaque page de manuel nomme, au début, les en-têtes système de ses appels : ajoutez-les ici.
#include <netdb.h>

/** Le plus long message, en octets : 65 535, moins l'en-tête IPv4 (20) et l'en-tête UDP (8). */
#define MESSAGE_LIMIT 65507

/** Place de réception : un octet de trop, pour voir qu'un datagramme dépasse la limite. */
#define MESSAGE_STORAGE (MESSAGE_LIMIT + 1)

/** Nom du programme dans les messages d'erreur. */
static const char PROGRAM[] = "server";

/** La réponse à chaque datagramme : ces octets, sans `\n` ni octet nul. */
static const char REPLY[] = "Hello I'm UDP Server";

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
    // TODO (étape 1) : demander les adresses de cet hôte et de ce port, pour des datagrammes, en
    // IPv4 comme en IPv6 (man 3 getaddrinfo). En cas d'échec, écrire le message.
    (void)endpoint;
    return NULL;
}

/**
 * @brief Fait de SIGINT et de SIGTERM un événement qui s'attend comme un datagramme.
 *
 * @return un descripteur, lisible dès que l'un des deux signaux est arrivé
 * @retval -1 erreur (un message est écrit)
 * @see signalfd(2), sigprocmask(2), sigsetops(3)
 */
static int open_stop_signals(void)
{
    // TODO (étape 6) : bloquer SIGINT et SIGTERM, puis obtenir un descripteur qui devient lisible
    // quand l'un d'eux arrive. À lire : man 3 sigsetops, man 2 sigprocmask, man 2 signalfd.
    // Le cours dit pourquoi un simple gestionnaire de signal ne suffit pas.
    return -1;
}

/**
 * @brief Crée un socket UDP attaché à une adresse.
 *
 * @param address l'adresse locale, rendue par `getaddrinfo`
 * @return le socket
 * @retval -1 erreur, cause dans `errno` (`EADDRINUSE`, `EADDRNOTAVAIL`, `EACCES`…)
 * @see socket(2), bind(2)
 */
static int bind_socket(const struct addrinfo *address)
{
    // TODO (étape 1) : créer le socket (man 2 socket), puis l'attacher à l'adresse (man 2 bind).
    // En cas d'échec : fermer ce qui est ouvert, sans perdre errno, et rendre -1.
    // TODO (étape 6) : quelle option de socket ne faut-il surtout pas mettre ici ? Voir le piège
    // D27 des notes.
    (void)address;
    return -1;
}

/**
 * @brief Ouvre le socket du serveur sur la première adresse qui l'accepte.
 *
 * @param endpoint  l'hôte et le port demandés, pour le message
 * @param addresses les adresses à essayer, dans l'ordre
 * @return le socket, attaché
 * @retval -1 toutes refusent (un message est écrit, pour la dernière)
 */
static int open_server(const struct endpoint *endpoint, const struct addrinfo *addresses)
{
    // TODO (étape 1) : essayer les adresses dans l'ordre avec bind_socket(), garder la première qui
    // convient.
    // TODO (étape 6) : si aucune ne convient, dire la raison de la dernière (report_error, dans
    // report.h).
    (void)endpoint;
    (void)addresses;
    return -1;
}

/**
 * @brief Écrit `received from ADDR:PORT: TEXT`.
 *
 * @param peer   l'adresse de l'expéditeur, déjà mise en forme
 * @param bytes  le message reçu
 * @param length sa longueur, en octets, 0 compris
 */
static void print_message(const char *peer, const char *bytes, size_t length)
{
    // TODO (étape 1) : écrire la ligne.
    // TODO (étape 2) : les octets du réseau ne vont au terminal qu'échappés (print_escaped,
    // dans display.h).
    (void)peer;
    (void)bytes;
    (void)length;
}

/**
 * @brief Reçoit un datagramme, le montre et lui répond ; dit s'il peut y en avoir un autre.
 *
 * Ne bloque jamais. Rien de ce qui arrive ici n'arrête le serveur : un datagramme abîmé, trop
 * long, ou auquel on ne peut pas répondre ne regarde que son expéditeur. L'erreur est dite sur
 * stderr.
 *
 * @param fd le socket du serveur
 * @retval true  un datagramme était là, ou la lecture a échoué : un autre attend peut-être
 * @retval false il n'y a plus rien à lire (`EAGAIN`) : le moment d'attendre
 * @see recvfrom(2), sendto(2), udp(7)
 */
static bool answer_datagram(int fd)
{
    // TODO (étape 1) : recevoir un datagramme et l'adresse de son expéditeur (man 2 recvfrom),
    // le montrer, répondre à cette adresse (man 2 sendto).
    // TODO (étape 2) : 0 octet est un message ; le plus long a ::MESSAGE_LIMIT octets ; l'adresse
    // peut être IPv4 ou IPv6, et sa longueur se prépare avant chaque appel.
    // TODO (étape 6) : une erreur, à la réception comme à l'envoi, est dite sur stderr
    // (report_peer_error, dans report.h) et n'arrête rien ; ne bloquer dans aucun des deux
    // appels (option MSG_DONTWAIT).
    (void)fd;
    return false;
}

/**
 * @brief Répond à tous, jusqu'à SIGINT ou SIGTERM.
 *
 * @param fd      le socket du serveur
 * @param signals le descripteur rendu par open_stop_signals()
 * @return le code de retour du programme
 * @see poll(2)
 */
static int serve(int fd, int signals)
{
    // TODO (étape 1) : répondre aux datagrammes, sans fin.
    // TODO (étape 6) : attendre à la fois un datagramme et un signal d'arrêt (man 2 poll) ;
    // regarder lequel est là, et dans le bon ordre.
    (void)fd;
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
    (void)REPLY;
    (void)resolve;
    (void)open_stop_signals;
    (void)bind_socket;
    (void)open_server;
    (void)print_message;
    (void)answer_datagram;
    (void)serve;

    // TODO (étape 1) : faire partir chaque ligne de stdout aussitôt (man 3 setvbuf), lire la ligne
    // de commande (parse_endpoint, dans cmdline.h), chercher les adresses, ouvrir
    // le serveur, servir, fermer.
    // TODO (étape 6) : préparer l'arrêt par signal : avant ou après bind ? Tout fermer ; rendre
    // le bon code de retour dans chaque cas.
    return EXIT_SYSTEM;
}
