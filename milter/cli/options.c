/* SPDX-License-Identifier: BSD-2-Clause */
/* getopt_long(3), out of a table. */
#include "cli/options.h"

#include "base/amount.h"
#include "cli/command.h"
#include "cli/screen.h"
#include "yaml/diag.h"

#include <assert.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>

#define ROWS_MAX 24
#define LONG_BASE 256 /* of a row without a letter: this and its number */
#define NUMBER_MAX 100000
#define USAGE_COLUMNS 78
#define HELP_COLUMN 25

static bool
take_flag(void *target, const char *value)
{
	(void)value;
	*(bool *)target = true;
	return true;
}

static bool
take_text(void *target, const char *value)
{
	*(const char **)target = value;
	return true;
}

static bool
take_word(void *target, const char *value)
{
	struct options_words *words = target;

	if (words->count == OPTIONS_WORDS_MAX)
		return false;
	words->at[words->count++] = value;
	return true;
}

static bool
take_count(void *target, const char *value)
{
	uint64_t number;

	if (!slice_to_u64(slice_of(value), &number) || number > NUMBER_MAX)
		return false;
	*(unsigned *)target = (unsigned)number;
	return true;
}

static bool
take_number(void *target, const char *value)
{
	unsigned number = 0;

	if (!take_count(&number, value) || number < 1)
		return false;
	*(unsigned *)target = number;
	return true;
}

static bool
take_age(void *target, const char *value)
{
	return amount_duration_parse(slice_of(value), target);
}

const struct options_kind options_flag = {take_flag, ""};
const struct options_kind options_text = {take_text, ""};
const struct options_kind options_words = {
	take_word, "64 of them are the most"};
const struct options_kind options_number = {
	take_number, "a number from 1 to 100000 belongs here"};
const struct options_kind options_count = {
	take_count, "a number from 0 to 100000 belongs here"};
const struct options_kind options_age = {
	take_age, "write it as 90m, 24h or 7d"};

static int
value_of(const struct options_row *row, size_t number)
{
	return row->letter != 0 ? row->letter : LONG_BASE + (int)number;
}

/* longs has a row more for --help and one that ends it. */
static void
prepare(const struct options *options, struct option longs[ROWS_MAX + 2],
	struct buf *letters)
{
	assert(options->count <= ROWS_MAX);
	buf_puts(letters, ":h");
	for (size_t i = 0; i < options->count; i++) {
		const struct options_row *row = &options->rows[i];

		longs[i] = (struct option){row->name,
			row->value != NULL ? required_argument : no_argument,
			NULL, value_of(row, i)};
		if (row->letter != 0) {
			buf_add_byte(letters, row->letter);
			buf_puts(letters, row->value != NULL ? ":" : "");
		}
	}
	longs[options->count] = (struct option){"help", no_argument, NULL, 'h'};
	longs[options->count + 1] = (struct option){NULL, 0, NULL, 0};
}

/* Adds a word, on a new line where the last one is full. */
static void
add_word(struct buf *out, const struct buf *word, size_t *column)
{
	if (*column + 1 + word->len > USAGE_COLUMNS) {
		buf_puts(out, "\n      ");
		*column = 6;
	}
	buf_add_byte(out, ' ');
	buf_add(out, buf_slice(word));
	*column += 1 + word->len;
}

static void
add_usage(const struct options *options, const char *name, struct buf *out)
{
	struct buf word = {0};
	size_t column;

	buf_printf(out, "usage: forwarden %s", name);
	column = out->len;
	for (size_t i = 0; i < options->count; i++) {
		const struct options_row *row = &options->rows[i];

		if (row->help == NULL)
			continue;
		buf_reset(&word);
		if (row->letter != 0) {
			buf_printf(&word, "[-%c", row->letter);
		} else {
			buf_printf(&word, "[--%s", row->name);
		}
		if (row->value != NULL)
			buf_printf(&word, " %s", row->value);
		buf_puts(&word, row->kind == &options_words ? "]..." : "]");
		add_word(out, &word, &column);
	}
	if (options->operands != NULL) {
		buf_reset(&word);
		buf_puts(&word, options->operands);
		add_word(out, &word, &column);
	}
	buf_add_byte(out, '\n');
	buf_fini(&word);
}

/* Words of a text on lines of USAGE_COLUMNS, all but the first below the
 * first: column is where that begins. */
static void
add_words(struct buf *out, size_t column, struct slice text)
{
	size_t at = column;
	bool begins = true;

	for (struct slice word; slice_next(&text, ' ', &word);) {
		if (!begins && at + 1 + word.len > USAGE_COLUMNS) {
			buf_printf(out, "\n%*s", HELP_COLUMN, "");
			at = HELP_COLUMN;
			begins = true;
		}
		if (!begins) {
			buf_add_byte(out, ' ');
			at++;
		}
		buf_add(out, word);
		at += word.len;
		begins = false;
	}
	buf_add_byte(out, '\n');
}

