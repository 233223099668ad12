/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The figures of the store: bytes a mailbox (with one route and one window) and
 * a traced message in memory and in Redis, CPU of the asks of one message, and
 * round trips of a message by kind. As TAP: the limits are part of it.
 */
#include "../unit/store_settings.h"
#include "contract/server.h"

#include "base/arena.h"
#include "store/store_open.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define MEMORY_LIMIT_BYTES 400
#define REDIS_LIMIT_BYTES 700
#define TRACES 20000
#define TRACE_MEMORY_LIMIT_BYTES 400
#define TRACE_REDIS_LIMIT_BYTES 100
#define INBOUND_LIMIT_US 100 /* on a machine that others keep busy */
#define WINDOW_MS ((int64_t)3600000)
#define SAMPLES 100

static int number, failed;

static void
result(bool ok, const char *what)
{
	printf("%sok %d - %s\n", ok ? "" : "not ", ++number, what);
	failed += !ok;
}

static double
cpu_seconds(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

static long
resident_bytes(void)
{
	FILE *file = fopen("/proc/self/statm", "r");
	long total = 0, resident = 0;

	if (file == NULL || fscanf(file, "%ld %ld", &total, &resident) != 2)
		resident = 0;
	if (file != NULL)
		fclose(file);
	return resident * sysconf(_SC_PAGESIZE);
}

/* What one mailbox with one route and one window comes from. */
static void
fill_one(struct store *store, int i)
{
	char name[48], drop[48], id[48];
	struct store_op ops[3];
	const struct store_batch batch = {.ops = ops, .count = 3};

	snprintf(name, sizeof(name), "user%07d@example.com", i);
	snprintf(drop, sizeof(drop), "drop%07d@evil.example", i);
	snprintf(id, sizeof(id), "%032d", i);
	ops[0] = (struct store_op){STORE_TALLY,
		{.tally = {.mailbox = slice_of(name),
			 .what = TALLY_RECEIVED,
			 .identity = slice_of(id)}}};
	ops[1] = (struct store_op){STORE_TALLY,
		{.tally = {.mailbox = slice_of(name),
			 .destination = slice_of(drop),
			 .what = TALLY_FORWARDED,
			 .identity = slice_of(id)}}};
	ops[2] = (struct store_op){STORE_NOTE,
		{.note = {.group = slice_of(name),
			 .policy =
				 SLICE("5f1a6a4e-3f0a-4a68-9d0b-0f6f6f1c7a11"),
			 .member = slice_of(id),
			 .window_ms = WINDOW_MS,
			 .cap = 20,
			 .after = -1}}};
	store_tell(store, &batch);
}

static void
ask_message(struct store *store, struct arena *arena, int i)
{
	char name[48], id[48];
	struct store_op ops[3];
	struct store_batch first = {.ops = ops, .count = 2, .arena = arena};
	struct store_batch second = {
		.ops = ops + 2, .count = 1, .arena = arena};

	snprintf(name, sizeof(name), "user%07d@example.com", i);
	snprintf(id, sizeof(id), "%032d", i);
	ops[0] = (struct store_op){
		STORE_RECALL, {.recall = {.id = slice_of(id), .cap = 8}}};
	ops[1] = (struct store_op){STORE_FACTS,
		{.facts = {.mailbox = slice_of(name),
			 .destination = SLICE("drop@evil.example")}}};
	ops[2] = (struct store_op){STORE_NOTE,
		{.note = {.group = slice_of(name),
			 .policy =
				 SLICE("5f1a6a4e-3f0a-4a68-9d0b-0f6f6f1c7a11"),
			 .member = slice_of(id),
			 .window_ms = WINDOW_MS,
			 .cap = 20,
			 .after = -1}}};
	if (store_foresee(store, &first)) {
		first.foreseen = first.count;
		first.count = 3;
	}
	(void)store_ask(store, &first, 1000);
	if (first.foreseen == 0 || !first.came_true)
		(void)store_ask(store, &second, 1000);
	arena_reset(arena);
}

static void
figures_memory(int mailboxes)
{
	struct arena *arena = arena_new(1 << 20);
	struct store_options options;
	struct store_health health;
	struct store *store;
	struct err err;
	long before = resident_bytes(), resident;
	double began, each;

	store_options_init(&options);
	/* Half a gigabyte for a million: what is measured is what they take. */
	options.memory_bytes = (uint64_t)mailboxes * 512;
	options.events = 100;
	store = store_open(&options, &err);
	for (int i = 0; i < mailboxes; i++)
		fill_one(store, i);
	store_health(store, &health);
	resident = resident_bytes() - before;
	printf("# memory: %d mailboxes, %llu entries, %llu went; counted %.0f, "
	       "resident %.0f bytes a mailbox\n",
		mailboxes, (unsigned long long)health.entries,
		(unsigned long long)health.evicted,
		(double)health.bytes / mailboxes, (double)resident / mailboxes);
	result(health.evicted == 0 &&
			(double)resident / mailboxes <= MEMORY_LIMIT_BYTES,
		"memory: at most 400 bytes a mailbox");
	began = cpu_seconds();
	for (int i = 0; i < 200000; i++)
		ask_message(
			store, arena, (int)((unsigned)i * 7919u) % mailboxes);
	each = (cpu_seconds() - began) / 200000 * 1e6;
	printf("# memory: %.2f us of CPU for both asks of a message, over %d "
	       "mailboxes\n",
		each, mailboxes);
	began = cpu_seconds();
	for (int i = 0; i < 200000; i++)
		ask_message(store, arena, i % 5000);
	each = (cpu_seconds() - began) / 200000 * 1e6;
	printf("# memory: %.2f us over 5000 mailboxes\n", each);
	store_close(store);
	arena_free(arena);
}

static long
usage(const struct server *server, const char *key)
{
	char out[64];

	if (!server_cli(server, out, sizeof(out), "memory", "usage", key, NULL))
		return 0;
	return strtol(out, NULL, 10);
}

static long
used(const struct server *server)
{
	char out[8192];
	const char *at;

	if (!server_cli(server, out, sizeof(out), "info", "memory", NULL))
		return 0;
	at = strstr(out, "used_memory:");
	return at != NULL ? strtol(at + 12, NULL, 10) : 0;
}

static void
wait_done(struct store *store, uint64_t round_trips)
{
	const struct timespec wait = {0, 2 * 1000000};
	struct store_health health;

	for (int i = 0; i < 30000; i++) {
		store_health(store, &health);
		if (health.round_trips >= round_trips && health.journal == 0)
			return;
		nanosleep(&wait, NULL);
	}
}

static void
usage_of_keys(const struct server *server)
{
	static const char *const kinds[] = {"box", "route", "once", "win"};
	long sums[4] = {0}, total = 0;
	char name[48], key[160];

	for (int i = 0; i < SAMPLES; i++)
		for (int k = 0; k < 4; k++) {
			snprintf(name, sizeof(name), "user%07d@example.com", i);
			snprintf(key, sizeof(key), "fw1:%s:{%s}%s", kinds[k],
				name,
				k < 3 ? ""
				      : ":5f1a6a4e-3f0a-4a68-9d0b-"
					"0f6f6f1c7a11");
			sums[k] += usage(server, key);
		}
	for (int k = 0; k < 4; k++) {
		printf("# redis: %-6s %ld bytes\n", kinds[k],
			sums[k] / SAMPLES);
		total += sums[k] / SAMPLES;
	}
	printf("# redis: MEMORY USAGE of a mailbox' keys: %ld bytes\n", total);
	result(total > 0 && total <= REDIS_LIMIT_BYTES,
		"redis: at most 700 bytes a mailbox");
}

static void
figures_redis(const struct server *server, int mailboxes)
{
	char uri[160];
	struct store_options options;
	struct store *store;
	struct err err;
	struct timespec wait = {0, 1000000};
	long before = used(server);

	snprintf(uri, sizeof(uri), "unix:%s", server->socket);
	store_options_init(&options);
	options.uri = uri;
	options.memory_bytes = 64u << 20;
	store = store_open(&options, &err);
	for (int i = 0; i < mailboxes; i++) {
		fill_one(store, i);
		if (i % 256 == 255) {
			struct store_health health;

			do {
				store_health(store, &health);
				if (health.round_trips + 2000 < (uint64_t)i)
					nanosleep(&wait, NULL);
			} while (health.round_trips + 2000 < (uint64_t)i);
		}
	}
	wait_done(store, (uint64_t)mailboxes);
	usage_of_keys(server);
	printf("# redis: used_memory grew by %.0f bytes a mailbox, with its "
	       "part of dest, top and the keys' table, at %d mailboxes\n",
		(double)(used(server) - before) / mailboxes, mailboxes);
	store_close(store);
}

/* Not before there are so many. */
static uint64_t
trips(struct store *store, uint64_t least)
{
	const struct timespec wait = {0, 5 * 1000000};
	struct store_health before, after;

	wait_done(store, least);
	do {
		store_health(store, &before);
		nanosleep(&wait, NULL);
		store_health(store, &after);
	} while (before.round_trips != after.round_trips);
	return after.round_trips;
}

/* One at a time: what waits, and how often. */
static void
figures_trips(const struct server *server)
{
	char uri[160];
	struct arena *arena = arena_new(1 << 20);
	struct store_options options;
	struct store *store;
	struct err err;
	uint64_t before, asked, told;

	snprintf(uri, sizeof(uri), "unix:%s", server->socket);
	store_options_init(&options);
	options.uri = uri;
	options.prefix = "trips";
	store = store_open(&options, &err);
	ask_message(store, arena, 1);
	fill_one(store, 1);
	before = trips(store, 3);
	ask_message(store, arena, 2);
	asked = trips(store, before + 1) - before;
	before += asked;
	fill_one(store, 3);
	told = trips(store, before + 1) - before;
	printf("# round trips: to the outside: %llu waited for (recall, "
	       "facts and notes), %llu told; inbound: 0 waited for, %llu "
	       "told\n",
		(unsigned long long)asked, (unsigned long long)told,
		(unsigned long long)told);
	result(asked == 1 && told == 1, "one round trip is waited for");
	store_close(store);
	arena_free(arena);
}

/* Not more in the queue than the store's own memory bears. */
static void
let_land(struct store *store, uint64_t told)
{
	const struct timespec wait = {0, 1000000};
	struct store_health health;

	for (;;) {
		store_health(store, &health);
		if (health.round_trips + 2000 >= told)
			return;
		nanosleep(&wait, NULL);
	}
}

/* As senders and MTAs choose them: one alike is never there. */
static struct slice
id_of(char out[48], unsigned i, bool queue)
{
	unsigned mixed = i * 2654435761u;

	if (queue) {
		snprintf(out, 48, "queue:mx1.example.com/4b%08x", i);
	} else {
		snprintf(out, 48, "%08x%08x%08x%08x", mixed,
			(mixed ^ i) * 40503u, i * 2246822519u, i);
	}
	return slice_of(out);
}

/* A message from outside for one mailbox, under its Message-ID or its queue
 * id. */
static struct store_op
trace_of(unsigned i, bool queue, char texts[4][48], struct slice members[3])
{
	snprintf(texts[0], 48, "muser%05u@example.com", i % 50000);
	snprintf(texts[1], 48, "I@192.0.2.%u", i % 250);
	snprintf(texts[2], 48, "B@%08x%08x", i * 2654435761u, i);
	for (int k = 0; k < 3; k++)
		members[k] = slice_of(texts[k]);
	return (struct store_op){STORE_REMEMBER,
		{.remember = {.id = id_of(texts[3], i, queue),
			 .members = members,
			 .count = queue ? 2 : 3,
			 .ttl_ms = 2 * STORE_DAY_MS,
			 .anew = queue}}};
}

/* So many; how many bytes one of them takes there. */
static double
fill_traces(struct store *store, const struct server *server, unsigned traces,
	bool queue)
{
	long before = used(server);
	uint64_t told = trips(store, 0);
	char texts[4][48];
	struct slice members[3];

	for (unsigned i = 0; i < traces; i++) {
		struct store_op op = trace_of(i, queue, texts, members);
		const struct store_batch batch = {.ops = &op, .count = 1};

		store_tell(store, &batch);
		if (i % 512 == 0)
			let_land(store, told + i);
	}
	(void)trips(store, 0);
	return (double)(used(server) - before) / traces;
}

static double
number_behind(const char *text, const char *label)
{
	const char *at = strstr(text, label);

	return at != NULL ? strtod(at + strlen(label), NULL) : 0;
}

/* Microseconds of CPU that Redis has taken, those of the system for reading
 * and writing with them. */
static double
spent_us(const struct server *server)
{
	char out[2048];

	if (!server_cli(server, out, sizeof(out), "info", "cpu", NULL))
		return 0;
	return 1e6 *
		(number_behind(out, "used_cpu_user:") +
			number_behind(out, "used_cpu_sys:"));
}

/* Microseconds from the begin to the end of a script, as it counts them: on
 * a busy machine more than it worked. */
static double
scripts_us(const struct server *server)
{
	char out[8192];
	const char *at;

	if (!server_cli(server, out, sizeof(out), "info", "commandstats", NULL))
		return 0;
	at = strstr(out, "cmdstat_evalsha:");
	return at != NULL ? number_behind(at, "usec=") : 0;
}

/* Messages from outside: two traces and a count, in one batch. */
static double
inbound_us(struct store *store, const struct server *server, unsigned messages)
{
	double before = spent_us(server), scripts = scripts_us(server);
	uint64_t told = trips(store, 0);
	char texts[4][48], other[4][48], identity[16];
	struct slice members[3], fewer[3];

	for (unsigned i = 1u << 30; i < (1u << 30) + messages; i++) {
		struct store_op ops[3] = {
			trace_of(i, false, texts, members),
			trace_of(i, true, other, fewer),
		};
		const struct store_batch batch = {.ops = ops, .count = 3};

		snprintf(identity, sizeof(identity), "%u", i);
		ops[2] = (struct store_op){STORE_TALLY,
			{.tally = {.mailbox = slice_sub(
					   members[0], 1, members[0].len),
				 .what = TALLY_RECEIVED,
				 .identity = slice_of(identity)}}};
		store_tell(store, &batch);
		if (i % 64 == 0)
			let_land(store, told + i - (1u << 30));
	}
	(void)trips(store, 0);
	printf("# redis: %.1f us in the script of a message from outside\n",
		(scripts_us(server) - scripts) / messages);
	return (spent_us(server) - before) / messages;
}

static void
figures_traces_memory(void)
{
	struct store_options options;
	struct store_health before, after;
	struct store *store;
	struct err err;
	char texts[4][48];
	struct slice members[3];
	double bytes[2];

	store_options_init(&options);
	store = store_open(&options, &err);
	for (int queue = 0; queue < 2; queue++) {
		store_health(store, &before);
		for (unsigned i = 0; i < TRACES; i++) {
			struct store_op op = trace_of(i, queue, texts, members);
			const struct store_batch batch = {
				.ops = &op, .count = 1};

			store_tell(store, &batch);
		}
		store_health(store, &after);
		bytes[queue] = (double)(after.bytes - before.bytes) / TRACES;
	}
	printf("# memory: %.0f bytes a trace under the Message-ID, %.0f under "
	       "host and queue id\n",
		bytes[0], bytes[1]);
	result(bytes[0] + bytes[1] <= TRACE_MEMORY_LIMIT_BYTES,
		"memory: at most 400 bytes a traced message");
	store_close(store);
}

static void
figures_traces(const struct server *server, unsigned traces)
{
	char uri[160];
	struct store_options options;
	struct store *store;
	struct err err;
	double id, queue, us;

	(void)server_cli(server, NULL, 0, "flushall", NULL);
	snprintf(uri, sizeof(uri), "unix:%s", server->socket);
	store_options_init(&options);
	options.uri = uri;
	options.memory_bytes = 64u << 20;
	store = store_open(&options, &err);
	id = fill_traces(store, server, traces, false);
	queue = fill_traces(store, server, traces, true);
	printf("# redis: used_memory grew by %.0f bytes a trace under the "
	       "Message-ID, by %.0f under host and queue id, at %u each\n",
		id, queue, traces);
	result(id > 0 && id <= TRACE_REDIS_LIMIT_BYTES &&
			queue <= TRACE_REDIS_LIMIT_BYTES,
		"redis: at most 100 bytes a trace");
	us = inbound_us(store, server, 20000);
	printf("# redis: %.1f us of CPU for a message from outside\n", us);
	result(us > 0 && us <= INBOUND_LIMIT_US,
		"redis: at most 100 us for a message from outside");
	store_close(store);
}

int
main(int argc, char **argv)
{
	int mailboxes = argc > 1 ? atoi(argv[1]) : 1000000;
	int in_redis = argc > 2 ? atoi(argv[2]) : 50000;
	int traces = argc > 3 ? atoi(argv[3]) : 1000000;
	struct server server = {0};

	setvbuf(stdout, NULL, _IOLBF, 0);
	printf("1..6\n");
	figures_memory(mailboxes);
	figures_traces_memory();
	if (server_start(&server, 0, NULL)) {
		figures_redis(&server, in_redis);
		figures_trips(&server);
		figures_traces(&server, (unsigned)traces);
	}
	server_stop(&server);
	return failed != 0 || number != 6;
}
