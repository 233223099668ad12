/* SPDX-License-Identifier: BSD-2-Clause */
/* Symptoms in the order they were found. */
#include "mta/checkup.h"

#include "base/arena.h"
#include "base/buf.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define ARENA_BYTES ((size_t)1024 * 1024)
#define TEXT_BYTES 1024

struct checkup {
	struct arena *arena;
	struct symptom *first, *last;
	const char *place;
	unsigned count[CHECKUP_LEVEL_COUNT];
};

struct checkup *
checkup_new(void)
{
	struct arena *arena = arena_new(ARENA_BYTES);
	struct checkup *checkup =
		arena != NULL ? arena_alloc(arena, sizeof(*checkup)) : NULL;

	if (checkup == NULL) {
		arena_free(arena);
		return NULL;
	}
	checkup->arena = arena;
	return checkup;
}

void
checkup_free(struct checkup *checkup)
{
	if (checkup != NULL)
		arena_free(checkup->arena);
}

void
checkup_set_place(struct checkup *checkup, const char *place)
{
	checkup->place = place;
}

static struct slice
copy_text(struct checkup *checkup, const char *text)
{
	return text != NULL ? arena_copy(checkup->arena, slice_of(text))
			    : slice_of(NULL);
}

/* "text: command" */
static struct slice
write_remedy(struct checkup *checkup, const struct remedy *remedy)
{
	struct buf whole = {0};

	if (remedy->text != NULL)
		buf_puts(&whole, remedy->text);
	if (remedy->text != NULL && remedy->command != NULL)
		buf_puts(&whole, ": ");
	if (remedy->command != NULL)
		buf_puts(&whole, remedy->command);
	struct slice copy = whole.len > 0
		? arena_copy(checkup->arena, buf_slice(&whole))
		: slice_of(NULL);
	buf_fini(&whole);
	return copy;
}

/* What no longer fits is counted all the same. */
static void
add(struct checkup *checkup, const struct remedy *remedy, const char *fmt,
	va_list args)
{
	struct symptom *symptom = arena_alloc(checkup->arena, sizeof(*symptom));
	char text[TEXT_BYTES];
	size_t len = 0;

	checkup->count[remedy->level]++;
	if (symptom == NULL)
		return;
	if (checkup->place != NULL) {
		(void)snprintf(text, sizeof(text) / 2, "[%s] ", checkup->place);
		len = strlen(text);
	}
	(void)vsnprintf(text + len, sizeof(text) - len, fmt, args);
	symptom->level = remedy->level;
	symptom->subject = copy_text(checkup, remedy->subject);
	symptom->text = copy_text(checkup, text);
	symptom->remedy = write_remedy(checkup, remedy);
	symptom->command = copy_text(checkup, remedy->command);
	if (checkup->last != NULL) {
		checkup->last->next = symptom;
	} else {
		checkup->first = symptom;
	}
	checkup->last = symptom;
}

void
checkup_add_fine(
	struct checkup *checkup, const char *subject, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	add(checkup, &(struct remedy){CHECKUP_FINE, subject, NULL, NULL}, fmt,
		args);
	va_end(args);
}

void
checkup_add(struct checkup *checkup, const struct remedy *remedy,
	const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	add(checkup, remedy, fmt, args);
	va_end(args);
}

const struct symptom *
checkup_first(const struct checkup *checkup)
{
	return checkup->first;
}

unsigned
checkup_count(const struct checkup *checkup, enum checkup_level level)
{
	return checkup->count[level];
}

static bool
is_plain(struct slice word)
{
	static const char plain[] =
		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
		"0123456789_-./:=@%+,";

	for (size_t i = 0; i < word.len; i++) {
		if (word.p[i] == '\0' || strchr(plain, word.p[i]) == NULL)
			return false;
	}
	return word.len > 0;
}

void
checkup_add_word(struct buf *out, struct slice word)
{
	if (is_plain(word)) {
		buf_add(out, word);
		return;
	}
	buf_add_byte(out, '\'');
	for (size_t i = 0; i < word.len; i++) {
		if (word.p[i] == '\'') {
			buf_puts(out, "'\\''");
		} else {
			buf_add_byte(out, word.p[i]);
		}
	}
	buf_add_byte(out, '\'');
}

void
checkup_names_add(struct checkup_names *names, struct slice name)
{
	static const struct slice more = {", ...", 5};
	size_t len = strlen(names->text);
	const char *comma = len > 0 ? ", " : "";

	names->count++;
	if (names->cut)
		return;
	names->cut = len + strlen(comma) + name.len + more.len >=
		sizeof(names->text);
	if (names->cut) {
		comma = "";
		name = len > 0 ? more : SLICE("...");
	}
	(void)snprintf(names->text + len, sizeof(names->text) - len, "%s%.*s",
		comma, SLICE_ARG(name));
}
