/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Operations to commands, and answers back.
 *
 * All notes of a batch that live in one place (on one node: all; in a
 * cluster: those of one slot) are one script call, in which they may wait for
 * each other. A note that waits for one in another slot goes out in the next
 * wave, when the answer it waits for is known. A tally's marks that live in
 * other slots are made in the wave after it, too.
 */
#include "store/redis.h"

#include "base/digest.h"
#include "store/rediskey.h"

#include <stdlib.h>
#include <string.h>

#define NOTE_WORDS 9
#define PRINT_BYTES 8
#define ONCE_PRINTS 256
#define DEST_MAX "10000"
#define TOP_MAX "100000"
#define HOUR_MS ((int64_t)3600000)
#define DAY_MS (24 * HOUR_MS)

struct builder {
	struct redis *redis;
	struct request *request;
	struct arena *arena;
	const char *prefix;
	uint8_t wave;
	struct command *first, **end;
};

static void
push(struct builder *b, struct command *command)
{
	*b->end = command;
	b->end = &command->next;
}

static struct slice
present(struct slice text)
{
	return text.p != NULL ? text : SLICE("");
}

static struct slice
tagged(const struct builder *b, const char *kind, struct slice text)
{
	return rediskey_tagged(
		b->arena, b->prefix, kind, text, (struct slice){NULL, 0});
}

/* A script call for one operation; its first key decides the slot. */
static struct command *
one_op(struct builder *b, size_t op, enum script script, size_t keys,
	size_t words)
{
	struct command *command =
		command_new(b->request, script, keys, keys + words);

	b->request->wave_of[op] = b->wave;
	if (command == NULL)
		return NULL;
	command->ops = arena_alloc(b->arena, sizeof *command->ops);
	if (command->ops == NULL)
		return NULL;
	command->ops[0] = (uint16_t)op;
	command->op_count = 1;
	return command;
}

static struct store_op *
op_of(const struct command *command, size_t i)
{
	return &command->request->ops[command->ops[i]];
}

static bool
add_remember(struct builder *b, size_t i)
{
	const struct store_remember *remember = &b->request->ops[i].remember;
	struct command *command =
		one_op(b, i, SCRIPT_REMEMBER, 1, 3 + remember->count);
	size_t k;

	if (command == NULL)
		return false;
	command->key = tagged(b, "seen", remember->id);
	command_word(command, command->key);
	command_number(command, b->request->at_ms);
	command_number(command, remember->ttl_ms);
	command_number(command, b->redis->options.trace_members);
	for (k = 0; k < remember->count; k++)
		command_word(command, present(remember->members[k]));
	push(b, command);
	return true;
}

static bool
read_recall(struct command *command)
{
	const struct reply *reply = command->reply;
	struct store_recall *recall = &op_of(command, 0)->recall;
	struct store_member *members = arena_array(
		command->request->arena, reply->count / 2, sizeof *members);
	size_t i;

	if (reply->type != REPLY_ARRAY || reply->count % 2 != 0 ||
		members == NULL)
		return false;
	for (i = 0; i < reply->count / 2; i++) {
		const struct reply *name = &reply->items[2 * i];

		if (name->type != REPLY_TEXT ||
			!reply_number(
				&reply->items[2 * i + 1], &members[i].at_ms))
			return false;
		members[i].name = name->text;
	}
	recall->members = members;
	recall->count = reply->count / 2;
	return true;
}

static bool
add_recall(struct builder *b, size_t i)
{
	struct store_recall *recall = &b->request->ops[i].recall;
	struct command *command = one_op(b, i, SCRIPT_NONE, 0, 5);

	recall->members = NULL;
	recall->count = 0;
	if (command == NULL)
		return false;
	command->key = tagged(b, "seen", recall->id);
	command->read = read_recall;
	command_word(command, SLICE("ZREVRANGE"));
	command_word(command, command->key);
	command_word(command, SLICE("0"));
	command_number(command, (int64_t)recall->cap - 1);
	command_word(command, SLICE("WITHSCORES"));
	push(b, command);
	return true;
}

#define FACTS_NUMBERS 10

static bool
read_facts(struct command *command)
{
	const struct reply *reply = command->reply;
	struct store_facts *facts = &op_of(command, 0)->facts;
	int64_t n[FACTS_NUMBERS];
	size_t i;

	if (reply->type != REPLY_ARRAY || reply->count != FACTS_NUMBERS)
		return false;
	for (i = 0; i < FACTS_NUMBERS; i++)
		if (!reply_number(&reply->items[i], &n[i]) || n[i] < 0)
			return false;
	facts->known = n[0] != 0;
	facts->route_count = (uint64_t)n[1];
	facts->route_first_ms = n[2];
	facts->route_last_ms = n[3];
	facts->received_day = (uint64_t)n[4];
	facts->forwarded_day = (uint64_t)n[5];
	facts->keyword_received_day = (uint64_t)n[6];
	facts->keyword_forwarded_day = (uint64_t)n[7];
	facts->forwarded_hour = (uint64_t)n[8];
	facts->contained = n[9] != 0;
	return true;
}

