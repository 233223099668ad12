/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Routes that are known: files of what scan wrote before, as JSON lines or as
 * CSV, or of lines that name mailbox and destination.
 */
#ifndef CLI_SCAN_KNOWN_H
#define CLI_SCAN_KNOWN_H

#include "base/err.h"
#include "base/slice.h"

#include <stdbool.h>

struct scan_known;

/* NULL with err, which names the file and the line. */
struct scan_known *scan_known_read(const char *path, struct err *err);
void scan_known_free(struct scan_known *);
bool scan_known_has(const struct scan_known *, struct slice mailbox,
	struct slice destination);

#endif
