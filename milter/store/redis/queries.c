/* SPDX-License-Identifier: BSD-2-Clause */
/* Queries to Redis: putting them together, and walking over all keys. */
#include "store/redis/queries.h"

#include "store/answer.h"
#include "store/redis/redis_key.h"

#include <string.h>

#define ANSWER_BYTES ((size_t)256 << 20)
#define WAIT_MS 30000
#define PLAIN_WORDS 8
#define SCAN_COUNT "1000"

bool
queries_begin(struct queries *q, struct redis *redis, struct err *err)
{
	*q = (struct queries){.redis = redis,
		.request =
			request_new(NULL, redis_now_ms(redis), ANSWER_BYTES)};
	q->end = &q->first;
	if (q->request == NULL)
		return err_set(err, ERR_MEMORY, "out of memory");
	q->request->awaited = true;
	q->request->submit = redis_submit;
	q->request->ctx = redis;
	q->arena = q->spare.arena = q->request->arena;
	return true;
}

bool
queries_put(struct queries *q, struct err *err)
{
	struct request *request = q->request;
	struct command *list = q->first;
	enum request_outcome outcome;

	q->first = NULL;
	q->end = &q->first;
	if (q->full)
		return answer_too_long(err);
	if (list == NULL)
		return true;
	waiter_lock(&request->waiter);
	request->outcome = REQUEST_OPEN;
	waiter_unlock(&request->waiter);
	request_start(request, list);
	outcome = request_wait(request, clock_monotonic_ms() + WAIT_MS);
	if (outcome == REQUEST_OPEN)
		return err_set(err, ERR_DOWN, "Redis does not answer");
	if (outcome != REQUEST_DONE)
		return err_set(err, ERR_DOWN, "Redis: %s", request->reason);
	return true;
}

void
queries_end(struct queries *q)
{
	request_drop(q->request);
}

static struct command *
add(struct queries *q, struct command *command, struct slice key)
{
	if (command == NULL) {
		q->full = true;
		return &q->spare;
	}
	command->key = key;
	*q->end = command;
	q->end = &command->next;
	return command;
}

struct command *
queries_add(struct queries *q, const char *name, struct slice key)
{
	struct command *command =
		add(q, command_new(q->arena, SCRIPT_NONE, 0, PLAIN_WORDS), key);

	command_word(command, slice_of(name));
	if (key.p != NULL)
		command_word(command, key);
	return command;
}

struct command *
queries_add_script_keys(struct queries *q, enum script script,
	const struct slice *keys, size_t count, size_t words)
{
	struct command *command = add(q,
		command_new(q->arena, script, count, count + words), keys[0]);

	for (size_t i = 0; i < count; i++)
		command_word(command, keys[i]);
	return command;
}

struct command *
queries_add_script(
	struct queries *q, enum script script, struct slice key, size_t words)
{
	return queries_add_script_keys(q, script, &key, 1, words);
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

/* A walk over the keys of one node; the cursor is "0" again at the end. */
struct scan {
	struct redis *redis;
	struct node *node;
	const char *kind;
	queries_page_fn *page;
	void *ctx;
	char cursor[32];
};

static struct command *
ask_page(struct queries *q, const struct scan *scan)
{
	struct command *command =
		queries_add(q, "SCAN", (struct slice){NULL, 0});

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
	ok = queries_put(&q, err) && read_page(&q, scan, command->reply, err);
	queries_end(&q);
	return ok;
}

bool
queries_walk(struct redis *redis, const char *kind, queries_page_fn *page,
	void *ctx, struct err *err)
{
	struct scan scan = {redis, NULL, kind, page, ctx, "0"};

	for (size_t i = 0; (scan.node = redis_node(redis, i)) != NULL; i++) {
		do {
			if (!scan_page(&scan, err))
				return false;
		} while (strcmp(scan.cursor, "0") != 0);
	}
	return true;
}
