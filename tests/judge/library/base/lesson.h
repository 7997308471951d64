/**
 * @file lesson.h
 * @brief Un lab, ses étapes et ses tests : leur description, leur registre, et le test en cours.
 *
 * Un test du juge s'appelle ici une *leçon* : il vaut des points, appartient à une étape de
 * l'énoncé, montre certains défauts du catalogue, et peut demander qu'un autre test réussisse
 * d'abord. Le corps est une suite de gestes : démarrer, envoyer, attendre.
 */
#ifndef HARNESS_LESSON_H
#define HARNESS_LESSON_H

#include <stdbool.h>
#include <stddef.h>

/** Nombre maximal d'étapes d'un lab, l'étape 0 comprise. */
#define MAX_STEPS 13

/** Nombre maximal de sortes de lignes qu'un serveur écrit sur stdout. */
#define MAX_LISTED_LINES 6

/**
 * Dernier filet, en secondes : un test qui n'a pas conclu alors est un défaut du juge. Chaque
 * attente a son propre délai, bien plus court (voir pump.h).
 */
#define LESSON_TIMEOUT_S 90

/** Un lab, tel que tests/NN/lab.mk le décrit : lab_reader.py l'écrit en C. */
struct lab {
    const char *name;             /**< Nom de son dossier : `01-tcp`. */
    const char *title;            /**< Son titre. */
    unsigned default_port;        /**< Port par défaut de ses programmes. */
    const char *steps[MAX_STEPS]; /**< Titres des étapes, chacun à son numéro. */
    /** Les lignes que le contrat énumère pour la sortie standard du serveur ; une suite libre après une espace. */
    const char *server_lines[MAX_LISTED_LINES + 1];
};

/** Le lab que ce juge connaît. */
extern const struct lab the_lab;

/** Un test, avec ce qu'il faut pour le noter et pour l'expliquer. */
struct lesson {
    const char *name;       /**< Identifiant, aussi le nom du test Criterion. */
    int step;               /**< Étape de l'énoncé, à partir de 0. */
    double points;          /**< Points, tout ou rien. */
    const char *title;      /**< Ce que le programme doit faire, en une phrase. */
    const char *programs;   /**< Programmes nécessaires, séparés par des espaces. */
    const char *sanitizers; /**< Assainisseurs avec lesquels ils sont lancés aussi. */
    const char *needs;      /**< Tests qui doivent réussir d'abord, séparés par des espaces. */
    bool tolerant;          /**< Essayé même si ceux-là ont un échec qui ne regarde qu'eux. */
    const char *hint;    /**< Question à se poser quand les symptômes ne montrent qu'un lieu. */
    const char *defects; /**< Défauts du catalogue que ce test révèle, séparés par des espaces. */
    const char *category; /**< Test réservé : ce que l'on en dit avant de le révéler. */
    void (*body)(void);   /**< Les gestes. */
    const char *file;     /**< Fichier source, pour l'ordre d'affichage. */
    int line;             /**< Ligne, pour l'ordre d'affichage. */
    struct lesson *next;  /**< Suivante dans le registre. */
};

/** @brief Ajoute un test au registre ; appelée par ::LESSON (lesson_run.h) avant `main`. */
void lesson_register(struct lesson *lesson);

/** @brief Premier test du registre, trié par étape puis par ordre d'écriture. */
struct lesson *lesson_first(void);

/** @brief Ce test est-il réservé : écrit dans un dossier `private` ? Voir docs/noter.md. */
bool lesson_is_private(const struct lesson *lesson);

/** @brief L'enseignant a-t-il demandé (REVEAL=1) que les tests réservés soient montrés ? */
bool lesson_reveal(void);

/** @brief Ce processus est à ce test ; fait par lesson_run(). */
void lesson_begin(const struct lesson *lesson);

/** @brief Le test en cours dans ce processus. */
const struct lesson *lesson_current(void);

/** @brief La question propre au test en cours, ou `NULL`. */
const char *lesson_question(void);

/** @brief Change la question propre au test, pour ce qui suit : il passe à un autre sujet. */
void lesson_ask(const char *question);

#endif
