/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The MTA's side of the milter protocol, version 6: one session over TCP or
 * a unix socket, blocking. It keeps to what was negotiated: steps the filter
 * declined are not sent, and after a no-reply step nothing is awaited.
 * Specification: libmilter/mfdef.h; the order of events is Postfix's.
 */
#ifndef BENCH_WIRE_H
#define BENCH_WIRE_H

#include "base/buf.h"
#include "base/err.h"
#include "base/slice.h"

#include <stdbool.h>
#include <stdint.h>

#define WIRE_STAGES 7 /* connect, helo, mail, rcpt, data, eom, eoh */

struct wire {
	int fd;
	uint32_t actions, steps; /* as the filter answered */
	char *symbols[WIRE_STAGES]; /* macros it asked for, NULL: the MTA's */
	struct buf out;
	struct buf in;
	struct buf packet;
};

/* What the filter did with one message. */
struct wire_result {
	char reply; /* SMFIR_*: the final one */
	unsigned headers_added, headers_changed, quarantined, others;
};

/* "inet:port@host", "inet:host:port", "unix:/path" or "/path". */
bool wire_open(struct wire *, const char *address, struct err *);
void wire_close(struct wire *);

/* A name and its value as they go before a command (SMFIC_MACRO). */
struct wire_macro {
	const char *name;
	struct slice value;
};

/*
 * One step of the session: its macros and the command. Skipped if the filter
 * declined it; waits for the answer unless the filter gives none. *reply is
 * SMFIR_CONTINUE when nothing was awaited. False when the session broke.
 */
struct wire_step {
	char command; /* SMFIC_* */
	struct slice data;
	const struct wire_macro *macros; /* ended by a NULL name */
};
bool wire_step(
	struct wire *, const struct wire_step *, char *reply, struct err *);

/* End of message: waits for the final answer and counts the actions. */
bool wire_end(struct wire *, const struct wire_macro *, struct wire_result *,
	struct err *);
/* SMFIC_ABORT, SMFIC_QUIT: no answer. */
bool wire_say(struct wire *, char command, struct err *);

#endif
