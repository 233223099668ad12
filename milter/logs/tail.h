/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The lines of a log as they are written. The log may be renamed away and made
 * anew, or copied and cut to nothing: what was not read of it then is looked
 * for in what has become of it (tail_found.h). Reads no clock and waits for
 * nothing: whoever follows asks again.
 */
#ifndef LOGS_TAIL_H
#define LOGS_TAIL_H

#include "base/err.h"
#include "base/slice.h"
#include "logs/tail_place.h"

#include <stdint.h>

enum tail_result {
	TAIL_LINE,
	TAIL_NOTHING, /* at present */
	TAIL_LOST, /* lines may be missing here; err says why */
	TAIL_FAILED /* err says why; it may be asked again */
};

struct tail;

/* from: where to go on; NULL: at its end. A log that is not there yet is
 * waited for. NULL when out of memory. */
struct tail *tail_new(const char *path, const struct tail_place *from);
void tail_free(struct tail *);
/* The next line without its end, borrowed until the next call. */
enum tail_result tail_next(struct tail *, struct slice *line, struct err *);
/* Behind the last line. */
const struct tail_place *tail_place(const struct tail *);
const char *tail_path(const struct tail *);
/* Lines of which the end was passed over, for they were too long. */
uint64_t tail_cut(const struct tail *);

#endif
