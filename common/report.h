/**
 * @file report.h
 * @brief Les messages d'erreur : une ligne sur stderr.
 *
 * Un bon message dit qui parle, ce qui était tenté, où, et la raison donnée par le système :
 * `server: bind 127.0.0.1:8001 : Address already in use`.
 * Les octets qui pourraient troubler un terminal y sont montrés échappés (voir display.h).
 */
#ifndef COMMON_REPORT_H
#define COMMON_REPORT_H

/**
 * @brief Écrit `PROGRAMME: ACTION HOST:PORT : RAISON` sur stderr.
 *
 * @param program nom du programme (`server`, `client`)
 * @param action  ce qui était tenté : un appel (`bind`) ou quelques mots
 * @param host    nom ou adresse, ou `NULL` quand l'erreur n'a pas de lieu ; une adresse IPv6 est
 *                mise entre crochets
 * @param port    numéro de port, ou `NULL` avec @p host
 * @param reason  la raison : `strerror(errno)`, `gai_strerror(code)` ou quelques mots
 */
void report_error(const char *program, const char *action, const char *host, const char *port,
                  const char *reason);

/**
 * @brief Écrit `PROGRAMME: ACTION PEER : RAISON` sur stderr, pour une adresse déjà mise en forme.
 *
 * @param program nom du programme
 * @param action  ce qui était tenté
 * @param peer    adresse rendue par format_address(), par exemple `127.0.0.1:40112`
 * @param reason  la raison
 */
void report_peer_error(const char *program, const char *action, const char *peer,
                       const char *reason);

/**
 * @brief Écrit `PROGRAMME: PROBLÈME : « ARGUMENT »` sur stderr.
 *
 * @param program  nom du programme
 * @param problem  ce qui ne va pas
 * @param argument l'argument en cause, tel qu'il a été tapé
 */
void report_usage(const char *program, const char *problem, const char *argument);

#endif
