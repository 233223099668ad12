/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A ledger as lines of JSON, for a process that goes on where another ended:
 * first what names are made of, then families, then queue ids in the order in
 * which they began. What is no UTF-8 comes back as something else.
 */
#ifndef LOGS_LEDGER_KEEP_H
#define LOGS_LEDGER_KEEP_H

#include "base/buf.h"
#include "base/json.h"
#include "logs/ledger.h"

#include <stdbool.h>

void ledger_keep(const struct ledger *, struct buf *);
/* One of these lines, into a ledger that has read none of a log; false: it is
 * none, or memory is out. */
bool ledger_restore(struct ledger *, const struct json *);

#endif