static bool
add_facts(struct builder *b, size_t i)
{
	const struct store_facts *facts = &b->request->ops[i].facts;
	struct command *command = one_op(b, i, SCRIPT_FACTS, 3, 3);

	if (command == NULL)
		return false;
	command->key = tagged(b, "box", facts->mailbox);
	command->read = read_facts;
	command_word(command, command->key);
	command_word(command, tagged(b, "route", facts->mailbox));
	command_word(command, tagged(b, "contain", facts->mailbox));
	command_word(command, present(facts->destination));
	command_number(command, b->request->at_ms / HOUR_MS);
	command_number(command, b->request->at_ms);
	push(b, command);
	return true;
}

static bool
read_tally(struct command *command)
{
	const struct reply *reply = command->reply;

	return reply->type == REPLY_ARRAY && reply->count == 2 &&
		reply_number(&reply->items[1], &command->number);
}

static struct slice
day_of(const struct builder *b)
{
	return arena_printf(
		b->arena, "%lld", (long long)(b->request->at_ms / DAY_MS));
}

static bool
add_tally(struct builder *b, size_t i)
{
	static const char *const names[TALLY_COUNT] = {
		[TALLY_RECEIVED] = "received",
		[TALLY_FORWARDED] = "forwarded",
		[TALLY_TAGGED] = "tagged",
		[TALLY_QUARANTINED] = "quarantined",
	};
	const struct store_tally *tally = &b->request->ops[i].tally;
	const struct store_options *options = &b->redis->options;
	bool marks =
		tally->what == TALLY_FORWARDED && b->redis->cluster == NULL;
	size_t keys = marks ? 5 : 3;
	struct command *command = one_op(b, i, SCRIPT_TALLY, keys, 13);

	if (command == NULL)
		return false;
	command->key = tagged(b, "box", tally->mailbox);
	command->read = read_tally;
	command_word(command, command->key);
	command_word(command, tagged(b, "route", tally->mailbox));
	command_word(command, tagged(b, "once", tally->mailbox));
	if (marks) {
		command_word(command, tagged(b, "dest", tally->destination));
		command_word(command,
			rediskey_plain(b->arena, b->prefix, "top", day_of(b)));
	}
	command_number(command, b->request->at_ms);
	command_word(command, slice_of(names[tally->what]));
	command_word(command, present(tally->destination));
	command_word(command, tally->keyword ? SLICE("1") : SLICE("0"));
	command_word(command, present(tally->identity));
	command_number(command, b->request->at_ms / HOUR_MS);
	command_word(command, day_of(b));
	command_number(command, options->routes);
	command_number(command, options->box_ttl_ms);
	command_number(command, ONCE_PRINTS);
	command_number(command, options->once_ttl_ms);
	command_word(command, present(tally->mailbox));
	command_number(command, options->day_ttl_ms);
	push(b, command);
	return true;
}

/* "prefix:once:{prefix:events}:<digest>": the slot is that of the stream. */
static struct slice
event_mark(struct builder *b, struct slice stream, struct slice json)
{
	unsigned char digest[DIGEST_BYTES];
	char hex[2 * PRINT_BYTES + 1];

	if (!digest_parts(&json, 1, digest))
		return (struct slice){NULL, 0};
	digest_hex(digest, PRINT_BYTES, hex);
	return rediskey_tagged(
		b->arena, b->prefix, "once", stream, slice_of(hex));
}

static bool
add_append(struct builder *b, size_t i)
{
	struct command *command = one_op(b, i, SCRIPT_APPEND, 2, 3);
	struct slice json = present(b->request->ops[i].append.json);

	if (command == NULL)
		return false;
	command->key = rediskey_plain(
		b->arena, b->prefix, "events", (struct slice){NULL, 0});
	command_word(command, command->key);
	command_word(command, event_mark(b, command->key, json));
	command_word(command, json);
	command_number(command, b->redis->options.events);
	command_number(command, b->redis->options.once_ttl_ms);
	push(b, command);
	return true;
}

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
read_one_note(const struct reply *reply, struct store_note *note)
{
	int64_t done, before, count, fresh;

	if (reply->type != REPLY_ARRAY || reply->count != 5 ||
		!reply_number(&reply->items[0], &done) ||
		!reply_number(&reply->items[1], &before) ||
		!reply_number(&reply->items[2], &count) ||
		!reply_number(&reply->items[3], &fresh) ||
		!read_double(&reply->items[4], &note->sum))
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
	size_t i;

	if (reply->type != REPLY_ARRAY || reply->count != command->op_count)
		return false;
	for (i = 0; i < command->op_count; i++)
		if (!read_one_note(&reply->items[i], &op_of(command, i)->note))
			return false;
	return true;
}

