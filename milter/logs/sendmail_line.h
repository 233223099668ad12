/* SPDX-License-Identifier: BSD-2-Clause */
/* Lines of Sendmail: its daemon, its submission program and their queues. */
#ifndef LOGS_SENDMAIL_LINE_H
#define LOGS_SENDMAIL_LINE_H

#include "logs/frame.h"
#include "logs/told.h"

/* False where it tells nothing. */
bool sendmail_line_read(const struct frame *, struct told *out);
/* The same of the next recipient of the line; false when there is none. */
bool sendmail_line_next(struct told *);

#endif
