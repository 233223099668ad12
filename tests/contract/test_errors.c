/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Every error that a real Redis gives, in the middle of a load: the log and
 * health say which in words, no message waits over its budget, and afterwards
 * every note, tally and event is in Redis, once. The rows are printed as a
 * table. What this server cannot be brought to say is skipped by name.
 */
#include "../unit/store_settings.h"
#include "base/arena.h"
#include "clusters.h"
#include "server.h"
#include "store/store_open.h"
#include "watch.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define THREADS 4
#define BUDGET_MS 250
/* What a busy machine may add to a budget. */
#define SLACK_MS 150
#define WINDOW_MS ((int64_t)3600000)
#define WAIT_TRIES 2000
#define BEFORE 40 /* messages before the error, and after it began */
#define STEADY_LOOKS 40
#define MAILBOX "alice@example.com"
#define LUA_OPEN_MS "200" /* before it says BUSY */

static struct server server;
static char place[160]; /* of the server */
static const struct fault *fault;
static pthread_t scripted;
static pthread_mutex_t log_lock = PTHREAD_MUTEX_INITIALIZER;
static char logged[65536];

struct load {
	struct store *store;
	struct watch watch;
	atomic_bool ends;
	atomic_int noted;
	atomic_llong worst_ms;
};

struct session {
	struct load *load;
	int number;
	pthread_t thread;
};

struct fault {
	const char *name;
	bool (*begin)(void); /* false: this server does not know it */
	bool (*end)(void);
	const char *says; /* the log; NULL: the store stays up */
};

static void
say(void *ctx, enum log_level level, const char *text)
{
	size_t len;

	(void)ctx;
	(void)level;
	pthread_mutex_lock(&log_lock);
	len = strlen(logged);
	snprintf(logged + len, sizeof(logged) - len, "%s\n", text);
	pthread_mutex_unlock(&log_lock);
}

static bool
was_logged(const char *text)
{
	bool found;

	pthread_mutex_lock(&log_lock);
	found = strstr(logged, text) != NULL;
	pthread_mutex_unlock(&log_lock);
	return found;
}

static void
pause_ms(long ms)
{
	struct timespec wait = {ms / 1000, ms % 1000 * 1000000};

	nanosleep(&wait, NULL);
}

/* redis-cli ends well whatever the server says. */
static bool
cli_ok(const char *a, const char *b, const char *c, const char *d)
{
	char out[256] = "";

	return server_cli(&server, out, sizeof(out), a, b, c, d, NULL) &&
		strncmp(out, "OK", 2) == 0;
}

static long
cli_number(const char *a, const char *b, const char *c)
{
	char out[256] = "";

	(void)server_cli(&server, out, sizeof(out), a, b, c, NULL);
	return strtol(out, NULL, 10);
}

static bool
oom(void)
{
	return cli_ok("config", "set", "maxmemory", "1");
}

static bool
no_oom(void)
{
	return cli_ok("config", "set", "maxmemory", "0");
}

static bool
replica(void)
{
	return cli_ok("replicaof", "127.0.0.1", "1", NULL);
}

static bool
stale(void)
{
	return cli_ok("config", "set", "replica-serve-stale-data", "no") &&
		replica();
}

static bool
master(void)
{
	return cli_ok("replicaof", "no", "one", NULL) &&
		cli_ok("config", "set", "replica-serve-stale-data", "yes");
}

static bool
not_lonely(void)
{
	return cli_ok("config", "set", "min-replicas-to-write", "0");
}

/* Before Redis 7 it does not hold for scripts. */
static bool
lonely(void)
{
	char out[256] = "";

	(void)cli_ok("config", "set", "min-replicas-to-write", "1");
	(void)server_cli(&server, out, sizeof(out), "eval",
		"return redis.call('SET', KEYS[1], 1)", "1", "fw1:try", NULL);
	if (strstr(out, "NOREPLICAS") != NULL)
		return true;
	(void)not_lonely();
	return false;
}

static bool
no_scripts(void)
{
	return cli_ok("acl", "setuser", "default", "-evalsha");
}

static bool
no_xadd(void)
{
	return cli_ok("acl", "setuser", "default", "-xadd");
}

/* What the greeting writes it may, what mail counts it may not. */
static bool
no_keys(void)
{
	char out[256] = "";

	return server_cli(&server, out, sizeof(out), "acl", "setuser",
		       "default", "resetkeys", "~fw1:probe", "~fw1:about",
		       NULL) &&
		strncmp(out, "OK", 2) == 0;
}

