#include "cmdline.h"

#include "report.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

bool parse_number(const char *text, unsigned long minimum, unsigned long maximum,
                  unsigned long *value)
{
    // strtoul accepte un signe et des espaces devant : on exige d'abord des chiffres seuls.
    if (*text == '\0' || text[strspn(text, "0123456789")] != '\0')
        return false;
    errno = 0;
    unsigned long number = strtoul(text, NULL, 10);
    if (errno != 0 || number < minimum || number > maximum)
        return false;
    *value = number;
    return true;
}

bool is_port(const char *text)
{
    unsigned long port = 0;
    return parse_number(text, 1, 65535, &port);
}

bool parse_endpoint(const char *program, int count, char **arguments, struct endpoint *endpoint)
{
    if (count > 2) {
        report_usage(program, "trop d'arguments", arguments[2]);
        return false;
    }
    if (count >= 1)
        endpoint->host = arguments[0];
    if (count < 2)
        return true;
    if (!is_port(arguments[1])) {
        report_usage(program, "port refusé (entier de 1 à 65535 attendu)", arguments[1]);
        return false;
    }
    endpoint->port = arguments[1];
    return true;
}
