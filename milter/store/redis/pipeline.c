/* SPDX-License-Identifier: BSD-2-Clause */
/* Commands out, answers back. */
#include "store/redis/pipeline.h"

#include "store/redis/commands_take.h"
#include "store/redis/redis_error.h"
#include "store/redis/request.h"

static bool
add_asking(const struct pipeline *pipeline, const struct command *command)
{
	const struct slice asking = SLICE("ASKING");

	return !command->asking ||
		connection_add(pipeline->hello->connection, 1, &asking);
}

static bool
add_command(const struct pipeline *pipeline, struct command *command)
{
	if (command->script != SCRIPT_NONE) {
		command->words[1] =
			slice_of(pipeline->hello->names[command->script]);
	}
	return add_asking(pipeline, command) &&
		connection_add(pipeline->hello->connection, command->count,
			command->words);
}

/* The next of the list, and those that go together with it. */
static bool
add_next(const struct pipeline *pipeline, struct command **list)
{
	struct command *command = *list;
	struct take_call call;

	command->together = commands_take_join(command, &call);
	if (command->together == 0) {
		*list = command->next;
		return add_command(pipeline, command);
	}
	call.words[1] = slice_of(pipeline->hello->names[SCRIPT_TAKE]);
	for (size_t i = 0; i < command->together; i++)
		*list = (*list)->next;
	return connection_add(
		pipeline->hello->connection, call.count, call.words);
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

/*
 * Is the error the server's, and not this command's? What we have no right to,
 * or what nobody has heard of, is, too, when it is mail that was counted; a
 * person's question may fail alone.
 */
static bool
is_state(const struct pipeline *pipeline, const struct command *command,
	const struct reply *reply)
{
	switch (redis_error_kind(reply)) {
	case REDIS_ERROR_STATE:
		return true;
	case REDIS_ERROR_RIGHT:
	case REDIS_ERROR_UNKNOWN:
		return command->request->op_count > 0;
	case REDIS_ERROR_SLOT:
		return pipeline->redirect == NULL;
	case REDIS_ERROR_REFUSED:
	case REDIS_ERROR_SCRIPT:
		break;
	}
	return false;
}

/* Why the server cannot go on. */
static bool
say_state(const struct command *command, const struct reply *reply,
	struct err *err)
{
	(void)redis_error_words(reply, err);
	if (redis_error_kind(reply) == REDIS_ERROR_UNKNOWN)
		command_name_keys(command, err);
	return false;
}

/* Does the reply say so, or what one part of a batch was answered? */
static bool
has_state(const struct pipeline *pipeline, const struct command *command,
	const struct reply *reply, struct err *err)
{
	size_t parts = command->part_count > 0 ? reply_count(reply) : 0;

	if (reply->type == REPLY_ERROR && is_state(pipeline, command, reply))
		return !say_state(command, reply, err);
	for (size_t i = 0; i < parts && i < command->part_count; i++) {
		const struct reply *part = &reply->items[i];

		if (part->type == REPLY_ERROR &&
			is_state(pipeline, command, part))
			return !say_state(command->parts[i], part, err);
	}
	return false;
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
	command->is_ill =
		*reply != NULL && has_state(pipeline, command, *reply, err);
	return !command->is_ill;
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

/* With its text in the place of its name. */
static bool
add_text(const struct pipeline *pipeline, struct command *command)
{
	const struct slice name = command->words[0];
	bool ok;

	command->words[0] = SLICE("EVAL");
	command->words[1] = slice_of(script_texts[command->script]);
	ok = add_asking(pipeline, command) &&
		connection_add(pipeline->hello->connection, command->count,
			command->words);
	command->words[0] = name;
	return ok;
}

/* The server forgot these scripts (SCRIPT FLUSH), or something of what went
 * together failed: their texts go along, one by one. */
static bool
run_texts(
	const struct pipeline *pipeline, struct command **list, struct err *err)
{
	while (*list != NULL) {
		struct reply *reply;

		if (!add_text(pipeline, *list))
			return err_set(err, ERR_MEMORY, "out of memory");
		if (!read_reply(pipeline, *list, &reply, err))
			return false;
		finish(pipeline, command_cut(list), reply);
	}
	return true;
}

/* Those that went together are all done, or are found out about one by one. */
static void
finish_together(const struct pipeline *pipeline, struct command **list,
	const struct reply *reply, struct command ***again)
{
	static struct reply one = {.type = REPLY_INTEGER, .integer = 1};
	bool done = commands_take_is_done(reply);
	size_t left = (*list)->together;

	for (; left > 0; left--) {
		struct command *command = command_cut(list);

		if (done) {
			finish(pipeline, command, &one);
		} else {
			**again = command;
			*again = &command->next;
		}
	}
}

bool
pipeline_run(
	const struct pipeline *pipeline, struct command **list, struct err *err)
{
	struct command *command = *list, *again = NULL, **end = &again;
	bool ok = true;

	while (command != NULL) {
		if (!add_next(pipeline, &command))
			return err_set(err, ERR_MEMORY, "out of memory");
	}
	while (ok && *list != NULL) {
		struct reply *reply;

		ok = read_reply(pipeline, *list, &reply, err);
		if (!ok)
			break;
		if ((*list)->together > 0) {
			finish_together(pipeline, list, reply, &end);
			continue;
		}
		command = command_cut(list);
		if (reply != NULL && reply_is_error(reply, "NOSCRIPT")) {
			*end = command;
			end = &command->next;
		} else {
			finish(pipeline, command, reply);
		}
	}
	if (ok && run_texts(pipeline, &again, err))
		return true;
	for (end = &again; *end != NULL;)
		end = &(*end)->next;
	*end = *list;
	*list = again;
	return false;
}

bool
pipeline_try(const struct pipeline *pipeline, struct command *command,
	struct err *err)
{
	struct reply *reply;

	if (!add_command(pipeline, command))
		return err_set(err, ERR_MEMORY, "out of memory");
	return read_reply(pipeline, command, &reply, err);
}
