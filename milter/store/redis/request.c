/* SPDX-License-Identifier: BSD-2-Clause */
/* Batches on their way: copied, sent in rounds, waited for, let go. */
#include "store/redis/request.h"

#include "store/redis/redis_error.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool
copy_list(struct arena *arena, const struct slice **list, size_t count)
{
	struct slice *copy = arena_array(arena, count, sizeof(*copy));

	for (size_t i = 0; copy != NULL && i < count; i++)
		copy[i] = arena_copy(arena, (*list)[i]);
	*list = copy;
	return copy != NULL;
}

/* Copies the slices of an operation that the backends read. */
static bool
copy_op(struct arena *arena, struct store_op *op)
{
	struct slice *texts[4] = {0};

	switch (op->verb) {
	case STORE_NOTE:
		texts[0] = &op->note.group;
		texts[1] = &op->note.policy;
		texts[2] = &op->note.member;
		break;
	case STORE_REMEMBER:
		texts[0] = &op->remember.id;
		if (!copy_list(
			    arena, &op->remember.members, op->remember.count))
			return false;
		break;
	case STORE_RECALL:
		texts[0] = &op->recall.id;
		break;
	case STORE_FACTS:
		texts[0] = &op->facts.mailbox;
		texts[1] = &op->facts.destination;
		break;
	case STORE_TALLY:
		texts[0] = &op->tally.mailbox;
		texts[1] = &op->tally.destination;
		texts[2] = &op->tally.identity;
		if (!copy_list(
			    arena, &op->tally.authors, op->tally.author_count))
			return false;
		break;
	case STORE_APPEND:
		texts[0] = &op->append.json;
		break;
	case STORE_PEER:
		texts[0] = &op->peer.mailbox;
		texts[1] = &op->peer.destination;
		break;
	}
	for (size_t i = 0; i < 4 && texts[i] != NULL; i++) {
		if (texts[i]->p == NULL)
			continue;
		*texts[i] = arena_copy(arena, *texts[i]);
		if (texts[i]->p == NULL)
			return false;
	}
	return true;
}

static bool
copy_batch(struct request *request, const struct store_batch *batch)
{
	request->ops =
		arena_array(request->arena, batch->count, sizeof(*batch->ops));
	request->commands_of = arena_array(
		request->arena, batch->count, sizeof(*request->commands_of));
	if (request->ops == NULL || request->commands_of == NULL)
		return false;
	request->op_count = batch->count;
	request->foreseen =
		batch->foreseen < batch->count ? batch->foreseen : 0;
	request->came_true = request->foreseen == 0;
	request->exact = batch->exact;
	memcpy(request->ops, batch->ops, batch->count * sizeof(*batch->ops));
	for (size_t i = 0; i < batch->count; i++) {
		if (!copy_op(request->arena, &request->ops[i]))
			return false;
	}
	return true;
}

struct request *
request_new(const struct store_batch *batch, int64_t at_ms, size_t arena_bytes)
{
	struct request *request = calloc(1, sizeof(*request));

	if (request == NULL)
		return NULL;
	waiter_init(&request->waiter);
	atomic_init(&request->references, 1);
	request->at_ms = at_ms;
	request->arena = arena_new(arena_bytes);
	if (request->arena == NULL ||
		(batch != NULL && !copy_batch(request, batch))) {
		request_drop(request);
		return NULL;
	}
	return request;
}

void
request_keep(struct request *request)
{
	atomic_fetch_add(&request->references, 1);
}

void
request_drop(struct request *request)
{
	if (request == NULL || atomic_fetch_sub(&request->references, 1) != 1)
		return;
	waiter_fini(&request->waiter);
	arena_free(request->arena);
	free(request);
}

/* Under the lock. What may be tried again says more than what may not: the
 * whole batch is, then. */
static void
fail(struct request *request, enum request_outcome outcome, const char *reason)
{
	if (request->outcome == REQUEST_DOWN || request->outcome == outcome)
		return;
	request->outcome = outcome;
	(void)snprintf(request->reason, sizeof(request->reason), "%.*s",
		(int)sizeof(request->reason) - 1, reason);
}

/*
 * Hands a round to its nodes. A reference is held for each command, and one
 * for the round itself, so that a node that answers at once does not finish
 * the request under our hands: the count of pending commands holds one more
 * until all are handed over.
 */
