/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The mail binding: the closed list of fields a policy may name (DESIGN
 * section 4), one table, which also prints `forwarden fields` and the man
 * page.
 */
#ifndef VERDICT_FIELDS_H
#define VERDICT_FIELDS_H

#include "forward/flow.h"
#include "mail/message.h"
#include "sigma/record.h"
#include "store/store.h"

struct field_row {
	const char *name; /* "header.<name>" for the open family */
	enum sigma_type type;
	enum sigma_scope scope;
	bool multi;
	const char *meaning; /* one sentence */
	const char *example;
};
/* The table, and how many rows. */
const struct field_row *fields_table(size_t *count);
const struct sigma_schema *fields_schema(void);

/* What a record reads: set flow to NULL for the message's own. */
struct fields_source {
	const struct message *message;
	const struct flow *flow;
	const struct store_facts *facts; /* NULL: not fetched */
};
struct sigma_record fields_record(const struct fields_source *);

#endif
