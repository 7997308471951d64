// Le premier jet d'un étudiant qui a lu le sujet, fait marcher les threads, et s'est arrêté là.
#include <arpa/inet.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

int threadNumber = 0;
pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;

struct client {
    int fd;
    struct sockaddr_in address;
};

void *threaded_client(void *arg)
{
    struct client *client = arg;
    char buffer[2048];
    char reply[4096];
    send(client->fd, "welcome to the server\n", strlen("welcome to the server\n"), 0);
    while (1) {
        ssize_t n = recv(client->fd, buffer, sizeof buffer - 1, 0);
        if (n <= 0)
            break;
        buffer[n] = '\0';
        buffer[strcspn(buffer, "\n")] = '\0';
        sprintf(reply, "Hello I'm Server %s\n", buffer);
        send(client->fd, reply, strlen(reply), 0);
    }
    close(client->fd);
    pthread_mutex_lock(&mutex);
    threadNumber--;
    printf("disconnected from %s:%d\n", inet_ntoa(client->address.sin_addr),
           ntohs(client->address.sin_port));
    printf("ThreadNumber %d\n", threadNumber);
    pthread_mutex_unlock(&mutex);
    free(client);
    return NULL;
}

int main(int argc, char **argv)
{
    const char *host = argc > 1 ? argv[1] : "127.0.0.1";
    int port = argc > 2 ? atoi(argv[2]) : 1233;
    setvbuf(stdout, NULL, _IONBF, 0);

    int listener = socket(AF_INET, SOCK_STREAM, 0);
    struct sockaddr_in address = {.sin_family = AF_INET};
    address.sin_addr.s_addr = inet_addr(host);
    address.sin_port = htons((unsigned short)port);
    if (bind(listener, (struct sockaddr *)&address, sizeof address) < 0) {
        perror("bind");
        exit(1);
    }
    listen(listener, 5);
    printf("waiting for connection\n");
    while (1) {
        struct client *client = malloc(sizeof(struct client));
        socklen_t size = sizeof client->address;
        client->fd = accept(listener, (struct sockaddr *)&client->address, &size);
        pthread_mutex_lock(&mutex);
        threadNumber++;
        printf("connected to %s:%d\n", inet_ntoa(client->address.sin_addr),
               ntohs(client->address.sin_port));
        printf("ThreadNumber %d\n", threadNumber);
        pthread_mutex_unlock(&mutex);
        pthread_t thread;
        pthread_create(&thread, NULL, threaded_client, client);
        pthread_detach(thread);
    }
}
