/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * All that who follows a log has in mind, in a file: where it is in each log,
 * what the daemon has not taken yet, the messages under way. Lines of JSON, a
 * head first. 0600: it names who writes to whom.
 */
#ifndef CLI_FOLLOW_STATE_H
#define CLI_FOLLOW_STATE_H

#include "base/err.h"
#include "cli/follow_source.h"
#include "cli/follow_told.h"
#include "logs/scan.h"

#define FOLLOW_STATE_FILE LOCALSTATEDIR "/lib/forwarden-scan/state"
#define FOLLOW_SOURCES_MOST 16

struct follow_state {
	struct follow_source *sources[FOLLOW_SOURCES_MOST];
	size_t count;
	struct follow_told *told;
	struct scan *scan;
};

bool follow_state_write(
	struct follow_state *, const char *path, int64_t now_ms, struct err *);

enum follow_state_result {
	FOLLOW_STATE_READ,
	FOLLOW_STATE_ABSENT,
	FOLLOW_STATE_BROKEN /* err says what is wrong, and in which line */
};

/* Makes the sources of these logs (NULL in it: the journal), as the file says
 * where they were, and fills told and scan. Whatever comes of it, the sources
 * are there; false: out of memory. */
bool follow_state_read(struct follow_state *, const char *path,
	const char *const *logs, size_t count, enum follow_state_result *result,
	struct err *);

#endif
