/* SPDX-License-Identifier: BSD-2-Clause */
#include "daemon/held_seen.h"

#include "base/buf.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#define NAME_BYTES_MAX 64
#define BYTES_MAX ((size_t)4 * 1024 * 1024)
#define SIGN_MS ((int64_t)60 * 1000)

/* Rows as lines of JSON, and the name that their list has. */
struct list {
	char name[NAME_BYTES_MAX + 1];
	struct buf rows;
	size_t count;
};

struct held_seen {
	pthread_mutex_t lock;
	struct held_look look;
	struct list list, coming;
	int64_t sign_ms;
};

struct held_seen *
held_seen_new(void)
{
	struct held_seen *seen = calloc(1, sizeof(*seen));

	if (seen != NULL)
		pthread_mutex_init(&seen->lock, NULL);
	return seen;
}

void
held_seen_free(struct held_seen *seen)
{
	if (seen == NULL)
		return;
	buf_fini(&seen->list.rows);
	buf_fini(&seen->coming.rows);
	pthread_mutex_destroy(&seen->lock);
	free(seen);
}

static bool
is_called(const struct list *list, struct slice name)
{
	return slice_equal(slice_of(list->name), name);
}

bool
held_seen_note(struct held_seen *seen, const struct held_look *look)
{
	int64_t tended_ms;
	bool has;

	pthread_mutex_lock(&seen->lock);
	tended_ms = seen->look.tended_ms;
	seen->look = *look;
	seen->look.list = (struct slice){NULL, 0};
	seen->look.tended_ms = look->is_tender ? look->at_ms : tended_ms;
	has = is_called(&seen->list, look->list);
	pthread_mutex_unlock(&seen->lock);
	return has;
}

static void
begin(struct list *list, struct slice name)
{
	memcpy(list->name, name.p, name.len);
	list->name[name.len] = '\0';
	buf_reset(&list->rows);
	list->count = 0;
}

static bool
add(struct list *list, const struct json *rows)
{
	for (size_t i = 0; i < json_count(rows); i++) {
		if (list->count++ == HELD_ROWS_MAX ||
			!json_write(json_at(rows, i), &list->rows))
			return false;
		buf_add_byte(&list->rows, '\n');
	}
	return buf_ok(&list->rows) && list->rows.len <= BYTES_MAX;
}

bool
held_seen_add(struct held_seen *seen, struct slice name,
	const struct json *rows, bool is_first, bool is_last)
{
	struct list *coming = &seen->coming, old;
	bool good;

	if (name.len == 0 || name.len > NAME_BYTES_MAX || !json_is_list(rows))
		return false;
	pthread_mutex_lock(&seen->lock);
	if (is_first)
		begin(coming, name);
	good = is_called(coming, name) && add(coming, rows);
	if (good && is_last) {
		old = seen->list;
		seen->list = *coming;
		*coming = old;
	}
	if (!good || is_last)
		coming->name[0] = '\0';
	pthread_mutex_unlock(&seen->lock);
	return good;
}

struct held_look
held_seen_get(struct held_seen *seen)
{
	struct held_look look;

	pthread_mutex_lock(&seen->lock);
	look = seen->look;
	pthread_mutex_unlock(&seen->lock);
	return look;
}

struct json *
held_seen_rows(struct held_seen *seen)
{
	struct json *rows = json_list();
	struct slice rest;

	pthread_mutex_lock(&seen->lock);
	rest = buf_slice(&seen->list.rows);
	for (struct slice line; slice_next(&rest, '\n', &line);) {
		if (line.len > 0)
			json_add_take(rows, json_parse(line, NULL));
	}
	pthread_mutex_unlock(&seen->lock);
	return rows;
}

bool
held_seen_is_due(struct held_seen *seen, int64_t now_ms)
{
	bool due;

	pthread_mutex_lock(&seen->lock);
	due = now_ms - seen->sign_ms >= SIGN_MS || now_ms < seen->sign_ms;
	if (due)
		seen->sign_ms = now_ms;
	pthread_mutex_unlock(&seen->lock);
	return due;
}
