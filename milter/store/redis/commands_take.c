/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Most mail comes in: it leaves traces and counts for a mailbox or some, and
 * nothing else. Each word of a call costs Redis as much as ten lines of a
 * script, so what such a message leaves is packed into one, and has a script of
 * its own (take.lua). Its parts stay commands: what fails has its own answer.
 */
#include "store/redis/commands_take.h"

#include "store/bytes.h"

#include <stdio.h>
#include <string.h>

#define HEAD_WORDS 3 /* EVALSHA, the script's name, how many keys */
#define OPTION_WORDS 5
#define PARTS_MAX 255
#define TEXT_MAX 65535
#define TTL_MS_MAX UINT32_MAX
#define HEAD_BYTES 2
#define TRACE_BYTES 19 /* beside the members */
#define MAILBOX_BYTES 11 /* beside the authors */
#define PRINT_BYTES 8

/* Behind the keys of each, as remember.lua and tally.lua say. */
enum {
	REMEMBER_ID = 1,
	REMEMBER_SIMPLE = 5,
	REMEMBER_MEMBERS
};
enum {
	TALLY_AT,
	TALLY_PRINT = 3,
	TALLY_OPTIONS,
	TALLY_AUTHORS = 8
};

static struct slice
word_of(const struct command *part, size_t i)
{
	i += HEAD_WORDS + part->key_count;
	return i < part->count ? part->words[i] : SLICE("");
}

static const struct store_op *
op_of(const struct commands *b, const struct command *part)
{
	return &b->request->ops[part->ops[0]];
}

static bool
is_trace(const struct commands *b, const struct command *part)
{
	return part->script == SCRIPT_REMEMBER &&
		op_of(b, part)->remember.ttl_ms >= 0 &&
		op_of(b, part)->remember.ttl_ms <= TTL_MS_MAX &&
		word_of(part, REMEMBER_MEMBERS).len <= TEXT_MAX;
}

static bool
is_mailbox(const struct commands *b, const struct command *part)
{
	return part->script == SCRIPT_TALLY &&
		op_of(b, part)->tally.what == TALLY_RECEIVED &&
		word_of(part, TALLY_PRINT).len == PRINT_BYTES &&
		word_of(part, TALLY_AUTHORS).len <= TEXT_MAX;
}

/* What the round comes to. */
struct taken {
	size_t traces, mailboxes, keys, bytes;
};

static bool
measure(const struct commands *b, struct taken *taken)
{
	*taken = (struct taken){.bytes = HEAD_BYTES};
	for (const struct command *part = b->first; part != NULL;
		part = part->next) {
		if (!command_is_whole(part))
			return false;
		taken->keys += part->key_count;
		if (is_trace(b, part)) {
			taken->traces++;
			taken->bytes += TRACE_BYTES +
				word_of(part, REMEMBER_MEMBERS).len;
		} else if (is_mailbox(b, part)) {
			taken->mailboxes++;
			taken->bytes += MAILBOX_BYTES +
				word_of(part, TALLY_AUTHORS).len;
		} else {
			return false;
		}
	}
	return taken->mailboxes > 0 && taken->mailboxes <= PARTS_MAX &&
		taken->traces <= PARTS_MAX;
}

static char *
put_text(char *out, struct slice text)
{
	if (text.len > 0)
		memcpy(out, text.p, text.len);
	return out + text.len;
}

static char *
put_sized(char *out, struct slice text)
{
	return put_text(bytes_put(out, text.len, 2), text);
}

static char *
put_trace(char *out, const struct commands *b, const struct command *part)
{
	const struct store_remember *remember = &op_of(b, part)->remember;
	bool simple = slice_equal(word_of(part, REMEMBER_SIMPLE), SLICE("1"));

	out = bytes_put(out, b->shared->options->trace_members, 4);
	out = bytes_put(out, (uint64_t)remember->ttl_ms, 4);
	out = bytes_put(out, (remember->anew ? 1U : 0) | (simple ? 2U : 0), 1);
	out = put_text(out, word_of(part, REMEMBER_ID));
	return put_sized(out, word_of(part, REMEMBER_MEMBERS));
}

static char *
put_mailbox(char *out, const struct commands *b, const struct command *part)
{
	const struct store_tally *tally = &op_of(b, part)->tally;
	struct slice authors = word_of(part, TALLY_AUTHORS);

	out = put_text(out, word_of(part, TALLY_PRINT));
	out = bytes_put(out,
		(tally->keyword ? 1U : 0) | (part->key_count > 2 ? 2U : 0), 1);
	return put_sized(out, authors);
}

