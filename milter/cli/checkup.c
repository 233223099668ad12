/* SPDX-License-Identifier: BSD-2-Clause */
/* Findings, as text for people and as JSON. */
#include "cli/checkup.h"

#include "cli/screen.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define FINDING_BYTES 1024
#define SUBJECT_COLUMNS 12

static const struct {
	const char *name, *mark;
} levels[CHECKUP_LEVEL_COUNT] = {
	[CHECKUP_FINE] = {"fine", "ok    "},
	[CHECKUP_NOTE] = {"note", "note  "},
	[CHECKUP_WRONG] = {"wrong", "WRONG "},
};

void
checkup_init(struct checkup *checkup, const struct generation *generation)
{
	struct err err;

	memset(checkup, 0, sizeof(*checkup));
	checkup->generation = generation;
	checkup->list = json_list();
	/* The snapshot was loaded, so this is an address. */
	(void)listener_parse(
		slice_of(generation->config->listen), &checkup->listen, &err);
}

void
checkup_fini(struct checkup *checkup)
{
	buf_fini(&checkup->text);
	json_free(checkup->list);
}

static void
add_finding(
	struct checkup *checkup, const struct remedy *remedy, struct slice what)
{
	struct json *row = json_map();

	checkup->count[remedy->level]++;
	buf_puts(&checkup->text, levels[remedy->level].mark);
	screen_add_cell(
		&checkup->text, slice_of(remedy->subject), SUBJECT_COLUMNS);
	buf_add_visible(&checkup->text, what);
	buf_add_byte(&checkup->text, '\n');
	json_set_text(row, "level", slice_of(levels[remedy->level].name));
	json_set_text(row, "subject", slice_of(remedy->subject));
	json_set_text(row, "finding", what);
	if (remedy->text != NULL) {
		buf_printf(&checkup->text, "%*s-> ", 6 + SUBJECT_COLUMNS, "");
		buf_add_visible(&checkup->text, slice_of(remedy->text));
		buf_add_byte(&checkup->text, '\n');
		json_set_text(row, "remedy", slice_of(remedy->text));
	}
	json_add_take(checkup->list, row);
}

void
checkup_add(struct checkup *checkup, const struct remedy *remedy,
	const char *fmt, ...)
{
	char text[FINDING_BYTES];
	va_list args;

	va_start(args, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	add_finding(checkup, remedy, slice_of(text));
}

void
checkup_fine(struct checkup *checkup, const char *subject, const char *fmt, ...)
{
	char text[FINDING_BYTES];
	va_list args;

	va_start(args, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	add_finding(checkup, &(struct remedy){CHECKUP_FINE, subject, NULL},
		slice_of(text));
}
