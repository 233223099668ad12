/* SPDX-License-Identifier: BSD-2-Clause */
/* An order to the daemon about one mailbox: what contain, allow and their
 * opposites have in common. */
#ifndef CLI_ORDER_H
#define CLI_ORDER_H

#include "cli/ask.h"

struct order {
	struct ask_options ask;
	const char *path;
	const char *mailbox;
	const char *destination; /* or NULL */
	const char *why; /* NULL: for nothing but an end */
	long long for_ms;
	bool as_destination, all_outgoing;
	void (*print)(const struct json *answer);
	/* What else is done then, on this machine; its exit status. Or NULL. */
	int (*then)(const void *ctx, const struct json *answer);
	const void *then_ctx;
};

/* For people to find whom to ask. Who may order it at all, the control
 * socket's permissions say, so this may be his own word. */
const char *order_person(void);

/* Gives it, with who gives it, and prints the answer: the exit status. */
int order_give(const struct order *);

#endif
