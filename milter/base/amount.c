/* SPDX-License-Identifier: BSD-2-Clause */
/* Amounts as people write them: digits and a unit. */
#include "base/amount.h"

#include <limits.h>

/* A unit's name and what one is worth. */
struct unit {
	const char *name;
	long long worth;
};

static const struct unit duration_units[] = {
	{"d", 86400000},
	{"h", 3600000},
	{"m", 60000},
	{"s", 1000},
	{"ms", 1},
	{NULL, 0},
};

static const struct unit size_units[] = {
	{"G", 1024LL * 1024 * 1024},
	{"M", 1024LL * 1024},
	{"k", 1024},
	{"", 1},
	{NULL, 0},
};

static bool
parse_amount(struct slice text, const struct unit *units, long long *out)
{
	size_t digits = 0;
	uint64_t number;

	while (digits < text.len && text.p[digits] >= '0' &&
		text.p[digits] <= '9')
		digits++;
	if (!slice_to_u64(slice_sub(text, 0, digits), &number))
		return false;
	for (; units->name != NULL; units++) {
		if (slice_equal_fold(
			    slice_trim(slice_sub(text, digits, text.len)),
			    slice_of(units->name))) {
			if (number > (uint64_t)(LLONG_MAX / units->worth))
				return false;
			*out = (long long)number * units->worth;
			return true;
		}
	}
	return false;
}

/* In the largest unit that leaves no rest. */
static void
print_amount(long long amount, const struct unit *units, struct buf *out)
{
	while (units[1].name != NULL &&
		(amount == 0 || amount % units->worth != 0))
		units++;
	buf_printf(out, "%lld%s", amount / units->worth, units->name);
}

bool
amount_duration_parse(struct slice text, long long *ms)
{
	return parse_amount(text, duration_units, ms);
}

void
amount_duration_print(long long ms, struct buf *out)
{
	print_amount(ms, duration_units, out);
}

bool
amount_seconds_parse(struct slice text, int64_t *ms)
{
	long long amount = 0;
	uint64_t seconds;

	if (slice_to_u64(text, &seconds)) {
		if (seconds > INT64_MAX / 1000)
			return false;
		*ms = (int64_t)seconds * 1000;
		return true;
	}
	if (!amount_duration_parse(text, &amount))
		return false;
	*ms = amount;
	return true;
}

bool
amount_size_parse(struct slice text, long long *bytes)
{
	return parse_amount(text, size_units, bytes);
}

void
amount_size_print(long long bytes, struct buf *out)
{
	print_amount(bytes, size_units, out);
}

bool
amount_number_parse(struct slice text, long long *out)
{
	uint64_t number;

	if (!slice_to_u64(text, &number) || number > LLONG_MAX)
		return false;
	*out = (long long)number;
	return true;
}

bool
amount_mode_parse(struct slice text, long long *out)
{
	*out = 0;
	for (size_t i = 0; i < text.len; i++) {
		if (text.p[i] < '0' || text.p[i] > '7' || i > 4)
			return false;
		*out = *out * 8 + (text.p[i] - '0');
	}
	return text.len > 0;
}

void
amount_number_print(long long number, struct buf *out)
{
	buf_printf(out, "%lld", number);
}

void
amount_mode_print(long long mode, struct buf *out)
{
	buf_printf(out, "%04llo", (unsigned long long)mode);
}
