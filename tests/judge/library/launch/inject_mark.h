/**
 * @file inject_mark.h
 * @brief Ce que partagent la bibliothèque préchargée et qui trace : à quoi se reconnaît un appel mis à l'épreuve.
 */
#ifndef HARNESS_INJECT_MARK_H
#define HARNESS_INJECT_MARK_H

/** Le descripteur, impossible, que la bibliothèque « ferme » quand elle fait échouer un appel : sans effet, mais tracé. */
#define INJECT_FAULT_MARK (-7777)

#endif
