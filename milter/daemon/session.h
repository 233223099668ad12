/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A session: one connection of the MTA and the messages on it. It collects
 * what the MTA tells into one arena, reused for each message, judges at end
 * of message, and says what is to be done; the glue that speaks the milter
 * protocol does it and reports back. Knows nothing of libmilter.
 *
 * Callbacks of one session come one at a time, on any thread.
 */
#ifndef DAEMON_SESSION_H
#define DAEMON_SESSION_H

#include "base/clock.h"
#include "daemon/generation.h"
#include "daemon/report.h"
#include "store/store.h"
#include "verdict/judge.h"

struct metrics;
struct probes;

/* What all sessions share; outlives them. */
struct session_service {
	struct generation_slot *slot;
	struct store *store;
	struct report *report;
	struct probes *probes; /* may be NULL */
	struct clock clock;
};

/* What the MTA lets us do to a message; bits. */
enum session_offer {
	OFFER_ADD_FIELD = 1 << 0,
	OFFER_CHANGE_FIELD = 1 << 1,
	OFFER_QUARANTINE = 1 << 2,
};

/* What is to be done. Texts are valid until the message ends. */
struct outcome {
	enum action action; /* possible under what is offered */
	const char *tag; /* value of TAG_FIELD to insert, or NULL */
	const char *reason; /* of a quarantine, never empty */
	const char *reply; /* text of a reject or tempfail */
	const char *extended; /* its enhanced code, or NULL: the usual one */
	size_t old_tags; /* TAG_FIELDs that are not ours: all to be removed */
};

struct session;

/* NULL when out of memory. */
struct session *session_new(const struct session_service *);
/* Ends a message that is under way as well. */
void session_free(struct session *);

/* Texts are copied; NULL where the MTA has none. */
void session_connect(struct session *, const char *name, const char *ip);
/* listener: {daemon_name}, or absent. */
void session_helo(struct session *, const char *helo, struct slice listener);
/* MAIL: a message begins. args: the path, then ESMTP parameters, ended by
 * NULL. False when there is no memory for it: the message is not judged. */
bool session_mail(struct session *, char *const *args);
void session_recipient(struct session *, char *const *args);
/* A header field, its value with its folding. */
void session_field(struct session *, const char *name, const char *value);
/* RSET, or the client went away: the message is forgotten. */
void session_abort(struct session *);

/* End of message: client holds what macros told (name, ip and helo are the
 * session's own); offers are bits of enum session_offer. NULL when memory
 * was short: the message was not judged. */
const struct outcome *session_judge(struct session *,
	const struct client *client, struct slice queue_id, unsigned offers);
/* What was really done: counters, event, log. The message ends. */
void session_done(struct session *, enum action taken);

#endif
