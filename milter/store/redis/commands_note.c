/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Notes to script calls, and answers back. All notes of a batch that live in
 * one place (on one node: all; in a cluster: those of one slot) are one call,
 * in which they may wait for each other. A note that waits for one in another
 * slot goes out in the next round, when the answer it waits for is known.
 */
#include "store/redis/commands_note.h"

#include "store/bytes.h"
#include "store/redis/commands_place.h"
#include "store/redis/redis_key.h"

#include <stdlib.h>
#include <string.h>

#define NOTE_WORDS 2
#define NOTE_ANSWERS 5
#define NOTE_BYTES 21
/* A window is 6 bytes of milliseconds at most. */
#define WINDOW_MS_MAX (((int64_t)1 << 48) - 1)

/* "12.5": what the script prints with %.17g, or inf and nan. */
static bool
read_double(const struct reply *reply, double *out)
{
	char *end;

	if (reply->type != REPLY_TEXT || reply->text.len == 0)
		return false;
	*out = strtod(reply->text.p, &end);
	return end == reply->text.p + reply->text.len;
}

static bool
read_one_note(const struct reply *answers, struct note *note)
{
	int64_t done, before, count, fresh;

	if (!reply_number(&answers[0], &done) ||
		!reply_number(&answers[1], &before) ||
		!reply_number(&answers[2], &count) ||
		!reply_number(&answers[3], &fresh) ||
		!read_double(&answers[4], &note->sum))
		return false;
	note->done = done != 0;
	note->before = (uint64_t)before;
	note->count = (uint64_t)count;
	note->fresh = fresh != 0;
	return before >= 0 && count >= 0;
}

static bool
read_notes(struct command *command)
{
	const struct reply *reply = command->reply;

	if (reply->type != REPLY_ARRAY ||
		reply->count != NOTE_ANSWERS * command->op_count)
		return false;
	for (size_t i = 0; i < command->op_count; i++) {
		if (!read_one_note(&reply->items[NOTE_ANSWERS * i],
			    &commands_op(command, i)->note))
			return false;
	}
	return true;
}

static uint16_t
slot_of(const struct commands *b, const struct note *note)
{
	if (!b->shared->spread)
		return 0;
	return redis_key_slot(commands_tagged(b, "win", note->group));
}

/* Where in the command the note stands that this one waits for; -1: it waits
 * for none. False: not in this command, and not known yet. */
static bool
position_of_after(const struct commands *b, const struct command *command,
	size_t i, int *position)
{
	const struct note *note = &b->request->ops[i].note;

	*position = -1;
	if (note->after < 0)
		return true;
	for (size_t k = 0; k < command->op_count; k++) {
		if (command->ops[k] == note->after) {
			*position = (int)k;
			return true;
		}
	}
	return b->request->commands_of[note->after] != 0 &&
		b->request->commands_of[note->after] < b->round;
}

/* Notes that wait for what never comes, or has come and does not hold. */
static bool
is_void(const struct commands *b, size_t i)
{
	const struct store_op *ops = b->request->ops;
	const struct note *note = &ops[i].note, *after;

	if (note->after < 0)
		return false;
	if ((size_t)note->after >= i || ops[note->after].verb != STORE_NOTE)
		return true;
	after = &ops[note->after].note;
	return b->request->commands_of[note->after] != 0 &&
		b->request->commands_of[note->after] < b->round &&
		(!after->done || after->count < note->after_least);
}

static bool
policy_is_known(
	struct commands_shared *shared, struct slice policy, int64_t window_ms)
{
	const void *known;

	pthread_mutex_lock(&shared->lock);
	known = map_find(shared->policies, policy);
	pthread_mutex_unlock(&shared->lock);
	return (intptr_t)known == (intptr_t)window_ms + 1;
}

static bool
read_policy(struct command *command)
{
	struct commands_shared *shared = command->request->round_ctx;

	pthread_mutex_lock(&shared->lock);
	(void)map_put(shared->policies, command->words[2],
		(void *)(intptr_t)(command->number + 1), NULL);
	pthread_mutex_unlock(&shared->lock);
	return true;
}

/* Tells Redis, once, that there is such a policy, and its window: so that
 * people can be shown the windows of a group. */
static bool
introduce(struct commands *b, const struct note *note)
{
	struct slice policy = commands_present(note->policy);
	struct command *command;

	if (policy_is_known(b->shared, policy, note->window_ms))
		return true;
	command = command_new(b->arena, SCRIPT_NONE, 0, 4);
	if (command == NULL)
		return false;
	command->key = redis_key_plain(
		b->arena, b->prefix, "policies", (struct slice){NULL, 0});
	command->number = note->window_ms;
	command->read = read_policy;
	command_word(command, SLICE("HSET"));
	command_word(command, command->key);
	command_word(command, policy);
	command_number(command, note->window_ms);
	commands_push(b, command);
	return true;
}

