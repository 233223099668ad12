/* SPDX-License-Identifier: BSD-2-Clause */
/* What was found, as text for people and as JSON. */
#include "cli/doctor.h"

#include "cli/screen.h"

#define SUBJECT_COLUMNS 12

static const struct {
	const char *name, *mark;
} levels[CHECKUP_LEVEL_COUNT] = {
	[CHECKUP_FINE] = {"fine", "ok    "},
	[CHECKUP_NOTE] = {"note", "note  "},
	[CHECKUP_WRONG] = {"wrong", "WRONG "},
};

bool
doctor_init(struct doctor *doctor, const struct generation *generation)
{
	struct err err;

	*doctor = (struct doctor){
		.generation = generation, .checkup = checkup_new()};
	/* The configuration was loaded, so this is an address. */
	(void)socket_name_parse(
		slice_of(generation->config->listen), &doctor->listen, &err);
	return doctor->checkup != NULL;
}

void
doctor_fini(struct doctor *doctor)
{
	checkup_free(doctor->checkup);
}

static void
add_line(const struct symptom *symptom, struct buf *out)
{
	buf_puts(out, levels[symptom->level].mark);
	screen_add_cell(out, symptom->subject, SUBJECT_COLUMNS);
	buf_add_visible(out, symptom->text);
	buf_add_byte(out, '\n');
	if (!slice_is_absent(symptom->remedy)) {
		buf_printf(out, "%*s-> ", 6 + SUBJECT_COLUMNS, "");
		buf_add_visible(out, symptom->remedy);
		buf_add_byte(out, '\n');
	}
}

void
doctor_add_text(const struct doctor *doctor, struct buf *out)
{
	const struct checkup *checkup = doctor->checkup;

	for (const struct symptom *f = checkup_first(checkup); f != NULL;
		f = f->next)
		add_line(f, out);
	buf_printf(out, "\n%u fine, %u to know, %u wrong\n",
		checkup_count(checkup, CHECKUP_FINE),
		checkup_count(checkup, CHECKUP_NOTE),
		checkup_count(checkup, CHECKUP_WRONG));
}

struct json *
doctor_json(const struct doctor *doctor)
{
	struct json *list = json_list();

	for (const struct symptom *f = checkup_first(doctor->checkup);
		f != NULL; f = f->next) {
		struct json *row = json_map();

		json_set_text(row, "level", slice_of(levels[f->level].name));
		json_set_text(row, "subject", f->subject);
		json_set_text(row, "finding", f->text);
		if (!slice_is_absent(f->remedy))
			json_set_text(row, "remedy", f->remedy);
		if (!slice_is_absent(f->command))
			json_set_text(row, "command", f->command);
		json_add_take(list, row);
	}
	return list;
}