static bool
all_keys(void)
{
	return cli_ok("acl", "setuser", "default", "allkeys");
}

static bool
all_rights(void)
{
	return cli_ok("acl", "setuser", "default", "+@all");
}

static void *
run_script(void *arg)
{
	(void)server_cli(
		&server, NULL, 0, "eval", "while true do end", "0", NULL);
	return arg;
}

static bool
busy(void)
{
	return cli_ok("config", "set", "lua-time-limit", LUA_OPEN_MS) &&
		pthread_create(&scripted, NULL, run_script, NULL) == 0;
}

static bool
not_busy(void)
{
	bool ok = cli_ok("script", "kill", NULL, NULL);

	pthread_join(scripted, NULL);
	return ok;
}

/* A file cannot take the place of a directory. */
static bool
unsaved(void)
{
	char path[160], out[8192] = "";

	snprintf(path, sizeof(path), "%s/dump.rdb", server.dir);
	(void)unlink(path);
	if (mkdir(path, 0700) != 0 ||
		!cli_ok("config", "set", "save", "3600 1000000") ||
		!server_cli(&server, NULL, 0, "bgsave", NULL))
		return false;
	for (int i = 0; i < WAIT_TRIES &&
		strstr(out, "rdb_last_bgsave_status:err") == NULL;
		i++) {
		pause_ms(5);
		(void)server_cli(
			&server, out, sizeof(out), "info", "persistence", NULL);
	}
	return strstr(out, "rdb_last_bgsave_status:err") != NULL;
}

static bool
saved(void)
{
	char path[160];

	snprintf(path, sizeof(path), "%s/dump.rdb", server.dir);
	return rmdir(path) == 0 && cli_ok("save", NULL, NULL, NULL);
}

static bool
forget_scripts(void)
{
	for (int i = 0; i < 20; i++) {
		if (!cli_ok("script", "flush", NULL, NULL))
			return false;
		pause_ms(10);
	}
	return true;
}

static bool
nothing(void)
{
	return true;
}

/* A message with an answer wanted for its note, and a tally and an event
 * told. */
static void
message(struct load *load, struct arena *arena, int thread, int number)
{
	char id[32], json[64];
	struct store_op note = {STORE_NOTE,
		{.note = {.group = SLICE(MAILBOX),
			 .policy = SLICE("rate"),
			 .window_ms = WINDOW_MS,
			 .after = -1}}};
	struct store_op told[2] = {
		{STORE_TALLY,
			{.tally = {.mailbox = SLICE(MAILBOX),
				 .destination = SLICE("drop@evil.example"),
				 .what = TALLY_FORWARDED}}},
		{STORE_APPEND, {.append = {{NULL, 0}}}}};
	struct store_batch ask = {.ops = &note, .count = 1, .arena = arena};
	struct store_batch tell = {.ops = told, .count = 2};
	int64_t began_ms = clock_monotonic_ms(), took_ms;
	long long worst = atomic_load(&load->worst_ms);

	snprintf(id, sizeof(id), "m-%d-%d", thread, number);
	snprintf(json, sizeof(json), "{\"id\":\"%s\"}", id);
	note.note.member = told[0].tally.identity = slice_of(id);
	told[1].append.json = slice_of(json);
	(void)store_ask(load->store, &ask, BUDGET_MS);
	took_ms = clock_monotonic_ms() - began_ms;
	store_tell(load->store, &tell);
	atomic_fetch_add(&load->noted, 1);
	while (took_ms > worst &&
		!atomic_compare_exchange_weak(&load->worst_ms, &worst, took_ms))
		continue;
	arena_reset(arena);
}

static void *
run_session(void *arg)
{
	const struct session *session = arg;
	struct arena *arena = arena_new(1 << 20);

	for (int i = 0; !atomic_load(&session->load->ends); i++) {
		message(session->load, arena, session->number, i);
		pause_ms(5);
	}
	arena_free(arena);
	return NULL;
}

static void
wait_messages(struct load *load, int more)
{
	int until = atomic_load(&load->noted) + more;

	while (atomic_load(&load->noted) < until)
		pause_ms(5);
}

