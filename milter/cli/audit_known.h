/* SPDX-License-Identifier: BSD-2-Clause */
/* What the last audit that was kept says of one mailbox. */
#ifndef CLI_AUDIT_KNOWN_H
#define CLI_AUDIT_KNOWN_H

#include "base/buf.h"
#include "base/json.h"
#include "base/slice.h"

/* Appends lines for a person; that there is no audit, or that it cannot be
 * read, is one, too. mailbox: in any spelling. */
void audit_known_add_text(struct buf *, const char *path, struct slice mailbox);
/* The same as a map: at, and rules, or error; NULL where no audit is kept. */
struct json *audit_known_json(const char *path, struct slice mailbox);

#endif
