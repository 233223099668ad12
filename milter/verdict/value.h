/* SPDX-License-Identifier: BSD-2-Clause */
/* Values of a policy's fields, made in an arena. Private to verdict/. */
#ifndef VERDICT_VALUE_H
#define VERDICT_VALUE_H

#include "base/arena.h"
#include "mail/field.h"
#include "sigma/record.h"

#include <stdbool.h>

/* All of them give no value when what they are given is absent, or when the
 * arena is full. */
struct sigma_values value_text(struct arena *, struct slice);
/* Whole numbers without a point, others with four digits. */
struct sigma_values value_number(struct arena *, double);
struct sigma_values value_truth(bool);
/* One value each of a field and of those below it of the same name. */
struct sigma_values value_fields(struct arena *, const struct field *first);

/* What stands at a place, and what is taken of it. */
enum value_kind {
	VALUE_TEXT, /* struct slice */
	VALUE_WORD, /* const char *; empty is absent, too */
	VALUE_TRUTH, /* bool */
	VALUE_UNSIGNED, /* unsigned */
	VALUE_SIZE, /* size_t */
	VALUE_COUNT, /* uint64_t */
	VALUE_ADDRESS, /* struct address: the whole, */
	VALUE_LOCAL, /* its local part, */
	VALUE_DOMAIN, /* its domain */
	VALUE_ADDRESSES, /* struct addresses: one value each */
	VALUE_LOCALS,
	VALUE_DOMAINS,
	VALUE_NAMES,
};
struct sigma_values value_read(
	struct arena *, enum value_kind, const void *place);

#endif
