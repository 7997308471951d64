/**
 * @file display.h
 * @brief Montrer sans danger ce qui vient du réseau.
 *
 * Un octet reçu n'est pas un caractère : il peut être une commande pour le terminal (ESC), un
 * octet nul, la moitié d'un « é ». L'UTF-8 imprimable est montré tel quel ; tout autre octet
 * l'est sous la forme `\xHH`.
 */
#ifndef COMMON_DISPLAY_H
#define COMMON_DISPLAY_H

#include <stddef.h>
#include <stdio.h>
#include <sys/socket.h>

/** Place suffisante pour `[ADDR%ZONE]:PORT` et son octet nul final, en octets. */
#define ADDRESS_TEXT_SIZE 128

/**
 * @brief Écrit des octets en les échappant.
 *
 * Restent tels quels : l'ASCII imprimable (barre oblique inverse comprise) et les caractères UTF-8 bien formés
 * hors caractères de contrôle (U+0080 à U+009F). Chaque autre octet devient `\xHH`.
 *
 * @param stream flux où écrire
 * @param bytes  les octets, qui peuvent contenir des octets nuls
 * @param length leur nombre
 * @see RFC 3629, section 4, pour ce qu'est une suite UTF-8 bien formée
 */
void print_escaped(FILE *stream, const char *bytes, size_t length);

/**
 * @brief Écrit `HOST:PORT`, ou `[HOST]:PORT` si l'hôte est une adresse IPv6.
 *
 * @param stream flux où écrire
 * @param host   nom ou adresse, tel que tapé
 * @param port   numéro de port
 */
void print_endpoint(FILE *stream, const char *host, const char *port);

/**
 * @brief Met une adresse de socket en texte : `127.0.0.1:8001` ou `[::1]:8001`.
 *
 * Peut être appelée par plusieurs threads à la fois : rien n'est gardé d'un appel à l'autre.
 *
 * @param address adresse rendue par `accept`, `recvfrom`, `getsockname`…
 * @param length  sa longueur, en octets
 * @param text    reçoit le texte ; `?` si l'adresse ne peut pas être mise en forme
 * @param size    place disponible dans @p text, en octets (::ADDRESS_TEXT_SIZE suffit)
 * @see getnameinfo(3), avec `NI_NUMERICHOST` et `NI_NUMERICSERV`
 */
void format_address(const struct sockaddr *address, socklen_t length, char *text, size_t size);

#endif
