/* SPDX-License-Identifier: BSD-2-Clause */
/* Lines of Exim's main log, its own or through syslog. */
#ifndef LOGS_EXIM_LINE_H
#define LOGS_EXIM_LINE_H

#include "logs/frame.h"
#include "logs/told.h"

/* False where it tells nothing. */
bool exim_line_read(const struct frame *, struct told *out);

#endif
