/* SPDX-License-Identifier: BSD-2-Clause */
/* Postfix's queue, by its own commands. directory: of main.cf. */
#ifndef MTA_QUEUE_H
#define MTA_QUEUE_H

#include "base/buf.h"

#include <stdbool.h>

/* A probe that waits in the queue: all its recipients, or its sender, end so;
 * or one of several where Postfix itself is the sender. */
struct queued {
	char id[32];
	char queue[16]; /* "hold", "deferred", ... */
	char reason[256]; /* of a deferral; else empty */
};
/* False when nothing does. */
bool queue_find(const char *directory, const char *address, struct queued *out);
/* The record by which a message will leave ("smtp:[host]:25"), appended;
 * false when it has none. */
bool queue_content_filter(
	const char *directory, const char *id, struct buf *out);
/* Its header and body, appended as far as they can be read. */
void queue_text(const char *directory, const char *id, struct buf *out);
void queue_delete(const char *directory, const char *id);
void queue_flush(const char *directory);

#endif
