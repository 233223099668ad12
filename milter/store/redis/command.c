/* SPDX-License-Identifier: BSD-2-Clause */
/* Commands, word by word. */
#include "store/redis/command.h"

#include "base/arena.h"

#include <stdio.h>
#include <string.h>

#define SCRIPT_WORDS 3

struct command *
command_new(struct arena *arena, enum script script, size_t keys, size_t words)
{
	struct command *command = arena_alloc(arena, sizeof(*command));

	if (command == NULL)
		return NULL;
	command->arena = arena;
	command->script = script;
	command->key_count = keys;
	command->room = words + (script != SCRIPT_NONE ? SCRIPT_WORDS : 0);
	command->words =
		arena_array(arena, command->room, sizeof(*command->words));
	if (command->words == NULL)
		return NULL;
	if (script != SCRIPT_NONE) {
		command_word(command, SLICE("EVALSHA"));
		command_word(command, SLICE(""));
		command_number(command, (int64_t)keys);
	}
	return command;
}

void
command_word(struct command *command, struct slice word)
{
	if (command->count < command->room)
		command->words[command->count++] = word;
}

void
command_number(struct command *command, int64_t number)
{
	command_word(command,
		arena_printf(command->arena, "%lld", (long long)number));
}

/* The keys that it touches. */
static const struct slice *
keys_of(const struct command *command, size_t *count)
{
	if (command->script == SCRIPT_NONE) {
		*count = command->key.len > 0;
		return &command->key;
	}
	*count = command->key_count;
	return command->words + SCRIPT_WORDS;
}

bool
command_shares_key(const struct command *a, const struct command *b)
{
	size_t count, others;
	const struct slice *keys = keys_of(a, &count);
	const struct slice *other = keys_of(b, &others);

	for (size_t i = 0; i < count; i++) {
		for (size_t k = 0; k < others; k++) {
			if (slice_equal(keys[i], other[k]))
				return true;
		}
	}
	return false;
}

void
command_name_keys(const struct command *command, struct err *err)
{
	bool script = command->script != SCRIPT_NONE;
	size_t from = script ? SCRIPT_WORDS : 1;
	size_t count = command->key.len > 0;

	if (script)
		count = (size_t)reply_u64(command->words[from - 1]);
	for (size_t i = from; i < from + count && i < command->count; i++) {
		size_t len = strlen(err->text);

		(void)snprintf(err->text + len, sizeof(err->text) - len,
			"%s%.*s", i == from ? ": " : ", ",
			SLICE_ARG(command->words[i]));
	}
}

bool
command_is_whole(const struct command *command)
{
	for (size_t i = 0; i < command->count; i++) {
		if (command->words[i].p == NULL)
			return false;
	}
	return command->count > 0;
}

struct command *
command_cut(struct command **list)
{
	struct command *first = *list;

	*list = first->next;
	first->next = NULL;
	return first;
}
