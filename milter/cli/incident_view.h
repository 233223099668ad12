/* SPDX-License-Identifier: BSD-2-Clause */
/* What a case amounts to: judgements that all writers have in common. */
#ifndef CLI_INCIDENT_VIEW_H
#define CLI_INCIDENT_VIEW_H

#include "base/buf.h"
#include "cli/incident.h"

/* Calls say for each reason to take it for expected, or not: side is "for",
 * "against" or "unknown". */
void incident_view_expected(const struct incident *,
	void (*say)(void *ctx, const char *side, struct slice words),
	void *ctx);
/* What was supposed, and what could not be seen. */
void incident_view_gaps(const struct incident *,
	void (*say)(void *ctx, struct slice words), void *ctx);

/* What happened, by time, as far as it is worth a line. */
void incident_view_timeline(const struct incident *,
	void (*say)(void *ctx, struct slice at, struct slice words), void *ctx);

struct incident_step {
	const char *mitigation; /* "M1047", or NULL: to contain it */
	const char *name;
	const char *words;
	const char *command; /* "%s": the address, quoted; or NULL */
};
/* What to do; ended by words of NULL. */
const struct incident_step *incident_view_steps(const struct incident *);
/* The command with the address in it, as a shell reads it. */
void incident_view_command(
	const struct incident *, const struct incident_step *, struct buf *);

/* Of all messages. */
unsigned long incident_view_held(const struct incident *);
unsigned long incident_view_would_hold(const struct incident *);
/* "held", "would be held", "tempfailed", ...: what became of a message. */
struct slice incident_view_fate(const struct incident_message *);

#endif
