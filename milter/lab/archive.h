/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Old mail: an mbox, a Maildir, a directory of messages, single messages,
 * queue files of Postfix, all of them plain or
 * compressed by gzip. Only headers are kept.
 */
#ifndef LAB_ARCHIVE_H
#define LAB_ARCHIVE_H

#include "base/buf.h"
#include "base/err.h"
#include "base/slice.h"

#include <stdbool.h>
#include <stdint.h>

#define ARCHIVE_HEADER_MAX (512 * 1024)

/* One message's header; what the archive knows of its envelope is on top of
 * it (lab/envelope.h). Borrowed for the call. False stops. */
typedef bool archive_visit_fn(void *ctx, struct slice header);
/* Told now and then: bytes read of all that there are (0: unknown). */
typedef void archive_progress_fn(void *ctx, int64_t done, int64_t total);

/* Files that only another program can read. */
struct archive_foreign {
	bool (*is)(const char *path);
	/* The header; empty if the file holds no message. */
	bool (*read)(const char *path, struct buf *header, struct err *err);
};

struct archive {
	archive_visit_fn *visit;
	archive_progress_fn *progress; /* or NULL */
	const struct archive_foreign *foreign; /* or NULL */
	void *ctx;
};

/* Everything in and below path. Files that hold no message are passed over
 * and counted in *odd. False with err when something cannot be read. */
bool archive_read(const struct archive *, const char *path, unsigned *odd,
	struct err *err);
/* The header of the first message in it. False with err when there is none.
 * foreign may be NULL. */
bool archive_first(const char *path, const struct archive_foreign *foreign,
	struct buf *header, struct err *err);

#endif
