/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What Redis spends on a script is, for the small ones that count a message,
 * half the call itself. So those of one batch become one call, and those that
 * nobody waits for another; each of them stays a command of its own, which
 * reads its part of the answer.
 */
#include "store/redis/commands_merge.h"

#define HEAD_WORDS 3 /* EVALSHA, the script's name, how many keys */
#define PART_WORDS 3 /* name, how many keys, how many words */

static const char *const names[SCRIPT_COUNT] = {
	[SCRIPT_NOTE] = "note",
	[SCRIPT_REMEMBER] = "remember",
	[SCRIPT_RECALL] = "recall",
	[SCRIPT_FACTS] = "facts",
	[SCRIPT_TALLY] = "tally",
	[SCRIPT_PEER] = "peer",
	[SCRIPT_PLACE] = "place",
	[SCRIPT_APPEND] = "append",
};

static bool
is_part(const struct command *command, bool aside)
{
	return command->aside == aside && command->script != SCRIPT_NONE &&
		names[command->script] != NULL;
}

/* Parts, and what they come to. */
struct sum {
	size_t parts, keys, words, ops;
};

static struct sum
sum_of(const struct command *round, bool aside)
{
	struct sum sum = {0};

	for (; round != NULL; round = round->next) {
		if (!is_part(round, aside))
			continue;
		sum.parts++;
		sum.keys += round->key_count;
		sum.words += round->count - HEAD_WORDS + PART_WORDS;
		sum.ops += round->op_count;
	}
	return sum;
}

static void
put_keys(struct command *merged, const struct command *part)
{
	for (size_t i = 0; i < part->key_count; i++)
		command_word(merged, part->words[HEAD_WORDS + i]);
}

static void
put_words(struct command *merged, const struct command *part)
{
	size_t first = HEAD_WORDS + part->key_count;

	command_word(merged, slice_of(names[part->script]));
	command_number(merged, (int64_t)part->key_count);
	command_number(merged, (int64_t)(part->count - first));
	for (size_t i = first; i < part->count; i++)
		command_word(merged, part->words[i]);
}

static struct command *
new_merged(struct arena *arena, const struct sum *sum)
{
	struct command *merged =
		command_new(arena, SCRIPT_BATCH, sum->keys, sum->words);

	if (merged == NULL)
		return NULL;
	merged->parts = arena_array(arena, sum->parts, sizeof(*merged->parts));
	merged->op_count = sum->ops;
	return merged->parts != NULL ? merged : NULL;
}

static void
take_parts(struct command *merged, struct command **round)
{
	while (*round != NULL) {
		if (is_part(*round, merged->aside)) {
			merged->parts[merged->part_count++] =
				command_cut(round);
		} else {
			round = &(*round)->next;
		}
	}
	*round = merged;
}

static bool
merge(struct arena *arena, struct command **round, bool aside)
{
	const struct sum sum = sum_of(*round, aside);
	struct command *merged;

	if (sum.parts < 2)
		return true;
	merged = new_merged(arena, &sum);
	if (merged == NULL)
		return false;
	merged->aside = aside;
	take_parts(merged, round);
	for (size_t i = 0; i < merged->part_count; i++)
		put_keys(merged, merged->parts[i]);
	for (size_t i = 0; i < merged->part_count; i++)
		put_words(merged, merged->parts[i]);
	merged->key = merged->words[HEAD_WORDS];
	return true;
}

bool
commands_merge(struct arena *arena, struct command **round)
{
	return merge(arena, round, true) && merge(arena, round, false);
}
