/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A store that never sees an address: in keys, members and queries stands
 * "h:" and 32 hex digits of its HMAC-SHA-256 under the operator's key. What
 * has no "@" (domains, policies, identities, names made here) passes as it
 * is. Groups of several fields are hashed field by field, of a trace's members
 * the name behind the role.
 */
#include "store/private.h"

#include "base/arena.h"
#include "base/codec.h"
#include "base/digest.h"
#include "store/backend.h"
#include "store/key.h"

#include <stdlib.h>
#include <string.h>

#define NAMELESS "h:" /* memory was short for the name */
#define NAME_BYTES 16
#define NAME_LEN (2 + 2 * NAME_BYTES)
#define SCRATCH_BYTES ((size_t)16 << 20)
#define KEY_MAX 1024

struct private_store {
	struct store store;
	struct store *inner;
	size_t key_len;
	char key[KEY_MAX];
};

static struct slice
name_of(const struct private_store *private, struct arena *arena,
	struct slice text)
{
	struct slice key = {private->key, private->key_len};
	unsigned char digest[DIGEST_BYTES];
	char *name;

	if (text.p == NULL || slice_find_byte(text, '@', 0) == SLICE_NONE)
		return text;
	name = arena_alloc(arena, NAME_LEN + 1);
	if (name == NULL || !digest_hmac(key, text, digest))
		return SLICE(NAMELESS);
	name[0] = 'h';
	name[1] = ':';
	codec_hex(digest, NAME_BYTES, name + 2);
	return (struct slice){name, NAME_LEN};
}

/* A trace's member: its role stays (store.h on remember). */
static struct slice
member_of(const struct private_store *private, struct arena *arena,
	struct slice member)
{
	struct slice name;

	if (member.len == 0)
		return member;
	name = slice_sub(member, 1, member.len);
	if (slice_find_byte(name, '@', 0) == SLICE_NONE)
		return member;
	name = name_of(private, arena, name);
	return arena_printf(arena, "%c%.*s", member.p[0], SLICE_ARG(name));
}

static struct slice
group_of(const struct private_store *private, struct arena *arena,
	struct slice group)
{
	struct slice out = {NULL, 0};
	size_t at = 0;

	if (group.p == NULL || slice_find_byte(group, '@', 0) == SLICE_NONE)
		return group;
	while (at <= group.len) {
		size_t end = key_field_end(group, at);
		struct slice name =
			name_of(private, arena, slice_sub(group, at, end));

		out = out.p == NULL
			? name
			: arena_printf(arena, "%.*s%c%.*s", SLICE_ARG(out),
				  STORE_GROUP_SEPARATOR, SLICE_ARG(name));
		at = end + 1;
	}
	return out.p != NULL ? out : SLICE(NAMELESS);
}

static void
hide_members(const struct private_store *private, struct arena *arena,
	struct store_remember *remember)
{
	struct slice *members =
		arena_array(arena, remember->count, sizeof(*members));

	if (members == NULL) {
		remember->count = 0;
		return;
	}
	for (size_t i = 0; i < remember->count; i++)
		members[i] = member_of(private, arena, remember->members[i]);
	remember->members = members;
}

static void
hide_authors(const struct private_store *private, struct arena *arena,
	struct store_tally *tally)
{
	struct slice *authors =
		arena_array(arena, tally->author_count, sizeof(*authors));

	if (authors == NULL) {
		tally->author_count = 0;
		return;
	}
	for (size_t i = 0; i < tally->author_count; i++)
		authors[i] = name_of(private, arena, tally->authors[i]);
	tally->authors = authors;
}

static void
hide(const struct private_store *private, struct arena *arena,
	struct store_op *op)
{
	switch (op->verb) {
	case STORE_NOTE:
		op->note.group = group_of(private, arena, op->note.group);
		op->note.member = name_of(private, arena, op->note.member);
		break;
	case STORE_REMEMBER:
		hide_members(private, arena, &op->remember);
		break;
	case STORE_FACTS:
		op->facts.mailbox = name_of(private, arena, op->facts.mailbox);
		op->facts.destination =
			name_of(private, arena, op->facts.destination);
		break;
	case STORE_TALLY:
		op->tally.mailbox = name_of(private, arena, op->tally.mailbox);
		op->tally.destination =
			name_of(private, arena, op->tally.destination);
		hide_authors(private, arena, &op->tally);
		break;
	case STORE_PEER:
		op->peer.mailbox = name_of(private, arena, op->peer.mailbox);
		op->peer.destination =
			name_of(private, arena, op->peer.destination);
		break;
	case STORE_RECALL:
	case STORE_APPEND:
		break;
	}
}

/* The batch as the inner store may see it; false when out of memory. */
static bool
hidden(const struct private_store *private, struct arena *arena,
	const struct store_batch *batch, struct store_batch *out)
{
	*out = *batch;
	out->ops = arena_array(arena, batch->count, sizeof(*out->ops));
	if (out->ops == NULL)
		return false;
	memcpy(out->ops, batch->ops, batch->count * sizeof(*out->ops));
	for (size_t i = 0; i < batch->count; i++)
		hide(private, arena, &out->ops[i]);
	return true;
}

