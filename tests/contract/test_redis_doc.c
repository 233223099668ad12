/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Every example of docs/redis.md, run against a private Redis that was filled
 * through the store: what the page shows is what comes out. An example is a
 * line that begins with "$" in a block marked console, and the lines after it.
 */
#include "../unit/store_settings.h"
#include "server.h"

#include "base/arena.h"
#include "base/clock.h"
#include "store/store_open.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* 2026-11-21T10:15:00Z */
#define START_MS ((int64_t)1795256100000)
#define MINUTE_MS ((int64_t)60000)
#define TEXT_BYTES 16384
#define CLI "redis-cli"

static struct server server;
static struct clock_fake now = {START_MS};

static void
run_op(struct store *store, struct arena *arena, struct store_op op)
{
	struct store_batch batch = {.ops = &op, .count = 1, .arena = arena};

	(void)store_ask(store, &batch, 5000);
}

static void
tally(struct store *store, struct arena *arena, const char *from,
	const char *to, enum tally_what what, const char *id)
{
	run_op(store, arena,
		(struct store_op){STORE_TALLY,
			{.tally = {.mailbox = slice_of(from),
				 .destination = slice_of(to),
				 .what = what,
				 .identity = slice_of(id)}}});
}

static void
note(struct store *store, struct arena *arena, const char *group,
	const char *policy, const char *member)
{
	run_op(store, arena,
		(struct store_op){STORE_NOTE,
			{.note = {.group = slice_of(group),
				 .policy = slice_of(policy),
				 .member = slice_of(member),
				 .window_ms = 60 * MINUTE_MS,
				 .cap = 20,
				 .after = -1}}});
}

/* The story the page tells. */
static void
fill(struct store *store, struct arena *arena)
{
	const struct slice members[] = {SLICE("B@3c1f0a5be2d94786"),
		SLICE("malice@example.com"), SLICE("I@192.0.2.1")};
	struct store_query order = {.kind = STORE_ORDER,
		.about = SLICE("contain|alice@example.com"),
		.containment = {
			.by = SLICE("secops"), .why = SLICE("ticket 4711")}};
	struct err err;

	tally(store, arena, "alice@example.com", NULL, TALLY_RECEIVED, "r1");
	tally(store, arena, "alice@example.com", NULL, TALLY_RECEIVED, "r2");
	run_op(store, arena,
		(struct store_op){STORE_REMEMBER,
			{.remember = {
				 .id = SLICE(
					 "12335eae731fda4442e0b970913f4896"),
				 .members = members,
				 .count = 3,
				 .ttl_ms = 7 * 24 * 60 * MINUTE_MS}}});
	tally(store, arena, "alice@example.com", "drop@evil.example",
		TALLY_FORWARDED, "f1");
	tally(store, arena, "alice@example.com", NULL, TALLY_TAGGED, "f1");
	tally(store, arena, "alice@example.com", NULL, TALLY_PERSON, NULL);
	note(store, arena, "alice@example.com", "forward-rate", "f1");
	now.now_ms += 5 * MINUTE_MS;
	tally(store, arena, "alice@example.com", "drop@evil.example",
		TALLY_FORWARDED, "f2");
	tally(store, arena, "alice@example.com", "alice@mail.example",
		TALLY_FORWARDED, "f3");
	note(store, arena, "alice@example.com", "forward-rate", "f2");
	now.now_ms += 5 * MINUTE_MS;
	tally(store, arena, "bob@example.com", "drop@evil.example",
		TALLY_FORWARDED, "f4");
	note(store, arena, "drop@evil.example", "fan-in", "alice@example.com");
	note(store, arena, "drop@evil.example", "fan-in", "bob@example.com");
	run_op(store, arena,
		(struct store_op){STORE_APPEND,
			{.append = {SLICE(
				 "{\"event\":{\"action\":\"tag\"},"
				 "\"mailbox\":\"alice@example.com\"}")}}});
	order.containment.until_ms = now.now_ms + 24 * 60 * MINUTE_MS;
	(void)store_query(store, arena, &order, &err);
}