static struct slice
packed(const struct commands *b, const struct command *take,
	const struct taken *taken)
{
	char *bytes = arena_bytes(b->arena, taken->bytes), *out = bytes;

	if (bytes == NULL)
		return (struct slice){NULL, 0};
	out = bytes_put(out, taken->traces, 1);
	out = bytes_put(out, taken->mailboxes, 1);
	for (size_t i = 0; i < take->part_count; i++) {
		out = i < taken->traces ? put_trace(out, b, take->parts[i])
					: put_mailbox(out, b, take->parts[i]);
	}
	return (struct slice){bytes, taken->bytes};
}

/* Those of the script move, in their order. */
static void
move_parts(struct commands *b, struct command *take, enum script script)
{
	struct command **at = &b->first;

	while (*at != NULL) {
		if ((*at)->script == script) {
			struct command *part = command_cut(at);

			part->read = NULL;
			take->parts[take->part_count++] = part;
		} else {
			at = &(*at)->next;
		}
	}
}

static struct command *
new_take(const struct commands *b, const struct taken *taken)
{
	struct command *take = command_new(b->arena, SCRIPT_TAKE, taken->keys,
		taken->keys + OPTION_WORDS + 1);

	if (take == NULL)
		return NULL;
	take->op_count = taken->traces + taken->mailboxes;
	take->parts =
		arena_array(b->arena, take->op_count, sizeof(*take->parts));
	return take->parts != NULL ? take : NULL;
}

static void
put_words(struct command *take, const struct command *mailbox)
{
	for (size_t i = 0; i < take->part_count; i++) {
		const struct command *part = take->parts[i];

		for (size_t k = 0; k < part->key_count; k++)
			command_word(take, part->words[HEAD_WORDS + k]);
	}
	take->key = take->words[HEAD_WORDS];
	command_word(take, word_of(mailbox, TALLY_AT));
	for (size_t i = TALLY_OPTIONS; i < TALLY_AUTHORS; i++)
		command_word(take, word_of(mailbox, i));
}

bool
commands_take(struct commands *b)
{
	struct command *take;
	struct taken taken;

	if (b->request->awaited || !measure(b, &taken))
		return true;
	take = new_take(b, &taken);
	if (take == NULL)
		return false;
	move_parts(b, take, SCRIPT_REMEMBER);
	move_parts(b, take, SCRIPT_TALLY);
	put_words(take, take->parts[taken.traces]);
	command_word(take, packed(b, take, &taken));
	b->first = take;
	return true;
}

/* Where its options begin. */
static const struct slice *
options_of(const struct command *take)
{
	return take->words + HEAD_WORDS + take->key_count;
}

static bool
goes_with(const struct command *first, const struct command *take)
{
	if (take->script != SCRIPT_TAKE || take->asking)
		return false;
	for (size_t i = 0; i < OPTION_WORDS; i++) {
		if (!slice_equal(options_of(first)[i], options_of(take)[i]))
			return false;
	}
	return true;
}

/* How many, and how many keys they have. */
static size_t
count_together(const struct command *list, size_t *keys)
{
	const struct command *take = list;
	size_t messages = 0;

	*keys = 0;
	while (take != NULL && messages < TAKE_MESSAGES_MAX &&
		goes_with(list, take) &&
		HEAD_WORDS + *keys + take->key_count + OPTION_WORDS + messages <
			TAKE_WORDS_MAX) {
		*keys += take->key_count;
		messages++;
		take = take->next;
	}
	return messages;
}

size_t
commands_take_join(const struct command *list, struct take_call *call)
{
	size_t keys, messages = 0, room;
	struct slice *words = call->words;

	if (list->script == SCRIPT_TAKE)
		messages = count_together(list, &keys);
	if (messages < 2)
		return 0;
	(void)snprintf(call->keys, sizeof(call->keys), "%zu", keys);
	words[0] = list->words[0];
	words[2] = slice_of(call->keys);
	call->count = HEAD_WORDS;
	room = HEAD_WORDS + keys;
	memcpy(words + room, options_of(list), OPTION_WORDS * sizeof(*words));
	room += OPTION_WORDS;
	for (size_t i = 0; i < messages; i++, list = list->next) {
		memcpy(words + call->count, list->words + HEAD_WORDS,
			list->key_count * sizeof(*words));
		call->count += list->key_count;
		words[room++] = options_of(list)[OPTION_WORDS];
	}
	call->count = room;
	return messages;
}

bool
commands_take_is_done(const struct reply *reply)
{
	int64_t number;

	return reply != NULL && reply_number(reply, &number) && number == 1;
}
