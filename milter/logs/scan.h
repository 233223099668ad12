/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Who forwards where, from the lines of mail logs: what reads them, keeps
 * them in mind and judges them, put together.
 */
#ifndef LOGS_SCAN_H
#define LOGS_SCAN_H

#include "base/err.h"
#include "base/json.h"
#include "logs/found.h"
#include "logs/judged.h"
#include "logs/ours.h"
#include "logs/passed.h"
#include "mail/realm.h"

#include <stdbool.h>
#include <stdint.h>

struct scan;

struct scan_options {
	const struct realm *realm; /* or NULL; borrowed */
	const char *egress; /* the listener's name in the log, or NULL */
	int64_t since_ms; /* lines before are passed over; 0: none */
	bool judged; /* what the daemon told will be said: scan_hear() */
	/*
	 * The log is followed: what is found is told within a minute, borrowed,
	 * but what left by the egress listener, which saw it. Nothing is
	 * learned of what is ours: a log line may be anybody's.
	 */
	void (*tell)(void *ctx, const struct found_flow *); /* or NULL */
	void *ctx;
};

/* What could not be seen, and how much was. */
struct scan_sum {
	uint64_t lines, mail_lines, ids;
	int64_t first_ms, last_ms;
	uint64_t repeated; /* lines that stand for others */
	uint64_t unclear; /* that can be read in two ways */
	uint64_t cut; /* that were too long */
	uint64_t of_persons; /* that a user wrote, not believed in */
	uint64_t evicted; /* queue ids for which there was no room */
	uint64_t rcpts_cut; /* recipients of one queue id */
	uint64_t left_out; /* routes and commands */
	uint64_t egress; /* queue ids that the listener began */
};

struct scan *scan_new(const struct scan_options *, struct err *);
void scan_free(struct scan *);

/* What the daemon told of a message; before the first line. False when out of
 * memory. */
bool scan_hear(struct scan *, const struct judged_event *);
/* Another file begins; written_ms and year as in stamp.h. */
void scan_begin_file(struct scan *, int64_t written_ms, int year);
/* A line without its end. False when out of memory. */
bool scan_line(struct scan *, struct slice line);
/* Of who follows: it is so late now, though no line may come. False when out
 * of memory. */
bool scan_pass(struct scan *, int64_t now_ms);
/* All that is in mind, so that another process goes on with it: lines of JSON
 * (ledger_keep.h). */
void scan_keep(const struct scan *, struct buf *);
/* One of these lines; false: it is none. */
bool scan_restore(struct scan *, const struct json *);
void scan_note_cut(struct scan *, uint64_t lines);
/* No more will come. False when out of memory. */
bool scan_finish(struct scan *);

/* Valid when finished. */
struct scan_sum scan_sum(const struct scan *);
const struct found *scan_found(const struct scan *);
const struct ours *scan_ours(const struct scan *);
/* NULL unless egress was given. */
const struct passed *scan_passed(const struct scan *);
/* NULL unless it was asked for. */
struct judged *scan_judged(const struct scan *);
/* Is it a mailbox of ours that sends to somebody who is not? */
bool scan_shows(const struct scan *, const struct found_route *);

#endif