static bool
wait_said(struct load *load)
{
	struct store_health health;

	for (int i = 0; i < WAIT_TRIES; i++) {
		store_health(load->store, &health);
		if (!health.up && was_logged(fault->says) &&
			strstr(health.reason, fault->says) != NULL)
			return true;
		pause_ms(5);
	}
	printf("# %s: \"%s\" is not said; health: \"%s\"; the log: %s\n",
		fault->name, fault->says, health.reason, logged);
	return false;
}

/* Down is down until the end, and said once, whoever comes and whatever is
 * tried meanwhile. */
static bool
stays_down(struct load *load)
{
	struct store_health before, after;

	store_health(load->store, &before);
	for (int i = 0; i < STEADY_LOOKS; i++) {
		pause_ms(10);
		store_health(load->store, &after);
		if (!after.up && after.since_ms == before.since_ms &&
			!was_logged("it was down since"))
			continue;
		printf("# %s: it was up in between; the log: %s\n", fault->name,
			logged);
		return false;
	}
	return true;
}

static bool
settle(struct load *load)
{
	struct store_health health;

	for (int i = 0; i < WAIT_TRIES; i++) {
		store_health(load->store, &health);
		if (health.up && health.journal == 0 &&
			cli_number("xlen", "fw1:events", NULL) >=
				atomic_load(&load->noted))
			return true;
		pause_ms(10);
	}
	printf("# %s: it does not settle: %s, journal %llu\n", fault->name,
		health.reason, (unsigned long long)health.journal);
	return false;
}

/* Under load: well, ill, well again. */
static bool
harm(struct load *load, bool *known)
{
	bool ok = true;

	wait_messages(load, BEFORE);
	*known = fault->begin();
	if (*known) {
		if (fault->says != NULL)
			ok = wait_said(load) && stays_down(load);
		wait_messages(load, BEFORE);
		ok = fault->end() && ok;
		wait_messages(load, BEFORE);
	}
	atomic_store(&load->ends, true);
	return ok;
}

static bool
report(struct load *load)
{
	int truth = atomic_load(&load->noted);
	long notes = cli_number("zcard", "fw1:win:{" MAILBOX "}:rate", NULL);
	long tallies = cli_number("hget", "fw1:box:{" MAILBOX "}", "forwarded");
	long events = cli_number("xlen", "fw1:events", NULL);
	struct store_health health;

	store_health(load->store, &health);
	printf("# %-26s | truth %5d | notes %5ld, tallies %5ld, events %5ld | "
	       "doubled %ld | worst wait %3lld ms | replayed %5llu, lost "
	       "%llu\n",
		fault->name, truth, notes, tallies, events,
		notes > truth             ? notes - truth
			: tallies > truth ? tallies - truth
			: events > truth  ? events - truth
					  : 0,
		(long long)atomic_load(&load->worst_ms),
		(unsigned long long)health.replayed,
		(unsigned long long)health.lost);
	return notes == truth && tallies == truth && events == truth &&
		health.lost == 0 &&
		atomic_load(&load->worst_ms) <=
		BUDGET_MS + SLACK_MS + atomic_load(&load->watch.worst_ms);
}

static bool
run(struct load *load, bool *known)
{
	struct session sessions[THREADS];
	bool ok;

	for (int i = 0; i < THREADS; i++) {
		sessions[i] = (struct session){.load = load, .number = i};
		pthread_create(
			&sessions[i].thread, NULL, run_session, &sessions[i]);
	}
	watch_start(&load->watch);
	ok = harm(load, known);
	for (int i = 0; i < THREADS; i++)
		pthread_join(sessions[i].thread, NULL);
	watch_stop(&load->watch);
	return settle(load) && report(load) && ok;
}

static bool
open_store(struct load *load, const char *uri)
{
	struct store_options options;
	struct err err = {0};

	store_options_init(&options);
	options.uri = uri;
	options.say = say;
	options.backoff_ms = 20;
	options.backoff_max_ms = 100;
	options.events = 1000000;
	logged[0] = '\0';
	load->store = store_open(&options, &err);
	if (load->store == NULL)
		printf("# %s\n", err.text);
	return load->store != NULL;
}

static bool
try_fault(bool *known)
{
	struct load load = {0};
	bool ok;

	(void)server_cli(&server, NULL, 0, "flushall", NULL);
	if (!open_store(&load, place))
		return false;
	ok = run(&load, known);
	store_close(load.store);
	return ok;
}

