/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A checkup of a running system: findings, each with its remedy. The parts
 * know one organ each; cmd_doctor.c calls them in turn.
 */
#ifndef CLI_CHECKUP_H
#define CLI_CHECKUP_H

#include "base/buf.h"
#include "base/json.h"
#include "cli/ask.h"
#include "daemon/generation.h"
#include "daemon/listener.h"
#include "mta/postfix.h"

enum checkup_level {
	CHECKUP_FINE,
	CHECKUP_NOTE, /* to be known; nothing is broken */
	CHECKUP_WRONG, /* something is blind or will hurt */
	CHECKUP_LEVEL_COUNT
};

struct checkup {
	/* what is looked at; borrowed */
	const struct generation *generation;
	struct listener_address listen;
	/* what was found */
	struct buf text;
	struct json *list;
	unsigned count[CHECKUP_LEVEL_COUNT];
};

void checkup_init(struct checkup *, const struct generation *);
void checkup_fini(struct checkup *);

/* subject: one word. The finding itself is escaped for a terminal. */
void checkup_fine(struct checkup *, const char *subject, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
/* A finding that wants a remedy: what to do, in a sentence or a command. */
struct remedy {
	enum checkup_level level;
	const char *subject;
	const char *text;
};
void checkup_add(struct checkup *, const struct remedy *, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* The daemon: socket, control, user, store, clock, policies. */
void checkup_daemon(struct checkup *, struct ask *);
/* Postfix as it is configured: what it shows to the filter. */
void checkup_postfix(struct checkup *, const struct postfix *);
/* Postfix's domains and networks against Forwarden's own. */
void checkup_domains(struct checkup *, const struct postfix *);

#endif
