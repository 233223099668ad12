/* SPDX-License-Identifier: BSD-2-Clause */
/* Memory that lives as long as one message: blocks, bumped and reset. */
#include "base/arena.h"

#include <stdalign.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BLOCK_BYTES 16384
#define FIRST_ROOM 8

struct block {
	struct block *next; /* older */
	size_t size, used;
	alignas(max_align_t) unsigned char bytes[];
};

struct arena {
	size_t limit, used;
	size_t held; /* at most what is left */
	bool is_short; /* the system gave less than the limit allows */
	struct block *newest, *first;
};

static struct block *
block_new(size_t size)
{
	struct block *block;

	if (size > SIZE_MAX - sizeof(*block))
		return NULL;
	block = malloc(sizeof(*block) + size);
	if (block == NULL)
		return NULL;
	block->next = NULL;
	block->size = size;
	block->used = 0;
	return block;
}

struct arena *
arena_new(size_t limit)
{
	struct arena *arena = calloc(1, sizeof(*arena));

	if (arena == NULL)
		return NULL;
	arena->first = arena->newest = block_new(BLOCK_BYTES);
	if (arena->first == NULL) {
		free(arena);
		return NULL;
	}
	arena->limit = limit;
	return arena;
}

void
arena_reset(struct arena *arena)
{
	while (arena->newest != arena->first) {
		struct block *block = arena->newest;

		arena->newest = block->next;
		free(block);
	}
	arena->first->used = 0;
	arena->used = 0;
	arena->held = 0;
	arena->is_short = false;
}

bool
arena_is_short(const struct arena *arena)
{
	return arena->is_short;
}

void
arena_free(struct arena *arena)
{
	if (arena == NULL)
		return;
	arena_reset(arena);
	free(arena->first);
	free(arena);
}

static void *
bump(struct arena *arena, size_t bytes)
{
	struct block *block = arena->newest;
	void *p;

	if (bytes > block->size - block->used) {
		block = block_new(bytes > BLOCK_BYTES ? bytes : BLOCK_BYTES);
		if (block == NULL) {
			arena->is_short = true;
			return NULL;
		}
		block->next = arena->newest;
		arena->newest = block;
	}
	p = block->bytes + block->used;
	block->used += bytes;
	arena->used += bytes;
	return p;
}

/* Room for bytes, not zeroed; NULL past the limit. */
static void *
take(struct arena *arena, size_t bytes)
{
	const size_t align = alignof(max_align_t);

	if (bytes == 0)
		bytes = 1;
	if (bytes > SIZE_MAX - align)
		return NULL;
	bytes = (bytes + align - 1) & ~(align - 1);
	if (bytes > arena_left(arena))
		return NULL;
	return bump(arena, bytes);
}

void *
arena_alloc(struct arena *arena, size_t bytes)
{
	void *p = take(arena, bytes);

	if (p != NULL)
		memset(p, 0, bytes);
	return p;
}

void *
arena_array(struct arena *arena, size_t count, size_t size)
{
	if (size != 0 && count > SIZE_MAX / size)
		return NULL;
	return arena_alloc(arena, count * size);
}

void *
arena_grow(
	struct arena *arena, void *at, size_t count, size_t *room, size_t size)
{
	size_t more = at != NULL ? *room * 2 : *room > 0 ? *room : FIRST_ROOM;
	void *p;

	if (at != NULL && count < *room)
		return at;
	p = more <= SIZE_MAX / size ? take(arena, more * size) : NULL;
	if (p == NULL)
		return NULL;
	if (at != NULL)
		memcpy(p, at, count * size);
	*room = more;
	return p;
}

char *
arena_bytes(struct arena *arena, size_t bytes)
{
	return take(arena, bytes);
}

struct slice
arena_copy(struct arena *arena, struct slice s)
{
	char *p;

	if (s.p == NULL)
		return s;
	p = s.len < SIZE_MAX ? take(arena, s.len + 1) : NULL;
	if (p == NULL)
		return (struct slice){NULL, 0};
	if (s.len > 0)
		memcpy(p, s.p, s.len);
	p[s.len] = '\0';
	return (struct slice){p, s.len};
}

struct slice
arena_join(struct arena *arena, const struct slice *parts, size_t count)
{
	size_t len = 0;
	char *p, *at;

	for (size_t i = 0; i < count; i++)
		len += parts[i].len;
	p = at = take(arena, len + 1);
	if (p == NULL)
		return (struct slice){NULL, 0};
	for (size_t i = 0; i < count; i++) {
		if (parts[i].len > 0)
			memcpy(at, parts[i].p, parts[i].len);
		at += parts[i].len;
	}
	*at = '\0';
	return (struct slice){p, len};
}

/* Most texts are short: they are made once, here, and copied. */
#define PRINTED_BYTES 256

struct slice
arena_printf(struct arena *arena, const char *fmt, ...)
{
	char text[PRINTED_BYTES];
	va_list ap;
	int len;
	char *p;

	va_start(ap, fmt);
	len = vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	if (len >= 0 && (size_t)len < sizeof(text))
		return arena_copy(arena, (struct slice){text, (size_t)len});
	p = len >= 0 ? take(arena, (size_t)len + 1) : NULL;
	if (p == NULL)
		return (struct slice){NULL, 0};
	va_start(ap, fmt);
	(void)vsnprintf(p, (size_t)len + 1, fmt, ap);
	va_end(ap);
	return (struct slice){p, (size_t)len};
}

size_t
arena_used(const struct arena *arena)
{
	return arena->used;
}

void
arena_hold(struct arena *arena, size_t bytes)
{
	size_t left = arena->limit - arena->used;

	arena->held = bytes < left ? bytes : left;
}

size_t
arena_left(const struct arena *arena)
{
	return arena->limit - arena->used - arena->held;
}
