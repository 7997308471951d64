/**
 * @file chrono.c
 * @brief Lance une commande et ajoute une ligne à un fichier : début, fin, temps de processeur, en secondes.
 *
 * `chrono FICHIER COMMANDE…` ; rend le statut de la commande. Sert de COMPILE_WRAPPER : ce que coûte le compilateur seul.
 */
#include <fcntl.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static double now_s(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static double cpu_s(const struct rusage *usage)
{
    return (double)(usage->ru_utime.tv_sec + usage->ru_stime.tv_sec) +
           (double)(usage->ru_utime.tv_usec + usage->ru_stime.tv_usec) / 1e6;
}

int main(int argc, char **argv)
{
    if (argc < 3)
        return 127;
    double began = now_s();
    pid_t child = fork();
    if (child == 0) {
        execvp(argv[2], argv + 2);
        _exit(127);
    }
    int status = 0;
    struct rusage usage = {0};
    if (child < 0 || wait4(child, &status, 0, &usage) != child)
        return 126;
    char line[128];
    int length = snprintf(line, sizeof line, "%.6f %.6f %.6f\n", began, now_s(), cpu_s(&usage));
    // Une seule écriture : plusieurs compilateurs finissent à la fois.
    int file = open(argv[1], O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0666);
    if (file < 0 || write(file, line, (size_t)length) != length)
        return 126;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
