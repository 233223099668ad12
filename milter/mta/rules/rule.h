/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A rule at rest: a line of some file or setting that sends mail of a mailbox
 * elsewhere, found before the first message shows it.
 */
#ifndef MTA_RULES_RULE_H
#define MTA_RULES_RULE_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/json.h"
#include "base/slice.h"

#include <stdbool.h>
#include <stdint.h>

/* X(id, text, whose): whose hand writes such rules, U a user's, S the
 * site's. A program that the site delivers by is no rule against anybody. */
#define RULE_MECHANISMS(X)                               \
	X(ALIAS, "alias", S)                             \
	X(LIST, "list", S)                               \
	X(PROGRAM, "program", U)                         \
	X(VIRTUAL, "virtual", S)                         \
	X(CANONICAL, "canonical", S)                     \
	X(RECIPIENT_CANONICAL, "recipient canonical", S) \
	X(RECIPIENT_BCC, "recipient bcc", S)             \
	X(SENDER_BCC, "sender bcc", S)                   \
	X(ALWAYS_BCC, "always bcc", S)                   \
	X(LUSER_RELAY, "luser_relay", S)                 \
	X(TRANSPORT, "transport", S)                     \
	X(RELAY, "relayhost", S)                         \
	X(CHECK, "content check", S)                     \
	X(ACCESS, "access table", S)                     \
	X(DELIVERY, "delivery program", S)               \
	X(FORWARD, ".forward", U)                        \
	X(PROCMAIL, "procmail", U)                       \
	X(MAILDROP, "maildrop", U)                       \
	X(SIEVE, "sieve", U)                             \
	X(SIEVE_NOTIFY, "sieve notify", U)               \
	X(SIEVE_PIPE, "sieve pipe", U)                   \
	X(SIEVE_REPORT, "sieve report", U)               \
	X(ROUTER, "router", S)                           \
	X(EXIM_FILTER, "Exim filter", U)

#define RULE_ID(id, text, whose) RULE_##id,
enum rule_mechanism {
	RULE_MECHANISMS(RULE_ID) RULE_MECHANISM_COUNT
};
#undef RULE_ID

enum rule_state {
	RULE_ACTIVE,
	RULE_INACTIVE, /* there, and not in use now */
	RULE_IGNORED, /* the MTA refuses to read it */
	RULE_STATE_COUNT
};

/* What an earlier audit says of it. */
enum rule_change {
	RULE_SAME,
	RULE_NEW,
	RULE_CHANGED,
	RULE_GONE,
	RULE_CHANGE_COUNT
};

#define RULE_UNKNOWN SLICE("?")

struct rule {
	struct slice path; /* as the site has it, without --root */
	unsigned line; /* from 1; 0: none */
	struct slice mailbox; /* "*": each; "@domain": all of it */
	struct slice destination; /* RULE_UNKNOWN: cannot be told at rest */
	enum rule_mechanism mechanism;
	enum rule_state state;
	bool keeps; /* a copy stays in the mailbox */
	struct slice condition; /* absent: none */
	struct slice note; /* absent: nothing else is to be known */
	struct slice owner; /* of the file; absent: unknown */
	int64_t written_ms; /* of the file; 0: unknown */
	enum rule_change change;
	/* Mail that was seen to go by it, where that was looked for. */
	bool mail_is_known;
	unsigned long long mail;
	int64_t last_mail_ms;
};

/* What could not be read, and why: a finding, as a rule is. */
struct unread {
	struct slice path, why;
};

struct slice rule_mechanism_name(enum rule_mechanism);
struct slice rule_state_name(enum rule_state);
struct slice rule_change_name(enum rule_change);
/* Does it send mail outside, as far as can be told? A program of the site's
 * own delivery does not. */
bool rule_is_external(const struct rule *);
/* "/home/alice/.forward:1" */
void rule_add_place(const struct rule *, struct buf *);
/* What makes two rules of two audits the same: the place without its line,
 * the mailbox and the destination. Absent when the arena is full. */
struct slice rule_key(struct arena *, const struct rule *);
/* Do they differ in what they do? */
bool rule_differs(const struct rule *, const struct rule *);
/* As json_set_text(); but readers of JSON refuse a NUL, and a rule must not
 * hide behind that. */
void rule_set_text(struct json *, const char *key, struct slice text);
/* One map each; rule_from_json() borrows nothing. False when it is none of
 * ours or the arena is full. */
struct json *rule_json(const struct rule *);
bool rule_from_json(struct arena *, const struct json *, struct rule *);

#endif
