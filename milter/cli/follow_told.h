/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the log told, on its way to the daemon: in the order in which it was
 * found, each until the daemon has taken it. Bounded: whoever can write a log
 * line can invent a route, so that no more than FOLLOW_TOLD_NEW_MOST new ones
 * an hour are told.
 */
#ifndef CLI_FOLLOW_TOLD_H
#define CLI_FOLLOW_TOLD_H

#include "base/json.h"
#include "cli/ask.h"
#include "logs/found.h"

#include <stdbool.h>
#include <stdint.h>

#define FOLLOW_TOLD_NEW_MOST 10000U

struct follow_told_count {
	uint64_t told; /* that the daemon counted */
	uint64_t known; /* ... or had counted before */
	uint64_t foreign; /* of no local mailbox, or to one */
	uint64_t refused; /* that it would not take */
	uint64_t left_out; /* new routes past the limit */
};

struct follow_told;

struct follow_told *follow_told_new(void);
void follow_told_free(struct follow_told *);
/* Takes a flow in; ctx is the struct follow_told. */
void follow_told_add(void *ctx, const struct found_flow *);
/* The hour of which new routes are counted. */
void follow_told_set_time(struct follow_told *, int64_t now_ms);
bool follow_told_is_empty(const struct follow_told *);
/* Tells what there is; false with err: the daemon cannot be reached, and what
 * is left is kept. What it refuses is counted, and why is in refusal. */
bool follow_told_send(struct follow_told *, struct ask *, struct err *refusal,
	struct err *err);
struct follow_told_count follow_told_count(const struct follow_told *);
/* What is left, as lines of JSON, and one of them back. */
void follow_told_keep(const struct follow_told *, struct buf *);
bool follow_told_restore(struct follow_told *, const struct json *);

#endif
