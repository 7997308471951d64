#include "sanitizer_report.h"

#include "transcript.h"
#include "visible.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/select.h>

// Du début d'un rapport, ce qui en dit l'essentiel : la suite dit d'où viennent les threads et les verrous.
#define RECALLED_LINES 10

/** Un endroit du programme : la première ligne d'une pile qui soit du code de l'étudiant. */
struct place {
    char text[160];          /**< `serve_client (server.c:87)`. */
    struct source_line line; /**< La même, en morceaux. */
    bool known;              /**< Le fichier et la ligne sont connus. */
};

static const char *next_line(const char *line)
{
    const char *newline = strchr(line, '\n');
    return newline != NULL ? newline + 1 : line + strlen(line);
}

static bool starts_with(const char *text, const char *prefix)
{
    return strncmp(text, prefix, strlen(prefix)) == 0;
}

static const char *skip_spaces(const char *text)
{
    return text + strspn(text, " ");
}

// Les sources jugées sont dans un dossier src : « …/src/server.c:87 ». Celles de l'assainisseur
// aussi, mais plus profond.
static bool read_place(const char *line, const char *end, struct place *place)
{
    const char *source = memmem(line, (size_t)(end - line), "/src/", strlen("/src/"));
    if (source == NULL)
        return false;
    source = source_line_skip_folder(source + strlen("/src/"));
    size_t name = strcspn(source, "/: \n");
    if (source[name] != ':' || !isdigit((unsigned char)source[name + 1]))
        return false;
    int place_length = (int)(name + 1 + strspn(source + name + 1, "0123456789"));
    // « #0 fonction chemin » pour ThreadSanitizer, « #0 0x… in fonction chemin » pour les autres.
    const char *function = memmem(line, (size_t)(end - line), " in ", strlen(" in "));
    function = function != NULL ? function + strlen(" in ") : line + strcspn(line, " \n");
    function = skip_spaces(function);
    snprintf(place->text, sizeof place->text, "%.*s (%.*s)", (int)strcspn(function, " \n"),
             function, place_length, source);
    snprintf(place->line.function, sizeof place->line.function, "%.*s",
             (int)strcspn(function, " \n"), function);
    snprintf(place->line.file, sizeof place->line.file, "%.*s", (int)name, source);
    place->line.number = (unsigned)strtoul(source + name + 1, NULL, 10);
    place->known = true;
    return true;
}

// Parcourt une pile jusqu'à la première ligne de l'étudiant ; rend la ligne qui suit la pile.
static const char *read_stack(const char *line, struct place *place)
{
    *place = (struct place){.text = "un endroit que l'outil n'a pas su nommer"};
    for (; *skip_spaces(line) == '#'; line = next_line(line)) {
        if (!place->known)
            read_place(skip_spaces(line), next_line(line), place);
    }
    return line;
}

/** Un accès, parmi les deux d'une course. */
struct access {
    bool writes;
    bool by_main;
    bool destroys; /**< Par pthread_mutex_destroy ou pthread_cond_destroy. */
    bool of_lock;  /**< Dans une fonction des verrous ou des conditions. */
    struct place place;
};

static bool is_access(const char *line)
{
    return strstr(line, " of size ") != NULL && strstr(line, " of size ") < next_line(line) &&
           !starts_with(line, "Location");
}

static const char *read_access(const char *line, struct access *access)
{
    const char *end = next_line(line);
    const char *main_thread = strstr(line, "by main thread");
    const char *write = strcasestr(line, "write of size");
    const char *called = skip_spaces(end) + strcspn(skip_spaces(end), " \n");
    called = skip_spaces(called);
    access->by_main = main_thread != NULL && main_thread < end;
    access->of_lock = starts_with(called, "pthread_mutex_") || starts_with(called, "pthread_cond_");
    access->destroys = access->of_lock && strstr(called, "_destroy ") != NULL &&
                       strstr(called, "_destroy ") < next_line(called);
    access->writes = write != NULL && write < end;
    return read_stack(end, &access->place);
}

/** Une course, telle que ThreadSanitizer la raconte. */
struct race {
    struct access accesses[2];
    int count;
    char what[200];     /**< La donnée, en français. */
    const char *touch;  /**< Comment ils y touchent : une phrase où `%s` est la donnée. */
    const char *advice; /**< Ce qu'il faut se demander. */
};

