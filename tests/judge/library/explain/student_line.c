#include "student_line.h"

#include "complain.h"
#include "held_task.h"
#include "injection.h"
#include "peer_neighbours.h"
#include "process_walk.h"
#include "second_look.h"
#include "sleeping_call.h"
#include "sockdiag.h"

#include <fcntl.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

// Au-delà, les threads d'un programme font tous la même chose.
#define MAX_TASKS 256

/** Un thread, et ce qui fait que sa ligne importe. */
struct candidate {
    pid_t pid;
    pid_t task;
    bool asleep;
    struct task_call call;
    unsigned remote_port; /**< De la connexion où il attend, ou 0. */
    bool listening;       /**< Il attend sur le socket d'écoute. */
    int rank;             /**< Plus il est grand, plus il importe. */
};

struct candidates {
    struct candidate list[MAX_TASKS];
    size_t count;
};

/** Le socket que tient un descripteur. */
struct holding {
    unsigned long inode;
    struct candidate *candidate;
};

static bool note_socket(const struct socket_view *view, void *context)
{
    struct holding *holding = context;
    if (view->inode != holding->inode)
        return true;
    holding->candidate->listening = view->state == TCP_LISTEN;
    holding->candidate->remote_port = view->remote_port;
    return false;
}

static void look_at_descriptor(struct candidate *candidate)
{
    char path[64];
    char target[64];
    struct holding holding = {.candidate = candidate};
    snprintf(path, sizeof path, "/proc/%d/fd/%ld", (int)candidate->pid, candidate->call.descriptor);
    ssize_t length = readlinkat(AT_FDCWD, path, target, sizeof target - 1);
    target[length > 0 ? length : 0] = '\0';
    if (sscanf(target, "socket:[%lu]", &holding.inode) == 1)
        sockets_visit(IPPROTO_TCP, ~0u, note_socket, &holding);
}

static unsigned port_after(const char *address)
{
    const char *colon = strrchr(address, ':');
    return colon != NULL ? (unsigned)atoi(colon + 1) : 0;
}

// Le thread qui calcule, puis celui qui tient la connexion dont il s'agit, puis celui qu'un verrou retient ; sinon le premier.
static int rank_of(const struct candidate *candidate)
{
    const struct symptoms *symptoms = complain_subject();
    const struct peer *peer = symptoms != NULL ? symptoms->peer : NULL;
    bool first = candidate->pid == candidate->task;
    if (!candidate->asleep)
        return 4;
    if (peer != NULL && candidate->remote_port != 0 &&
        candidate->remote_port == port_after(peer->address))
        return 5;
    if (strcmp(candidate->call.name, "futex") == 0)
        return first ? 1 : 3;
    return first ? 2 : candidate->remote_port != 0;
}

static void consider_task(pid_t pid, const char *task, void *context)
{
    struct candidates *candidates = context;
    if (candidates->count == MAX_TASKS)
        return;
    struct candidate *candidate = &candidates->list[candidates->count++];
    *candidate = (struct candidate){
        .pid = pid, .task = (pid_t)strtol(task, NULL, 10), .call = {.descriptor = -1}};
    candidate->asleep = task_sleeping_call(pid, task, &candidate->call);
    if (candidate->asleep && candidate->call.descriptor >= 0)
        look_at_descriptor(candidate);
    candidate->rank = rank_of(candidate);
}

static void consider_process(pid_t pid, void *context)
{
    process_visit_tasks(pid, consider_task, context);
}

static int by_rank(const void *a, const void *b)
{
    return ((const struct candidate *)b)->rank - ((const struct candidate *)a)->rank;
}

static void name_connection(const struct candidate *candidate, char *text, size_t size)
{
    const struct peer *peer =
        candidate->remote_port != 0 ? peer_at_port(candidate->remote_port) : NULL;
    if (candidate->call.descriptor == 0)
        snprintf(text, size, "l'entrée standard");
    else if (candidate->listening)
        snprintf(text, size, "le socket d'écoute");
    else if (peer != NULL)
        snprintf(text, size, "la connexion de « %s »", peer->name);
    else if (candidate->remote_port != 0)
        snprintf(text, size, "sa connexion");
    else
        text[0] = '\0';
}

