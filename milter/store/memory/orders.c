/* SPDX-License-Identifier: BSD-2-Clause */
/* A map from digests to orders, with a counter that says when it is empty. */
#include "store/memory/orders.h"

#include "base/arena.h"
#include "base/map.h"
#include "store/key.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

/* That an order was taken back is remembered so long at least: where the store
 * had lost it, another machine may not have. */
#define ENDED_LEAST_MS STORE_HOUR_MS

struct kept {
	struct store_order order; /* texts behind it */
	bool ended; /* and about whom is not known any more */
	unsigned heard; /* in which turn of orders_obey() */
};

struct orders {
	pthread_mutex_t lock;
	atomic_size_t count;
	atomic_llong ahead_ms;
	struct map *map; /* digest -> struct kept */
	unsigned turn;
};

struct orders *
orders_new(void)
{
	struct orders *orders = calloc(1, sizeof(*orders));

	if (orders == NULL)
		return NULL;
	orders->map = map_new();
	if (orders->map == NULL) {
		free(orders);
		return NULL;
	}
	pthread_mutex_init(&orders->lock, NULL);
	return orders;
}

void
orders_free(struct orders *orders)
{
	if (orders == NULL)
		return;
	map_free(orders->map, free);
	pthread_mutex_destroy(&orders->lock);
	free(orders);
}

void
orders_set_ahead(struct orders *orders, int64_t ahead_ms)
{
	atomic_store(&orders->ahead_ms, ahead_ms);
}

int64_t
orders_ahead(const struct orders *orders)
{
	return atomic_load(&orders->ahead_ms);
}

static struct slice
put_text(char **at, struct slice text)
{
	struct slice copy = {*at, text.len};

	if (text.len > 0)
		memcpy(*at, text.p, text.len);
	*at += text.len;
	return copy;
}

static struct kept *
copy(const struct kept *from)
{
	const struct store_order *order = &from->order;
	struct kept *to = malloc(sizeof(*to) + order->about.len +
		order->word.by.len + order->word.why.len);
	char *p;

	if (to == NULL)
		return NULL;
	p = (char *)(to + 1);
	*to = *from;
	to->order.about = put_text(&p, order->about);
	to->order.word.by = put_text(&p, order->word.by);
	to->order.word.why = put_text(&p, order->word.why);
	return to;
}

/* Under the lock. */
static bool
put(struct orders *orders, struct slice digest, const struct kept *kept)
{
	struct kept *new = copy(kept);
	void *old = NULL;
	bool ok = new != NULL &&map_put(orders->map, digest, new, &old);

	free(ok ? old : (void *)new);
	atomic_store(&orders->count, map_count(orders->map));
	return ok;
}

/* A word about it as it is kept. */
static struct kept
kept_of(struct slice about, const struct store_containment *word)
{
	struct kept kept = {.order = {.about = about, .word = *word}};

	return kept;
}

static struct kept
end_of(int64_t at_ms, int64_t until_ms)
{
	struct kept kept = {.ended = true,
		.order = {.word = {.at_ms = at_ms, .until_ms = until_ms}}};

	return kept;
}

bool
orders_give(struct orders *orders, struct slice about,
	const struct store_containment *word, int64_t now_ms)
{
	int64_t ahead_ms = atomic_load(&orders->ahead_ms);
	struct kept kept = kept_of(about, word);
	struct store_containment *new = &kept.order.word;
	struct key_digest digest;
	const struct kept *old;
	bool ok;

	key_digest(about, &digest);
	new->at_ms = ahead_ms + (word->at_ms != 0 ? word->at_ms : now_ms);
	new->until_ms += ahead_ms;
	pthread_mutex_lock(&orders->lock);
	old = map_find(orders->map, key_digest_text(&digest));
	if (old != NULL && old->order.word.at_ms >= new->at_ms)
		new->at_ms = old->order.word.at_ms + 1;
	if (word->until_ms <= now_ms) {
		int64_t until_ms = now_ms + ahead_ms + ENDED_LEAST_MS;

		if (old != NULL && old->order.word.until_ms > until_ms)
			until_ms = old->order.word.until_ms;
		kept = end_of(new->at_ms, until_ms);
	}
	ok = put(orders, key_digest_text(&digest), &kept);
	pthread_mutex_unlock(&orders->lock);
	return ok;
}

/* Under the lock. NULL: the new word stands now. */
static struct kept *
keep(struct orders *orders, struct slice digest, const struct kept *kept)
{
	struct kept *old = map_find(orders->map, digest);

	if (old != NULL && old->order.word.at_ms > kept->order.word.at_ms)
		return old;
	(void)put(orders, digest, kept);
	return NULL;
}

bool
orders_keep(struct orders *orders, struct slice about,
	const struct store_containment *word)
{
	struct kept kept = kept_of(about, word);
	struct key_digest digest;
	bool ok;

	key_digest(about, &digest);
	pthread_mutex_lock(&orders->lock);
	(void)keep(orders, key_digest_text(&digest), &kept);
	ok = map_find(orders->map, key_digest_text(&digest)) != NULL;
	pthread_mutex_unlock(&orders->lock);
	return ok;
}

static struct store_containment
word_in(struct arena *arena, const struct store_containment *word)
{
	struct store_containment out = *word;

	out.by = arena_copy(arena, word->by);
	out.why = arena_copy(arena, word->why);
	return out;
}

