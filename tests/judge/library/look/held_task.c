#include "held_task.h"

#include "look_as.h"

#include <elf.h>
#include <signal.h>
#include <sys/ptrace.h>
#include <sys/uio.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <time.h>

// Un thread endormi dans un appel s'arrête aussitôt ; celui qui attend un disque, pas avant d'en avoir fini.
#define STOP_ROUNDS 2000

#if defined __x86_64__
static void fill(struct frame *frame, const struct user_regs_struct *registers)
{
    const uint64_t values[] = {registers->rax, registers->rdx, registers->rcx, registers->rbx,
                               registers->rsi, registers->rdi, registers->rbp, registers->rsp,
                               registers->r8,  registers->r9,  registers->r10, registers->r11,
                               registers->r12, registers->r13, registers->r14, registers->r15,
                               registers->rip};
    for (size_t i = 0; i < sizeof values / sizeof values[0]; i++) {
        frame->values[i] = values[i];
        frame->known[i] = true;
    }
    frame->pc = registers->rip;
}
#elif defined __aarch64__
static void fill(struct frame *frame, const struct user_regs_struct *registers)
{
    for (size_t i = 0; i < 31; i++) {
        frame->values[i] = registers->regs[i];
        frame->known[i] = true;
    }
    frame->values[FRAME_STACK_POINTER] = registers->sp;
    frame->known[FRAME_STACK_POINTER] = true;
    frame->pc = registers->pc;
}
#else
static void fill(struct frame *frame, const struct user_regs_struct *registers)
{
    (void)frame;
    (void)registers;
}
#endif

bool task_registers(pid_t task, struct frame *frame)
{
    struct user_regs_struct registers;
    struct iovec place = {&registers, sizeof registers};
    *frame = (struct frame){0};
    if (ptrace(PTRACE_GETREGSET, task, (void *)NT_PRSTATUS, &place) < 0)
        return false;
    fill(frame, &registers);
    return frame->known[FRAME_STACK_POINTER];
}

bool held_task_stop(pid_t task)
{
    const struct timespec pause = {.tv_nsec = 100 * 1000};
    int status;
    act_as_program(true);
    bool seized = ptrace(PTRACE_SEIZE, task, NULL, NULL) == 0;
    act_as_program(false);
    if (!seized || ptrace(PTRACE_INTERRUPT, task, NULL, NULL) < 0)
        return false;
    for (int round = 0; round < STOP_ROUNDS; round++) {
        pid_t seen = waitpid(task, &status, __WALL | WNOHANG);
        if (seen == task)
            return WIFSTOPPED(status);
        if (seen < 0)
            return false;
        nanosleep(&pause, NULL);
    }
    return false;
}

void held_task_release(pid_t task)
{
    ptrace(PTRACE_DETACH, task, NULL, NULL);
}
