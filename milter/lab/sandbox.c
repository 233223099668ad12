/* SPDX-License-Identifier: BSD-2-Clause */
/* The engine in a box. */
#include "lab/sandbox.h"

#include "lab/eml.h"
#include "store/store_open.h"
#include "verdict/keep.h"
#include "verdict/logged.h"
#include "verdict/record.h"

#include <stdlib.h>

#define PARAMS_MAX 16
#define LOGGED_SURE 97 /* as of an alias, or a .forward */

struct sandbox {
	const struct realm *realm;
	struct judge_options judge;
	struct message_limits limits;
	struct store *store;
	struct clock_fake clock;
	unsigned told; /* by a log; each has a queue id of its own */
	sandbox_judged_fn *judged;
};

struct sandbox *
sandbox_new(const struct sandbox_options *options, struct err *err)
{
	struct sandbox *sandbox = calloc(1, sizeof(*sandbox));
	struct store_options store = options->store;

	if (sandbox == NULL) {
		err_set(err, ERR_MEMORY, "out of memory");
		return NULL;
	}
	sandbox->judged = options->judged;
	sandbox->realm = options->realm;
	sandbox->judge = options->judge;
	sandbox->clock.now_ms = options->at_ms;
	sandbox->limits = options->limits;
	store.clock = clock_fake(&sandbox->clock);
	sandbox->store = store_open(&store, err);
	if (sandbox->store == NULL) {
		free(sandbox);
		return NULL;
	}
	return sandbox;
}

void
sandbox_free(struct sandbox *sandbox)
{
	if (sandbox == NULL)
		return;
	store_close(sandbox->store);
	free(sandbox);
}

void
sandbox_set_time(struct sandbox *sandbox, int64_t at_ms)
{
	if (at_ms > sandbox->clock.now_ms)
		sandbox->clock.now_ms = at_ms;
}

int64_t
sandbox_time(const struct sandbox *sandbox)
{
	return sandbox->clock.now_ms;
}

void
sandbox_set_respond(struct sandbox *sandbox, const struct respond *respond)
{
	sandbox->judge.respond = *respond;
}

const struct judge_options *
sandbox_options(const struct sandbox *sandbox)
{
	return &sandbox->judge;
}

struct store *
sandbox_store(const struct sandbox *sandbox)
{
	return sandbox->store;
}

/* "path PARAM=x PARAM=y": the path, and its parameters into params. A path
 * in angle brackets may hold spaces in a quoted local part. */
static size_t
split(struct slice text, struct slice *path, struct slice params[PARAMS_MAX])
{
	size_t end = text.len > 0 && text.p[0] == '<'
		? slice_find(text, SLICE("> "))
		: slice_find_byte(text, ' ', 0);
	struct slice rest, word;
	size_t count = 0;

	if (end == SLICE_NONE) {
		*path = text;
		return 0;
	}
	if (text.p[end] == '>')
		end++;
	*path = slice_sub(text, 0, end);
	rest = slice_sub(text, end, text.len);
	while (count < PARAMS_MAX && slice_next(&rest, ' ', &word)) {
		if (word.len > 0)
			params[count++] = word;
	}
	return count;
}

const struct message *
sandbox_message(const struct sandbox *sandbox, struct arena *arena,
	const struct letter *letter)
{
	struct message_builder *builder =
		message_begin(arena, sandbox->realm, &sandbox->limits);
	struct slice path, params[PARAMS_MAX];
	size_t count;

	if (builder == NULL)
		return NULL;
	message_set_client(builder, &letter->client);
	message_set_queue_id(builder, letter->queue_id);
	count = split(letter->mail_from, &path, params);
	message_set_sender(builder, path, params, count);
	for (size_t i = 0; i < letter->rcpt_count; i++) {
		count = split(letter->rcpts[i], &path, params);
		message_add_recipient(builder, path, params, count);
	}
	eml_add_fields(builder, letter->header);
	return message_finish(builder, sandbox->clock.now_ms);
}

/* NULL where it is none of ours, too. */
static const struct verdict *
judge_log(struct sandbox *sandbox, struct arena *arena,
	const struct letter *letter)
{
	struct logged_words words = {
		.id = arena_printf(arena, "4F%08X", ++sandbox->told),
		.mailbox = letter->logged,
		.by = SLICE("log"),
		.kind = letter->kind,
		.sure = LOGGED_SURE,
		.at_ms = sandbox->clock.now_ms};
	struct logged_flow *made = arena_alloc(arena, sizeof(*made));
	struct slice params[PARAMS_MAX];
	const char *why;

	if (made == NULL || letter->rcpt_count != 1)
		return NULL;
	(void)split(letter->rcpts[0], &words.destination, params);
	if (logged_make(arena, sandbox->realm, &words, made, &why) !=
		LOGGED_MADE)
		return NULL;
	return judge_logged(&sandbox->judge, sandbox->store, made->message,
		&(struct logged){.flow = &made->flow,
			.identity = keep_left_key(arena, words.id,
				made->flow.rcpt->address.text)});
}

const struct verdict *
sandbox_judge(struct sandbox *sandbox, struct arena *arena,
	const struct letter *letter)
{
	bool logged = !slice_is_absent(letter->logged);
	const struct message *message =
		logged ? NULL : sandbox_message(sandbox, arena, letter);
	const struct verdict *verdict;

	if (!logged && message == NULL)
		return NULL;
	verdict = logged ? judge_log(sandbox, arena, letter)
			 : judge(&sandbox->judge, sandbox->store, message);
	if (verdict == NULL)
		return NULL;
	record_verdict(
		sandbox->store, verdict, verdict->action, (struct slice){0});
	if (sandbox->judged != NULL && verdict->message != NULL)
		sandbox->judged(verdict);
	return verdict;
}
