/**
 * @file sandbox_report.h
 * @brief Ce que le premier processus d'un bac à sable dit au juge, par le tube qu'il en a reçu.
 */
#ifndef HARNESS_SANDBOX_REPORT_H
#define HARNESS_SANDBOX_REPORT_H

/** De quoi il s'agit. */
enum sandbox_report_kind {
    REPORT_STARTED, /**< Le programme est lancé : exec a réussi. */
    REPORT_FAILED,  /**< Il n'a pas pu l'être ; cause dans `error`. */
    REPORT_ENDED,   /**< Il est terminé. */
};

/** Un message, plus court que PIPE_BUF : il arrive entier. */
struct sandbox_report {
    int kind;      /**< L'une des valeurs de ::sandbox_report_kind. */
    int error;     /**< REPORT_FAILED : la valeur d'`errno`. */
    int status;    /**< REPORT_ENDED : le statut, comme rendu par waitpid(). */
    int disk_full; /**< REPORT_ENDED : plus un octet libre dans le dossier de travail. */
    int files;     /**< REPORT_ENDED : combien de fichiers dans le dossier de travail. */
};

#endif
