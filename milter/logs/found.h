/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What was found: routes, by mailbox, destination and kind, with how often
 * each was used; and the commands to which mailboxes gave their mail.
 */
#ifndef LOGS_FOUND_H
#define LOGS_FOUND_H

#include "base/slice.h"
#include "logs/told.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define FOUND_ROUTES_MOST 200000U
#define FOUND_COMMANDS_MOST 10000U
#define FOUND_ID_BYTES 28
#define FOUND_SURE 90U /* less is said to be so, if it was seen once */

enum found_kind {
	FOUND_REDIRECT,
	FOUND_COPY,
	FOUND_NOTIFY
};

enum found_by {
	FOUND_BY_SIEVE,
	FOUND_BY_RULE, /* .forward or an alias */
	FOUND_BY_MAP, /* a virtual alias, canonical */
	FOUND_BY_LIST,
	FOUND_BY_BCC,
	FOUND_BY_PROGRAM, /* procmail, maildrop, sendmail(1) */
	FOUND_BY_COMMAND, /* a command that names the destination */
	FOUND_BY_RELAY, /* another host of ours */
	FOUND_BY_TRANSIT /* nobody knows whose */
};

/* One departure. Texts are borrowed. */
struct found_flow {
	struct slice mailbox; /* empty: unknown */
	struct slice destination; /* empty: unknown */
	struct slice via; /* what the mailbox was before; or absent */
	/* The mailboxes to which it was delivered beside, a line each: if the
	 * destination is known to be one's, it was that one's. */
	struct slice members;
	const char *id;
	int64_t at_ms;
	enum found_kind kind;
	enum found_by by;
	enum told_status status;
	unsigned sure;
	bool is_new; /* its route was not known yet; told to who follows */
	bool seen; /* it left by the egress listener */
	bool of_stranger; /* who can write to nobody but to what is ours */
};

struct found_route {
	const char *mailbox, *destination, *via;
	enum found_kind kind;
	enum found_by by;
	unsigned sure; /* of 100 */
	bool is_ours; /* the mailbox is, whatever its domain */
	uint64_t sent, waiting, lost;
	int64_t first_ms, last_ms;
	char id[FOUND_ID_BYTES]; /* the last queue id */
};

struct found_command {
	const char *mailbox, *command;
	uint64_t count;
	int64_t first_ms, last_ms;
};

struct found;

struct found *found_new(void);
void found_free(struct found *);
/* False when out of memory. Past a limit it is counted and left out. */
bool found_add(struct found *, const struct found_flow *);
bool found_add_command(struct found *, struct slice mailbox,
	struct slice command, int64_t at_ms);
/* One of two was added to what a login sent; which, the intersection of all
 * that it sent shows. count: at most FOUND_EITHER_MOST. */
#define FOUND_EITHER_MOST 8
struct found_either {
	struct slice login;
	struct slice addresses[FOUND_EITHER_MOST];
	size_t count;
	const char *id;
	int64_t at_ms;
	enum told_status status;
};
bool found_add_either(struct found *, const struct found_either *);
/* The one that is left of what its login's messages have in common; false:
 * there are more, or there was but one message. */
bool found_one_of(
	const struct found *, const struct found_either *, struct found_flow *);
/* Of a flow's members the one who is known to send there; or absent. */
struct slice found_member(const struct found *, const struct found_flow *);
/* Makes routes of what was added, of either, and gives to a member what is
 * known to be his. */
bool found_settle(struct found *);

/* In no order; borrowed until the next change. */
size_t found_routes(const struct found *);
void found_each(const struct found *,
	void (*visit)(void *ctx, const struct found_route *), void *ctx);
void found_each_command(const struct found *,
	void (*visit)(void *ctx, const struct found_command *), void *ctx);
/* How many were left out. */
uint64_t found_left_out(const struct found *);

const char *found_kind_name(enum found_kind);
const char *found_by_name(enum found_by);

#endif
