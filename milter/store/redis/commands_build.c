/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Operations to commands, and answers back. A tally's marks that live in
 * other slots of a cluster are made in the round after it, as are notes that
 * wait for others (commands_note.c).
 */
#include "store/redis/commands_build.h"

#include "base/codec.h"
#include "base/digest.h"
#include "store/redis/commands_guard.h"
#include "store/redis/commands_merge.h"
#include "store/redis/commands_note.h"
#include "store/redis/commands_take.h"
#include "store/redis/redis_key.h"
#include "store/redis/redis_peer.h"
#include "store/redis/redis_trace.h"

#include <stdlib.h>
#include <string.h>

#define PRINT_BYTES 8
/* Of a mailbox, in one generation: more than it is likely to be counted for
 * in the seconds that are told again. */
#define DEDUP_PRINTS 8192
#define FACTS_NUMBERS 10
#define FACTS_PEER_NUMBERS 6 /* then comes what is known of the peer */

/* A script call for one operation; its first key decides the slot. */
static struct command *
one_op(struct commands *b, size_t op, enum script script, size_t keys,
	size_t words)
{
	struct command *command =
		command_new(b->arena, script, keys, keys + words);

	b->request->commands_of[op] = b->round;
	if (command == NULL)
		return NULL;
	command->ops = arena_alloc(b->arena, sizeof(*command->ops));
	if (command->ops == NULL)
		return NULL;
	command->ops[0] = (uint16_t)op;
	command->op_count = 1;
	return command;
}

/* The hash that holds the trace, and its field. */
static void
put_trace(struct commands *b, struct command *command, struct slice id)
{
	command->key = redis_trace_key(b->arena, b->prefix, id);
	command_word(command, command->key);
	command_word(command, commands_at(b));
	command_word(command, redis_trace_field(b->arena, id));
}

static bool
add_remember(struct commands *b, size_t i)
{
	const struct store_remember *remember = &b->request->ops[i].remember;
	uint32_t cap = b->shared->options->trace_members;
	struct command *command = one_op(b, i, SCRIPT_REMEMBER, 1, 7);
	struct slice members;
	bool simple;

	if (command == NULL)
		return false;
	members = redis_trace_pack_all(b->arena, remember, cap, &simple);
	put_trace(b, command, remember->id);
	command_number(command, remember->ttl_ms);
	command_number(command, cap);
	command_number(command, remember->anew);
	command_number(command, simple);
	command_word(command, members);
	commands_push(b, command);
	return true;
}

static bool
read_recall(struct command *command)
{
	const struct reply *reply = command->reply;

	return reply->type == REPLY_TEXT &&
		redis_trace_read(command->request->arena, reply->text,
			&commands_op(command, 0)->recall);
}

static bool
add_recall(struct commands *b, size_t i)
{
	struct store_recall *recall = &b->request->ops[i].recall;
	struct command *command = one_op(b, i, SCRIPT_RECALL, 1, 2);

	recall->members = NULL;
	recall->count = 0;
	if (command == NULL)
		return false;
	command->read = read_recall;
	put_trace(b, command, recall->id);
	commands_push(b, command);
	return true;
}

static bool
read_numbers(const struct reply *items, size_t count, int64_t *out)
{
	for (size_t i = 0; i < count; i++) {
		if (!reply_number(&items[i], &out[i]) || out[i] < 0)
			return false;
	}
	return true;
}

/* What is not known of a peer is empty: it was never written to. */
static bool
read_peer(const struct reply *items, struct store_facts *facts)
{
	int64_t n[FACTS_PEER_NUMBERS];

	if (!read_numbers(items, FACTS_PEER_NUMBERS, n) ||
		items[FACTS_PEER_NUMBERS].type != REPLY_TEXT)
		return false;
	facts->arrivals.total = (uint64_t)n[0];
	facts->arrivals.day = facts->received_day;
	facts->arrivals.hour = (uint64_t)n[1];
	facts->arrivals.lately = (uint64_t)n[2];
	facts->arrivals.last_ms = n[3];
	facts->begun_day = (uint16_t)n[4];
	facts->at_ms = n[5];
	(void)redis_peer_read(items[FACTS_PEER_NUMBERS].text, &facts->peer);
	return true;
}

static bool
read_facts(struct command *command)
{
	const struct reply *reply = command->reply;
	struct store_facts *facts = &commands_op(command, 0)->facts;
	size_t count =
		FACTS_NUMBERS + (facts->peered ? FACTS_PEER_NUMBERS + 1 : 0);
	int64_t n[FACTS_NUMBERS];

	if (reply->type != REPLY_ARRAY || reply->count != count ||
		!read_numbers(reply->items, FACTS_NUMBERS, n))
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
	facts->person = n[9] != 0;
	return !facts->peered || read_peer(&reply->items[FACTS_NUMBERS], facts);
}