static void read_main_stack(struct race *race)
{
    snprintf(race->what, sizeof race->what, "une variable locale du thread principal");
    race->advice =
        "Si son adresse est celle d'une variable de la boucle, donnée à un thread, elle a "
        "déjà changé quand il la lit (piège D45) ; sinon, quel verrou les deux "
        "devraient-ils tenir ?";
}

static void read_global(const char *line, struct race *race)
{
    const char *name = line + strlen("Location is global '");
    // Il nomme aussi « global » ce qu'il trouve dans la pile du thread principal.
    if (starts_with(name, "<null>")) {
        if (memmem(line, (size_t)(next_line(line) - line), "[stack]", strlen("[stack]")) != NULL)
            read_main_stack(race);
        return;
    }
    // Une variable static d'une fonction s'appelle « count.3 ».
    const size_t length = strcspn(name, "'.\n");
    snprintf(race->what, sizeof race->what, "la variable « %.*s »", (int)length, name);
    if (name[length] == '.')
        race->advice =
            "Déclarée static dans une fonction, elle est la même pour tous les threads : "
            "fallait-il la partager ? Si oui, quel verrou les deux devraient-ils tenir ?";
}

static const char *read_heap(const char *line, struct race *race)
{
    struct place place;
    const char *after = read_stack(next_line(line), &place);
    if (place.known)
        snprintf(race->what, sizeof race->what, "la mémoire allouée dans %s", place.text);
    else
        snprintf(race->what, sizeof race->what, "une mémoire allouée par malloc");
    return after;
}

static const char *read_location(const char *line, struct race *race)
{
    race->advice = "Quel verrou les deux devraient-ils tenir ?";
    if (starts_with(line, "Location is global '")) {
        read_global(line, race);
    } else if (starts_with(line, "Location is heap")) {
        return read_heap(line, race);
    } else if (starts_with(line, "Location is stack of main")) {
        read_main_stack(race);
    } else if (starts_with(line, "Location is stack")) {
        snprintf(race->what, sizeof race->what, "une variable locale d'un thread");
        race->advice =
            "Son adresse est sortie du thread à qui elle appartient : elle est partagée.";
    } else if (starts_with(line, "Location is file descriptor ")) {
        const char *number = line + strlen("Location is file descriptor ");
        snprintf(race->what, sizeof race->what, "descripteur %.*s", (int)strcspn(number, " \n"),
                 number);
        race->touch = "deux threads se servent en même temps du %s, et l'un d'eux le ferme";
        race->advice = "Un descripteur fermé pendant qu'un autre thread s'en sert peut être déjà "
                       "celui d'un autre client : qui le ferme, et sous quel verrou ?";
    }
    return next_line(line);
}

static void read_destroyed_lock(struct race *race)
{
    snprintf(race->what, sizeof race->what, "un verrou");
    race->touch = "%s, ou une condition, est détruit alors qu'un autre thread s'en sert";
    race->advice = "Celui qui détruit un verrou doit savoir que plus personne ne s'en servira : à "
                   "quel instant, et comment, sait-il que tous les autres ont fini ?";
}

static void read_race(const char *report, struct race *race)
{
    *race = (struct race){
        .what = "une même donnée",
        .touch = "deux threads touchent en même temps à %s, et l'un au moins la modifie",
        .advice = "Quel verrou les deux devraient-ils tenir ?"};
    for (const char *line = next_line(report); *line != '\0' && !starts_with(line, "=====");) {
        const char *text = skip_spaces(line);
        if (race->count < 2 && is_access(text))
            line = read_access(text, &race->accesses[race->count++]);
        else if (starts_with(text, "Location is "))
            line = read_location(text, race);
        else
            line = next_line(line);
    }
    if (race->accesses[0].destroys || race->accesses[1].destroys)
        read_destroyed_lock(race);
}

// Le texte est choisi parmi les nôtres : rien d'autre que « %s » n'y est à remplacer.
static void fill_in(const char *sentence, const char *what, char *filled, size_t size)
{
    const char *hole = strstr(sentence, "%s");
    snprintf(filled, size, "%.*s%s%s", (int)(hole - sentence), sentence, what, hole + 2);
}