/* Answers come back; what was asked stays as the caller wrote it. */
static void
give_back(const struct store_op *from, struct store_op *to)
{
	struct slice mailbox, destination;

	switch (to->verb) {
	case STORE_NOTE:
		note_take_answers(&to->note, &from->note);
		break;
	case STORE_RECALL:
		to->recall = from->recall;
		break;
	case STORE_FACTS:
		mailbox = to->facts.mailbox;
		destination = to->facts.destination;
		to->facts = from->facts;
		to->facts.mailbox = mailbox;
		to->facts.destination = destination;
		break;
	case STORE_REMEMBER:
	case STORE_TALLY:
	case STORE_APPEND:
	case STORE_PEER:
		break;
	}
}

static enum store_result
private_ask(struct store *store, struct store_batch *batch, int64_t budget_ms)
{
	const struct private_store *private = (struct private_store *)store;
	enum store_result result = STORE_FALLBACK;
	struct store_batch inner;

	if (!hidden(private, batch->arena, batch, &inner))
		return result;
	result = store_ask(private->inner, &inner, budget_ms);
	batch->came_true = inner.came_true;
	for (size_t i = 0; i < batch->count; i++)
		give_back(&inner.ops[i], &batch->ops[i]);
	return result;
}

static bool
private_foresee(struct store *store, struct store_batch *batch)
{
	const struct private_store *private = (struct private_store *)store;
	struct store_batch inner;

	if (!hidden(private, batch->arena, batch, &inner) ||
		!store_foresee(private->inner, &inner))
		return false;
	for (size_t i = 0; i < batch->count; i++)
		give_back(&inner.ops[i], &batch->ops[i]);
	return true;
}

static void
private_tell(struct store *store, const struct store_batch *batch)
{
	const struct private_store *private = (struct private_store *)store;
	struct arena *arena = arena_new(SCRATCH_BYTES);
	struct store_batch inner;

	if (arena != NULL && hidden(private, arena, batch, &inner))
		store_tell(private->inner, &inner);
	arena_free(arena);
}

static bool
private_snapshot(struct store *store, struct err *err)
{
	return store_snapshot(((struct private_store *)store)->inner, err);
}

static bool
private_hand(struct store *store, enum store_hand hand, struct err *err)
{
	return store_hand(((struct private_store *)store)->inner, hand, err);
}

static bool
private_log_in(struct store *store, const struct store_options *options,
	struct err *err)
{
	return store_log_in(
		((struct private_store *)store)->inner, options, err);
}

static void
private_close(struct store *store)
{
	struct private_store *private = (struct private_store *)store;

	store_close(private->inner);
	memset(private->key, 0, sizeof(private->key));
	free(private);
}

static struct slice
private_name(struct store *store, struct arena *arena, struct slice address)
{
	return name_of((struct private_store *)store, arena, address);
}

typedef struct slice hide_fn(
	const struct private_store *, struct arena *, struct slice);

/* What a question is about, hidden; NULL: it names nobody. */
static hide_fn *const about[STORE_QUERY_KINDS] = {
	[STORE_MAILBOX] = name_of,
	[STORE_ROUTES] = name_of,
	[STORE_SENDERS] = name_of,
	[STORE_ONE_WAY] = name_of,
	[STORE_WINDOWS] = group_of,
	[STORE_HOURS] = name_of,
	[STORE_ORDER] = group_of,
	[STORE_FORGET] = name_of,
};

static bool
private_query(struct store *store, struct arena *arena,
	struct store_query *query, struct err *err)
{
	const struct private_store *private = (struct private_store *)store;
	struct store_query inner = *query;
	bool ok;

	if (about[query->kind] != NULL)
		inner.about = about[query->kind](private, arena, query->about);
	/* No memory for the name: an answer would be about nobody. */
	if (inner.about.p != query->about.p &&
		slice_equal(inner.about, SLICE(NAMELESS)))
		return err_set(err, ERR_MEMORY, "out of memory");
	ok = store_query(private->inner, arena, &inner, err);
	query->answer = inner.answer;
	return ok;
}

static bool
private_ordered(struct store *store, struct arena *arena, struct slice about_it,
	struct store_containment *word)
{
	const struct private_store *private = (struct private_store *)store;

	return store_ordered(private->inner, arena,
		group_of(private, arena, about_it), word);
}

static void
private_health(struct store *store, struct store_health *health)
{
	store_health(((struct private_store *)store)->inner, health);
}

static const struct store_backend backend = {
	.name = "private",
	.ask = private_ask,
	.foresee = private_foresee,
	.tell = private_tell,
	.snapshot = private_snapshot,
	.hand = private_hand,
	.log_in = private_log_in,
	.close = private_close,
	.name_of = private_name,
	.query = private_query,
	.ordered = private_ordered,
	.health = private_health,
};

struct store *
private_open_take(struct store *inner, const struct store_options *options,
	struct err *err)
{
	struct private_store *private;

	if (options->hash_key.len < 16 || options->hash_key.len > KEY_MAX) {
		err_set(err, ERR_INVALID,
			"the key for hashing addresses has %zu bytes: 16 to %d",
			options->hash_key.len, KEY_MAX);
		store_close(inner);
		return NULL;
	}
	private = calloc(1, sizeof(*private));
	if (private == NULL) {
		err_set(err, ERR_MEMORY, "out of memory");
		store_close(inner);
		return NULL;
	}
	private->store.backend = &backend;
	private->inner = inner;
	private->key_len = options->hash_key.len;
	memcpy(private->key, options->hash_key.p, private->key_len);
	return &private->store;
}
