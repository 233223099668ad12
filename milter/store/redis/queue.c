/* SPDX-License-Identifier: BSD-2-Clause */
/* What waits for a node. */
#include "store/redis/queue.h"

#include "base/random.h"
#include "store/memory/siphash.h"
#include "store/redis/request.h"

#include <stdlib.h>

#define PIPELINE_MAX 512
#define GATHER_MS 2
#define OVERDUE_MS 20
#define BUCKETS 4096 /* a power of two */
/* Of what was told, goes along with one answer. Who floods us with mail under
 * one Message-ID is not to decide how long its forwards wait: past this they
 * go without, and memory knows what is in front of them. */
#define BROUGHT_MAX 256

struct list {
	struct command *first, **last;
};

/* What is told is in the order of its coming, and in a table by its keys, the
 * newest first. */
struct queue {
	struct list awaited;
	struct command *told, *told_last;
	size_t told_count;
	uint64_t numbered;
	int64_t gathered_ms; /* until then more may be told */
	struct command *later; /* not before command->due_ms, the next first */
	struct siphash_key key;
	struct command_order *buckets[BUCKETS];
};

struct queue *
queue_new(void)
{
	struct queue *queue = calloc(1, sizeof(*queue));

	if (queue == NULL)
		return NULL;
	queue->awaited.last = &queue->awaited.first;
	if (random_fill(&queue->key, sizeof(queue->key)))
		return queue;
	free(queue);
	return NULL;
}

void
queue_free(struct queue *queue)
{
	free(queue);
}

static void
put_awaited(struct queue *queue, struct command *command)
{
	command->next = NULL;
	*queue->awaited.last = command;
	queue->awaited.last = &command->next;
}

static struct command_order **
bucket_of(struct queue *queue, const struct command_order *order)
{
	return &queue->buckets[order->hash & (BUCKETS - 1)];
}

static void
hash_keys(const struct queue *queue, struct command *command)
{
	for (size_t i = 0; i < command->order_count; i++) {
		struct command_order *order = &command->orders[i];

		order->command = command;
		order->hash = siphash(&queue->key, order->key);
	}
}

static void
link_told(struct queue *queue, struct command *command)
{
	command->next = NULL;
	command->before = queue->told_last;
	command->told_number = queue->numbered++;
	if (queue->told_last != NULL) {
		queue->told_last->next = command;
	} else {
		queue->told = command;
	}
	queue->told_last = command;
	queue->told_count++;
	for (size_t i = 0; i < command->order_count; i++) {
		struct command_order *order = &command->orders[i];
		struct command_order **bucket = bucket_of(queue, order);

		order->newer = NULL;
		order->older = *bucket;
		if (order->older != NULL)
			order->older->newer = order;
		*bucket = order;
	}
}

static void
unlink_told(struct queue *queue, struct command *command)
{
	struct command *after = command->next, *before = command->before;

	*(before != NULL ? &before->next : &queue->told) = after;
	*(after != NULL ? &after->before : &queue->told_last) = before;
	queue->told_count--;
	for (size_t i = 0; i < command->order_count; i++) {
		struct command_order *order = &command->orders[i];

		*(order->newer != NULL ? &order->newer->older
				       : bucket_of(queue, order)) =
			order->older;
		if (order->older != NULL)
			order->older->newer = order->newer;
	}
}

/* Those that go in front of a command: found, or still to be asked for the
 * ones in front of them. */
struct brought {
	struct command *found[BROUGHT_MAX];
	size_t count;
	bool too_many;
};

static void
find_same(struct brought *brought, const struct command_order *order,
	const struct command_order *from)
{
	for (; from != NULL && !brought->too_many; from = from->older) {
		if (from->hash != order->hash || from->command->brought)
			continue;
		if (brought->count == BROUGHT_MAX) {
			brought->too_many = true;
			return;
		}
		from->command->brought = true;
		brought->found[brought->count++] = from->command;
	}
}

static int
older_first(const void *a, const void *b)
{
	uint64_t one = (*(struct command *const *)a)->told_number;
	uint64_t two = (*(struct command *const *)b)->told_number;

	return one < two ? -1 : one > two;
}

/* What was told of the same keys, and what was told of theirs before, takes its
 * place among what is awaited; nothing when that is too much. */
static void
bring(struct queue *queue, const struct command *command)
{
	struct brought brought = {.count = 0};

	for (size_t i = 0; i < command->order_count; i++) {
		find_same(&brought, &command->orders[i],
			*bucket_of(queue, &command->orders[i]));
	}
	for (size_t n = 0; n < brought.count && !brought.too_many; n++) {
		const struct command *found = brought.found[n];

		for (size_t i = 0; i < found->order_count; i++) {
			find_same(&brought, &found->orders[i],
				found->orders[i].older);
		}
	}
	if (!brought.too_many) {
		qsort(brought.found, brought.count, sizeof(*brought.found),
			older_first);
	}
	for (size_t n = 0; n < brought.count; n++) {
		brought.found[n]->brought = false;
		if (!brought.too_many) {
			unlink_told(queue, brought.found[n]);
			put_awaited(queue, brought.found[n]);
		}
	}
}