/* What people's questions need to find its window. */
static bool
tell_of(struct commands *b, const struct note *note)
{
	return introduce(b, note) && commands_place_add(b, note);
}

static void
put_note_keys(struct commands *b, struct command *command, size_t op)
{
	const struct note *note = &b->request->ops[op].note;
	const char *kind = note->mode == NOTE_STEP ? "seq" : "win";
	struct slice policy = commands_present(note->policy);

	command_word(command,
		redis_key_tagged(
			b->arena, b->prefix, kind, note->group, policy));
	if (note->mode != NOTE_SUM)
		return;
	command_word(command,
		redis_key_tagged(
			b->arena, b->prefix, "val", note->group, policy));
}

static int64_t
at_most(int64_t number, int64_t most)
{
	return number < 0 ? 0 : number < most ? number : most;
}

/* Its numbers in one word (note.lua). */
static struct slice
packed_note(struct commands *b, const struct note *note, int after)
{
	char bytes[NOTE_BYTES], *out = bytes;
	int64_t cap = note->cap > 0 ? at_most(note->cap, STORE_CAP_MAX)
				    : STORE_CAP_MAX;
	struct slice parts[2] = {{bytes, sizeof(bytes)}, {NULL, 0}};

	out = bytes_put(out, note->mode, 1);
	out = bytes_put(
		out, (uint64_t)at_most(note->window_ms, WINDOW_MS_MAX), 6);
	out = bytes_put(out, (uint64_t)cap, 4);
	out = bytes_put(out, note->step, 2);
	out = bytes_put(out, note->steps, 2);
	out = bytes_put(out, (uint64_t)after + 1, 2);
	(void)bytes_put(out,
		note->after_least < UINT32_MAX ? note->after_least : UINT32_MAX,
		4);
	if (note->mode == NOTE_SUM)
		parts[1] = arena_printf(b->arena, "%.17g", note->value);
	return arena_join(b->arena, parts, note->mode == NOTE_SUM ? 2 : 1);
}

static void
put_note_words(struct commands *b, struct command *command, size_t op)
{
	const struct note *note = &b->request->ops[op].note;
	int after;

	(void)position_of_after(b, command, op, &after);
	command_word(command, commands_present(note->member));
	command_word(command, packed_note(b, note, after));
}

/* Which notes go with the one at first: those of its slot that wait for
 * nothing, for what is known, or for one of their own. */
static struct command *
gather_notes(struct commands *b, size_t first, struct command *gathered)
{
	uint16_t slot = slot_of(b, &b->request->ops[first].note);

	gathered->ops = arena_array(
		b->arena, b->request->op_count - first, sizeof(*gathered->ops));
	for (size_t i = first;
		gathered->ops != NULL && i < b->request->op_count; i++) {
		const struct store_op *op = &b->request->ops[i];
		int position;

		if (op->verb != STORE_NOTE || b->request->commands_of[i] != 0 ||
			slot_of(b, &op->note) != slot || is_void(b, i) ||
			!position_of_after(b, gathered, i, &position))
			continue;
		gathered->ops[gathered->op_count++] = (uint16_t)i;
	}
	return gathered->ops != NULL ? gathered : NULL;
}

static size_t
note_keys(const struct commands *b, const struct command *gathered)
{
	size_t keys = gathered->op_count;

	for (size_t i = 0; i < gathered->op_count; i++) {
		const struct note *note =
			&b->request->ops[gathered->ops[i]].note;

		keys += note->mode == NOTE_SUM;
	}
	return keys;
}

bool
commands_note_add(struct commands *b, size_t i)
{
	struct command gathered = {.op_count = 0}, *command;
	size_t keys;

	note_clear(&b->request->ops[i].note);
	if (is_void(b, i)) {
		b->request->commands_of[i] = b->round;
		return true;
	}
	if (gather_notes(b, i, &gathered) == NULL)
		return false;
	if (gathered.op_count == 0 || gathered.ops[0] != i)
		return true;
	keys = note_keys(b, &gathered);
	command = command_new(b->arena, SCRIPT_NOTE, keys,
		keys + 2 + gathered.op_count * NOTE_WORDS);
	if (command == NULL)
		return false;
	command->ops = gathered.ops;
	command->op_count = gathered.op_count;
	command->read = read_notes;
	for (size_t k = 0; k < command->op_count; k++) {
		b->request->commands_of[command->ops[k]] = b->round;
		put_note_keys(b, command, command->ops[k]);
		if (!tell_of(b, &b->request->ops[command->ops[k]].note))
			return false;
	}
	command->key = command->words[3];
	command_word(command, commands_at(b));
	command_number(command, (int64_t)command->op_count);
	for (size_t k = 0; k < command->op_count; k++)
		put_note_words(b, command, command->ops[k]);
	commands_push(b, command);
	return true;
}
