/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What Redis does when it is not well, with real processes: for each fault,
 * mail gets its answer within the budget, the log and the metrics say what
 * and since when, and afterwards every note is there, once. The rows are
 * printed as a table.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "../unit/store_settings.h"
#include "base/arena.h"
#include "proxy.h"
#include "server.h"
#include "store/store_open.h"

#include <dirent.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define BUDGET_MS 250
/* What a busy machine may add to a budget. */
#define SLACK_MS 150
#define WINDOW_MS ((int64_t)3600000)
#define WAIT_TRIES 1500

struct rig {
	struct server server;
	struct proxy *proxy;
	struct store *store;
	struct arena *arena;
	char dir[64], uri[160], prefix[32];
	pthread_mutex_t lock;
	char log[8192];
	int64_t worst_ms;
	int noted;
};

static void
say(void *ctx, enum log_level level, const char *text)
{
	struct rig *rig = ctx;
	size_t len;

	(void)level;
	pthread_mutex_lock(&rig->lock);
	len = strlen(rig->log);
	snprintf(rig->log + len, sizeof(rig->log) - len, "%s\n", text);
	pthread_mutex_unlock(&rig->lock);
}

static bool
logged(struct rig *rig, const char *text)
{
	bool found;

	pthread_mutex_lock(&rig->lock);
	found = strstr(rig->log, text) != NULL;
	pthread_mutex_unlock(&rig->lock);
	return found;
}

static void
pause_ms(long ms)
{
	struct timespec wait = {ms / 1000, ms % 1000 * 1000000};

	nanosleep(&wait, NULL);
}

static void
init_options(struct rig *rig, struct store_options *options)
{
	store_options_init(options);
	options->uri = rig->uri;
	options->prefix = rig->prefix;
	options->state_dir = rig->dir;
	options->say = say;
	options->say_ctx = rig;
	options->backoff_ms = 20;
	options->events = 1000000;
	options->backoff_max_ms = 100;
	options->connect_ms = 500;
}

static void
open_store(struct rig *rig)
{
	struct store_options options;
	struct err err = {0};

	init_options(rig, &options);
	rig->store = store_open(&options, &err);
	if (rig->store == NULL)
		fail_msg("%s", err.text);
}

static int
setup(void **state)
{
	struct rig *rig = calloc(1, sizeof(*rig));

	pthread_mutex_init(&rig->lock, NULL);
	snprintf(rig->dir, sizeof(rig->dir), "/tmp/fw-state-XXXXXX");
	assert_non_null(mkdtemp(rig->dir));
	assert_true(server_start(&rig->server, 0, NULL));
	rig->proxy = proxy_open(rig->server.socket);
	snprintf(rig->uri, sizeof(rig->uri), "unix:%s", proxy_path(rig->proxy));
	snprintf(rig->prefix, sizeof(rig->prefix), "fw1");
	rig->arena = arena_new(16u << 20);
	open_store(rig);
	*state = rig;
	return 0;
}

static int
teardown(void **state)
{
	struct rig *rig = *state;
	char path[512];
	struct dirent *file;
	DIR *dir;

	store_close(rig->store);
	proxy_close(rig->proxy);
	server_stop(&rig->server);
	dir = opendir(rig->dir);
	while ((file = readdir(dir)) != NULL) {
		snprintf(path, sizeof(path), "%s/%s", rig->dir, file->d_name);
		(void)unlink(path);
	}
	closedir(dir);
	(void)rmdir(rig->dir);
	arena_free(rig->arena);
	pthread_mutex_destroy(&rig->lock);
	free(rig);
	return 0;
}

/* Notes a new member, with a tally and an event told beside it. */
static enum store_result
message(struct rig *rig, uint64_t *count)
{
	char id[32], json[64];
	struct store_op note = {STORE_NOTE,
		{.note = {.group = SLICE("alice@example.com"),
			 .policy = SLICE("rate"),
			 .window_ms = WINDOW_MS,
			 .after = -1}}};
	struct store_op told[2] = {
		{STORE_TALLY,
			{.tally = {.mailbox = SLICE("alice@example.com"),
				 .destination = SLICE("drop@evil.example"),
				 .what = TALLY_FORWARDED}}},
		{STORE_APPEND, {.append = {{NULL, 0}}}}};
	struct store_batch ask = {
		.ops = &note, .count = 1, .arena = rig->arena};
	struct store_batch tell = {.ops = told, .count = 2};
	int64_t began_ms = clock_monotonic_ms(), took_ms;
	enum store_result result;

	snprintf(id, sizeof(id), "message-%d", ++rig->noted);
	snprintf(json, sizeof(json), "{\"id\":\"%s\"}", id);
	note.note.member = told[0].tally.identity = slice_of(id);
	told[1].append.json = slice_of(json);
	result = store_ask(rig->store, &ask, BUDGET_MS);
	store_tell(rig->store, &tell);
	took_ms = clock_monotonic_ms() - began_ms;
	if (took_ms > rig->worst_ms)
		rig->worst_ms = took_ms;
	*count = note.note.count;
	return result;
}