/* A person's question is about all that was told. */
static bool
is_question(const struct command *command)
{
	return command->request->op_count == 0;
}

static bool
put_told(struct queue *queue, struct command *command, int64_t now_ms,
	bool *wakes)
{
	if (queue->told_count >= QUEUE_TOLD_MAX && !command->request->awaited)
		return false;
	if (queue->told == NULL) {
		*wakes = true;
		queue->gathered_ms = now_ms + GATHER_MS;
	}
	if (command->request->awaited && !command->aside) {
		*wakes = true;
		queue->gathered_ms = 0;
	}
	link_told(queue, command);
	return true;
}

bool
queue_put(struct queue *queue, struct command *command, int64_t now_ms,
	bool *wakes)
{
	*wakes = false;
	hash_keys(queue, command);
	if (!command->request->awaited || command->aside ||
		is_question(command))
		return put_told(queue, command, now_ms, wakes);
	*wakes = queue->awaited.first == NULL;
	bring(queue, command);
	put_awaited(queue, command);
	return true;
}

/* In the order of their times. */
void
queue_put_later(struct queue *queue, struct command *command, int64_t due_ms)
{
	struct command **at = &queue->later;

	command->due_ms = due_ms;
	while (*at != NULL && (*at)->due_ms <= due_ms)
		at = &(*at)->next;
	command->next = *at;
	*at = command;
}

void
queue_put_back(struct queue *queue, struct command *list)
{
	struct command **end = &list;

	if (list == NULL)
		return;
	while (*end != NULL)
		end = &(*end)->next;
	*end = queue->awaited.first;
	if (queue->awaited.first == NULL)
		queue->awaited.last = end;
	queue->awaited.first = list;
}

/* What waited long enough joins the queue. */
static void
ripen(struct queue *queue, int64_t now_ms)
{
	while (queue->later != NULL && queue->later->due_ms <= now_ms)
		put_awaited(queue, command_cut(&queue->later));
}

/*
 * Most of it is told, and nobody waits: it is gathered for a moment, so that a
 * busy machine wakes one thread and sends one pipeline for some ten messages.
 * What somebody waits for goes at once.
 */
bool
queue_is_due(struct queue *queue, int64_t now_ms, int64_t *at_ms)
{
	ripen(queue, now_ms);
	if (queue->awaited.first != NULL ||
		(queue->told != NULL && now_ms >= queue->gathered_ms))
		return true;
	if (queue->told != NULL && queue->gathered_ms < *at_ms)
		*at_ms = queue->gathered_ms;
	if (queue->later != NULL && queue->later->due_ms < *at_ms)
		*at_ms = queue->later->due_ms;
	return false;
}

static size_t
take_awaited(struct queue *queue, size_t most, struct command ***end)
{
	struct list *awaited = &queue->awaited;
	size_t count = 0;

	**end = awaited->first;
	while (**end != NULL && count < most) {
		*end = &(**end)->next;
		count++;
	}
	awaited->first = **end;
	if (awaited->first == NULL)
		awaited->last = &awaited->first;
	**end = NULL;
	return count;
}

static size_t
told_at_once(const struct queue *queue)
{
	size_t share = queue->told_count / QUEUE_TOLD_SHARE;

	if (share < QUEUE_TOLD_LEAST)
		return QUEUE_TOLD_LEAST;
	return share < QUEUE_TOLD_MOST ? share : QUEUE_TOLD_MOST;
}

static void
take_told(struct queue *queue, size_t most, struct command ***end)
{
	while (queue->told != NULL && most-- > 0) {
		struct command *command = queue->told;

		unlink_told(queue, command);
		command->next = NULL;
		**end = command;
		*end = &command->next;
	}
}

struct command *
queue_take(struct queue *queue, int64_t now_ms)
{
	struct command *list = NULL, **end = &list;
	size_t count = take_awaited(queue, PIPELINE_MAX, &end);

	if (count == 0 || now_ms >= queue->gathered_ms + OVERDUE_MS)
		take_told(queue, told_at_once(queue), &end);
	return list;
}

struct command *
queue_take_all(struct queue *queue)
{
	struct command *list = NULL, **end = &list;

	(void)take_awaited(queue, SIZE_MAX, &end);
	take_told(queue, SIZE_MAX, &end);
	*end = queue->later;
	queue->later = NULL;
	return list;
}