static void
add_help(const struct options_row *row, struct buf *out)
{
	size_t begun = out->len;

	if (row->help == NULL)
		return;
	if (row->letter != 0) {
		buf_printf(out, "  -%c, --%s", row->letter, row->name);
	} else {
		buf_printf(out, "      --%s", row->name);
	}
	if (row->value != NULL)
		buf_printf(out, " %s", row->value);
	do {
		buf_add_byte(out, ' ');
	} while (out->len - begun < HELP_COLUMN);
	add_words(out, out->len - begun, slice_of(row->help));
}

static int
help(const struct options *options, const char *name)
{
	struct buf out = {0};

	add_usage(options, name, &out);
	buf_printf(&out, "\n%s\n\n", options->about);
	for (size_t i = 0; i < options->count; i++)
		add_help(&options->rows[i], &out);
	buf_puts(&out, "  -h, --help             this text\n");
	if (options->example != NULL)
		buf_printf(&out, "\nexample: forwarden %s\n", options->example);
	if (options->add_more != NULL) {
		buf_add_byte(&out, '\n');
		options->add_more(&out);
	}
	screen_print(&out);
	buf_fini(&out);
	return COMMAND_OK;
}

/* The usage after what is wrong, on stderr. */
static int
refuse(const struct options *options, const char *name, struct buf *why)
{
	buf_add_byte(why, '\n');
	add_usage(options, name, why);
	(void)fputs(buf_slice(why).p, stderr);
	return COMMAND_USAGE;
}

static int
refuse_unknown(const struct options *options, const char *name,
	const char *given, int letter)
{
	const char *names[ROWS_MAX], *nearest;
	struct buf why = {0};
	int status;

	buf_printf(&why, "forwarden %s: ", name);
	if (letter > 0 && letter < LONG_BASE && given[1] != '-') {
		const char option = (char)letter;

		buf_puts(&why, "there is no option -");
		buf_add_visible(&why, (struct slice){&option, 1});
	} else {
		for (size_t i = 0; i < options->count; i++)
			names[i] = options->rows[i].name;
		nearest = diag_nearest(
			slice_of(given + 2), names, options->count);
		buf_puts(&why, "there is no such option: ");
		buf_add_visible(&why, slice_of(given));
		if (nearest != NULL)
			buf_printf(&why, "; did you mean --%s?", nearest);
	}
	status = refuse(options, name, &why);
	buf_fini(&why);
	return status;
}

static const struct options_row *
find_row(const struct options *options, int c)
{
	for (size_t i = 0; i < options->count; i++) {
		if (value_of(&options->rows[i], i) == c)
			return &options->rows[i];
	}
	return NULL;
}

static int
refuse_value(const struct options *options, const char *name,
	const struct options_row *row, const char *value)
{
	struct buf why = {0};
	int status;

	buf_printf(&why, "forwarden %s: --%s ", name, row->name);
	if (value == NULL) {
		buf_printf(
			&why, "needs a value: --%s %s", row->name, row->value);
	} else {
		buf_add_visible(&why, slice_of(value));
		buf_printf(&why, ": %s", row->kind->hint);
	}
	status = refuse(options, name, &why);
	buf_fini(&why);
	return status;
}

/* One option; false with *status when nothing is left to do. */
static bool
take(const struct options *options, char **argv, int c, int *status)
{
	const struct options_row *row =
		find_row(options, c == ':' ? optopt : c);

	if (c == 'h') {
		*status = help(options, argv[0]);
	} else if (row == NULL) {
		*status = refuse_unknown(
			options, argv[0], argv[optind - 1], optopt);
	} else if (c == ':') {
		*status = refuse_value(options, argv[0], row, NULL);
	} else if (!row->kind->take(row->target, optarg)) {
		*status = refuse_value(options, argv[0], row, optarg);
	} else {
		return true;
	}
	return false;
}

bool
options_read(const struct options *options, int argc, char **argv,
	char ***operands, int *status)
{
	struct option longs[ROWS_MAX + 2];
	struct buf letters = {0}, why = {0};
	bool more = true;
	int c, given;

	prepare(options, longs, &letters);
	opterr = 0;
	while (more &&
		(c = getopt_long(
			 argc, argv, buf_slice(&letters).p, longs, NULL)) != -1)
		more = take(options, argv, c, status);
	given = argc - optind;
	if (more &&
		(given < options->least ||
			(options->most >= 0 && given > options->most))) {
		buf_printf(&why, "forwarden %s: %s", argv[0],
			options->operands == NULL
				? "nothing follows the options"
				: given < options->least
				? "something is missing"
				: "too much follows the options");
		*status = refuse(options, argv[0], &why);
		more = false;
	}
	if (operands != NULL)
		*operands = argv + optind;
	buf_fini(&letters);
	buf_fini(&why);
	return more;
}

int
options_refuse(const char *command, const char *why)
{
	(void)fprintf(stderr, "forwarden %s: %s\n", command, why);
	return COMMAND_USAGE;
}
