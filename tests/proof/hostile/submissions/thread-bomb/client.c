// Crée des threads sans fin.
#include <pthread.h>
#include <unistd.h>

static void *wait_forever(void *nothing)
{
    pause();
    return nothing;
}

int main(void)
{
    for (;;) {
        pthread_t thread;
        if (pthread_create(&thread, NULL, wait_forever, NULL) != 0)
            usleep(1000);
    }
}