static uint16_t
slot_of(const struct builder *b, const struct store_note *note)
{
	if (b->redis->cluster == NULL)
		return 0;
	return rediskey_slot(tagged(b, "win", note->group));
}

/* Where in the command the note stands that this one waits for; -1: it waits
 * for none. False: not in this command, and not known yet. */
static bool
place_after(const struct builder *b, const struct command *command, size_t i,
	int *place)
{
	const struct store_note *note = &b->request->ops[i].note;
	size_t k;

	*place = -1;
	if (note->after < 0)
		return true;
	for (k = 0; k < command->op_count; k++)
		if (command->ops[k] == note->after) {
			*place = (int)k;
			return true;
		}
	return b->request->wave_of[note->after] != 0 &&
		b->request->wave_of[note->after] < b->wave;
}

/* Notes that wait for what never comes, or has come and does not hold. */
static bool
is_void(const struct builder *b, size_t i)
{
	const struct store_op *ops = b->request->ops;
	const struct store_note *note = &ops[i].note, *after;

	if (note->after < 0)
		return false;
	if ((size_t)note->after >= i || ops[note->after].verb != STORE_NOTE)
		return true;
	after = &ops[note->after].note;
	return b->request->wave_of[note->after] != 0 &&
		b->request->wave_of[note->after] < b->wave &&
		(!after->done || after->count < note->after_least);
}

static void
clear_answers(struct store_note *note)
{
	note->before = note->count = 0;
	note->sum = 0;
	note->fresh = note->done = false;
}

static bool
policy_is_known(struct redis *redis, struct slice policy, int64_t window_ms)
{
	const void *known;

	pthread_mutex_lock(&redis->lock);
	known = map_find(redis->policies, policy);
	pthread_mutex_unlock(&redis->lock);
	return (intptr_t)known == (intptr_t)window_ms + 1;
}

static bool
read_policy(struct command *command)
{
	struct redis *redis = command->request->ctx;

	pthread_mutex_lock(&redis->lock);
	(void)map_put(redis->policies, command->words[2],
		(void *)(intptr_t)(command->number + 1), NULL);
	pthread_mutex_unlock(&redis->lock);
	return true;
}

/* Tells Redis, once, that there is such a policy, and its window: so that
 * people can be shown the windows of a group. */
static bool
introduce(struct builder *b, const struct store_note *note)
{
	struct slice policy = present(note->policy);
	struct command *command;

	if (policy_is_known(b->redis, policy, note->window_ms))
		return true;
	command = command_new(b->request, SCRIPT_NONE, 0, 4);
	if (command == NULL)
		return false;
	command->key = rediskey_plain(
		b->arena, b->prefix, "policies", (struct slice){NULL, 0});
	command->number = note->window_ms;
	command->read = read_policy;
	command_word(command, SLICE("HSET"));
	command_word(command, command->key);
	command_word(command, policy);
	command_number(command, note->window_ms);
	push(b, command);
	return true;
}

static void
put_note_keys(struct builder *b, struct command *command, size_t op)
{
	const struct store_note *note = &b->request->ops[op].note;
	const char *kind = note->mode == NOTE_STEP ? "seq" : "win";
	struct slice policy = present(note->policy);

	command_word(command,
		rediskey_tagged(
			b->arena, b->prefix, kind, note->group, policy));
	command_word(command,
		rediskey_tagged(
			b->arena, b->prefix, "val", note->group, policy));
}

static void
put_note_words(struct builder *b, struct command *command, size_t op)
{
	static const char *const modes[] = {
		[NOTE_COUNT] = "count",
		[NOTE_SUM] = "sum",
		[NOTE_STEP] = "step",
	};
	const struct store_note *note = &b->request->ops[op].note;
	int after;

	(void)place_after(b, command, op, &after);
	command_word(command, slice_of(modes[note->mode]));
	command_word(command, present(note->member));
	command_number(command, note->window_ms);
	command_number(command,
		note->cap > 0 && note->cap < STORE_CAP_MAX ? note->cap
							   : STORE_CAP_MAX);
	command_word(command, arena_printf(b->arena, "%.17g", note->value));
	command_number(command, note->step);
	command_number(command, note->steps);
	command_number(command, after);
	command_number(command, (int64_t)note->after_least);
}

/* Which notes go with the one at first: those of its slot that wait for
 * nothing, for what is known, or for one of their own. */
