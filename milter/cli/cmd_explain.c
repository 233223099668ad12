/* SPDX-License-Identifier: BSD-2-Clause */
/* forwarden explain: why a message gets the verdict it gets. */
#include "base/date.h"
#include "cli/command.h"
#include "cli/engine.h"
#include "cli/show.h"
#include "lab/archive.h"
#include "lab/envelope.h"
#include "lab/sandbox.h"
#include "mta/queue_file.h"
#include "verdict/event.h"
#include "verdict/tag.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>

#define USAGE "forwarden explain [OPTION...] MESSAGE   (--help lists them)"
#define MESSAGE_BYTES (16 * 1024 * 1024)
#define RCPTS_MAX 100

enum long_option {
	OPTION_FROM = 256,
	OPTION_TO,
	OPTION_ORCPT,
	OPTION_AUTH,
	OPTION_CLIENT,
	OPTION_HELO,
	OPTION_LISTENER,
	OPTION_TIME,
	OPTION_ENFORCE,
	OPTION_JSON,
	OPTION_HELP,
};

struct request {
	struct engine_options engine;
	const char *from, *orcpt, *auth, *client, *helo, *listener;
	const char *to[RCPTS_MAX];
	size_t to_count;
	int64_t at_ms;
	bool enforce, json;
	const char *path;
};

static void
set_client(struct client *client, struct slice text)
{
	struct slice ip;

	client->ip = client->name = (struct slice){0};
	if (slice_equal(text, SLICE("none")) || !slice_next(&text, ' ', &ip))
		return;
	client->ip = ip;
	if (text.len > 0)
		client->name = slice_trim(text);
}

static void
override(struct slice *target, const char *value)
{
	if (value != NULL)
		*target = slice_of(value);
}

/* What the command line says goes over what the message lets guess. */
static bool
apply(const struct request *request, struct arena *arena, struct letter *letter)
{
	struct slice *rcpts = arena_array(arena, RCPTS_MAX, sizeof(*rcpts));

	if (rcpts == NULL)
		return false;
	override(&letter->mail_from, request->from);
	override(&letter->client.auth_user, request->auth);
	override(&letter->client.helo, request->helo);
	override(&letter->client.listener, request->listener);
	if (request->client != NULL)
		set_client(&letter->client, slice_of(request->client));
	if (request->to_count == 0 && request->orcpt == NULL)
		return true;
	for (size_t i = 0; i < request->to_count; i++)
		rcpts[i] = slice_of(request->to[i]);
	if (request->to_count > 0) {
		letter->rcpt_count = request->to_count;
	} else {
		memcpy(rcpts, letter->rcpts,
			letter->rcpt_count * sizeof(*rcpts));
	}
	for (size_t i = 0; request->orcpt != NULL && i < letter->rcpt_count;
		i++) {
		rcpts[i] = arena_printf(arena, "%.*s ORCPT=rfc822;%s",
			SLICE_ARG(rcpts[i]), request->orcpt);
	}
	letter->rcpts = rcpts;
	return true;
}

static void
print_tag(const struct verdict *verdict)
{
	struct buf tag = {0};

	if (!action_tags(verdict->would))
		return;
	tag_write(verdict, verdict->would, SLICE("mx.example.com"), &tag);
	printf("\n%s: %s\n", TAG_FIELD, tag.p != NULL ? tag.p : "");
	buf_fini(&tag);
}

static void
print_verdict(const struct verdict *verdict, bool json)
{
	struct buf text = {0};

	if (json) {
		event_write(verdict, verdict->action, &text);
		buf_add_byte(&text, '\n');
	} else {
		show_message(verdict, &text);
		for (size_t i = 0; i < verdict->flow_count; i++)
			show_flow(verdict, i, &text);
		show_verdict(verdict, &text);
	}
	fwrite(text.p, 1, text.len, stdout);
	buf_fini(&text);
	if (!json)
		print_tag(verdict);
}

static int
judge_letter(const struct request *request, struct engine *engine,
	struct arena *arena, struct letter *letter)
{
	struct sandbox_options options = {
		.realm = engine->realm, .at_ms = request->at_ms};
	const struct verdict *verdict;
	struct sandbox *sandbox;
	struct err err = {0};

	options.judge = engine->judge;
	options.judge.explain = true;
	if (request->enforce)
		options.judge.respond.mode = MODE_ENFORCE;
	if (options.at_ms == 0)
		options.at_ms = envelope_time(arena, letter->header);
	sandbox = sandbox_new(&options, &err);
	if (sandbox == NULL) {
		fprintf(stderr, "forwarden explain: %s\n", err.text);
		return COMMAND_FAILED;
	}
	verdict = sandbox_judge(sandbox, arena, letter);
	if (verdict != NULL && verdict->message != NULL)
		print_verdict(verdict, request->json);
	sandbox_free(sandbox);
	return verdict != NULL ? COMMAND_OK : COMMAND_FAILED;
}

