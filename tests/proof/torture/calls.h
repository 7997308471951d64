/**
 * @file calls.h
 * @brief Les appels que le banc d'essai sait faire échouer.
 *
 * Chaque ligne : X(type rendu, nom, paramètres, arguments). PLAIN_CALLS n'ont besoin de rien
 * d'autre ; TRANSFER_CALLS peuvent aussi ne faire qu'une partie de leur travail ; SPECIAL_CALLS
 * ont leur fonction dans fault.c.
 */
#ifndef TORTURE_CALLS_H
#define TORTURE_CALLS_H

#include <netdb.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <unistd.h>

// Avec _GNU_SOURCE, glibc déclare ces arguments par une union transparente ; musl, non.
#ifndef __GLIBC__
#define __SOCKADDR_ARG struct sockaddr *
#define __CONST_SOCKADDR_ARG const struct sockaddr *
typedef int __rlimit_resource_t;
#endif

// clang-format off
#define PLAIN_CALLS(X) \
    X(int, socket, (int domain, int type, int protocol), (domain, type, protocol)) \
    X(int, accept, (int fd, __SOCKADDR_ARG address, socklen_t *length), (fd, address, length)) \
    X(int, accept4, (int fd, __SOCKADDR_ARG address, socklen_t *length, int flags), \
      (fd, address, length, flags)) \
    X(int, close, (int fd), (fd)) \
    X(int, shutdown, (int fd, int how), (fd, how)) \
    X(int, setsockopt, (int fd, int level, int name, const void *value, socklen_t length), \
      (fd, level, name, value, length)) \
    X(int, getsockopt, (int fd, int level, int name, void *value, socklen_t *length), \
      (fd, level, name, value, length)) \
    X(int, poll, (struct pollfd *watched, nfds_t count, int timeout), (watched, count, timeout)) \
    X(int, getrlimit, (__rlimit_resource_t resource, struct rlimit *limit), (resource, limit)) \
    X(int, setrlimit, (__rlimit_resource_t resource, const struct rlimit *limit), \
      (resource, limit)) \
    X(int, signalfd, (int fd, const sigset_t *mask, int flags), (fd, mask, flags)) \
    X(int, sigaction, \
      (int number, const struct sigaction *action, struct sigaction *previous), \
      (number, action, previous)) \
    X(int, sigprocmask, (int how, const sigset_t *set, sigset_t *previous), (how, set, previous)) \
    X(int, pthread_sigmask, (int how, const sigset_t *set, sigset_t *previous), \
      (how, set, previous)) \
    X(int, getnameinfo, \
      (const struct sockaddr *address, socklen_t length, char *host, socklen_t host_size, \
       char *service, socklen_t service_size, int flags), \
      (address, length, host, host_size, service, service_size, flags)) \
    X(int, pthread_create, \
      (pthread_t *thread, const pthread_attr_t *attributes, void *(*run)(void *), void *argument), \
      (thread, attributes, run, argument)) \
    X(int, pthread_join, (pthread_t thread, void **result), (thread, result)) \
    X(int, pthread_attr_init, (pthread_attr_t *attributes), (attributes)) \
    X(int, pthread_attr_setdetachstate, (pthread_attr_t *attributes, int state), \
      (attributes, state)) \
    X(int, pthread_attr_setstacksize, (pthread_attr_t *attributes, size_t size), \
      (attributes, size)) \
    X(int, pthread_mutex_init, (pthread_mutex_t *mutex, const pthread_mutexattr_t *attributes), \
      (mutex, attributes)) \
    X(int, pthread_mutex_lock, (pthread_mutex_t *mutex), (mutex)) \
    X(int, pthread_cond_init, (pthread_cond_t *condition, const pthread_condattr_t *attributes), \
      (condition, attributes)) \
    X(int, pthread_cond_wait, (pthread_cond_t *condition, pthread_mutex_t *mutex), \
      (condition, mutex))

#define TRANSFER_CALLS(X) \
    X(ssize_t, read, (int fd, void *bytes, size_t length), (fd, bytes, length)) \
    X(ssize_t, write, (int fd, const void *bytes, size_t length), (fd, bytes, length)) \
    X(ssize_t, recv, (int fd, void *bytes, size_t length, int flags), (fd, bytes, length, flags)) \
    X(ssize_t, send, (int fd, const void *bytes, size_t length, int flags), \
      (fd, bytes, length, flags)) \
    X(ssize_t, recvfrom, \
      (int fd, void *bytes, size_t length, int flags, __SOCKADDR_ARG from, socklen_t *from_length), \
      (fd, bytes, length, flags, from, from_length)) \
    X(ssize_t, sendto, \
      (int fd, const void *bytes, size_t length, int flags, __CONST_SOCKADDR_ARG to, \
       socklen_t to_length), \
      (fd, bytes, length, flags, to, to_length))

#define SPECIAL_CALLS(X) \
    X(int, bind, (int fd, __CONST_SOCKADDR_ARG address, socklen_t length), (fd, address, length)) \
    X(int, listen, (int fd, int backlog), (fd, backlog)) \
    X(int, connect, (int fd, __CONST_SOCKADDR_ARG address, socklen_t length), \
      (fd, address, length)) \
    X(int, getaddrinfo, \
      (const char *host, const char *service, const struct addrinfo *hints, \
       struct addrinfo **addresses), \
      (host, service, hints, addresses)) \
    X(void *, malloc, (size_t size), (size)) \
    X(void *, calloc, (size_t count, size_t size), (count, size)) \
    X(void *, realloc, (void *block, size_t size), (block, size))
// clang-format on

#endif