static struct command *
gather_notes(struct builder *b, size_t first, struct command *gathered)
{
	uint16_t slot = slot_of(b, &b->request->ops[first].note);
	size_t i;

	gathered->ops = arena_array(
		b->arena, b->request->op_count - first, sizeof *gathered->ops);
	for (i = first; gathered->ops != NULL && i < b->request->op_count;
		i++) {
		const struct store_op *op = &b->request->ops[i];
		int place;

		if (op->verb != STORE_NOTE || b->request->wave_of[i] != 0 ||
			slot_of(b, &op->note) != slot || is_void(b, i) ||
			!place_after(b, gathered, i, &place))
			continue;
		gathered->ops[gathered->op_count++] = (uint16_t)i;
	}
	return gathered->ops != NULL ? gathered : NULL;
}

static bool
add_note(struct builder *b, size_t i)
{
	struct command gathered = {.op_count = 0}, *command;
	size_t k;

	clear_answers(&b->request->ops[i].note);
	if (is_void(b, i)) {
		b->request->wave_of[i] = b->wave;
		return true;
	}
	if (gather_notes(b, i, &gathered) == NULL)
		return false;
	if (gathered.op_count == 0 || gathered.ops[0] != i)
		return true;
	command = command_new(b->request, SCRIPT_NOTE, 2 * gathered.op_count,
		1 + gathered.op_count * (NOTE_WORDS + 2));
	if (command == NULL)
		return false;
	command->ops = gathered.ops;
	command->op_count = gathered.op_count;
	command->read = read_notes;
	for (k = 0; k < command->op_count; k++) {
		b->request->wave_of[command->ops[k]] = b->wave;
		put_note_keys(b, command, command->ops[k]);
		if (!introduce(b, &op_of(command, k)->note))
			return false;
	}
	command->key = command->words[3];
	command_number(command, b->request->at_ms);
	for (k = 0; k < command->op_count; k++)
		put_note_words(b, command, command->ops[k]);
	push(b, command);
	return true;
}

static bool
add_mark(struct builder *b, struct slice key, int64_t score,
	struct slice member, const char *cap, int64_t ttl_ms)
{
	struct command *command = command_new(b->request, SCRIPT_MARK, 1, 5);

	if (command == NULL)
		return false;
	command->key = key;
	command_word(command, key);
	command_number(command, score);
	command_word(command, present(member));
	command_word(command, slice_of(cap));
	command_number(command, ttl_ms);
	push(b, command);
	return true;
}

/* In a cluster: what a forward's tally leaves to do in other slots. */
static bool
add_marks(struct builder *b, const struct command *tallied)
{
	const struct store_tally *tally = &op_of(tallied, 0)->tally;
	const struct store_options *options = &b->redis->options;
	bool ok = true;

	if (tally->destination.len > 0)
		ok = add_mark(b, tagged(b, "dest", tally->destination),
			b->request->at_ms, tally->mailbox, DEST_MAX,
			options->box_ttl_ms);
	if (tallied->number > 0)
		ok = ok &&
			add_mark(b,
				rediskey_plain(
					b->arena, b->prefix, "top", day_of(b)),
				tallied->number, tally->mailbox, TOP_MAX,
				options->day_ttl_ms);
	return ok;
}

static bool
follow_up(struct builder *b)
{
	struct command *command;

	for (command = b->request->commands; command != NULL;
		command = command->sibling) {
		if (command->script != SCRIPT_TALLY || command->followed)
			continue;
		command->followed = true;
		if (op_of(command, 0)->tally.what == TALLY_FORWARDED &&
			!add_marks(b, command))
			return false;
	}
	return true;
}

/* When memory is short the rest of the batch is left out, and the request
 * says so: a command without words is refused. */
struct command *
wave_build(struct request *request, void *ctx)
{
	static bool (*const add[])(struct builder *, size_t) = {
		[STORE_NOTE] = add_note,
		[STORE_REMEMBER] = add_remember,
		[STORE_RECALL] = add_recall,
		[STORE_FACTS] = add_facts,
		[STORE_TALLY] = add_tally,
		[STORE_APPEND] = add_append,
	};
	struct redis *redis = ctx;
	struct builder b = {
		.redis = redis,
		.request = request,
		.arena = request->arena,
		.prefix = redis->prefix,
		.wave = (uint8_t)(request->waves + 1),
	};
	bool ok = true;
	size_t i;

	b.end = &b.first;
	if (request->waves > 0 && redis->cluster == NULL)
		return NULL;
	for (i = 0; ok && i < request->op_count; i++)
		if (request->wave_of[i] == 0)
			ok = add[request->ops[i].verb](&b, i);
	if (ok && redis->cluster != NULL)
		ok = follow_up(&b);
	if (ok)
		return b.first;
	b.first = command_new(request, SCRIPT_NONE, 0, 1);
	return b.first;
}