static bool
take_first(void *ctx, struct slice header)
{
	struct buf *out = ctx;

	buf_add(out, header);
	return false;
}

static int
explain(const struct request *request, struct engine *engine)
{
	const struct archive_foreign queue_files = {
		queue_file_is, queue_file_read};
	struct archive archive = {.visit = take_first, .foreign = &queue_files};
	struct arena *arena = arena_new(MESSAGE_BYTES);
	struct buf header = {0};
	struct letter letter;
	struct err err = {0};
	unsigned odd = 0;
	int status = COMMAND_FAILED;

	archive.ctx = &header;
	if (!archive_read(&archive, request->path, &odd, &err)) {
		fprintf(stderr, "forwarden explain: %s\n", err.text);
	} else if (header.len == 0) {
		fprintf(stderr, "forwarden explain: %s holds no message\n",
			request->path);
	} else if (envelope_guess(arena, buf_slice(&header), &letter) &&
		apply(request, arena, &letter)) {
		status = judge_letter(request, engine, arena, &letter);
	}
	buf_fini(&header);
	arena_free(arena);
	return status;
}

static int
help(void)
{
	puts("usage: forwarden explain [OPTION...] MESSAGE\n\n"
	     "Judges one message (a file, a queue file of Postfix, or - for\n"
	     "the standard input) as if nothing was known before it, and "
	     "shows\n"
	     "the facts, each piece of evidence, each policy with the item\n"
	     "that decided, and the verdict.\n");
	engine_print_help();
	puts("      --from ADDRESS     envelope sender (\"<>\" is the null "
	     "one)\n"
	     "      --to ADDRESS       envelope recipient (repeatable)\n"
	     "      --orcpt ADDRESS    recipient before the MTA rewrote it\n"
	     "      --auth USER        authenticated user\n"
	     "      --client \"IP NAME\" client; none: made on this machine\n"
	     "      --helo NAME        what the client said in HELO\n"
	     "      --listener NAME    the MTA's {daemon_name}\n"
	     "      --time TIME        when, RFC 3339\n"
	     "      --enforce          as in mode enforce\n"
	     "      --json             the event alone\n\n"
	     "Without them the envelope is guessed from the header.");
	return COMMAND_OK;
}

/* False on a wrong command line. */
static bool
take_option(struct request *request, int c, const char *value)
{
	const char **texts[] = {&request->from, &request->orcpt, &request->auth,
		&request->client, &request->helo, &request->listener};
	static const int options[] = {OPTION_FROM, OPTION_ORCPT, OPTION_AUTH,
		OPTION_CLIENT, OPTION_HELO, OPTION_LISTENER};

	for (size_t i = 0; i < sizeof(options) / sizeof(options[0]); i++) {
		if (c == options[i]) {
			*texts[i] = value;
			return true;
		}
	}
	if (c == OPTION_TO && request->to_count < RCPTS_MAX) {
		request->to[request->to_count++] = value;
	} else if (c == OPTION_TIME) {
		return date_parse_stamp(slice_of(value), &request->at_ms);
	} else if (c == OPTION_ENFORCE) {
		request->enforce = true;
	} else if (c == OPTION_JSON) {
		request->json = true;
	} else {
		return engine_option(&request->engine, c, value);
	}
	return true;
}

int
cmd_explain(int argc, char **argv)
{
	static const struct option options[] = {
		{"config", required_argument, NULL, 'c'},
		{"policies", required_argument, NULL, 'p'},
		{"local", required_argument, NULL, 'l'},
		{"networks", required_argument, NULL, 'n'},
		{"from", required_argument, NULL, OPTION_FROM},
		{"to", required_argument, NULL, OPTION_TO},
		{"orcpt", required_argument, NULL, OPTION_ORCPT},
		{"auth", required_argument, NULL, OPTION_AUTH},
		{"client", required_argument, NULL, OPTION_CLIENT},
		{"helo", required_argument, NULL, OPTION_HELO},
		{"listener", required_argument, NULL, OPTION_LISTENER},
		{"time", required_argument, NULL, OPTION_TIME},
		{"enforce", no_argument, NULL, OPTION_ENFORCE},
		{"json", no_argument, NULL, OPTION_JSON},
		{"help", no_argument, NULL, OPTION_HELP},
		{NULL, 0, NULL, 0},
	};
	struct request request = {0};
	struct engine engine;
	int c, status;

	while ((c = getopt_long(argc, argv, ENGINE_OPTIONS, options, NULL)) !=
		-1) {
		if (c == OPTION_HELP)
			return help();
		if (!take_option(&request, c, optarg))
			return command_usage(USAGE);
	}
	if (argc - optind != 1)
		return command_usage(USAGE);
	request.path = argv[optind];
	if (!engine_open(&engine, &request.engine))
		return COMMAND_FAILED;
	status = explain(&request, &engine);
	engine_close(&engine);
	return status;
}
