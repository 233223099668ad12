/* SPDX-License-Identifier: BSD-2-Clause */
/* Values in an arena. */
#include "verdict/value.h"

#include "mail/message.h"

#include <limits.h>
#include <math.h>
#include <stdint.h>

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

/* Small whole numbers, which nearly all are, need no printf. */
static struct slice
digits_of(struct arena *arena, unsigned number)
{
	char digits[3 * sizeof(number)];
	size_t at = sizeof(digits);

	do {
		digits[--at] = (char)('0' + number % 10);
		number /= 10;
	} while (number > 0);
	return arena_copy(
		arena, (struct slice){digits + at, sizeof(digits) - at});
}

static struct slice
number_text(struct arena *arena, double value)
{
	bool whole = value == floor(value) && fabs(value) < 1e15;

	if (whole && value >= 0 && value <= UINT_MAX)
		return digits_of(arena, (unsigned)value);
	return arena_printf(arena, whole ? "%.0f" : "%.4g", value);
}

struct sigma_values
value_number(struct arena *arena, double value)
{
	return one(arena, number_text(arena, value), value);
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

struct sigma_values
value_fields(struct arena *arena, const struct field *first)
{
	struct sigma_value *values;
	size_t count = 0;

	for (const struct field *f = first; f != NULL; f = message_next(f))
		count++;
	if (count == 0)
		return absent;
	values = arena_array(arena, count, sizeof(*values));
	if (values == NULL)
		return absent;
	count = 0;
	for (const struct field *f = first; f != NULL; f = message_next(f))
		values[count++] = (struct sigma_value){
			field_decode(arena, f->value), NAN};
	return (struct sigma_values){values, count};
}

static struct slice
part_of(const struct address *address, enum value_kind kind)
{
	if (kind == VALUE_ADDRESS || kind == VALUE_ADDRESSES)
		return address->text;
	if (kind == VALUE_LOCAL || kind == VALUE_LOCALS)
		return address->local;
	if (kind == VALUE_DOMAIN || kind == VALUE_DOMAINS)
		return address->domain;
	return address->name;
}

/* Absent when the address' text is. */
static struct sigma_values
read_address(
	struct arena *arena, enum value_kind kind, const struct address *from)
{
	if (slice_is_absent(from->text))
		return absent;
	return value_text(arena, part_of(from, kind));
}

static struct sigma_values
read_addresses(
	struct arena *arena, enum value_kind kind, const struct addresses *from)
{
	struct sigma_value *values;
	size_t count = 0;

	if (from->count == 0)
		return absent;
	values = arena_array(arena, from->count, sizeof(*values));
	if (values == NULL)
		return absent;
	for (size_t i = 0; i < from->count; i++) {
		struct slice value = part_of(&from->at[i], kind);

		if (!slice_is_absent(value))
			values[count++] = (struct sigma_value){value, NAN};
	}
	return (struct sigma_values){values, count};
}

static struct sigma_values
read_word(struct arena *arena, const char *word)
{
	if (word == NULL || word[0] == '\0')
		return absent;
	return value_text(arena, slice_of(word));
}

struct sigma_values
value_read(struct arena *arena, enum value_kind kind, const void *place)
{
	switch (kind) {
	case VALUE_TEXT:
		return value_text(arena, *(const struct slice *)place);
	case VALUE_WORD:
		return read_word(arena, *(const char *const *)place);
	case VALUE_TRUTH:
		return value_truth(*(const bool *)place);
	case VALUE_UNSIGNED:
		return value_number(arena, *(const unsigned *)place);
	case VALUE_SIZE:
		return value_number(arena, (double)*(const size_t *)place);
	case VALUE_COUNT:
		return value_number(arena, (double)*(const uint64_t *)place);
	case VALUE_ADDRESS:
	case VALUE_LOCAL:
	case VALUE_DOMAIN:
		return read_address(arena, kind, place);
	case VALUE_ADDRESSES:
	case VALUE_LOCALS:
	case VALUE_DOMAINS:
	case VALUE_NAMES:
		break;
	}
	return read_addresses(arena, kind, place);
}
