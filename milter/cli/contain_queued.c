/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Whose a message is that waits in a queue, the engine says, as of one that
 * comes in: in a sandbox that knows the order and nothing else. So it holds
 * what the daemon would have held by the message's own words. What needs the
 * memory of what came in before (a new message with old contents) goes on.
 */
#include "cli/contain_queued.h"

#include "base/clock.h"
#include "cli/engine.h"
#include "cli/order.h"
#include "lab/envelope.h"
#include "mta/underway.h"
#include "verdict/contained.h"

#include <stdio.h>
#include <stdlib.h>

#define MESSAGE_BYTES ((size_t)64 << 20)
/* What moves from one queue to another may hide once. */
#define LOOKS 2

struct hold_run {
	const struct contain_queued *options;
	struct sandbox *sandbox;
	struct ask *ask;
	size_t held, gone, failed, untold;
};

static enum contained_what
what_of(const struct json *answer)
{
	bool all = json_bool(answer, "all_outgoing");

	if (!slice_is_absent(json_text(answer, "mailbox")))
		return all ? CONTAINED_WRITER : CONTAINED_MAILBOX;
	return all ? CONTAINED_ALL_TO : CONTAINED_TO;
}

static bool
give_order(struct hold_run *run, struct arena *arena, const struct json *answer,
	struct err *err)
{
	int64_t now_ms = sandbox_time(run->sandbox);
	struct store_query order = {.kind = STORE_ORDER,
		.about = contained_about(
			arena, what_of(answer), json_text(answer, "name")),
		.containment = {.by = SLICE("me"),
			.why = slice_of(run->options->why),
			.at_ms = now_ms,
			.until_ms = now_ms + STORE_DAY_MS}};

	return store_query(sandbox_store(run->sandbox), arena, &order, err);
}

/* It is in our queue: so it leaves by our hand, whoever brought it. */
static const struct verdict *
judge_message(struct hold_run *run, struct arena *arena,
	const struct underway *message)
{
	struct letter letter;

	if (!envelope_guess(arena, message->header, &letter))
		return NULL;
	if (letter.client.auth_user.len == 0)
		envelope_set_client(&letter.client, SLICE("none"));
	letter.queue_id = slice_of(message->id);
	return sandbox_judge(run->sandbox, arena, &letter);
}

static void
add_parameter(
	struct ask *ask, struct buf *path, const char *name, struct slice value)
{
	struct buf text = {0};
	char *escaped;

	buf_add(&text, value);
	escaped = buf_ok(&text) && text.p != NULL ? ask_escape(ask, text.p)
						  : NULL;
	buf_printf(path, "&%s=%s", name, escaped != NULL ? escaped : "");
	free(escaped);
	buf_fini(&text);
}

/* So that it is an event, is counted, and `forwarden held` knows whose hold it
 * is. */
static void
tell(struct hold_run *run, const struct underway *message,
	const struct verdict *verdict)
{
	const struct flow *flow = verdict->contained.flow;
	struct buf path = {0};
	struct err err = {0};
	struct json *answer;

	buf_printf(&path, "/v1/held-queued/%s?confidence=%u", message->id,
		flow->confidence);
	add_parameter(run->ask, &path, "kind",
		slice_of(evidence_kind_name(flow->kind)));
	add_parameter(run->ask, &path, "mailbox", flow->mailbox.text);
	add_parameter(run->ask, &path, "destination", flow->rcpt->address.text);
	add_parameter(run->ask, &path, "contained", verdict->contained.name);
	add_parameter(run->ask, &path, "by", slice_of(order_person()));
	add_parameter(run->ask, &path, "why", slice_of(run->options->why));
	answer = ask_json(run->ask, ASK_POST, buf_slice(&path).p, &err);
	if (answer == NULL) {
		run->untold++;
		(void)fprintf(stderr,
			"forwarden contain: %s is held, but no event tells so: "
			"%s\n",
			message->id, err.text);
	}
	json_free(answer);
	buf_fini(&path);
}

static void
hold(struct hold_run *run, const struct underway *message,
	const struct verdict *verdict)
{
	struct err err = {0};

	switch (underway_hold(message, &run->options->where, &err)) {
	case UNDERWAY_HELD:
		run->held++;
		tell(run, message, verdict);
		break;
	case UNDERWAY_GONE:
		run->gone++;
		break;
	case UNDERWAY_FAILED:
		run->failed++;
		(void)fprintf(stderr, "forwarden contain: %s is not held: %s\n",
			message->id, err.text);
		break;
	}
}

static void
look_at(void *ctx, const struct underway *message)
{
	struct hold_run *run = ctx;
	struct arena *arena = arena_new(MESSAGE_BYTES);
	const struct verdict *verdict =
		arena != NULL ? judge_message(run, arena, message) : NULL;

	if (verdict == NULL || verdict->message == NULL) {
		run->failed++;
		(void)fprintf(stderr,
			"forwarden contain: %s is not held: too large to be "
			"looked at\n",
			message->id);
	} else if (verdict->contained.flow != NULL) {
		hold(run, message, verdict);
	}
	arena_free(arena);
}

/* What failed is tried again with the next look. */
static bool
look(struct hold_run *run, struct err *err)
{
	struct underway_search search = {
		.where = &run->options->where, .visit = look_at, .ctx = run};

	for (int i = 0; i < LOOKS; i++) {
		run->failed = 0;
		search.unread = 0;
		if (!underway_each(&search, err))
			return false;
	}
	run->failed += search.unread;
	if (search.unread > 0) {
		(void)fprintf(stderr,
			"forwarden contain: %zu messages in the queues cannot "
			"be read\n",
			search.unread);
	}
	return true;
}

static int
say(const struct hold_run *run)
{
	(void)printf("in the queues of this machine %zu %s held now", run->held,
		run->held == 1 ? "message is" : "messages are");
	if (run->gone > 0)
		(void)printf(", %zu left meanwhile", run->gone);
	(void)puts("; other machines have queues of their own");
	return run->failed > 0 || run->untold > 0 ? COMMAND_FAILED : COMMAND_OK;
}

static int
run_with(struct hold_run *run, const struct engine *engine,
	const struct json *answer)
{
	struct sandbox_options setup = engine_sandbox(engine);
	struct arena *arena = arena_new(MESSAGE_BYTES);
	struct err err = {0};
	int status = COMMAND_FAILED;

	setup.at_ms = clock_now_ms(clock_real());
	setup.judge.program = NULL;
	run->sandbox = sandbox_new(&setup, &err);
	if (arena != NULL && run->sandbox != NULL &&
		give_order(run, arena, answer, &err) && look(run, &err)) {
		status = say(run);
	} else {
		(void)fprintf(stderr,
			"forwarden contain: what is queued is not held: %s\n",
			err.text);
	}
	sandbox_free(run->sandbox);
	arena_free(arena);
	return status;
}

int
contain_queued_hold(
	const struct contain_queued *options, const struct json *answer)
{
	const struct engine_options engine_options = {
		.config = options->ask->file};
	struct hold_run run = {.options = options};
	struct engine engine;
	int status = COMMAND_FAILED;

	if (!engine_open(&engine, &engine_options)) {
		(void)fputs("forwarden contain: what is queued is not held\n",
			stderr);
		return COMMAND_FAILED;
	}
	run.ask = ask_start(options->ask);
	if (run.ask != NULL)
		status = run_with(&run, &engine, answer);
	ask_close(run.ask);
	engine_close(&engine);
	return status;
}
