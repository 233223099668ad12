/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What Redis spends on a script is, for the small ones that count a message,
 * half the call itself. So those of one batch become one call, and those that
 * nobody waits for another; each of them stays a command of its own, which
 * reads its part of the answer. Behind a guard the others are carried out only
 * if what is in front of it was answered as foreseen.
 */
#include "store/redis/commands_merge.h"

#include "store/bytes.h"

#define HEAD_WORDS 3 /* EVALSHA, the script's name, how many keys */
/* Of a part in the first word: letter, how many keys, how many words. */
#define PART_BYTES 5
#define COUNT_MAX 65535

static const char letters[SCRIPT_KINDS] = {
	[SCRIPT_NOTE] = 'n',
	[SCRIPT_REMEMBER] = 'r',
	[SCRIPT_RECALL] = 'c',
	[SCRIPT_FACTS] = 'f',
	[SCRIPT_TALLY] = 't',
	[SCRIPT_PEER] = 'o',
	[SCRIPT_PLACE] = 'p',
	[SCRIPT_APPEND] = 'e',
	[SCRIPT_GUARD] = 'g',
};

static size_t
words_of(const struct command *part)
{
	return part->count - HEAD_WORDS - part->key_count;
}

static bool
is_part(const struct command *command, bool aside)
{
	return command->aside == aside && command->script != SCRIPT_NONE &&
		letters[command->script] != '\0' &&
		command->key_count <= COUNT_MAX &&
		words_of(command) <= COUNT_MAX;
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
		sum.words += words_of(round);
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
	for (size_t i = HEAD_WORDS + part->key_count; i < part->count; i++)
		command_word(merged, part->words[i]);
}

/* What the parts are, in one word. */
static void
put_head(struct command *merged)
{
	size_t len = merged->part_count * PART_BYTES;
	char *head = arena_bytes(merged->arena, len), *p = head;

	for (size_t i = 0; head != NULL && i < merged->part_count; i++) {
		const struct command *part = merged->parts[i];

		*p++ = letters[part->script];
		p = bytes_put(p, part->key_count, 2);
		p = bytes_put(p, words_of(part), 2);
	}
	command_word(merged, (struct slice){head, head != NULL ? len : 0});
}

static struct command *
new_merged(struct arena *arena, const struct sum *sum)
{
	struct command *merged = command_new(
		arena, SCRIPT_BATCH, sum->keys, sum->keys + 1 + sum->words);

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
	put_head(merged);
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
