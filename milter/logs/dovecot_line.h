/* SPDX-License-Identifier: BSD-2-Clause */
/* Lines of Dovecot: what Pigeonhole's Sieve did for whom. */
#ifndef LOGS_DOVECOT_LINE_H
#define LOGS_DOVECOT_LINE_H

#include "logs/frame.h"
#include "logs/told.h"

/* False where it tells nothing. */
bool dovecot_line_read(const struct frame *, struct told *out);

#endif
