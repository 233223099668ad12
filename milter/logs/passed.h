/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Mail that left without passing the listener that watches what leaves: each
 * departure, and what those have in common that leave by the same transport
 * and relay.
 */
#ifndef LOGS_PASSED_H
#define LOGS_PASSED_H

#include "logs/ours.h"

#include <stdbool.h>
#include <stdint.h>

#define PASSED_KEPT 10000U /* departures; all are counted */

enum passed_cause {
	PASSED_BY_DOMAIN, /* no mail to that domain is seen */
	PASSED_BY_SENDER, /* no mail of that sender is seen */
	PASSED_BY_INSTANCE, /* by a Postfix of another name */
	PASSED_BY_SOME /* others to it and of them are seen */
};

struct passed_mail {
	int64_t at_ms;
	const char *id, *sender, *recipient, *relay, *program;
	bool seen; /* it was begun by the listener */
	bool held; /* it was held, and left all the same */
};

struct passed_group {
	const char *program, *relay;
	enum passed_cause cause;
	const char *domain, *sender; /* what cause is about */
	uint64_t count;
};

struct passed;

struct passed *passed_new(void);
void passed_free(struct passed *);
bool passed_add(struct passed *, const struct passed_mail *);
/* One whose beginning is not in the log: nobody knows whether it was seen. */
void passed_note_unbegun(struct passed *);
uint64_t passed_unbegun(const struct passed *);
/* How many were seen, and how many not, of what is not ours. */
uint64_t passed_seen(const struct passed *);
uint64_t passed_unseen(const struct passed *, const struct ours *);
void passed_each(const struct passed *, const struct ours *,
	void (*visit)(void *ctx, const struct passed_mail *), void *ctx);
void passed_each_group(const struct passed *, const struct ours *,
	void (*visit)(void *ctx, const struct passed_group *), void *ctx);
/* Those that were seen at the listener, were held, and left all the same. */
void passed_each_released(const struct passed *,
	void (*visit)(void *ctx, const struct passed_mail *), void *ctx);

#endif