static void
messages(struct rig *rig, int n)
{
	uint64_t count;

	for (int i = 0; i < n; i++) {
		message(rig, &count);
		assert_int_equal(count, rig->noted);
	}
}

static void
wait_health(struct rig *rig, bool up)
{
	struct store_health health;

	for (int i = 0; i < WAIT_TRIES; i++) {
		store_health(rig->store, &health);
		if (health.up == up && (!up || health.journal == 0))
			return;
		pause_ms(10);
	}
	fail_msg("still %s after 15 s: %s, journal %llu",
		health.up ? "up" : "down", health.reason,
		(unsigned long long)health.journal);
}

/* Waits until the log has the words. */
static void
wait_logged(struct rig *rig, const char *text)
{
	int i;

	for (i = 0; i < WAIT_TRIES && !logged(rig, text); i++)
		pause_ms(10);
	if (i == WAIT_TRIES)
		fail_msg(
			"not in the log: \"%s\"; there is: %s", text, rig->log);
}

static long
cli_number(struct rig *rig, const char *a, const char *b, const char *c)
{
	char out[256];

	assert_true(server_cli(&rig->server, out, sizeof(out), a, b, c, NULL));
	return strtol(out, NULL, 10);
}

static void
check_all_there(struct rig *rig)
{
	uint64_t count;

	wait_health(rig, true);
	assert_int_equal(message(rig, &count), STORE_OK);
	assert_int_equal(count, rig->noted);
	wait_health(rig, true);
	for (int i = 0; i < WAIT_TRIES &&
		cli_number(rig, "xlen", "fw1:events", NULL) < rig->noted;
		i++)
		pause_ms(5);
	assert_int_equal(cli_number(rig, "zcard",
				 "fw1:win:{alice@example.com}:rate", NULL),
		rig->noted);
	assert_int_equal(cli_number(rig, "hget", "fw1:box:{alice@example.com}",
				 "forwarded"),
		rig->noted);
	assert_int_equal(
		cli_number(rig, "xlen", "fw1:events", NULL), rig->noted);
}

static void
row(struct rig *rig, const char *fault, const char *said)
{
	struct store_health health;

	store_health(rig->store, &health);
	assert_in_range(rig->worst_ms, 0, BUDGET_MS + SLACK_MS);
	printf("# %-18s | %3d messages, worst %3lld ms | late %2llu, not "
	       "taken %3llu, replayed %4llu, lost %llu | \"%s\"\n",
		fault, rig->noted, (long long)rig->worst_ms,
		(unsigned long long)health.late,
		(unsigned long long)health.failures,
		(unsigned long long)health.replayed,
		(unsigned long long)health.lost, said);
	assert_int_equal(health.lost, 0);
}

/* The common story: well, ill, well again. */
static void
story(struct rig *rig, const char *fault, void (*begin)(struct rig *),
	void (*end)(struct rig *), const char *said)
{
	uint64_t count;

	assert_int_equal(message(rig, &count), STORE_OK);
	messages(rig, 10);
	begin(rig);
	messages(rig, 10);
	wait_health(rig, false);
	wait_logged(rig, said);
	assert_true(logged(rig, "is down since 20"));
	messages(rig, 20);
	assert_int_not_equal(message(rig, &count), STORE_OK);
	assert_int_equal(count, rig->noted);
	end(rig);
	check_all_there(rig);
	wait_logged(rig, "is up; it was down since 20");
	row(rig, fault, said);
}

static void
stop(struct rig *rig)
{
	server_kill(&rig->server, SIGSTOP);
}

static void
resume(struct rig *rig)
{
	server_kill(&rig->server, SIGCONT);
}

static void
hangs(void **state)
{
	story(*state, "hangs (SIGSTOP)", stop, resume, "no answer in time");
}