static void describe(const struct program *program, const struct candidate *candidate,
                     struct source_line *line)
{
    char about[128];
    name_connection(candidate, about, sizeof about);
    if (!candidate->asleep)
        snprintf(line->what, sizeof line->what, "%s en est là", program->actor);
    else if (strcmp(candidate->call.name, "futex") == 0)
        snprintf(line->what, sizeof line->what, "%s y attend un verrou, une condition ou un thread",
                 program->actor);
    else if (candidate->call.descriptor >= 0)
        snprintf(line->what, sizeof line->what, "%s dort dans %s (descripteur %ld%s%s)",
                 program->actor, candidate->call.name, candidate->call.descriptor,
                 about[0] != '\0' ? ", " : "", about);
    else
        snprintf(line->what, sizeof line->what, "%s dort dans %s", program->actor,
                 candidate->call.name);
}

static bool find_line_of(const struct program *program, const struct candidate *candidate,
                         struct source_line *line)
{
    struct frame frame;
    uint64_t calls[MAX_FRAMES];
    size_t count = 0;
    if (!held_task_stop(candidate->task))
        return false;
    if (task_registers(candidate->task, &frame))
        count = call_frames(candidate->pid, &frame, calls);
    held_task_release(candidate->task);
    return source_line_find(program->which, calls, count, line);
}

// Les threads qui n'ont pas de ligne à eux (ceux d'un assainisseur) laissent la place aux suivants.
static bool from_living(const struct program *program, struct source_line *line)
{
    static struct candidates candidates;
    candidates.count = 0;
    process_tree_visit(program->pid, consider_process, &candidates);
    qsort(candidates.list, candidates.count, sizeof candidates.list[0], by_rank);
    for (size_t i = 0; i < candidates.count && i < 4; i++) {
        if (!find_line_of(program, &candidates.list[i], line))
            continue;
        describe(program, &candidates.list[i], line);
        return true;
    }
    return false;
}

// Le même test, rejoué : où le programme fait ce qui est en cause.
static bool look_again(const struct program *program, enum sight sight, size_t detail,
                       struct source_line *line, const char *what)
{
    static uint64_t calls[MAX_SEEN];
    struct refusal refusal;
    size_t count = second_look(program->which, sight, detail, &refusal, calls);
    if (!source_line_find(program->which, calls, count, line))
        return false;
    if (refusal.error != 0)
        snprintf(line->what, sizeof line->what, "%s voit là %s échouer (%s : %s)", program->actor,
                 refusal.call, strerrorname_np(refusal.error), strerror(refusal.error));
    else
        snprintf(line->what, sizeof line->what, "%s %s", program->actor, what);
    return true;
}

static bool from_dead(const struct program *program, struct source_line *line)
{
    char what[64];
    int killer = WTERMSIG(program->status);
    snprintf(what, sizeof what, "est tué par SIG%s", sigabbrev_np(killer));
    return look_again(program, SIGHT_DEATH, (size_t)killer, line, what);
}

// Ce qui est venu n'est pas ce qui était attendu, ni son début : quelqu'un l'a écrit, ou envoyé.
static bool from_said(const struct symptoms *symptoms, struct source_line *line)
{
    size_t same = 0;
    while (same < symptoms->received_length && same < symptoms->expected_length &&
           symptoms->received[same] == symptoms->expected[same])
        same++;
    if (symptoms->expected == NULL || symptoms->received == NULL ||
        same >= symptoms->received_length)
        return false;
    if (!symptoms->on_stdout)
        return look_again(symptoms->program, SIGHT_SEND, 0, line, "fait cet envoi");
    size_t rank = (size_t)(symptoms->received - symptoms->program->out.bytes) + same;
    return look_again(symptoms->program, SIGHT_OUTPUT, rank, line, "affiche cela");
}

