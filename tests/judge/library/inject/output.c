// Ce qui s'écrit sur stdout : le thread qui va écrire hésite (`hesitate`), ou s'arrête après (`pause`).
#include "inject.h"

#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <unistd.h>

static unsigned pause_ms;
static unsigned hesitate_ms;
static atomic_uint writings;

__attribute__((constructor)) static void read_settings(void)
{
    pause_ms = inject_setting("pause=");
    hesitate_ms = inject_setting("hesitate=");
}

// Un sur deux : arrêtés tous, ils repartiraient dans le même ordre.
void inject_hesitate(void)
{
    if (hesitate_ms > 0 && atomic_fetch_add(&writings, 1) % 2 == 0)
        inject_sleep_ms(hesitate_ms);
}

static void hesitate_on(const FILE *stream)
{
    if (stream == stdout)
        inject_hesitate();
}

int fflush(FILE *stream)
{
    REAL(fflush);
    int result = real(stream);
    if (pause_ms > 0 && stream == stdout)
        inject_sleep_ms(pause_ms);
    return result;
}

int vfprintf(FILE *stream, const char *format, va_list arguments)
{
    REAL(vfprintf);
    hesitate_on(stream);
    return real(stream, format, arguments);
}

int vprintf(const char *format, va_list arguments)
{
    return vfprintf(stdout, format, arguments);
}

int fprintf(FILE *stream, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    int result = vfprintf(stream, format, arguments);
    va_end(arguments);
    return result;
}

int printf(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    int result = vfprintf(stdout, format, arguments);
    va_end(arguments);
    return result;
}

int vdprintf(int fd, const char *format, va_list arguments)
{
    REAL(vdprintf);
    if (fd == STDOUT_FILENO)
        inject_hesitate();
    return real(fd, format, arguments);
}

int dprintf(int fd, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    int result = vdprintf(fd, format, arguments);
    va_end(arguments);
    return result;
}

int puts(const char *text)
{
    REAL(puts);
    inject_hesitate();
    return real(text);
}

int fputs(const char *text, FILE *stream)
{
    REAL(fputs);
    hesitate_on(stream);
    return real(text, stream);
}

size_t fwrite(const void *bytes, size_t size, size_t count, FILE *stream)
{
    REAL(fwrite);
    hesitate_on(stream);
    return real(bytes, size, count, stream);
}

// Ce que deviennent les mêmes appels quand le compilateur les surveille (_FORTIFY_SOURCE).
int __printf_chk(int flag, const char *format, ...)
{
    (void)flag;
    va_list arguments;
    va_start(arguments, format);
    int result = vfprintf(stdout, format, arguments);
    va_end(arguments);
    return result;
}

int __fprintf_chk(FILE *stream, int flag, const char *format, ...)
{
    (void)flag;
    va_list arguments;
    va_start(arguments, format);
    int result = vfprintf(stream, format, arguments);
    va_end(arguments);
    return result;
}