/* A key that holds something else: its operation alone is lost, and the log
 * names the key. */
static bool
refuses_one_key(void)
{
	static const struct fault none = {"WRONGTYPE", nothing, nothing, NULL};
	struct load load = {0};
	struct arena *arena = arena_new(1 << 20);
	struct store_health health;
	bool ok = false;

	fault = &none;
	(void)server_cli(&server, NULL, 0, "flushall", NULL);
	if (open_store(&load, place) &&
		cli_ok("set", "fw1:box:{" MAILBOX "}", "theirs", NULL)) {
		message(&load, arena, 0, 0);
		for (int i = 0; i < WAIT_TRIES && !was_logged("WRONGTYPE"); i++)
			pause_ms(5);
		store_health(load.store, &health);
		ok = settle(&load) && health.up && health.lost == 1 &&
			was_logged("fw1:box:{" MAILBOX "}") &&
			cli_number("zcard", "fw1:win:{" MAILBOX "}:rate",
				NULL) == 1;
		if (!ok)
			printf("# lost %llu; the log: %s\n",
				(unsigned long long)health.lost, logged);
	}
	store_close(load.store);
	arena_free(arena);
	return ok;
}

/* One node of a cluster that is taken for all of it stays down, and says what
 * to write instead. */
static bool
knows_a_cluster(void)
{
	static const char *const extra[] = {"--cluster-enabled", "yes", NULL};
	static struct clusters cluster;
	struct store_health before, after;
	struct load load = {0};
	char uri[160];
	bool ok = false;

	if (clusters_start(&cluster, CLUSTER_MASTERS, extra)) {
		/* Not the one that has the slot of "fw1:probe". */
		snprintf(uri, sizeof(uri), "redis://127.0.0.1:%d",
			cluster.nodes[server_slot(&cluster.nodes[0],
					      "fw1:probe") < 8192
					       ? 2
					       : 0]
				.port);
		ok = open_store(&load, uri);
	}
	if (ok) {
		store_health(load.store, &before);
		pause_ms(500);
		store_health(load.store, &after);
		ok = !before.up && !after.up &&
			before.since_ms == after.since_ms &&
			was_logged("MOVED: it is a node of a cluster, and asks "
				   "for redis+cluster://");
		if (!ok)
			printf("# \"%s\"; the log: %s\n", after.reason, logged);
	}
	store_close(load.store);
	clusters_stop(&cluster);
	return ok;
}

int
main(void)
{
	static const struct fault faults[] = {
		{"memory full", oom, no_oom, "OOM: its memory is full"},
		{"a replica", replica, master, "READONLY: it is a replica"},
		{"a replica, master away", stale, master, "MASTERDOWN: "},
		{"too few replicas", lonely, not_lonely, "NOREPLICAS: "},
		{"no right to EVALSHA", no_scripts, all_rights, "NOPERM: "},
		{"no right to its keys", no_keys, all_keys, "NOPERM: "},
		{"no right to XADD", no_xadd, all_rights, "NOPERM: "},
		{"busy with a script", busy, not_busy, "BUSY: "},
		{"cannot save", unsaved, saved, "MISCONF: "},
		{"forgets scripts", forget_scripts, nothing, NULL},
	};
	const size_t count = sizeof(faults) / sizeof(*faults);
	int failed = 0;

	if (!server_available())
		return server_skip();
	setvbuf(stdout, NULL, _IOLBF, 0);
	if (!server_start(&server, 0, NULL)) {
		printf("Bail out! redis-server does not start\n");
		return 1;
	}
	snprintf(place, sizeof(place), "unix:%s", server.socket);
	printf("1..%zu\n", count + 2);
	for (size_t i = 0; i < count; i++) {
		bool known = true, ok;

		fault = &faults[i];
		ok = try_fault(&known);
		printf("%sok %zu - %s%s\n", ok ? "" : "not ", i + 1,
			fault->name,
			known ? "" : " # SKIP this server does not know it");
		failed += !ok;
	}
	if (!refuses_one_key()) {
		printf("not ");
		failed++;
	}
	printf("ok %zu - a key that is not ours\n", count + 1);
	if (!knows_a_cluster()) {
		printf("not ");
		failed++;
	}
	printf("ok %zu - a node of a cluster is not one Redis\n", count + 2);
	server_stop(&server);
	return failed != 0;
}