static void describe_race(const char *report, struct finding *finding)
{
    struct race race;
    read_race(report, &race);
    const struct access *first = &race.accesses[0];
    const struct access *second = &race.accesses[1];
    fill_in(race.touch, race.what, finding->summary, sizeof finding->summary);
    snprintf(
        finding->cause, sizeof finding->cause,
        "Course entre threads (data race), vue par ThreadSanitizer : %s %s dans %s ; %s %s dans "
        "%s ; rien n'ordonne ces deux accès. %s",
        first->by_main ? "le thread principal" : "un thread", first->writes ? "écrit" : "lit",
        first->place.text, second->by_main ? "le thread principal" : "un autre thread",
        second->writes ? "écrit" : "lit", second->place.text, race.advice);
}

static bool is_list_of_addresses(const char *direct)
{
    const char *end = strstr(direct, "\n\n");
    size_t length = end != NULL ? (size_t)(end - direct) : strlen(direct);
    return memmem(direct, length, "getaddrinfo", strlen("getaddrinfo")) != NULL;
}

// Elle n'est à aucun client, et n'est demandée qu'une fois : le programme l'a seulement oubliée.
static void describe_kept_list(const struct place *place, struct finding *finding)
{
    snprintf(finding->summary, sizeof finding->summary,
             "la liste d'adresses de getaddrinfo n'est jamais libérée");
    snprintf(finding->cause, sizeof finding->cause,
             "Fuite vue par LeakSanitizer : getaddrinfo, appelé dans %s, alloue la liste qu'il "
             "donne. Une fois les adresses essayées, qu'elles aient convenu ou non, quel appel la "
             "libère (man 3 getaddrinfo) ?",
             place->text);
}

// Ce qui est perdu à chaque client se compte ; ce qui ne l'est qu'une fois est peut-être plus gros, et vient alors d'abord.
static const char *most_repeated_leak(const char *report, unsigned long *bytes,
                                      unsigned long *blocks)
{
    static const char start[] = "Direct leak of ";
    const char *most = NULL;
    for (const char *leak = report; (leak = strstr(leak, start)) != NULL; leak++) {
        unsigned long size = 0;
        unsigned long count = 0;
        bool read = sscanf(leak, "Direct leak of %lu byte(s) in %lu object(s)", &size, &count) == 2;
        if (!read || (most != NULL && count <= *blocks))
            continue;
        most = leak;
        *bytes = size;
        *blocks = count;
    }
    return most;
}

// Rend ce dont il parle.
static const char *describe_leak(const char *report, struct finding *finding)
{
    unsigned long bytes = 0;
    unsigned long blocks = 0;
    const char *direct = most_repeated_leak(report, &bytes, &blocks);
    struct place place = {.text = "un endroit que l'outil n'a pas su nommer"};
    if (direct != NULL)
        read_stack(next_line(direct), &place);
    finding->leaked_blocks = blocks;
    if (direct != NULL && is_list_of_addresses(direct)) {
        describe_kept_list(&place, finding);
        return direct;
    }
    snprintf(finding->summary, sizeof finding->summary,
             "de la mémoire allouée pour des clients n'est jamais rendue");
    snprintf(finding->cause, sizeof finding->cause,
             "Fuite vue par LeakSanitizer : %lu octets, en %lu morceaux, alloués dans %s. À qui "
             "est cette mémoire, et par quels chemins ce propriétaire finit-il sans la rendre ?",
             bytes, blocks, place.text);
    return direct;
}

/** Un mot d'un rapport, et ce qu'il veut dire. */
struct meaning {
    const char *word;
    const char *text;
};

static const struct meaning meanings[] = {
    {"stack-buffer-overflow", "un accès au-delà d'un tableau local"},
    {"heap-buffer-overflow", "un accès au-delà d'une mémoire allouée par malloc"},
    {"global-buffer-overflow", "un accès au-delà d'un tableau global"},
    {"heap-use-after-free", "l'usage d'une mémoire déjà rendue par free"},
    {"stack-use-after-return", "l'usage d'une variable locale d'une fonction déjà finie"},
    {"stack-use-after-scope", "l'usage d'une variable locale hors de son bloc"},
    {"stack-overflow", "une pile trop petite pour ce qu'on y met"},
    {"param-overlap",
     "une copie entre deux places qui se chevauchent (l'une est-elle trop petite ?)"},
    {"double-free", "une mémoire rendue deux fois par free"},
    {"bad-free", "free d'une adresse que malloc n'a pas donnée"},
    {"unlock of an unlocked mutex", "un verrou rendu par un thread qui ne le tenait pas"},
    {"double lock of a mutex", "un verrou pris deux fois par le même thread"},
    {"invalid mutex", "un verrou jamais préparé, ou déjà détruit"},
    {"SEGV", "l'accès à une adresse interdite"},
};