static void
send_round(struct request *request, struct command *round)
{
	static struct reply too_big = {
		.type = REPLY_ERROR, .text = SLICE("ERR the batch is too big")};
	struct command *next;

	for (struct command *command = round; command != NULL; command = next) {
		next = command->next;
		command->next = NULL;
		request_keep(request);
		if (!command_is_whole(command)) {
			request_answer(command, &too_big, "");
		} else if (!request->submit(command, request->ctx)) {
			request_answer(command, NULL, "down");
		}
	}
}

static size_t *
left_of(struct request *request, const struct command *command)
{
	return command->aside ? &request->asides : &request->pending;
}

/* Under the lock: takes the round in. */
static void
enlist(struct request *request, struct command *round)
{
	for (struct command *command = round; command != NULL;
		command = command->next) {
		command->request = request;
		command->sibling = request->commands;
		request->commands = command;
		*left_of(request, command) += 1;
	}
	request->rounds++;
}

/* Under the lock, when nothing is pending: the next round, or the end. What was
 * asked for what did not come true is not to be done, now or by a replay. */
static struct command *
advance(struct request *request)
{
	struct command *round = NULL;

	if (!request->came_true)
		request->op_count = request->foreseen;
	if (request->outcome != REQUEST_DOWN && request->next_round != NULL)
		round = request->next_round(request, request->round_ctx);
	if (round != NULL) {
		enlist(request, round);
	} else if (request->outcome == REQUEST_OPEN) {
		request->outcome = REQUEST_DONE;
	}
	return round;
}

/* Releases the lock that the caller holds; goes on, or tells the end. */
static void
step(struct request *request)
{
	struct command *round = NULL;
	bool ended = false;

	if (request->pending == 0) {
		round = advance(request);
		ended = round == NULL && request->asides == 0;
		if (round == NULL)
			waiter_wake(&request->waiter);
	}
	waiter_unlock(&request->waiter);
	if (round != NULL)
		send_round(request, round);
	if (ended && request->on_finish != NULL)
		request->on_finish(request, request->ctx);
}

void
request_start(struct request *request, struct command *round)
{
	request_keep(request);
	waiter_lock(&request->waiter);
	enlist(request, round);
	request->pending++;
	waiter_unlock(&request->waiter);
	send_round(request, round);
	waiter_lock(&request->waiter);
	request->pending--;
	step(request);
	request_drop(request);
}

static void
refuse(struct command *command, const char *reason)
{
	struct err err;

	err_set(&err, ERR_INVALID, "%s", reason);
	command_name_keys(command, &err);
	command->request->refused += command->op_count;
	fail(command->request, REQUEST_REFUSED, err.text);
}

static void
read_one(struct command *command)
{
	struct err err;

	if (redis_error_words(command->reply, &err)) {
		if (redis_error_kind(command->reply) == REDIS_ERROR_REFUSED) {
			refuse(command, err.text);
		} else {
			fail(command->request, REQUEST_DOWN, err.text);
		}
	} else if (command->read != NULL && !command->read(command)) {
		fail(command->request, REQUEST_DOWN,
			"an answer that makes no sense");
	}
}

/* Each part of a batch has an answer of its own. */
static void
read_answer(struct command *command)
{
	const struct reply *reply = command->reply;

	if (command->part_count == 0 || reply->type != REPLY_ARRAY ||
		reply->count != command->part_count) {
		read_one(command);
		return;
	}
	for (size_t i = 0; i < command->part_count; i++) {
		if (reply->items[i].type == REPLY_NIL &&
			!command->request->came_true)
			continue;
		command->parts[i]->request = command->request;
		command->parts[i]->reply = &reply->items[i];
		read_one(command->parts[i]);
	}
}

void
request_answer(struct command *command, struct reply *reply, const char *reason)
{
	struct request *request = command->request;

	waiter_lock(&request->waiter);
	command->answered = true;
	command->reply = reply;
	if (reply != NULL) {
		read_answer(command);
	} else {
		fail(request, REQUEST_DOWN, reason);
	}
	*left_of(request, command) -= 1;
	step(request);
	request_drop(request);
}

enum request_outcome
request_wait(struct request *request, int64_t until_ms)
{
	enum request_outcome outcome;

	waiter_lock(&request->waiter);
	while ((request->pending > 0 || request->outcome == REQUEST_OPEN) &&
		waiter_wait(&request->waiter, until_ms))
		continue;
	outcome = request->pending == 0 ? request->outcome : REQUEST_OPEN;
	waiter_unlock(&request->waiter);
	return outcome;
}
