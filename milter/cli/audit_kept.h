/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * An audit as a file, to hold the next one against it: a first line that says
 * what it is and of when, then a line of JSON a finding. 0600: it names who
 * forwards where.
 */
#ifndef CLI_AUDIT_KEPT_H
#define CLI_AUDIT_KEPT_H

#include "base/err.h"
#include "mta/rules/ruleset.h"

#include <stdint.h>

/* Where the timer keeps the last one. */
#define AUDIT_KEPT_FILE LOCALSTATEDIR "/lib/forwarden-audit/rules.jsonl"

enum audit_kept {
	AUDIT_KEPT,
	AUDIT_KEPT_ABSENT, /* there is none */
	AUDIT_KEPT_BROKEN /* err says what is wrong, and in which line */
};

/* Those that are gone are left out. */
bool audit_kept_write(
	const char *path, struct ruleset *, int64_t now_ms, struct err *err);
/* *set is the caller's for AUDIT_KEPT; at_ms may be NULL. */
enum audit_kept audit_kept_read(const char *path, struct ruleset **set,
	int64_t *at_ms, struct err *err);

#endif
