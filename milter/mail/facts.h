/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What single header fields say of a message: one table from field name to
 * the fact that is read from it (message.h). For message.c alone.
 */
#ifndef MAIL_FACTS_H
#define MAIL_FACTS_H

#include "mail/message.h"

#include <stdbool.h>
#include <stddef.h>

/* What is gathered while the fields are read. */
struct facts {
	struct message *message;
	size_t address_limit; /* of one field */
	struct received *hops; /* room for hop_limit */
	size_t hop_limit;
	bool has_suppress; /* X-Auto-Response-Suppress */
	bool has_content_type;
};

/* Is the name one of those that facts are read from? */
bool facts_want(struct slice name);
/* Is it Received? */
bool facts_is_received(struct slice name);
/* Reads the field, whose value is unfolded and decoded. */
void facts_take(struct facts *, const struct field *);

#endif
