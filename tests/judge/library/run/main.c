/**
 * @file main.c
 * @brief Le programme du juge : un par lab, fait de cette bibliothèque et des tests du lab.
 *
 * Il juge des programmes déjà construits et écrit un fichier de résultats. Code de retour : 0 quand
 * tout a été jugé, quelle que soit la note ; 2 quand le juge lui-même n'a pas pu faire son travail.
 */
#include "network.h"
#include "plan.h"
#include "probe.h"
#include "process_tree.h"
#include "results.h"
#include "sandbox.h"
#include "sandbox_etc.h"
#include "schedule.h"
#include "scratch.h"
#include "second_look.h"
#include "spawn.h"
#include "transcript.h"

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define EXIT_JUDGE 2

/** Ce que demande la ligne de commande. */
struct options {
    const char *programs;
    const char *results;
    const char *work;
    const char *sources;
    const char *pattern;
    const char *live;
    int step;
    bool list;
};

static const char usage[] =
    "usage : judge --programs DOSSIER --results FICHIER [--work NOM] [--sources TEXTE] "
    "[--step N] [--test MOTIF] [--live LIEN] | --list | --probe PROGRAMME…\n";

static bool parse_options(int argc, char **argv, struct options *options)
{
    static const struct option known[] = {
        {"programs", required_argument, NULL, 'p'},
        {"results", required_argument, NULL, 'r'},
        {"work", required_argument, NULL, 'w'},
        {"test", required_argument, NULL, 't'},
        {"step", required_argument, NULL, 's'},
        {"live", required_argument, NULL, 'v'},
        {"list", no_argument, NULL, 'l'},
        {"sources", required_argument, NULL, 'S'},
        {NULL, 0, NULL, 0},
    };
    for (int option; (option = getopt_long(argc, argv, "", known, NULL)) != -1;) {
        switch (option) {
        case 'p':
            options->programs = optarg;
            break;
        case 'r':
            options->results = optarg;
            break;
        case 'w':
            options->work = optarg;
            break;
        case 'S':
            options->sources = optarg;
            break;
        case 't':
            options->pattern = optarg;
            break;
        case 's':
            options->step = atoi(optarg);
            break;
        case 'v':
            options->live = optarg;
            break;
        case 'l':
            options->list = true;
            break;
        default:
            return false;
        }
    }
    return optind == argc && (options->list || (options->programs && options->results));
}

// Les programmes jugés changent de dossier de travail : tout chemin doit être absolu.
static bool export_path(const char *variable, const char *path)
{
    char *absolute = realpath(path, NULL);
    if (absolute == NULL) {
        fprintf(stderr, "juge : %s : %s\n", path, strerror(errno));
        return false;
    }
    setenv(variable, absolute, 1);
    free(absolute);
    return true;
}

// LD_PRELOAD sépare ses noms par des espaces ou des deux-points, et rien ne les protège : sous un dossier
// qui en a, la bibliothèque ne serait pas chargée, et nul appel mis à l'épreuve. Elle y va par un lien.
static void export_injection_library(void)
{
    char program[4096];
    ssize_t length = readlinkat(AT_FDCWD, "/proc/self/exe", program, sizeof program - 1);
    if (length <= 0)
        return;
    program[length] = '\0';
    char path[4200];
    char *slash = strrchr(program, '/');
    snprintf(path, sizeof path, "%.*s/../../judge/inject.so", (int)(slash - program), program);
    char *absolute = realpath(path, NULL);
    const char *library = absolute != NULL ? absolute : path;
    setenv("JUDGE_INJECT_LIBRARY", sandbox_path() != NULL ? library : scratch_alias(library), 0);
    free(absolute);
}

// Interrompu, le juge ne laisse rien : ni processus, ni dossier.
static void stop_everything(int signal)
{
    process_tree_kill_descendants();
    scratch_remove();
    _exit(128 + signal);
}

static void keep_charge(void)
{
    process_tree_adopt_orphans();
    signal(SIGINT, stop_everything);
    signal(SIGTERM, stop_everything);
    signal(SIGHUP, stop_everything);
}

// Un test demandé a pu être écarté par l'échec d'un autre : c'est celui-là qu'il faut lire d'abord.
static void report_failed_needs(struct plan *plan)
{
    for (size_t i = 0; i < plan->count; i++) {
        struct entry *entry = &plan->entries[i];
        if (entry->selected && !entry->reported && entry->outcome == OUTCOME_FAILED)
            entry->reported = entry->auxiliary = true;
    }
}

static bool write_results(const struct plan *plan, const struct run *run, const char *path)
{
    char temporary[4200];
    snprintf(temporary, sizeof temporary, "%s.part", path);
    FILE *out = fopen(temporary, "we");
    if (out == NULL) {
        fprintf(stderr, "juge : %s : %s\n", path, strerror(errno));
        return false;
    }
    results_write(out, plan, run);
    return fclose(out) == 0 && rename(temporary, path) == 0;
}

static int list(struct plan *plan)
{
    const struct run run = {
        .work = "", .sources = "", .isolated = true, .programs = ".", .conceal = !lesson_reveal()};
    results_write(stdout, plan, &run);
    return 0;
}

// Comme un test : son dossier jetable, ses orphelins adoptés.
static int probe(char **words)
{
    sandbox_find();
    if (!scratch_make())
        return EXIT_JUDGE;
    sandbox_copy_etc(scratch_path());
    keep_charge();
    int result = probe_run(words);
    scratch_remove();
    return result;
}

int main(int argc, char **argv)
{
    struct options options = {.work = "", .sources = "", .programs = ".", .step = -1};
    struct plan plan;
    if (argc > 2 && strcmp(argv[1], "--probe") == 0)
        return probe(argv + 2);
    if (argc == 6 && strcmp(argv[1], "--again") == 0)
        return second_look_main(argv + 2);
    if (!parse_options(argc, argv, &options)) {
        fputs(usage, stderr);
        return EXIT_JUDGE;
    }
    plan_make(&plan);
    if (plan_select(&plan, options.step, options.pattern) == 0) {
        fputs("juge : aucun test ne correspond\n", stderr);
        return EXIT_JUDGE;
    }
    if (options.list)
        return list(&plan);
    if (!export_path(PROGRAMS_VARIABLE, options.programs))
        return EXIT_JUDGE;
    sandbox_find();
    if (!scratch_make()) {
        fprintf(stderr, "juge : %s : %s\n", scratch_path(), strerror(errno));
        return EXIT_JUDGE;
    }
    export_injection_library();
    // Qui veut suivre le jugement lira là chaque verdict dès qu'il est connu.
    if (options.live != NULL && symlink(scratch_path(), options.live) != 0)
        fprintf(stderr, "juge : %s : %s\n", options.live, strerror(errno));

    keep_charge();
    transcript_begin();
    bool isolated = network_can_isolate();
    if (!isolated)
        setenv(NETWORK_VARIABLE, "shared", 1);
    sandbox_copy_etc(scratch_path());
    run_plan(&plan, scratch_path());
    report_failed_needs(&plan);

    const struct run run = {.work = options.work,
                            .sources = options.sources,
                            .isolated = isolated,
                            .duration_ms = transcript_elapsed_ms(),
                            .programs = options.programs};
    bool written = write_results(&plan, &run, options.results);
    scratch_remove();
    return written && !results_have_problems(&plan) ? 0 : EXIT_JUDGE;
}