static bool
add_facts(struct commands *b, size_t i)
{
	const struct store_facts *facts = &b->request->ops[i].facts;
	struct command *command = facts->peered
		? one_op(b, i, SCRIPT_FACTS, 3, 3)
		: one_op(b, i, SCRIPT_FACTS, 2, 2);

	if (command == NULL)
		return false;
	command->key = commands_tagged(b, "box", facts->mailbox);
	command->read = read_facts;
	command_word(command, command->key);
	command_word(command, commands_tagged(b, "route", facts->mailbox));
	if (facts->peered) {
		command_word(
			command, commands_tagged(b, "peers", facts->mailbox));
	}
	command_word(command, commands_present(facts->destination));
	command_word(command, commands_at(b));
	if (facts->peered) {
		command_word(command,
			redis_peer_field(b->arena,
				commands_present(facts->destination)));
	}
	commands_push(b, command);
	return true;
}

static bool
read_tally(struct command *command)
{
	const struct reply *reply = command->reply;

	return reply->type == REPLY_ARRAY && reply->count == 2 &&
		reply_number(&reply->items[1], &command->number);
}

/* What is counted once; empty: each time. */
static struct slice
print_of(struct arena *arena, const struct store_tally *tally)
{
	const struct slice parts[] = {slice_of(store_tally_name(tally->what)),
		commands_present(tally->destination), tally->identity};
	unsigned char digest[DIGEST_BYTES];

	if (tally->identity.len == 0)
		return SLICE("");
	if (!digest_parts(parts, sizeof(parts) / sizeof(*parts), digest))
		return (struct slice){NULL, 0};
	return arena_copy(
		arena, (struct slice){(const char *)digest, PRINT_BYTES});
}

/* What a forward needs beside what others do; its marks are others' keys. */
static void
put_forward_keys(struct commands *b, struct command *command,
	const struct store_tally *tally)
{
	command_word(command, commands_tagged(b, "route", tally->mailbox));
	command_word(command, commands_tagged(b, "left", tally->mailbox));
	if (b->shared->spread)
		return;
	command_word(command, commands_tagged(b, "dest", tally->destination));
	command_word(command,
		redis_key_top(b->arena, b->prefix, commands_day_ms(b)));
	command_word(command,
		redis_key_routed(
			b->arena, b->prefix, redis_key_part(tally->mailbox)));
}

static void
put_forward_words(struct commands *b, struct command *command,
	const struct store_tally *tally)
{
	command_word(command, commands_present(tally->destination));
	command_number(command, b->shared->options->routes);
	command_word(command, commands_present(tally->mailbox));
	command_number(command, b->shared->options->day_ttl_ms);
}

/* Their fields, one behind the other. */
static struct slice
authors_of(struct arena *arena, const struct store_tally *tally)
{
	struct slice fields[STORE_AUTHORS_MAX];

	for (size_t i = 0; i < tally->author_count; i++)
		fields[i] = redis_peer_field(arena, tally->authors[i]);
	return arena_join(arena, fields, tally->author_count);
}

static bool
add_tally(struct commands *b, size_t i)
{
	const struct store_tally *tally = &b->request->ops[i].tally;
	const struct store_options *options = b->shared->options;
	bool forward = tally->what == TALLY_FORWARDED;
	bool back = !forward && tally->author_count > 0;
	size_t keys = forward ? (b->shared->spread ? 4 : 7) : back ? 3 : 2;
	struct command *command = one_op(b, i, SCRIPT_TALLY, keys,
		forward        ? 12
			: back ? 9
			       : 8);

	if (command == NULL)
		return false;
	command->key = commands_tagged(b, "box", tally->mailbox);
	command->read = read_tally;
	command_word(command, command->key);
	command_word(command, commands_tagged(b, "once", tally->mailbox));
	if (forward) {
		put_forward_keys(b, command, tally);
	} else if (back) {
		command_word(
			command, commands_tagged(b, "peers", tally->mailbox));
	}
	command_word(command, commands_at(b));
	command_word(command, slice_of(store_tally_name(tally->what)));
	command_word(command, tally->keyword ? SLICE("1") : SLICE("0"));
	command_word(command, print_of(b->arena, tally));
	command_number(command, DEDUP_PRINTS);
	command_number(command, options->dedup_ttl_ms);
	command_number(command, options->mailbox_ttl_ms);
	command_number(command,
		options->mailbox_ttl_ms < STORE_DAY_MS ? options->mailbox_ttl_ms
						       : STORE_DAY_MS);
	if (forward) {
		put_forward_words(b, command, tally);
	} else if (back) {
		command_word(command, authors_of(b->arena, tally));
	}
	commands_push(b, command);
	return true;
}

/* "prefix:once:{prefix:events}:<digest>": the slot is that of the stream. */
static struct slice
event_mark(struct commands *b, struct slice stream, struct slice json)
{
	unsigned char digest[DIGEST_BYTES];
	char hex[2 * PRINT_BYTES + 1];

	if (!digest_parts(&json, 1, digest))
		return (struct slice){NULL, 0};
	codec_hex(digest, PRINT_BYTES, hex);
	return redis_key_tagged(
		b->arena, b->prefix, "once", stream, slice_of(hex));
}

