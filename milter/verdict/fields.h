/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The mail binding: the closed list of fields a policy may name (DESIGN
 * section 4), one table, which also prints `forwarden fields` and the man
 * page. Names are those of the Elastic Common Schema where it has one.
 */
#ifndef VERDICT_FIELDS_H
#define VERDICT_FIELDS_H

#include "sigma/record.h"
#include "verdict/shape.h"
#include "verdict/source.h"

#include <stdbool.h>
#include <stddef.h>

struct field_row {
	const char *name; /* "header.<name>" for the open family */
	enum sigma_type type;
	enum sigma_scope scope;
	bool multi;
	const char *meaning; /* one sentence */
	const char *example;
};
/* The table, in the order of the documentation. */
size_t fields_count(void);
const struct field_row *fields_row(size_t index);
/* How its values look; SHAPE_ANY where the table does not say. */
enum shape fields_shape_id(size_t index);
/* The same with what a number is then, and between what a number is. */
const struct shape_row *fields_shape(size_t index);
/* The texts it may have; NULL: any. */
sigma_choice_fn *fields_choice(size_t index);
/* It is never absent. */
bool fields_always(size_t index);
/* A count that is another one with every message. */
bool fields_moves(size_t index);
/* No event is without it, if it has a value. */
bool fields_basic(size_t index);
/* The row of header.<name>. */
size_t fields_header(void);
/* A log has it too: the flow, and when. Of the message it has nothing. */
bool fields_logged(size_t index);
/* A field's number for sigma_rule_reads(), or -1. */
int fields_find(struct slice name);
/* The row of a number, which header.<name> has many of. */
size_t fields_index(int id);
/* "text", "number", "bool", "ip" and "message", "flow", "store". */
const char *fields_type_name(enum sigma_type);
const char *fields_scope_name(enum sigma_scope);

/* Borrows the source, which must outlive it. */
struct sigma_record fields_record(const struct fields_source *);

#endif
