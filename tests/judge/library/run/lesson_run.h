/**
 * @file lesson_run.h
 * @brief Déclarer un test, et l'exécuter dans son processus.
 *
 * @code
 * LESSON(server_replies, .step = 3, .points = 0.5, .title = "Une ligne reçoit sa réponse",
 *        .programs = "server", .needs = "server_listens", .defects = "D08")
 * {
 *     start_server();
 *     struct peer *client = peer_connect("client");
 *     peer_send(client, "bonjour\n");
 *     peer_expect_line(client, "Hey client");
 * }
 * @endcode
 */
#ifndef HARNESS_LESSON_RUN_H
#define HARNESS_LESSON_RUN_H

#include "lesson.h"

#include <criterion/criterion.h>

/** @brief Exécute un test dans son processus : chronomètre, gestes, verdict, ménage. */
void lesson_run(struct lesson *lesson);

/** Déclare un test ; les champs de struct lesson suivent son nom, puis son corps. */
#define LESSON(id, ...)                                                                            \
    static void body_##id(void);                                                                   \
    static struct lesson lesson_##id = {                                                           \
        .name = #id, .body = body_##id, .file = __FILE__, .line = __LINE__, __VA_ARGS__};          \
    __attribute__((constructor)) static void register_##id(void)                                   \
    {                                                                                              \
        lesson_register(&lesson_##id);                                                             \
    }                                                                                              \
    Test(lab, id, .timeout = LESSON_TIMEOUT_S)                                                     \
    {                                                                                              \
        lesson_run(&lesson_##id);                                                                  \
    }                                                                                              \
    static void body_##id(void)

#endif