static bool from_ended(const struct program *program, struct source_line *line)
{
    return program->ended && WIFEXITED(program->status) && WEXITSTATUS(program->status) != 0 &&
           look_again(program, SIGHT_END, 0, line, "renonce");
}

// Le programme dont le test se plaint ; s'il ne l'a pas dit, le dernier lancé.
static const struct program *subject_of(const struct symptoms *symptoms)
{
    return symptoms != NULL ? symptoms->program : program_first();
}

static bool said_wrong(const struct symptoms *symptoms)
{
    return symptoms != NULL && symptoms->program != NULL && symptoms->expected != NULL &&
           symptoms->received_length > 0;
}

// Il attend du nouveau, là où tout revient : c'est ce qu'il a fait juste avant qui importe.
static bool is_back_to_waiting(const struct source_line *line)
{
    static const char *const waits[] = {"dans poll", "dans select", "dans epoll_wait",
                                        "dans accept"};
    for (size_t i = 0; i < sizeof waits / sizeof waits[0]; i++) {
        if (strstr(line->what, waits[i]) != NULL)
            return true;
    }
    return false;
}

static bool fails_calls(void)
{
    static const char *const settings[] = {
        "eintr=", "refuse=", "accept=", "connect=", "threads=", "listen=", "lost="};
    for (size_t i = 0; i < sizeof settings / sizeof settings[0]; i++) {
        if (program_is_injected(settings[i]))
            return true;
    }
    return false;
}

// Ce que seule une seconde exécution montre. Elle met fin à la première : de celle-ci, tout est déjà su.
static bool from_second(const struct symptoms *symptoms, const struct program *subject,
                        bool waiting, struct source_line *line)
{
    if (fails_calls() &&
        look_again(subject, SIGHT_FAULT, 0, line,
                   "voit là un appel échouer, ou interrompu (le juge le met à l'épreuve)"))
        return true;
    if (!subject->ended && program_has_mark(subject, "closed-twice") &&
        look_again(subject, SIGHT_FAULT, 0, line, "ferme là une seconde fois ce qui est fermé"))
        return true;
    if (said_wrong(symptoms) && from_said(symptoms, line))
        return true;
    if (subject->ended)
        return from_ended(subject, line);
    return waiting &&
           look_again(subject, SIGHT_CALL, 0, line, "a fait là son dernier appel sur un socket");
}

// L'endroit où dort un programme qui attend du nouveau ne dit rien de ce qu'il a mal fait avant.
static bool from_subject(const struct symptoms *symptoms, const struct program *subject,
                         struct source_line *line)
{
    bool found = !subject->ended && from_living(subject, line);
    bool waiting = found && is_back_to_waiting(line);
    struct source_line better = *line;
    if (from_second(symptoms, subject, waiting, &better)) {
        *line = better;
        return true;
    }
    return found && !waiting;
}

static bool find_line(struct source_line *line)
{
    for (const struct program *program = program_first(); program != NULL;
         program = program->next) {
        if (!program_has_died(program))
            continue;
        line->sought = true;
        return from_dead(program, line);
    }
    const struct symptoms *symptoms = complain_subject();
    const struct program *subject = subject_of(symptoms);
    if (subject == NULL)
        return false;
    bool found = from_subject(symptoms, subject, line);
    line->sought = found || !subject->ended || WIFSIGNALED(subject->status);
    return found;
}

// La ligne est dans une fonction qu'il a écrite pour plusieurs : qui l'appelait importe autant.
bool student_line(struct source_line *line)
{
    line->caller[0] = '\0';
    if (!find_line(line))
        return false;
    size_t used = strlen(line->what);
    if (line->caller[0] != '\0')
        snprintf(line->what + used, sizeof line->what - used, ", pour %s", line->caller);
    return true;
}
