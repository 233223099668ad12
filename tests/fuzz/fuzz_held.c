/* SPDX-License-Identifier: BSD-2-Clause */
/* What an MTA says of held mail, which is partly its senders': lines of
 * postqueue(1), and a queue file of Sendmail's. */
#include "fuzz.h"

#include "mta/held.h"

#define ARENA_BYTES ((size_t)1 << 24)

static void
check(const struct held_list *list)
{
	for (size_t i = 0; i < list->count; i++) {
		const struct held *held = &list->at[i];

		FUZZ_ASSERT(held_is_id(slice_of(held->id)));
		for (size_t k = 0; k < held->rcpt_count; k++)
			FUZZ_ASSERT(held->rcpts[k].len < ARENA_BYTES);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice input = fuzz_slice(data, size), rest = input;
	struct held_list list = {.arena = arena_new(ARENA_BYTES)};
	const struct held message = {
		.mta = HELD_SENDMAIL, .id = "5AR1", .folder = "/", .place = ""};
	struct err err;

	FUZZ_ASSERT(list.arena != NULL);
	for (struct slice line; slice_next(&rest, '\n', &line);)
		(void)held_postfix_take(&list, line, "/etc/postfix", &err);
	(void)held_sendmail_take(&list, &message, input, &err);
	check(&list);
	arena_free(list.arena);
	return 0;
}