/* Runs "redis-cli ..." by the shell, on the private server. */
static void
run_example(const char *command, char *out)
{
	char line[2048];
	FILE *pipe;
	size_t len;

	if (strncmp(command, CLI, sizeof CLI - 1) == 0) {
		snprintf(line, sizeof(line), CLI " -s %s --no-raw%s 2>&1",
			server.socket, command + sizeof CLI - 1);
	} else {
		snprintf(line, sizeof(line), "%s 2>&1", command);
	}
	pipe = popen(line, "r");
	len = pipe != NULL ? fread(out, 1, TEXT_BYTES - 1, pipe) : 0;
	out[len] = '\0';
	if (pipe != NULL)
		pclose(pipe);
}

/* The ids of a stream are the server's: both sides show them as <id>. */
static void
hide_ids(char *text)
{
	char *at = text;

	while ((at = strpbrk(at, "0123456789")) != NULL) {
		size_t ms = strspn(at, "0123456789");
		size_t tail =
			at[ms] == '-' ? strspn(at + ms + 1, "0123456789") : 0;

		if (ms == 13 && tail > 0) {
			memcpy(at, "<id>", 4);
			memmove(at + 4, at + ms + 1 + tail,
				strlen(at + ms + 1 + tail) + 1);
			at += 4;
		} else {
			at += ms;
		}
	}
}

static int number, failed;

static void
check_example(const char *command, char *shown)
{
	static char out[TEXT_BYTES];
	bool ok;

	run_example(command, out);
	hide_ids(out);
	hide_ids(shown);
	ok = out[0] != '\0' && strcmp(out, shown) == 0;
	printf("%sok %d - %s\n", ok ? "" : "not ", ++number, command);
	if (!ok)
		printf("# the page shows:\n%s# it is:\n%s", shown, out);
	failed += !ok;
}

static void
check_page(FILE *page)
{
	static char shown[TEXT_BYTES];
	char line[1024], command[1024] = "";
	bool inside = false;

	while (fgets(line, sizeof(line), page) != NULL) {
		bool fence = strncmp(line, "```", 3) == 0;
		bool prompt = inside && strncmp(line, "$ ", 2) == 0;

		if ((fence || prompt) && command[0] != '\0') {
			check_example(command, shown);
			command[0] = '\0';
		}
		if (fence)
			inside = strncmp(line, "```console", 10) == 0;
		if (prompt) {
			line[strcspn(line, "\n")] = '\0';
			snprintf(command, sizeof(command), "%s", line + 2);
			shown[0] = '\0';
		} else if (command[0] != '\0') {
			strncat(shown, line, sizeof(shown) - strlen(shown) - 1);
		}
	}
}

static FILE *
open_page(void)
{
	const char *top = getenv("TOP_SRCDIR");
	char path[512];

	snprintf(path, sizeof(path), "%s/docs/redis.md",
		top != NULL ? top : ".");
	return fopen(path, "r");
}

int
main(void)
{
	struct arena *arena = arena_new(1 << 20);
	struct store_options options;
	struct store *store;
	struct err err = {0};
	char uri[160];
	FILE *page = open_page();

	if (!server_available())
		return server_skip();
	setvbuf(stdout, NULL, _IOLBF, 0);
	if (page == NULL || !server_start(&server, 0, NULL)) {
		printf("Bail out! no page, or no server\n");
		return 1;
	}
	snprintf(uri, sizeof(uri), "unix:%s", server.socket);
	store_options_init(&options);
	options.uri = uri;
	options.host = "mx1.example.com";
	options.clock = clock_fake(&now);
	options.clock_rules = true;
	store = store_open(&options, &err);
	if (store != NULL) {
		fill(store, arena);
		store_close(store);
		check_page(page);
	}
	fclose(page);
	server_stop(&server);
	arena_free(arena);
	printf("1..%d\n", number);
	return failed != 0 || number < 10;
}
