/**
 * @file cmdline.h
 * @brief La ligne de commande des programmes : `[HOST [PORT]]`.
 *
 * Rien ici ne touche au réseau : un nom reste un nom, il n'est pas encore résolu.
 */
#ifndef COMMON_CMDLINE_H
#define COMMON_CMDLINE_H

#include <stdbool.h>

/** Code de retour d'une erreur du système ou du réseau. */
#define EXIT_SYSTEM 1

/** Code de retour d'une mauvaise utilisation (argument absent, en trop, mal écrit). */
#define EXIT_USAGE 2

/** Où se connecter, ou bien où écouter : tel que l'utilisateur l'a écrit. */
struct endpoint {
    const char *host; /**< Nom ou adresse, IPv4 ou IPv6. */
    const char *port; /**< Numéro de port, déjà vérifié, en décimal. */
};

/**
 * @brief Dit si un texte est un entier décimal strict compris entre deux bornes.
 *
 * « Strict » : des chiffres et rien d'autre. Ni signe, ni espace, ni texte après le nombre,
 * alors que `atoi("8001x")` répond 8001 sans un mot.
 *
 * @param text    le texte à lire, terminé par un octet nul
 * @param minimum la plus petite valeur admise
 * @param maximum la plus grande valeur admise
 * @param value   reçoit la valeur ; inchangé si le texte est refusé
 * @return `true` si le texte est un nombre admis
 */
bool parse_number(const char *text, unsigned long minimum, unsigned long maximum,
                  unsigned long *value);

/**
 * @brief Dit si un texte est un numéro de port : un entier décimal strict, de 1 à 65535.
 *
 * Le port 0 est refusé : il demande au système d'en choisir un, que personne ne connaîtrait.
 *
 * @param text le texte à lire, terminé par un octet nul
 * @return `true` si le texte est un port valable
 */
bool is_port(const char *text);

/**
 * @brief Lit `[HOST [PORT]]` parmi les arguments qui restent.
 *
 * Un argument absent laisse à @p endpoint la valeur qu'il avait : c'est ainsi que chaque
 * programme donne ses valeurs par défaut. En cas d'erreur, un message est déjà écrit sur stderr.
 *
 * @param program   nom du programme, pour les messages
 * @param count     nombre d'arguments restants
 * @param arguments ces arguments
 * @param endpoint  entrée : les valeurs par défaut ; sortie : celles de l'utilisateur
 * @return `true`, ou `false` si un argument est en trop ou si le port est refusé
 */
bool parse_endpoint(const char *program, int count, char **arguments, struct endpoint *endpoint);

#endif