/* Every answer comes, and too late. */
static void
is_slow(void **state)
{
	struct rig *rig = *state;
	struct store_health health;
	uint64_t count;

	for (int i = 0; i < 3; i++) {
		stop(rig);
		assert_int_equal(message(rig, &count), STORE_LATE);
		store_health(rig->store, &health);
		assert_int_equal(health.slow_since_ms != 0, i > 0);
		resume(rig);
		wait_health(rig, true);
	}
	check_all_there(rig);
	store_health(rig->store, &health);
	assert_true(health.late >= 3);
	row(rig, "is slow", "");
}

static void
refuse(struct rig *rig)
{
	proxy_mode(rig->proxy, PROXY_CLOSE, 0);
}

static void
pass(struct rig *rig)
{
	proxy_mode(rig->proxy, PROXY_PASS, 0);
}

static void
resets(void **state)
{
	story(*state, "resets", refuse, pass, "is down since");
}

static void
loading(struct rig *rig)
{
	proxy_mode(rig->proxy, PROXY_LOADING, 0);
}

static void
loads(void **state)
{
	story(*state, "loads", loading, pass, "LOADING");
}

static void
replica(struct rig *rig)
{
	assert_true(server_cli(
		&rig->server, NULL, 0, "replicaof", "127.0.0.1", "1", NULL));
}

static void
master(struct rig *rig)
{
	assert_true(server_cli(
		&rig->server, NULL, 0, "replicaof", "no", "one", NULL));
}

static void
is_read_only(void **state)
{
	story(*state, "is read-only", replica, master, "READONLY");
}

static void
full(struct rig *rig)
{
	assert_true(server_cli(&rig->server, NULL, 0, "config", "set",
		"maxmemory", "1", NULL));
}

static void
roomy(struct rig *rig)
{
	assert_true(server_cli(&rig->server, NULL, 0, "config", "set",
		"maxmemory", "0", NULL));
}

static void
is_out_of_memory(void **state)
{
	story(*state, "is out of memory", full, roomy, "OOM");
}

static void
garbage(struct rig *rig)
{
	proxy_mode(rig->proxy, PROXY_GARBAGE, 7);
}

static void
speaks_garbage(void **state)
{
	story(*state, "speaks garbage", garbage, pass, "is down since");
}

static void
silent(struct rig *rig)
{
	proxy_mode(rig->proxy, PROXY_SILENT, 7);
}

static void
is_silent(void **state)
{
	story(*state, "takes, never answers", silent, pass,
		"no answer in time");
}

static void
killed(struct rig *rig)
{
	assert_true(server_cli(&rig->server, NULL, 0, "save", NULL));
	server_kill(&rig->server, SIGKILL);
}

static void
started(struct rig *rig)
{
	assert_true(server_restart(&rig->server, NULL));
}

static void
is_killed(void **state)
{
	story(*state, "is killed", killed, started, "is down since");
}

/* All that was there is gone: memory still knows, and what was told in the
 * last seconds is told again. */
static void
restarts_empty(void **state)
{
	struct rig *rig = *state;
	uint64_t count;

	messages(rig, 10);
	wait_health(rig, true);
	server_kill(&rig->server, SIGKILL);
	started(rig);
	messages(rig, 10);
	wait_health(rig, true);
	message(rig, &count);
	assert_int_equal(count, rig->noted);
	check_all_there(rig);
	row(rig, "restarts empty", "");
}

static void
forgets_scripts(void **state)
{
	struct rig *rig = *state;
	uint64_t count;

	messages(rig, 5);
	assert_true(server_cli(&rig->server, NULL, 0, "script", "flush", NULL));
	assert_int_equal(message(rig, &count), STORE_OK);
	assert_int_equal(count, rig->noted);
	check_all_there(rig);
	row(rig, "forgets the scripts", "");
}

/* A connection cut between two messages costs nobody an answer. */
static void
cuts_idle_connections(void **state)
{
	struct rig *rig = *state;
	uint64_t count;

	for (int i = 0; i < 20; i++) {
		assert_int_equal(message(rig, &count), STORE_OK);
		assert_int_equal(count, rig->noted);
		wait_health(rig, true);
		proxy_cut(rig->proxy);
	}
	check_all_there(rig);
	row(rig, "cuts idle links", "");
}

