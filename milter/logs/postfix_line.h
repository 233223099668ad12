/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Lines of Postfix. They are told by what stands behind the queue id, which
 * Postfix itself wrote, and not by the service, which RFC 5424 loses.
 */
#ifndef LOGS_POSTFIX_LINE_H
#define LOGS_POSTFIX_LINE_H

#include "logs/frame.h"
#include "logs/told.h"

/* False where it tells nothing. */
bool postfix_line_read(const struct frame *, struct told *out);

#endif
