/* SPDX-License-Identifier: BSD-2-Clause */
/* Commands out, answers back. */
#include "store/redis/pipeline.h"

#include "store/redis/request.h"

static bool
add_command(const struct pipeline *pipeline, struct command *command)
{
	const struct slice asking = SLICE("ASKING");

	if (command->script != SCRIPT_NONE) {
		command->words[1] =
			slice_of(pipeline->hello->names[command->script]);
	}
	if (command->asking &&
		!connection_add(pipeline->hello->connection, 1, &asking))
		return false;
	return connection_add(
		pipeline->hello->connection, command->count, command->words);
}

static struct reply *
take_reply(const struct pipeline *pipeline, struct command *command)
{
	struct reply *reply;

	waiter_lock(&command->request->waiter);
	reply = connection_take(
		pipeline->hello->connection, command->request->arena);
	waiter_unlock(&command->request->waiter);
	return reply;
}

/* The answer to the command; false: the connection or the node is of no use
 * any more, and the command has no answer. */
static bool
read_reply(const struct pipeline *pipeline, struct command *command,
	struct reply **reply, struct err *err)
{
	if (command->asking &&
		!connection_wait(pipeline->hello->connection, err))
		return false;
	if (!connection_wait(pipeline->hello->connection, err))
		return false;
	*reply = take_reply(pipeline, command);
	return *reply == NULL || !reply_is_fatal(*reply) ||
		!reply_to_err(*reply, err);
}

static void
finish(const struct pipeline *pipeline, struct command *command,
	struct reply *reply)
{
	if (reply != NULL && reply->type == REPLY_ERROR &&
		pipeline->redirect != NULL &&
		pipeline->redirect(pipeline->redirect_ctx, command, reply))
		return;
	request_answer(command, reply, "an answer that is too big");
}

/* The server forgot these scripts (SCRIPT FLUSH): their texts go along. */
static bool
run_texts(
	const struct pipeline *pipeline, struct command **list, struct err *err)
{
	while (*list != NULL) {
		struct command *command = *list;
		struct reply *reply;
		bool ok;

		command->words[0] = SLICE("EVAL");
		command->words[1] = slice_of(script_texts[command->script]);
		ok = connection_add(pipeline->hello->connection, command->count,
			     command->words) &&
			read_reply(pipeline, command, &reply, err);
		command->words[0] = SLICE("EVALSHA");
		if (!ok)
			return false;
		finish(pipeline, command_cut(list), reply);
	}
	return true;
}

bool
pipeline_run(
	const struct pipeline *pipeline, struct command **list, struct err *err)
{
	struct command *command, *unknown = NULL, **end = &unknown;
	bool ok = true;

	for (command = *list; command != NULL; command = command->next) {
		if (!add_command(pipeline, command))
			return err_set(err, ERR_MEMORY, "out of memory");
	}
	while (ok && *list != NULL) {
		struct reply *reply;

		ok = read_reply(pipeline, *list, &reply, err);
		if (!ok)
			break;
		command = command_cut(list);
		if (reply != NULL && reply_is_error(reply, "NOSCRIPT")) {
			*end = command;
			end = &command->next;
		} else {
			finish(pipeline, command, reply);
		}
	}
	if (ok && run_texts(pipeline, &unknown, err))
		return true;
	for (end = &unknown; *end != NULL;)
		end = &(*end)->next;
	*end = *list;
	*list = unknown;
	return false;
}
