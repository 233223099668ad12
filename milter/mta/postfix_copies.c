/* SPDX-License-Identifier: BSD-2-Clause */
/* always_bcc and the bcc maps. */
#include "mta/postfix_copies.h"

#include "mta/postfix_remedy.h"
#include "mta/postfix_table.h"

#include <stdio.h>
#include <string.h>

#define ROWS_SHOWN 8

static bool
is_outside(const struct postfix_check *check, struct slice address)
{
	size_t at = slice_find_byte(address, '@', 0);

	return at != SLICE_NONE &&
		!postfix_check_is_ours(
			check, slice_sub(address, at + 1, address.len));
}

static void
check_all(const struct postfix_check *check)
{
	struct slice to = postfix_value(check->postfix, "always_bcc");
	struct buf command = {0};

	if (!is_outside(check, to))
		return;
	postfix_remedy_parameter(check, "always_bcc", NULL, &command);
	checkup_add(check->checkup,
		&(struct remedy){.level = CHECKUP_NOTE,
			.subject = "copies",
			.text = "if nobody ordered that",
			.command = command.p},
		"always_bcc: a copy of all mail goes to %.*s", SLICE_ARG(to));
	buf_fini(&command);
}

struct copies {
	const struct postfix_check *check;
	size_t count;
	char list[600];
};

static void
look_at_row(void *ctx, const struct postfix_row *row)
{
	struct copies *copies = ctx;
	size_t len = strlen(copies->list);

	if (!is_outside(copies->check, row->value))
		return;
	if (copies->count++ < ROWS_SHOWN) {
		(void)snprintf(copies->list + len, sizeof(copies->list) - len,
			"%s%.*s to %.*s", len > 0 ? ", " : "",
			SLICE_ARG(row->key), SLICE_ARG(row->value));
	}
}

static void
check_maps(const struct postfix_check *check, const char *parameter)
{
	struct copies copies = {.check = check};
	struct buf command = {0};

	postfix_tables_read(check,
		&(struct postfix_tables){
			parameter, "copies", look_at_row, &copies});
	if (copies.count == 0)
		return;
	postfix_remedy_parameter(check, parameter, NULL, &command);
	checkup_add(check->checkup,
		&(struct remedy){.level = CHECKUP_NOTE,
			.subject = "copies",
			.text = "take those out that nobody ordered; all of "
				"them",
			.command = command.p},
		"%s copies mail to the outside, %zu times: %s", parameter,
		copies.count, copies.list);
	buf_fini(&command);
}

void
postfix_copies_check(const struct postfix_check *check)
{
	check_all(check);
	check_maps(check, "sender_bcc_maps");
	check_maps(check, "recipient_bcc_maps");
}
