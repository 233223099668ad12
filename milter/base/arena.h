/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * An arena holds everything that lives as long as one message (or one
 * configuration) and goes at once. It has a bound: past it, allocation fails
 * with NULL, which is a gap in what is seen, never a lost message.
 * Not thread-safe: one arena, one user at a time.
 */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include "base/slice.h"

#include <stdbool.h>
#include <stddef.h>

struct arena;

/* limit: bytes handed out at most. NULL when out of memory. */
struct arena *arena_new(size_t limit);
void arena_free(struct arena *);
/* Forgets everything; keeps the first block for the next message. */
void arena_reset(struct arena *);
/* Did the system, not the limit, refuse memory since the last reset? Then what
 * was made of it is not what the limit allows, but chance. */
bool arena_is_short(const struct arena *);

/* Zeroed memory aligned for any type, or NULL past the limit. */
void *arena_alloc(struct arena *, size_t bytes);
/* An array of count elements, zeroed; NULL on overflow too. */
void *arena_array(struct arena *, size_t count, size_t size);
/* at, an array of count elements, with room for one more, which the caller
 * writes before it reads it: itself, or a copy with twice the room. NULL past
 * the limit. While at is NULL, *room is what to begin with (0: a few). */
void *arena_grow(
	struct arena *, void *at, size_t count, size_t *room, size_t size);
/* Bytes that the caller writes before it reads them: not zeroed. NULL past
 * the limit. */
char *arena_bytes(struct arena *, size_t bytes);
/* A copy with a NUL after it (not counted); absent when out of room. */
struct slice arena_copy(struct arena *, struct slice);
/* The parts behind each other, with a NUL after them (not counted); absent
 * when out of room. */
struct slice arena_join(
	struct arena *, const struct slice *parts, size_t count);
/* Formatted text; absent when out of room. */
struct slice arena_printf(struct arena *, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
/* Bytes handed out since the last reset: how tests and benchmarks see what
 * something costs. */
size_t arena_used(const struct arena *);
/* Keeps so many of the bytes that are left back for later, instead of what was
 * kept back before; 0 gives all of them. */
void arena_hold(struct arena *, size_t bytes);
/* Bytes that may still be handed out. */
size_t arena_left(const struct arena *);

#endif