/* Down when the store opens and when it closes: the journal waits in a file. */
static void
journal_survives_a_restart(void **state)
{
	struct rig *rig = *state;
	struct store_health health;

	messages(rig, 5);
	wait_health(rig, true);
	refuse(rig);
	messages(rig, 20);
	store_close(rig->store);
	open_store(rig);
	store_health(rig->store, &health);
	assert_false(health.up);
	assert_true(health.journal >= 60);
	messages(rig, 5);
	pass(rig);
	check_all_there(rig);
	row(rig, "away over a restart", "");
}

static int
journals(const struct rig *rig)
{
	const char prefix[] = "store.journal-";
	const struct dirent *file;
	DIR *dir = opendir(rig->dir);
	int count = 0;

	assert_non_null(dir);
	while ((file = readdir(dir)) != NULL)
		count += strncmp(file->d_name, prefix, sizeof(prefix) - 1) == 0;
	closedir(dir);
	return count;
}

/* A process that ends while its successor is at work already leaves a
 * journal, which the successor finds. */
static void
a_journal_left_behind_is_found(void **state)
{
	struct rig *rig = *state;
	struct store *successor, *old = rig->store;
	struct store_options options;
	char uri[160];
	struct err err;

	messages(rig, 5);
	wait_health(rig, true);
	refuse(rig);
	messages(rig, 20);
	wait_health(rig, false);
	init_options(rig, &options);
	snprintf(uri, sizeof(uri), "unix:%s", rig->server.socket);
	options.uri = uri;
	successor = store_open(&options, &err);
	assert_non_null(successor);
	store_close(old);
	assert_int_equal(journals(rig), 1);
	rig->store = successor;
	wait_logged(rig, "operations replayed");
	check_all_there(rig);
	while (journals(rig) > 0)
		pause_ms(10);
	row(rig, "takeover when down", "");
}

static int
open_files(void)
{
	DIR *dir = opendir("/proc/self/fd");
	int count = 0;

	if (dir == NULL)
		return 0;
	while (readdir(dir) != NULL)
		count++;
	closedir(dir);
	return count;
}

static void
thousand_reconnects_leak_nothing(void **state)
{
	struct rig *rig = *state;
	unsigned before, seen;
	uint64_t count;
	int files;

	messages(rig, 1);
	files = open_files();
	before = proxy_connections(rig->proxy);
	for (int i = 0; i < 1000; i++) {
		seen = proxy_connections(rig->proxy);
		proxy_cut(rig->proxy);
		message(rig, &count);
		for (int tries = 0; tries < WAIT_TRIES &&
			proxy_connections(rig->proxy) == seen;
			tries++)
			pause_ms(1);
	}
	check_all_there(rig);
	assert_true(proxy_connections(rig->proxy) - before >= 1000);
	assert_in_range(open_files(), files - 4, files + 4);
	row(rig, "1,000 reconnects", "");
}

/* Random bytes and random replies: never a crash, never a wrong answer that
 * exceeds what memory knows. */
static void
any_reply_is_survived(void **state)
{
	struct rig *rig = *state;
	struct store_query top = {.kind = STORE_TOP, .limit = 5};
	struct err err;
	uint64_t count;
	const char *wanted = getenv("FORWARDEN_SEEDS");
	unsigned seed, seeds = wanted != NULL ? (unsigned)atoi(wanted) : 60;

	messages(rig, 3);
	for (seed = 1; seed < seeds; seed++) {
		proxy_mode(rig->proxy,
			seed % 2 ? PROXY_GARBAGE : PROXY_NONSENSE, seed);
		message(rig, &count);
		assert_true(count >= (uint64_t)rig->noted);
		(void)store_query(rig->store, rig->arena, &top, &err);
		pause_ms(5);
	}
	pass(rig);
	wait_health(rig, true);
	assert_int_equal(message(rig, &count), STORE_OK);
}

struct session {
	struct rig *rig;
	int number, lost, slow;
	pthread_t thread;
};

#define SESSIONS 100
#define SESSION_MESSAGES 20

static void *
run_session(void *arg)
{
	struct session *session = arg;
	struct arena *arena = arena_new(1 << 20);

	for (int i = 0; i < SESSION_MESSAGES; i++) {
		char member[32];
		struct store_op op = {STORE_NOTE,
			{.note = {.group = SLICE("shared@example.com"),
				 .policy = SLICE("rate"),
				 .window_ms = WINDOW_MS,
				 .after = -1}}};
		struct store_batch batch = {
			.ops = &op, .count = 1, .arena = arena};
		int64_t began_ms = clock_monotonic_ms();

		snprintf(member, sizeof(member), "%d-%d", session->number, i);
		op.note.member = slice_of(member);
		session->lost += store_ask(session->rig->store, &batch, 2000) !=
			STORE_OK;
		session->slow += clock_monotonic_ms() - began_ms > 2000;
		arena_reset(arena);
	}
	arena_free(arena);
	return NULL;
}

