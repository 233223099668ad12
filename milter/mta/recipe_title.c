/* SPDX-License-Identifier: BSD-2-Clause */
/* What was wished, for whoever reads the files or updates what is there. */
#include "mta/recipe.h"

#define COUNT(array) (sizeof(array) / sizeof(*(array)))

static const struct {
	enum recipe_part part;
	const char *option;
} part_options[] = {
	{RECIPE_INTAKE, " --intake"},
	{RECIPE_NON_SMTPD, " --non-smtpd"},
	{RECIPE_EGRESS, " --egress"},
};

unsigned
recipe_parts_in(struct slice title)
{
	unsigned parts = 0;

	for (size_t i = 0; i < COUNT(part_options); i++) {
		if (slice_find(title, slice_of(part_options[i].option)) !=
			SLICE_NONE)
			parts |= part_options[i].part;
	}
	return parts;
}

void
recipe_add_parts(unsigned parts, struct buf *out)
{
	for (size_t i = 0; i < COUNT(part_options); i++) {
		if ((parts & part_options[i].part) != 0)
			buf_puts(out, part_options[i].option);
	}
}

void
recipe_add_title(const struct recipe_wish *wish, struct buf *out)
{
	struct slice names = slice_of(wish->outside), name;
	const char *head = " --transports ";

	buf_printf(out, " (recipe %u:", RECIPE_NUMBER);
	recipe_add_parts(wish->parts, out);
	buf_printf(out, " --away %s", wish->away);
	while (slice_next(&names, '|', &name)) {
		buf_printf(out, "%s%.*s", head, SLICE_ARG(name));
		head = ",";
	}
	buf_puts(out, "; `forwarden attach --undo` takes it out)");
}
