/* SPDX-License-Identifier: BSD-2-Clause */
/* Where this machine has its mail log, when nobody says it. */
#ifndef CLI_SCAN_PLACES_H
#define CLI_SCAN_PLACES_H

#include "base/buf.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SCAN_PLACES_MOST 512

struct scan_places {
	char *paths[SCAN_PLACES_MOST];
	size_t count;
	bool live; /* what a log has become is not looked for */
	void *journal; /* a FILE that journalctl writes to, or NULL */
};

/* root: "" but in tests. False if there is none; tried says where it was
 * looked for. */
bool scan_places_find(
	struct scan_places *, const char *root, struct buf *tried);
/* The log that is written now; none: the journal may have it. */
void scan_places_find_live(struct scan_places *);
/* Of the journal the last lines since then; none: there is no journal. */
void scan_places_find_journal(
	struct scan_places *, int64_t since_ms, unsigned most);
void scan_places_free(struct scan_places *);
/* The oldest first, by the time of their first lines. */
void scan_places_sort(char **paths, size_t count);

#endif
