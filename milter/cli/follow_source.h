/* SPDX-License-Identifier: BSD-2-Clause */
/* What is followed: a log file, or the journal; and how far it was. */
#ifndef CLI_FOLLOW_SOURCE_H
#define CLI_FOLLOW_SOURCE_H

#include "base/buf.h"
#include "base/json.h"
#include "logs/tail.h"

#include <stdbool.h>

struct follow_source;

/* path: NULL: the journal. kept: what follow_source_keep() wrote of it, or
 * NULL: it begins now. NULL when out of memory. */
struct follow_source *follow_source_new(
	const char *path, const struct json *kept);
void follow_source_free(struct follow_source *);
enum tail_result follow_source_next(
	struct follow_source *, struct slice *line, struct err *);
/* To be waited for; -1: nobody knows. */
int follow_source_fd(const struct follow_source *);
/* "/var/log/mail.log", "the journal". */
const char *follow_source_name(const struct follow_source *);
uint64_t follow_source_cut(const struct follow_source *);
/* Where it is, as a line of JSON. */
void follow_source_keep(struct follow_source *, struct buf *);
/* Is it a line about that path? */
bool follow_source_is(const struct json *line, const char *path);

#endif
