/**
 * @file checked_arrivals.c
 * @brief L'adresse que recvfrom écrit, regardée par AddressSanitizer comme le reste.
 *
 * Il regarde les octets du datagramme, et l'adresse que rend accept, mais non celle que rend recvfrom : une `struct
 * sockaddr`, seize octets, annoncée plus longue, en reçoit vingt-huit d'un client IPv6, sans un mot.
 */
#include <dlfcn.h>
#include <stddef.h>
#include <sys/socket.h>

void *__asan_region_is_poisoned(const void *start, size_t size);
void __asan_report_store_n(const void *address, size_t size);

static void check_written(const void *start, size_t size)
{
    const char *poisoned = __asan_region_is_poisoned(start, size);
    if (poisoned != NULL)
        __asan_report_store_n(poisoned, size - (size_t)(poisoned - (const char *)start));
}

ssize_t recvfrom(int fd, void *bytes, size_t length, int flags, __SOCKADDR_ARG from,
                 socklen_t *from_length)
{
    static ssize_t (*real)(int, void *, size_t, int, __SOCKADDR_ARG, socklen_t *);
    // dlsym rend un pointeur de données ; POSIX garantit qu'il se convertit en pointeur de fonction.
    if (real == NULL)
        *(void **)&real = dlsym(RTLD_NEXT, "recvfrom");
    const void *address = from.__sockaddr__;
    socklen_t room = address != NULL && from_length != NULL ? *from_length : 0;
    ssize_t count = real(fd, bytes, length, flags, from, from_length);
    if (count < 0)
        return count;
    check_written(bytes, (size_t)count < length ? (size_t)count : length);
    if (room > 0)
        check_written(address, *from_length < room ? *from_length : room);
    return count;
}
