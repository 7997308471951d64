/**
 * @file settle.h
 * @brief Fin de test sous vérificateur (assainisseur, valgrind) : laisser parler son rapport.
 */
#ifndef HARNESS_SETTLE_H
#define HARNESS_SETTLE_H

/**
 * @brief Arrête les serveurs en ordre, et conclut par un échec si un rapport d'erreur est sorti.
 *
 * Un programme tué ne cherche pas ses fuites : on lui demande de finir (SIGTERM) et on attend. Sans
 * vérificateur en jeu (ni SANITIZE, ni JUDGE_WRAPPER), ne fait rien.
 */
void settle_under_checker(void);

#endif
