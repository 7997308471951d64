#include "departure.h"

#include "program_expect.h"

#include <errno.h>

void expect_departure_told(struct program *client)
{
    static const int departures[] = {ECONNRESET, EPIPE, ENOTCONN, ECONNABORTED, ESHUTDOWN, ENODATA,
                                     EPROTO,     EIO,   -1};
    program_expect_error(client, "client");
    program_expect_no_other_reason(client, departures);
}