// Le reste d'un rapport dit l'essentiel à sa première ligne, puis une pile.
static void describe_other(const char *report, const char *kind, struct finding *finding)
{
    const char *end = next_line(report);
    const char *what = NULL;
    for (size_t i = 0; i < sizeof meanings / sizeof meanings[0] && what == NULL; i++) {
        if (memmem(report, (size_t)(end - report), meanings[i].word, strlen(meanings[i].word)))
            what = meanings[i].text;
    }
    struct place place = {0};
    for (const char *line = end; *line != '\0' && !place.known; line = next_line(line))
        read_place(skip_spaces(line), next_line(line), &place);
    char *shown = visible_short(kind, strcspn(kind, "\n"));
    snprintf(finding->summary, sizeof finding->summary, "le vérificateur a trouvé : %s",
             what != NULL ? what : shown);
    snprintf(finding->cause, sizeof finding->cause, "Erreur vue par %s : %s%s%s.",
             strstr(report, "ThreadSanitizer") != NULL ? "ThreadSanitizer" : "AddressSanitizer",
             what != NULL ? what : shown, place.known ? ", dans " : "", place.text);
    free(shown);
}

// « index 65537 out of bounds for type 'char [65537]' » : le plus courant, et il se dit en français.
static bool describe_index(const char *text, const char *place, int place_length,
                           struct finding *finding)
{
    long long index = 0;
    unsigned long long size = 0;
    if (sscanf(text, "index %lld out of bounds for type '%*[^[][%llu]'", &index, &size) != 2)
        return false;
    snprintf(finding->summary, sizeof finding->summary,
             "le vérificateur a trouvé : un accès au-delà d'un tableau");
    snprintf(finding->cause, sizeof finding->cause,
             "Erreur vue par UBSan, à %.*s : l'indice %lld, dans un tableau de %llu, dont le "
             "dernier est %llu.",
             place_length, place, index, size, size - 1);
    return true;
}

// Le type d'un mot de fd_set : FD_SET, FD_CLR ou FD_ISSET a reçu un descripteur trop grand.
static bool describe_set(const char *text, size_t text_length, const char *place, int place_length,
                         struct finding *finding)
{
    if (memmem(text, text_length, "__fd_mask", strlen("__fd_mask")) == NULL)
        return false;
    snprintf(finding->summary, sizeof finding->summary,
             "le vérificateur a trouvé : un descripteur hors d'un fd_set");
    snprintf(finding->cause, sizeof finding->cause,
             "Erreur vue par UBSan, à %.*s : un fd_set n'a que FD_SETSIZE places, pour les "
             "descripteurs de 0 à %d ; un serveur qui a plus de clients en reçoit de plus grands.",
             place_length, place, FD_SETSIZE - 1);
    return true;
}

// UBSan : « …/src/server.c:12:3: runtime error: … », sans pile.
static void describe_undefined(const char *error, struct finding *finding)
{
    const char *end = next_line(error);
    const char *text = strstr(error, "runtime error: ") + strlen("runtime error: ");
    const char *file = memmem(error, (size_t)(end - error), "/src/", strlen("/src/"));
    file = file != NULL ? source_line_skip_folder(file + strlen("/src/")) : error;
    size_t length = strcspn(file, " \n");
    if (length > 0 && file[length - 1] == ':')
        length--;
    if (describe_set(text, (size_t)(end - text), file, (int)length, finding) ||
        describe_index(text, file, (int)length, finding))
        return;
    char *shown = visible_short(text, strcspn(text, "\n"));
    snprintf(finding->summary, sizeof finding->summary,
             "une opération que le C ne définit pas a eu lieu");
    snprintf(finding->cause, sizeof finding->cause, "Erreur vue par UBSan, à %.*s : %s",
             (int)length, file, shown);
    free(shown);
}

static const char *line_start(const char *text, const char *at)
{
    while (at > text && at[-1] != '\n')
        at--;
    return at;
}

