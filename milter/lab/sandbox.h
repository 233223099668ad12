/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The engine in a box: realm, policies, a store of its own and a clock that
 * is moved by hand. Messages go in as text and verdicts come out, exactly as
 * in the daemon. For tests, explanations and replays. One thread.
 */
#ifndef LAB_SANDBOX_H
#define LAB_SANDBOX_H

#include "base/arena.h"
#include "base/clock.h"
#include "base/err.h"
#include "mail/realm.h"
#include "store/store_options.h"
#include "verdict/judge.h"

struct sandbox;

/* A store that nobody answers at: no service has the port (RFC 1078). */
#define SANDBOX_STORE_DOWN "redis://127.0.0.1:1/0"

/* A message was judged. */
typedef void sandbox_judged_fn(const struct verdict *);

struct sandbox_options {
	const struct realm *realm; /* borrowed */
	struct judge_options judge; /* its program is borrowed */
	struct message_limits limits;
	struct store_options store; /* but for its clock */
	int64_t at_ms; /* where the clock begins */
	sandbox_judged_fn *judged; /* or NULL */
};

/* NULL when the store cannot be opened. */
struct sandbox *sandbox_new(const struct sandbox_options *, struct err *);
void sandbox_free(struct sandbox *);

/* A message as a test or an archive tells it. Paths may carry ESMTP
 * parameters: "<a@example.com> ORCPT=rfc822;b@example.org". */
struct letter {
	struct client client;
	struct slice mail_from;
	const struct slice *rcpts;
	size_t rcpt_count;
	struct slice header; /* as eml_add_fields() takes it */
	struct slice queue_id;
	/* A log tells of it, and knows no more than these, queue id and
	 * recipient; absent: it is a message. */
	struct slice logged; /* whose it is; empty: nobody knows */
	enum kind kind;
};

/* Never back. */
void sandbox_set_time(struct sandbox *, int64_t at_ms);
int64_t sandbox_time(const struct sandbox *);
void sandbox_set_respond(struct sandbox *, const struct respond *);

/* Judges and records. The verdict lives in arena. */
const struct verdict *sandbox_judge(
	struct sandbox *, struct arena *, const struct letter *);
/* The parts of it, for explain: the facts alone. NULL when arena is full. */
const struct message *sandbox_message(
	const struct sandbox *, struct arena *, const struct letter *);
const struct judge_options *sandbox_options(const struct sandbox *);
struct store *sandbox_store(const struct sandbox *);

#endif
