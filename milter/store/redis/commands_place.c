/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * An address may be the member of another's window ("who sends to drop@"), or
 * one field of a group of several. No key bears its name then, and whoever
 * wipes it would have to look at every key. So each such window is a place in
 * the sorted set "at" of the address, in the address's own slot, which lives
 * as long as the window does. A window whose group is the address alone is
 * found by the names of the policies. Who counts a message need not wait for
 * that.
 */
#include "store/redis/commands_place.h"

#include "store/key.h"
#include "store/redis/redis_key.h"

#define CLEAN_MS 60000 /* a window's key lives that much longer */

static bool
add_place(struct commands *b, const struct note *note, struct slice address)
{
	struct command *command = command_new(b->arena, SCRIPT_PLACE, 1, 5);

	if (command == NULL)
		return false;
	command->aside = b->request->awaited;
	command->key = commands_tagged(b, "at", address);
	command_word(command, command->key);
	command_word(command, commands_at(b));
	command_number(command, note->window_ms + CLEAN_MS);
	command_word(command,
		redis_key_place(
			b->arena, note->group, commands_present(note->policy)));
	command_number(command, COMMANDS_PLACE_MAX);
	commands_push(b, command);
	return true;
}

bool
commands_place_add(struct commands *b, const struct note *note)
{
	struct slice group = commands_present(note->group), field;
	size_t at = 0, end = key_field_end(group, 0);
	bool ok = true;

	if (note->mode != NOTE_STEP && key_is_address(note->member))
		ok = add_place(b, note, note->member);
	if (end == group.len)
		return ok;
	for (; ok && at <= group.len; at = end + 1) {
		end = key_field_end(group, at);
		field = key_field(b->arena, slice_sub(group, at, end));
		if (key_is_address(field))
			ok = add_place(b, note, field);
	}
	return ok;
}
