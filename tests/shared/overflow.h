/**
 * @file overflow.h
 * @brief Emplir les tampons d'un client de TCP jusqu'au dernier octet : AddressSanitizer voit celui de trop.
 */
#ifndef SHARED_OVERFLOW_H
#define SHARED_OVERFLOW_H

#include <stddef.h>

/**
 * @brief Lance plusieurs fois le client compilé avec AddressSanitizer, et conclut par un échec s'il a vu un débordement.
 *
 * Réponses et lignes d'avance, plus longues lignes des deux côtés, lignes trop longues des deux côtés. Ce qui est
 * affiché est l'affaire d'autres tests ; une mémoire non rendue à la fin n'est pas un débordement.
 *
 * @param greeting  ce que le serveur dit d'abord, ou `""`
 * @param more_reply ce qu'une réponse peut avoir de plus qu'une ligne, en octets
 */
void expect_no_client_overflow(const char *greeting, size_t more_reply);

#endif
