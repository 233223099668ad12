/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The hold queues of all instances of one Postfix. postqueue(1) may be run by
 * whoever authorized_mailq_users names, postsuper(1) by root alone.
 */
#include "mta/held.h"

#include "base/json.h"
#include "base/process.h"
#include "mta/postfix.h"

#define LIMIT_SECONDS 60U
#define QUEUE_BYTES_MAX ((size_t)256 * 1024 * 1024)

static bool
fail_memory(struct err *err)
{
	return err_set(err, ERR_MEMORY, "too much is held to be listed");
}

static struct slice
sender_of(struct arena *arena, const struct json *message)
{
	struct slice sender = json_text(message, "sender");

	return slice_equal(sender, SLICE("MAILER-DAEMON"))
		? SLICE("")
		: arena_copy(arena, sender);
}

static bool
take_message(struct held_list *list, const struct json *message,
	const char *directory, struct err *err)
{
	const struct json *rcpts = json_find(message, "recipients");
	struct slice id = json_text(message, "queue_id");
	struct slice *addresses;
	struct held *held;

	if (!slice_equal(json_text(message, "queue_name"), SLICE("hold")) ||
		!held_is_id(id))
		return true;
	addresses = arena_array(
		list->arena, json_count(rcpts) + 1, sizeof(*addresses));
	held = held_add(list);
	if (held == NULL || addresses == NULL)
		return fail_memory(err);
	for (size_t i = 0; i < json_count(rcpts); i++) {
		addresses[i] = arena_copy(
			list->arena, json_text(json_at(rcpts, i), "address"));
	}
	*held = (struct held){.mta = HELD_POSTFIX,
		.place = directory,
		.id = arena_copy(list->arena, id).p,
		.at_ms = held_time(json_number(message, "arrival_time")),
		.sender = sender_of(list->arena, message),
		.rcpts = addresses,
		.rcpt_count = json_count(rcpts)};
	return held->id != NULL || fail_memory(err);
}

bool
held_postfix_take(struct held_list *list, struct slice line,
	const char *directory, struct err *err)
{
	struct json *message = json_parse(line, NULL);
	bool done =
		message == NULL || take_message(list, message, directory, err);

	json_free(message);
	return done;
}

static bool
read_instance(struct held_list *list, const char *directory, struct err *err)
{
	const char *argv[] = {"postqueue", "-c", directory, "-j", NULL};
	const struct process_job job = {argv, {0}, LIMIT_SECONDS};
	struct buf text = {0};
	bool done = process_run_long(&job, QUEUE_BYTES_MAX, &text, err) ||
		err_wrap(err, "%s: the queue cannot be read", directory);
	struct slice rest = buf_slice(&text);

	for (struct slice line; done && slice_next(&rest, '\n', &line);)
		done = held_postfix_take(list, line, directory, err);
	buf_fini(&text);
	return done;
}

static const char *
copy_name(struct arena *arena, struct slice name, struct err *err)
{
	const char *copy = arena_copy(arena, name).p;

	if (copy == NULL)
		(void)fail_memory(err);
	return copy;
}

/* Those that are not enabled do not run. */
static bool
read_other(struct held_list *list, struct slice name, struct err *err)
{
	const char *directory = copy_name(list->arena, name, err);
	struct postfix *postfix =
		directory != NULL ? postfix_read(directory, err) : NULL;
	bool done = postfix != NULL;

	if (done &&
		slice_equal(postfix_value(postfix, "multi_instance_enable"),
			SLICE("yes")))
		done = read_instance(list, directory, err);
	postfix_free(postfix);
	return done;
}

bool
held_postfix_read(
	struct held_list *list, const char *directory, struct err *err)
{
	struct postfix *postfix = postfix_read(directory, err);
	const char *own;
	struct slice others;
	bool done;

	if (postfix == NULL)
		return false;
	own = copy_name(list->arena, slice_of(postfix_directory(postfix)), err);
	done = own != NULL && read_instance(list, own, err);
	others = postfix_value(postfix, "multi_instance_directories");
	for (struct slice one; done && postfix_next(&others, &one);)
		done = read_other(list, one, err);
	postfix_free(postfix);
	return done;
}

/* Of the queue "hold" alone: what another has let go meanwhile is not touched,
 * and postsuper says nothing then, and does not fail. -H only, never -r: that
 * would have it judged once more. */
bool
held_postfix_do(const struct held *held, enum held_act act, struct err *err)
{
	const char *change[] = {"postsuper", "-c", held->place,
		act == HELD_RELEASE ? "-H" : "-d", held->id, "hold", NULL};
	const char *deliver[] = {
		"postqueue", "-c", held->place, "-i", held->id, NULL};
	const struct process_job changing = {change, {0}, LIMIT_SECONDS},
				 delivering = {deliver, {0}, LIMIT_SECONDS};
	struct buf said = {0};
	struct err ignored;
	bool done = process_run_said(&changing, &said, err);

	if (done &&
		slice_find(buf_slice(&said), SLICE(": 1 message")) ==
			SLICE_NONE) {
		done = err_set(err, ERR_SYSTEM,
			"it is not held any more: somebody else let it go, or "
			"deleted it, a moment ago");
	}
	buf_fini(&said);
	/* Of a Postfix that does not run it leaves when it does again. */
	if (done && act == HELD_RELEASE)
		(void)process_run(&delivering, NULL, &ignored);
	return done;
}
