// S'attache aux autres processus ; s'il y parvient, il ne sert plus personne.
#include <sys/ptrace.h>
#include <sys/uio.h>
#include <unistd.h>

__attribute__((constructor)) static void trick(void)
{
    for (int process = 1; process < 1000; process++)
        if (process != getpid() && ptrace(PTRACE_SEIZE, process, 0, 0) == 0)
            _exit(1);
    char byte;
    struct iovec here = {&byte, 1};
    struct iovec there = {&byte, 1};
    if (process_vm_readv(1, &here, 1, &there, 1, 0) > 0)
        _exit(1);
}
// [la suite]