static bool
add_append(struct commands *b, size_t i)
{
	struct command *command = one_op(b, i, SCRIPT_APPEND, 2, 3);
	struct slice json = commands_present(b->request->ops[i].append.json);

	if (command == NULL)
		return false;
	command->key = redis_key_plain(
		b->arena, b->prefix, "events", (struct slice){NULL, 0});
	command_word(command, command->key);
	command_word(command, event_mark(b, command->key, json));
	command_word(command, json);
	command_number(command, b->shared->options->events);
	command_number(command, b->shared->options->dedup_ttl_ms);
	commands_push(b, command);
	return true;
}

static bool
add_peer(struct commands *b, size_t i)
{
	const struct store_peer *met = &b->request->ops[i].peer;
	struct command *command = one_op(b, i, SCRIPT_PEER, 2, 7);

	if (command == NULL)
		return false;
	command->key = commands_tagged(b, "peers", met->mailbox);
	command_word(command, command->key);
	command_word(command, commands_tagged(b, "oneway", met->mailbox));
	command_word(command, redis_peer_field(b->arena, met->destination));
	command_word(command, redis_peer_pack(b->arena, &met->peer));
	command_number(command, met->peer.first_day);
	command_number(command, b->shared->options->mailbox_ttl_ms);
	command_number(command, PEERS_MAX);
	command_word(command, commands_present(met->destination));
	command_word(command,
		met->peer.named ? redis_peer_print(b->arena, &met->peer)
				: SLICE(""));
	commands_push(b, command);
	return true;
}

static bool
add_mark(struct commands *b, struct slice key, struct slice score,
	struct slice member, const char *cap, int64_t ttl_ms)
{
	struct command *command = command_new(b->arena, SCRIPT_MARK, 1, 5);

	if (command == NULL)
		return false;
	command->key = key;
	command_word(command, key);
	command_word(command, score);
	command_word(command, commands_present(member));
	command_word(command, slice_of(cap));
	command_number(command, ttl_ms);
	commands_push(b, command);
	return true;
}

/* In a cluster: what a forward's tally leaves to do in other slots. */
static bool
add_marks(struct commands *b, const struct command *tallied)
{
	const struct store_tally *tally = &commands_op(tallied, 0)->tally;
	const struct store_options *options = b->shared->options;
	bool ok = true;

	if (tally->destination.len > 0) {
		ok = add_mark(b, commands_tagged(b, "dest", tally->destination),
			commands_at(b), tally->mailbox, COMMANDS_DEST_MAX,
			options->mailbox_ttl_ms);
		ok = ok &&
			add_mark(b,
				redis_key_routed(b->arena, b->prefix,
					redis_key_part(tally->mailbox)),
				commands_at(b), tally->mailbox,
				COMMANDS_ROUTED_MAX, options->mailbox_ttl_ms);
	}
	if (tallied->number > 0) {
		ok = ok &&
			add_mark(b,
				redis_key_top(b->arena, b->prefix,
					commands_day_ms(b)),
				arena_printf(b->arena, "%lld",
					(long long)tallied->number),
				tally->mailbox, COMMANDS_TOP_MAX,
				options->day_ttl_ms);
	}
	return ok;
}

static bool
follow_up(struct commands *b)
{
	for (struct command *command = b->request->commands; command != NULL;
		command = command->sibling) {
		if (command->script != SCRIPT_TALLY || command->followed ||
			command->reply == NULL ||
			command->reply->type == REPLY_ERROR)
			continue;
		command->followed = true;
		if (commands_op(command, 0)->tally.what == TALLY_FORWARDED &&
			!add_marks(b, command))
			return false;
	}
	return true;
}

/* When out of memory the rest of the batch is left out, and the request
 * says so: a command without words is refused. */
struct command *
commands_build(struct request *request, void *round_ctx)
{
	static bool (*const add[])(struct commands *, size_t) = {
		[STORE_NOTE] = commands_note_add,
		[STORE_REMEMBER] = add_remember,
		[STORE_RECALL] = add_recall,
		[STORE_FACTS] = add_facts,
		[STORE_TALLY] = add_tally,
		[STORE_APPEND] = add_append,
		[STORE_PEER] = add_peer,
	};
	struct commands_shared *shared = round_ctx;
	struct commands b = commands_begin(shared, request);
	struct command *guard = NULL;
	bool ok = true;

	if (request->rounds > 0 && !shared->spread)
		return NULL;
	if (request->foreseen > 0) {
		guard = commands_guard_new(&b);
		ok = guard != NULL;
	}
	for (size_t i = 0; ok && i < request->op_count; i++) {
		if (guard != NULL && i == request->foreseen)
			commands_push(&b, guard);
		if (request->commands_of[i] == 0)
			ok = add[request->ops[i].verb](&b, i);
	}
	if (ok && shared->spread)
		ok = follow_up(&b);
	if (ok && !shared->spread)
		ok = commands_take(&b) && commands_merge(b.arena, &b.first);
	for (struct command *command = b.first; ok && command != NULL;
		command = command->next)
		ok = command_order(command);
	if (ok)
		return b.first;
	return command_new(request->arena, SCRIPT_NONE, 0, 1);
}
