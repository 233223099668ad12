/* SPDX-License-Identifier: BSD-2-Clause */
/* A map of contained mailboxes, with a counter that says when it is empty. */
#include "store/memory/contained.h"

#include "base/arena.h"
#include "base/map.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

struct contained {
	pthread_mutex_t lock;
	atomic_size_t count;
	struct map *map; /* -> struct store_containment, texts behind it */
};

struct contained *
contained_new(void)
{
	struct contained *contained = calloc(1, sizeof(*contained));

	if (contained == NULL)
		return NULL;
	contained->map = map_new();
	if (contained->map == NULL) {
		free(contained);
		return NULL;
	}
	pthread_mutex_init(&contained->lock, NULL);
	return contained;
}

void
contained_free(struct contained *contained)
{
	if (contained == NULL)
		return;
	map_free(contained->map, free);
	pthread_mutex_destroy(&contained->lock);
	free(contained);
}

static struct store_containment *
copy(const struct store_containment *from)
{
	struct store_containment *to =
		malloc(sizeof(*to) + from->by.len + from->why.len);
	char *p;

	if (to == NULL)
		return NULL;
	p = (char *)(to + 1);
	*to = *from;
	to->by.p = p;
	to->why.p = p + from->by.len;
	if (from->by.len > 0)
		memcpy(p, from->by.p, from->by.len);
	if (from->why.len > 0)
		memcpy(p + from->by.len, from->why.p, from->why.len);
	return to;
}

bool
contained_set(struct contained *contained, struct slice mailbox,
	const struct store_containment *containment)
{
	struct store_containment *new = NULL;
	void *old = NULL;
	bool ok = true;

	pthread_mutex_lock(&contained->lock);
	if (containment->until_ms == 0) {
		old = map_remove(contained->map, mailbox);
	} else {
		new = copy(containment);
		ok = new != NULL &&map_put(contained->map, mailbox, new, &old);
	}
	free(ok ? old : (void *)new);
	atomic_store(&contained->count, map_count(contained->map));
	pthread_mutex_unlock(&contained->lock);
	return ok;
}

bool
contained_has(struct contained *contained, struct slice mailbox, int64_t now_ms)
{
	return contained_get(contained, NULL, mailbox, now_ms, NULL);
}

bool
contained_get(struct contained *contained, struct arena *arena,
	struct slice mailbox, int64_t now_ms, struct store_containment *out)
{
	const struct store_containment *found;
	bool has;

	if (atomic_load(&contained->count) == 0)
		return false;
	pthread_mutex_lock(&contained->lock);
	found = map_find(contained->map, mailbox);
	has = found != NULL && found->until_ms > now_ms;
	if (has && out != NULL) {
		*out = *found;
		out->by = arena_copy(arena, found->by);
		out->why = arena_copy(arena, found->why);
	}
	pthread_mutex_unlock(&contained->lock);
	return has;
}

void
contained_swap(struct contained *contained, struct contained *mine)
{
	struct map *map = mine->map;

	pthread_mutex_lock(&contained->lock);
	mine->map = contained->map;
	contained->map = map;
	atomic_store(&contained->count, map_count(map));
	pthread_mutex_unlock(&contained->lock);
}

struct visit {
	void (*visit)(struct slice mailbox, const struct store_containment *,
		void *ctx);
	void *ctx;
};

static bool
visit_one(struct slice mailbox, void *value, void *ctx)
{
	const struct visit *visit = ctx;

	visit->visit(mailbox, value, visit->ctx);
	return true;
}

void
contained_each(struct contained *contained,
	void (*visit)(struct slice mailbox, const struct store_containment *,
		void *ctx),
	void *ctx)
{
	struct visit wrapped = {visit, ctx};

	pthread_mutex_lock(&contained->lock);
	map_each(contained->map, visit_one, &wrapped);
	pthread_mutex_unlock(&contained->lock);
}
