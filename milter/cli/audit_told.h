/* SPDX-License-Identifier: BSD-2-Clause */
/* New rules, told to the daemon: its events are where people look. */
#ifndef CLI_AUDIT_TOLD_H
#define CLI_AUDIT_TOLD_H

#include "base/err.h"
#include "base/slice.h"

#include <stdbool.h>

/* Lines of JSON, an event each. False with err: not all were taken. */
bool audit_told(const char *socket, struct slice events, struct err *);

#endif