// La ligne utile : la première qui nomme le code de l'étudiant.
static const char *useful_line(const char *report, struct place *place)
{
    *place = (struct place){0};
    for (const char *line = report; *line != '\0'; line = next_line(line)) {
        if (read_place(skip_spaces(line), next_line(line), place) &&
            source_line_is_own(place->line.file))
            return line;
    }
    return NULL;
}

static void find_place(const struct program *program, const char *report, struct finding *finding)
{
    struct place place;
    const char *useful = useful_line(report, &place);
    finding->line = place.line;
    finding->line.sought = true;
    if (useful == NULL)
        finding->line.number = 0;
    // UBSan donne la place sans la fonction : « …/src/server.c:12:3: runtime error: … ».
    if (useful != NULL && *skip_spaces(useful) != '#')
        finding->line.function[0] = '\0';
    if (strspn(place.line.function,
               "_abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789") !=
        strlen(place.line.function))
        finding->line.function[0] = '\0';
    snprintf(finding->line.what, sizeof finding->line.what, "%s y est quand le vérificateur parle",
             program->actor);
}

// Le début d'un rapport, où qu'il soit dans ce que le programme a écrit ; NULL s'il n'y en a pas.
static const char *report_start(const struct program *program)
{
    static const char *const marks[] = {
        "WARNING: ThreadSanitizer: ", "ERROR: AddressSanitizer: ", ": runtime error: ",
        "ERROR: LeakSanitizer: ", "ThreadSanitizer: "};
    const char *start = NULL;
    for (size_t i = 0; i < sizeof marks / sizeof marks[0] && start == NULL; i++)
        start = strstr(program->err.bytes, marks[i]);
    return start != NULL ? line_start(program->err.bytes, start) : NULL;
}

bool sanitizer_read(const struct program *program, struct finding *finding)
{
    const char *text = program->err.bytes;
    if (text == NULL)
        return false;
    const char *race = strstr(text, "WARNING: ThreadSanitizer: data race");
    const char *leak = strstr(text, "ERROR: LeakSanitizer: ");
    const char *thread = strstr(text, "ThreadSanitizer: ");
    const char *address = strstr(text, "ERROR: AddressSanitizer: ");
    const char *undefined = strstr(text, ": runtime error: ");
    const char *report = report_start(program);
    if (race != NULL)
        describe_race(race, finding);
    else if (address != NULL)
        describe_other(address, address + strlen("ERROR: AddressSanitizer: "), finding);
    else if (undefined != NULL)
        describe_undefined(line_start(text, undefined), finding);
    else if (leak != NULL)
        report = describe_leak(leak, finding);
    else if (thread != NULL)
        describe_other(thread, thread + strlen("ThreadSanitizer: "), finding);
    // Un débordement explique une mort ; une fuite n'explique rien d'autre.
    finding->gravity = address != NULL || undefined != NULL ? "memory"
                       : leak != NULL                       ? NULL
                                                            : "race";
    if (report != NULL)
        find_place(program, report, finding);
    return report != NULL;
}

// D'une pile, seules les lignes de l'étudiant disent quelque chose.
static bool worth_recalling(const char *line, const char *end)
{
    struct place place = {0};
    const char *text = skip_spaces(line);
    return *text != '\n' && (*text != '#' || read_place(text, end, &place));
}

// La ligne de « = » qui précède un rapport en fait partie.
static const char *frame_start(const char *text, const char *report)
{
    const char *before = report > text ? line_start(text, report - 1) : report;
    return starts_with(before, "=====") ? before : report;
}

static void recall_line(const char *line)
{
    const char *text = skip_spaces(line);
    transcript_recall("stderr", text, strcspn(text, "\n"));
}

void sanitizer_recall(const struct program *program)
{
    const char *line = report_start(program);
    if (line == NULL)
        return;
    struct place place;
    const char *useful = useful_line(line, &place);
    transcript_hide(program->actor, "!", frame_start(program->err.bytes, line));
    if (useful != NULL)
        recall_line(useful);
    for (int told = 1; *line != '\0' && told < RECALLED_LINES; line = next_line(line)) {
        if (starts_with(line, "====="))
            return;
        if (line == useful || !worth_recalling(line, next_line(line)))
            continue;
        recall_line(line);
        told++;
    }
}