static void
hundred_sessions_share_a_connection(void **state)
{
	struct rig *rig = *state;
	static struct session sessions[SESSIONS];
	struct store_health health;

	for (int i = 0; i < SESSIONS; i++) {
		sessions[i] = (struct session){.rig = rig, .number = i};
		assert_int_equal(pthread_create(&sessions[i].thread, NULL,
					 run_session, &sessions[i]),
			0);
	}
	for (int i = 0; i < SESSIONS; i++) {
		pthread_join(sessions[i].thread, NULL);
		assert_int_equal(sessions[i].lost, 0);
		assert_int_equal(sessions[i].slow, 0);
	}
	store_health(rig->store, &health);
	printf("# 100 sessions x %d messages: %llu batches in %llu pipelines, "
	       "%u connection\n",
		SESSION_MESSAGES, (unsigned long long)health.round_trips,
		(unsigned long long)health.pipelines,
		proxy_connections(rig->proxy));
	assert_true(health.pipelines < health.round_trips);
	assert_int_equal(proxy_connections(rig->proxy), 1);
	assert_int_equal(cli_number(rig, "zcard",
				 "fw1:win:{shared@example.com}:rate", NULL),
		SESSIONS * SESSION_MESSAGES);
}

static void
reopen_as(struct rig *rig, const char *uri, const char *password)
{
	struct store_options options;
	struct err err = {0};

	store_close(rig->store);
	init_options(rig, &options);
	options.uri = uri;
	options.password = password;
	rig->store = store_open(&options, &err);
	if (rig->store == NULL)
		fail_msg("%s", err.text);
}

static void
logs_in(void **state)
{
	struct rig *rig = *state;
	struct store_health health;
	char uri[160];
	int port;

	server_stop(&rig->server);
	snprintf(rig->server.password, sizeof(rig->server.password),
		"se:c%%ret");
	assert_true(server_start(&rig->server, -1, NULL));
	port = rig->server.port;
	assert_true(server_cli(&rig->server, NULL, 0, "acl", "setuser", "fw",
		"on", ">p@ss/word", "~fw1:*", "+@read", "+@write",
		"+@scripting", "+@connection", "+info", "+role", "+time",
		NULL));
	snprintf(uri, sizeof(uri), "redis://:se%%3Ac%%25ret@127.0.0.1:%d/2",
		port);
	reopen_as(rig, uri, NULL);
	wait_health(rig, true);
	snprintf(uri, sizeof(uri), "redis://fw:p%%40ss%%2Fword@127.0.0.1:%d",
		port);
	reopen_as(rig, uri, NULL);
	wait_health(rig, true);
	messages(rig, 3);
	snprintf(uri, sizeof(uri), "redis://127.0.0.1:%d", port);
	reopen_as(rig, uri, "se:c%ret");
	wait_health(rig, true);
	snprintf(uri, sizeof(uri), "redis://:wrong@127.0.0.1:%d", port);
	reopen_as(rig, uri, NULL);
	store_health(rig->store, &health);
	assert_false(health.up);
	assert_non_null(strstr(health.reason, "WRONGPASS"));
	wait_logged(rig, "WRONGPASS");
}

int
main(void)
{
#define FAULT(function) \
	cmocka_unit_test_setup_teardown(function, setup, teardown)
	const struct CMUnitTest tests[] = {
		FAULT(hangs),
		FAULT(is_slow),
		FAULT(resets),
		FAULT(loads),
		FAULT(is_read_only),
		FAULT(is_out_of_memory),
		FAULT(speaks_garbage),
		FAULT(is_silent),
		FAULT(is_killed),
		FAULT(restarts_empty),
		FAULT(forgets_scripts),
		FAULT(cuts_idle_connections),
		FAULT(journal_survives_a_restart),
		FAULT(a_journal_left_behind_is_found),
		FAULT(thousand_reconnects_leak_nothing),
		FAULT(any_reply_is_survived),
		FAULT(hundred_sessions_share_a_connection),
		FAULT(logs_in),
	};

	if (!server_available())
		return server_skip();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
