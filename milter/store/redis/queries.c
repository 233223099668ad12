/* SPDX-License-Identifier: BSD-2-Clause */
/* Questions to Redis: putting them together, and walking over all keys. */
#include "store/redis/queries.h"

#include "store/redis/redis_key.h"

#include <string.h>

#define SCAN_COUNT "1000"

bool
queries_begin(struct queries *q, struct redis *redis, struct err *err)
{
	q->redis = redis;
	q->request = redis_question(redis, err);
	q->first = NULL;
	q->end = &q->first;
	if (q->request == NULL)
		return false;
	q->arena = q->request->arena;
	return true;
}

/* Sends what was added since the last time. */
bool
queries_put(struct queries *q, struct err *err)
{
	struct command *list = q->first;

	q->first = NULL;
	q->end = &q->first;
	return redis_put(q->redis, q->request, list, err);
}

void
queries_end(struct queries *q)
{
	request_drop(q->request);
}

/* Adds "name key ..."; key may be absent (SCAN). The command takes up to
 * eight words. NULL when memory is short. */
struct command *
queries_add(struct queries *q, const char *name, struct slice key)
{
	struct command *command = command_new(q->request, SCRIPT_NONE, 0, 8);

	if (command == NULL)
		return NULL;
	command_word(command, slice_of(name));
	if (key.p != NULL)
		command_word(command, key);
	command->key = key;
	*q->end = command;
	q->end = &command->next;
	return command;
}

bool
queries_too_long(struct err *err)
{
	return err_set(err, ERR_LIMIT, "the answer is too long");
}

struct slice
queries_tagged(const struct queries *q, const char *kind, struct slice text)
{
	return redis_key_tagged(q->arena, q->redis->prefix, kind, text,
		(struct slice){NULL, 0});
}

struct slice
queries_plain(const struct queries *q, const char *kind)
{
	return redis_key_plain(
		q->arena, q->redis->prefix, kind, (struct slice){NULL, 0});
}

/* The value of a field in the answer to HGETALL, absent when not there. */
struct slice
reply_field(const struct reply *hash, const char *name)
{
	for (size_t i = 0; hash->type == REPLY_ARRAY && i + 1 < hash->count;
		i += 2) {
		if (slice_equal(hash->items[i].text, slice_of(name)))
			return hash->items[i + 1].text;
	}
	return (struct slice){NULL, 0};
}

uint64_t
reply_u64(struct slice text)
{
	uint64_t number = 0;

	(void)slice_to_u64(text, &number);
	return number;
}

size_t
reply_count(const struct reply *reply)
{
	return reply->type == REPLY_ARRAY ? reply->count : 0;
}

static struct node *
node_at(struct redis *redis, size_t i)
{
	if (redis->cluster != NULL)
		return cluster_node(redis->cluster, i);
	return i == 0 ? redis->node : NULL;
}

/* A walk over the keys of one node; the cursor is "0" again at the end. */
struct scan {
	struct redis *redis;
	struct node *node;
	const char *kind;
	page_fn *page;
	void *ctx;
	char cursor[32];
};

static struct command *
ask_page(struct queries *q, const struct scan *scan)
{
	struct command *command =
		queries_add(q, "SCAN", (struct slice){NULL, 0});

	if (command == NULL)
		return NULL;
	command->target = scan->node;
	command_word(command, arena_copy(q->arena, slice_of(scan->cursor)));
	command_word(command, SLICE("MATCH"));
	command_word(command,
		arena_printf(
			q->arena, "%s:%s*", scan->redis->prefix, scan->kind));
	command_word(command, SLICE("COUNT"));
	command_word(command, SLICE(SCAN_COUNT));
	return command;
}

static bool
read_page(struct queries *q, struct scan *scan, const struct reply *reply,
	struct err *err)
{
	if (reply_count(reply) != 2 || reply->items[0].text.p == NULL ||
		reply->items[0].text.len >= sizeof(scan->cursor))
		return err_set(err, ERR_DOWN, "an answer that makes no sense");
	memcpy(scan->cursor, reply->items[0].text.p,
		reply->items[0].text.len + 1);
	return scan->page(q, &reply->items[1], scan->ctx, err);
}

static bool
scan_page(struct scan *scan, struct err *err)
{
	const struct command *command;
	struct queries q;
	bool ok;

	if (!queries_begin(&q, scan->redis, err))
		return false;
	command = ask_page(&q, scan);
	ok = command != NULL ? queries_put(&q, err) : queries_too_long(err);
	ok = ok && read_page(&q, scan, command->reply, err);
	queries_end(&q);
	return ok;
}

bool
queries_walk(struct redis *redis, const char *kind, page_fn *page, void *ctx,
	struct err *err)
{
	struct scan scan = {redis, NULL, kind, page, ctx, "0"};

	for (size_t i = 0; (scan.node = node_at(redis, i)) != NULL; i++) {
		do {
			if (!scan_page(&scan, err))
				return false;
		} while (strcmp(scan.cursor, "0") != 0);
	}
	return true;
}
