/* SPDX-License-Identifier: BSD-2-Clause */
/* Names and their numbers: a map one way, an array the other. */
#include "store/intern.h"

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

struct intern {
	pthread_mutex_t lock;
	struct map *numbers; /* -> struct name */
	struct arena *arena;
	struct name **names;
	uint32_t count, room;
};

struct intern *
intern_new(void)
{
	struct intern *intern = calloc(1, sizeof *intern);

	if (intern == NULL)
		return NULL;
	intern->numbers = map_new();
	intern->arena = arena_new(NAMES_BYTES_MAX);
	if (intern->numbers == NULL || intern->arena == NULL) {
		map_free(intern->numbers, NULL);
		arena_free(intern->arena);
		free(intern);
		return NULL;
	}
	pthread_mutex_init(&intern->lock, NULL);
	return intern;
}

void
intern_free(struct intern *intern)
{
	if (intern == NULL)
		return;
	pthread_mutex_destroy(&intern->lock);
	map_free(intern->numbers, NULL);
	arena_free(intern->arena);
	free(intern->names);
	free(intern);
}

static bool
reserve(struct intern *intern)
{
	uint32_t room = intern->room > 0 ? intern->room * 2 : 64;
	struct name **names;

	if (intern->count < intern->room)
		return true;
	if (intern->count >= NAMES_MAX)
		return false;
	names = realloc(intern->names, room * sizeof(struct name *));
	if (names == NULL)
		return false;
	intern->names = names;
	intern->room = room;
	return true;
}

static uint32_t
add(struct intern *intern, struct slice text)
{
	struct name *name;

	if (!reserve(intern))
		return 0;
	name = arena_alloc(intern->arena, sizeof *name);
	if (name == NULL)
		return 0;
	name->text = arena_copy(intern->arena, text);
	name->number = intern->count + 1;
	if (name->text.p == NULL ||
		!map_put(intern->numbers, name->text, name, NULL))
		return 0;
	intern->names[intern->count++] = name;
	return name->number;
}

uint32_t
intern_number(struct intern *intern, struct slice text)
{
	const struct name *name;
	uint32_t number;

	if (text.p == NULL)
		text = SLICE("");
	pthread_mutex_lock(&intern->lock);
	name = map_find(intern->numbers, text);
	number = name != NULL ? name->number : add(intern, text);
	pthread_mutex_unlock(&intern->lock);
	return number;
}

struct slice
intern_name(struct intern *intern, uint32_t number)
{
	struct slice text = {NULL, 0};

	pthread_mutex_lock(&intern->lock);
	if (number > 0 && number <= intern->count)
		text = intern->names[number - 1]->text;
	pthread_mutex_unlock(&intern->lock);
	return text;
}

uint32_t
intern_count(struct intern *intern)
{
	uint32_t count;

	pthread_mutex_lock(&intern->lock);
	count = intern->count;
	pthread_mutex_unlock(&intern->lock);
	return count;
}
