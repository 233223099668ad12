/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the daemon told of messages, held against what the log says became of
 * them: mail that it held or refused and that left all the same, and forwards
 * that left without a word of it.
 *
 * A queue id is the MTA's own and used again, so a word is about a message if
 * it was said between the message's first line and its departure. Mail that
 * was refused may come again under another id: then it is known by its
 * Message-ID and where it goes.
 */
#ifndef LOGS_JUDGED_H
#define LOGS_JUDGED_H

#include "logs/found.h"
#include "logs/hashes.h"
#include "logs/passed.h"

#define JUDGED_EVENTS_MOST 1000000U
#define JUDGED_SHOWN_MOST 10000U /* of each list; all are counted */

enum judged_act {
	JUDGED_TOLD, /* it was let go, whatever was said of it */
	JUDGED_BY_LOG, /* a log alone told the daemon of it */
	JUDGED_HELD,
	JUDGED_REFUSED,
	JUDGED_RELEASED /* by us */
};

struct judged_event {
	enum judged_act act;
	int64_t at_ms;
	struct slice queue_id;
	struct slice message_id, destination; /* may be absent */
	struct slice event_id, policy;
};

/* A queue id from its first line to its departure. */
struct judged_span {
	const char *id;
	int64_t begun_ms; /* 0: not known */
	int64_t left_ms;
};

/* How what was held or refused came to leave. */
enum judged_how {
	JUDGED_LET_GO, /* somebody ended the hold, not by `forwarden held` */
	JUDGED_NOT_HELD, /* the MTA's log shows no hold */
	JUDGED_TAKEN, /* it was refused, and the MTA took it */
	JUDGED_AGAIN, /* the same came again by the listener */
	JUDGED_PAST, /* the same left without passing the listener */
	JUDGED_OTHER /* the same under another queue id */
};

struct judged_left {
	struct passed_mail mail;
	enum judged_how how;
	bool refused; /* or held */
	const char *event_id, *policy;
	int64_t event_ms;
};

/* What the daemon says when it is asked of a forward. */
enum judged_known {
	JUDGED_NOT_ASKED, /* or it does not know any more */
	JUDGED_COUNTED, /* without a word */
	JUDGED_NOT_COUNTED
};

/* A forward of which no listener of ours told. */
struct judged_silent {
	const char *id, *mailbox, *destination;
	int64_t at_ms;
	bool seen; /* it left by the listener */
	bool by_log; /* the daemon knows of it by a log */
	enum judged_known known;
};

struct judged;

struct judged *judged_new(bool has_listener);
void judged_free(struct judged *);
/* The daemon was there at that time, whether its event is added or not. */
void judged_set_since(struct judged *, int64_t at_ms);
/* False when out of memory; past the limit it is counted and left out. */
bool judged_add(struct judged *, const struct judged_event *, uint64_t message);
/* A departure; spans: its queue id first, then those of the hops before. */
bool judged_leave(struct judged *, const struct passed_mail *,
	const struct judged_span *spans, size_t count, uint64_t message);
bool judged_forward(struct judged *, const struct found_flow *,
	const struct judged_span *spans, size_t count);

uint64_t judged_events(const struct judged *);
/* The first time at which the daemon was there; 0: it is not known. */
int64_t judged_since_ms(const struct judged *);
/* Forwards from before that: nobody knows. */
uint64_t judged_before(const struct judged *);
/* Events and rows past a limit. */
uint64_t judged_left_out(const struct judged *);
void judged_each_left(const struct judged *,
	void (*visit)(void *ctx, const struct judged_left *), void *ctx);
/* Those of ours that go to who is not. The visitor may set known. */
void judged_each_silent(struct judged *, const struct ours *,
	void (*visit)(void *ctx, struct judged_silent *), void *ctx);

#endif
