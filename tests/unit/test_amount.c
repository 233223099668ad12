/* SPDX-License-Identifier: BSD-2-Clause */
/* Durations, sizes, numbers and modes. */
#include "rows.h"

#include "base/amount.h"

#include <stdbool.h>

static const struct amount {
	const char *name;
	bool duration, ok;
	long long value;
} amounts[] = {
	{"250ms", true, true, 250},
	{"30s", true, true, 30000},
	{"10m", true, true, 600000},
	{"12h", true, true, 43200000},
	{"7d", true, true, 604800000},
	{"7D", true, true, 604800000},
	{"0s", true, true, 0},
	{"7", true, false, 0},
	{"d", true, false, 0},
	{"", true, false, 0},
	{"-1s", true, false, 0},
	{"1.5h", true, false, 0},
	{"1h30m", true, false, 0},
	{"9223372036854775807ms", true, true, INT64_MAX},
	{"9223372036854775808ms", true, false, 0},
	{"106751991168d", true, false, 0},
	{"4096", false, true, 4096},
	{"64k", false, true, 65536},
	{"16M", false, true, 16777216},
	{"1G", false, true, 1073741824},
	{"1T", false, false, 0},
	{"16 M", false, true, 16777216},
	{"8589934592G", false, false, 0},
	{"18446744073709551616", false, false, 0},
	{"0x10", false, false, 0},
	{"\xD9\xA1k", false, false, 0},
};

static void
check_amount(void **state)
{
	const struct amount *row = *state;
	struct slice text = slice_of(row->name);
	long long value = -1;
	bool ok = row->duration ? amount_duration_parse(text, &value)
				: amount_size_parse(text, &value);

	assert_int_equal(ok, row->ok);
	if (ok)
		assert_true(value == row->value);
}

static const struct seconds_row {
	const char *name;
	bool ok;
	int64_t ms;
} seconds_rows[] = {
	{"90", true, 90000},
	{"90s", true, 90000},
	{"0", true, 0},
	{"9223372036854775", true, INT64_C(9223372036854775000)},
	{"9223372036854776", false, 0},
	{"-90", false, 0},
	{"1.5", false, 0},
	{"", false, 0},
};

static void
check_seconds(void **state)
{
	const struct seconds_row *row = *state;
	int64_t ms = -1;

	assert_int_equal(
		amount_seconds_parse(slice_of(row->name), &ms), row->ok);
	if (row->ok)
		assert_true(ms == row->ms);
}

static const struct mode_row {
	const char *name;
	bool ok;
	long long mode;
} mode_rows[] = {
	{"0660", true, 0660},
	{"660", true, 0660},
	{"01777", true, 01777},
	{"0680", false, 0},
	{"017777", false, 0},
	{"rw", false, 0},
	{"", false, 0},
};

static void
check_mode(void **state)
{
	const struct mode_row *row = *state;
	long long mode;

	assert_int_equal(
		amount_mode_parse(slice_of(row->name), &mode), row->ok);
	if (row->ok)
		assert_true(mode == row->mode);
}

/* Printed in the largest unit that leaves no rest, and read again. */
static const struct print_row {
	const char *name; /* the text */
	void (*print)(long long, struct buf *);
	long long amount;
} print_rows[] = {
	{"0ms", amount_duration_print, 0},
	{"1500ms", amount_duration_print, 1500},
	{"90s", amount_duration_print, 90000},
	{"2d", amount_duration_print, 172800000},
	{"0", amount_size_print, 0},
	{"1025", amount_size_print, 1025},
	{"64k", amount_size_print, 65536},
	{"3G", amount_size_print, 3221225472},
	{"0660", amount_mode_print, 0660},
};

static void
check_print(void **state)
{
	const struct print_row *row = *state;
	struct buf text = {0};

	row->print(row->amount, &text);
	assert_string_equal(text.p, row->name);
	buf_fini(&text);
}

int
main(void)
{
	struct rows all = {0};

	ROWS_ADD(&all, amounts, check_amount);
	ROWS_ADD(&all, seconds_rows, check_seconds);
	ROWS_ADD(&all, mode_rows, check_mode);
	ROWS_ADD(&all, print_rows, check_print);
	return rows_run(&all, "amount");
}
