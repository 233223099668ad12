/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the daemon told of messages, for a scan: from files of events (those of
 * log.events), or from the daemon itself, which knows, too, what it counted
 * without a word.
 */
#ifndef CLI_SCAN_EVENTS_H
#define CLI_SCAN_EVENTS_H

#include "base/err.h"
#include "cli/ask.h"
#include "logs/scan.h"

#include <stdbool.h>

/* A file, packed or not. Lines that are no events are counted in *odd. False
 * with err, after what could be read. */
bool scan_events_read(
	struct scan *, const char *path, uint64_t *odd, struct err *);
/* The daemon's newest. */
bool scan_events_ask(struct scan *, struct ask *, struct err *);
/* When the scan is finished: marks the forwards that the daemon counted, though
 * it told nothing of them. False with err: it could not say of all. */
bool scan_events_count(struct scan *, struct ask *, struct err *);
/* A file of events as the configuration names it: log.events, or the log's.
 * NULL: they are kept in none. */
const char *scan_events_file(const char *events, const char *log_target);

#endif
