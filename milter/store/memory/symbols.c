/* SPDX-License-Identifier: BSD-2-Clause */
/* Names and their numbers: a map one way, an array the other. */
#include "store/memory/symbols.h"

#include "base/arena.h"
#include "base/map.h"

#include <pthread.h>
#include <stdlib.h>

#define NAMES_MAX 65535
#define NAMES_BYTES_MAX ((size_t)NAMES_MAX * 1024)

struct name {
	uint32_t number;
	struct slice text;
};

struct symbols {
	pthread_mutex_t lock;
	struct map *numbers; /* -> struct name */
	struct arena *arena;
	struct name **names;
	uint32_t count, room;
};

struct symbols *
symbols_new(void)
{
	struct symbols *symbols = calloc(1, sizeof(*symbols));

	if (symbols == NULL)
		return NULL;
	symbols->numbers = map_new();
	symbols->arena = arena_new(NAMES_BYTES_MAX);
	if (symbols->numbers == NULL || symbols->arena == NULL) {
		map_free(symbols->numbers, NULL);
		arena_free(symbols->arena);
		free(symbols);
		return NULL;
	}
	pthread_mutex_init(&symbols->lock, NULL);
	return symbols;
}

void
symbols_free(struct symbols *symbols)
{
	if (symbols == NULL)
		return;
	pthread_mutex_destroy(&symbols->lock);
	map_free(symbols->numbers, NULL);
	arena_free(symbols->arena);
	free(symbols->names);
	free(symbols);
}

static bool
reserve(struct symbols *symbols)
{
	uint32_t room = symbols->room > 0 ? symbols->room * 2 : 64;
	struct name **names;

	if (symbols->count < symbols->room)
		return true;
	if (symbols->count >= NAMES_MAX)
		return false;
	names = realloc(symbols->names, room * sizeof(struct name *));
	if (names == NULL)
		return false;
	symbols->names = names;
	symbols->room = room;
	return true;
}

static uint32_t
add(struct symbols *symbols, struct slice text)
{
	struct name *name;

	if (!reserve(symbols))
		return 0;
	name = arena_alloc(symbols->arena, sizeof(*name));
	if (name == NULL)
		return 0;
	name->text = arena_copy(symbols->arena, text);
	name->number = symbols->count + 1;
	if (name->text.p == NULL ||
		!map_put(symbols->numbers, name->text, name, NULL))
		return 0;
	symbols->names[symbols->count++] = name;
	return name->number;
}

uint32_t
symbols_number(struct symbols *symbols, struct slice text)
{
	const struct name *name;
	uint32_t number;

	if (text.p == NULL)
		text = SLICE("");
	pthread_mutex_lock(&symbols->lock);
	name = map_find(symbols->numbers, text);
	number = name != NULL ? name->number : add(symbols, text);
	pthread_mutex_unlock(&symbols->lock);
	return number;
}

struct slice
symbols_name(struct symbols *symbols, uint32_t number)
{
	struct slice text = {NULL, 0};

	pthread_mutex_lock(&symbols->lock);
	if (number > 0 && number <= symbols->count)
		text = symbols->names[number - 1]->text;
	pthread_mutex_unlock(&symbols->lock);
	return text;
}

uint32_t
symbols_count(struct symbols *symbols)
{
	uint32_t count;

	pthread_mutex_lock(&symbols->lock);
	count = symbols->count;
	pthread_mutex_unlock(&symbols->lock);
	return count;
}
