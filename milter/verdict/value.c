/* SPDX-License-Identifier: BSD-2-Clause */
/* Values in an arena. */
#include "verdict/value.h"

#include <math.h>

static const struct sigma_values absent = {0};

static struct sigma_values
one(struct arena *arena, struct slice text, double number)
{
	struct sigma_value *value;

	if (slice_is_absent(text))
		return absent;
	value = arena_alloc(arena, sizeof(*value));
	if (value == NULL)
		return absent;
	*value = (struct sigma_value){text, number};
	return (struct sigma_values){value, 1};
}

struct sigma_values
value_text(struct arena *arena, struct slice value)
{
	return one(arena, value, NAN);
}

struct sigma_values
value_number(struct arena *arena, double value)
{
	bool whole = value == floor(value) && fabs(value) < 1e15;

	return one(arena, arena_printf(arena, whole ? "%.0f" : "%.4g", value),
		value);
}

struct sigma_values
value_truth(bool value)
{
	static const struct sigma_value values[] = {
		{{"false", 5}, 0},
		{{"true", 4}, 1},
	};

	return (struct sigma_values){&values[value], 1};
}

static struct slice
part_of(const struct address *address, enum part part)
{
	switch (part) {
	case PART_TEXT:
		return address->text;
	case PART_LOCAL:
		return address->local;
	case PART_DOMAIN:
		return address->domain;
	case PART_NAME:
		break;
	}
	return address->name;
}

/* One address; absent when its text is. */
struct sigma_values
value_address(struct arena *arena, const struct address *from, enum part part)
{
	if (slice_is_absent(from->text))
		return absent;
	return value_text(arena, part_of(from, part));
}

struct sigma_values
value_addresses(struct arena *arena, struct addresses from, enum part part)
{
	struct sigma_value *values;
	size_t count = 0;

	if (from.count == 0)
		return absent;
	values = arena_array(arena, from.count, sizeof(*values));
	if (values == NULL)
		return absent;
	for (size_t i = 0; i < from.count; i++) {
		struct slice value = part_of(&from.at[i], part);

		if (!slice_is_absent(value))
			values[count++] = (struct sigma_value){value, NAN};
	}
	return (struct sigma_values){values, count};
}