bool
orders_get(struct orders *orders, struct arena *arena, struct slice about,
	int64_t now_ms, struct store_containment *out)
{
	struct key_digest digest;
	const struct kept *kept;
	bool has;

	if (atomic_load(&orders->count) == 0)
		return false;
	key_digest(about, &digest);
	pthread_mutex_lock(&orders->lock);
	kept = map_find(orders->map, key_digest_text(&digest));
	has = kept != NULL && !kept->ended &&
		kept->order.word.until_ms >
			now_ms + atomic_load(&orders->ahead_ms);
	if (has)
		*out = word_in(arena, &kept->order.word);
	pthread_mutex_unlock(&orders->lock);
	return has;
}

struct visit {
	void (*visit)(struct slice about, const struct store_containment *,
		void *ctx);
	void *ctx;
};

static bool
visit_one(struct slice digest, void *value, void *ctx)
{
	const struct visit *visit = ctx;
	const struct kept *kept = value;

	(void)digest;
	if (!kept->ended)
		visit->visit(kept->order.about, &kept->order.word, visit->ctx);
	return true;
}

void
orders_each(struct orders *orders,
	void (*visit)(struct slice about, const struct store_containment *,
		void *ctx),
	void *ctx)
{
	struct visit wrapped = {visit, ctx};

	pthread_mutex_lock(&orders->lock);
	map_each(orders->map, visit_one, &wrapped);
	pthread_mutex_unlock(&orders->lock);
}

/* A list of orders that grows to the size of the map. */
struct picking {
	struct orders *orders;
	struct arena *arena;
	struct store_orders *out;
	int64_t now_ms; /* the store's */
	size_t room;
};

static void
pick(struct picking *picking, struct slice about,
	const struct store_containment *word)
{
	struct store_order *row;

	if (picking->out->at == NULL || picking->out->count == picking->room)
		return;
	row = &picking->out->at[picking->out->count++];
	row->about = arena_copy(picking->arena, about);
	row->word = word_in(picking->arena, word);
}

/* The other store's word is older than what is known here. */
static void
pick_newer(struct picking *picking, struct slice about, const struct kept *kept)
{
	struct store_containment over = {.at_ms = kept->order.word.at_ms};

	pick(picking, about, kept->ended ? &over : &kept->order.word);
}

static void
hear(struct picking *picking, const struct store_order *order)
{
	struct orders *orders = picking->orders;
	struct kept kept = kept_of(order->about, &order->word);
	struct key_digest digest;
	struct kept *newer;

	key_digest(order->about, &digest);
	kept.heard = orders->turn;
	newer = keep(orders, key_digest_text(&digest), &kept);
	if (newer != NULL) {
		newer->heard = orders->turn;
		pick_newer(picking, order->about, newer);
	}
}

static void
hear_end(struct picking *picking, const struct store_order *end)
{
	struct kept kept = end_of(end->word.at_ms, end->word.until_ms);
	struct kept *newer;

	kept.heard = picking->orders->turn;
	newer = keep(picking->orders, end->about, &kept);
	if (newer == NULL)
		return;
	newer->heard = picking->orders->turn;
	if (!newer->ended)
		pick_newer(picking, newer->order.about, newer);
}

static bool
pick_unheard(struct slice digest, void *value, void *ctx)
{
	struct picking *picking = ctx;
	const struct kept *kept = value;

	(void)digest;
	if (!kept->ended && kept->heard != picking->orders->turn &&
		kept->order.word.until_ms > picking->now_ms)
		pick_newer(picking, kept->order.about, kept);
	return true;
}

static void
begin_picking(struct picking *picking, size_t more)
{
	picking->room = map_count(picking->orders->map) + more;
	*picking->out = (struct store_orders){
		.at = arena_array(picking->arena, picking->room,
			sizeof(struct store_order))};
}

void
orders_obey(struct orders *orders, const struct store_orders *heard,
	struct arena *arena, struct store_orders *missing)
{
	struct picking picking = {.orders = orders,
		.arena = arena,
		.out = missing,
		.now_ms = heard->now_ms};

	pthread_mutex_lock(&orders->lock);
	orders->turn++;
	begin_picking(&picking, heard->count);
	for (size_t i = 0; i < heard->ended_count; i++)
		hear_end(&picking, &heard->ended[i]);
	for (size_t i = 0; i < heard->count; i++)
		hear(&picking, &heard->at[i]);
	map_each(orders->map, pick_unheard, &picking);
	pthread_mutex_unlock(&orders->lock);
}

struct sweeping {
	struct picking picking;
	struct slice *digests; /* of what is over */
	size_t count;
};

static bool
pick_over(struct slice digest, void *value, void *ctx)
{
	struct sweeping *sweeping = ctx;
	const struct kept *kept = value;

	if (kept->order.word.until_ms > sweeping->picking.now_ms)
		return true;
	sweeping->digests[sweeping->count++] =
		arena_copy(sweeping->picking.arena, digest);
	if (!kept->ended) {
		pick(&sweeping->picking, kept->order.about, &kept->order.word);
	}
	return true;
}

void
orders_over(struct orders *orders, struct arena *arena, int64_t now_ms,
	struct store_orders *over)
{
	struct sweeping sweeping = {
		.picking = {.orders = orders,
			.arena = arena,
			.out = over,
			.now_ms = now_ms + atomic_load(&orders->ahead_ms)}};

	*over = (struct store_orders){0};
	if (atomic_load(&orders->count) == 0)
		return;
	pthread_mutex_lock(&orders->lock);
	begin_picking(&sweeping.picking, 0);
	sweeping.digests = arena_array(
		arena, sweeping.picking.room, sizeof(*sweeping.digests));
	if (over->at != NULL && sweeping.digests != NULL)
		map_each(orders->map, pick_over, &sweeping);
	for (size_t i = 0; i < sweeping.count; i++)
		free(map_remove(orders->map, sweeping.digests[i]));
	atomic_store(&orders->count, map_count(orders->map));
	pthread_mutex_unlock(&orders->lock);
}
