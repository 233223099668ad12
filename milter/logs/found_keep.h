/* SPDX-License-Identifier: BSD-2-Clause */
/* The routes that are known, as lines of JSON: what else an alias' mail would
 * be taken for the alias', for a process that goes on where another ended. */
#ifndef LOGS_FOUND_KEEP_H
#define LOGS_FOUND_KEEP_H

#include "base/buf.h"
#include "base/json.h"
#include "logs/found.h"

#include <stdbool.h>

void found_keep(const struct found *, struct buf *);
/* One of these lines; false: it is none, or memory is out. */
bool found_restore(struct found *, const struct json *);

#endif
