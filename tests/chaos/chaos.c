/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A load from many threads while Redis is stopped, killed, failed over and
 * resharded. Afterwards every note is counted in Redis itself: lost 0, twice
 * 0; and no message waited longer than its budget. Prints a table, and TAP.
 */
#include "../unit/store_settings.h"
#include "contract/clusters.h"
#include "contract/sentinels.h"
#include "contract/server.h"
#include "contract/watch.h"

#include "base/arena.h"
#include "store/store_open.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define THREADS 16
#define MAILBOXES 40
#define BUDGET_MS 250
/* What a busy machine may add. */
#define SLACK_MS 100
#define WINDOW_MS ((int64_t)86400000)
#define WAIT_S 60

struct load {
	struct store *store;
	struct watch watch;
	int messages; /* of each thread, at least */
	atomic_bool harmed; /* the load goes on until all harm was done */
	long pause_us; /* between two messages of a thread */
	atomic_int asked, from_redis, from_memory, late, unanswered;
	atomic_int along; /* counted with what was foreseen */
	atomic_llong worst_ms;
	atomic_int noted[MAILBOXES];
};

struct session {
	struct load *load;
	int number;
	pthread_t thread;
};

static bool verbose;
static struct load *loaded; /* what harm is done under */
static atomic_int forgotten; /* lines of the log that say so */

static void
say(void *ctx, enum log_level level, const char *text)
{
	(void)ctx;
	(void)level;
	if (strstr(text, "has no slots any more") != NULL)
		atomic_fetch_add(&forgotten, 1);
	if (verbose)
		fprintf(stderr, "# log: %s\n", text);
}

static void
pause_us(long us)
{
	struct timespec wait = {us / 1000000, us % 1000000 * 1000};

	nanosleep(&wait, NULL);
}

static void
count_result(struct load *load, enum store_result result, int64_t took_ms)
{
	long long worst = atomic_load(&load->worst_ms);

	atomic_fetch_add(&load->asked, 1);
	atomic_fetch_add(result == STORE_OK    ? &load->from_redis
			: result == STORE_LATE ? &load->late
					       : &load->from_memory,
		1);
	while (took_ms > worst &&
		!atomic_compare_exchange_weak(&load->worst_ms, &worst, took_ms))
		continue;
}

/* What a message asks for: what is known, then its note; and its names. */
struct letter {
	char name[48], id[48], json[160];
	struct slice members[1];
	struct store_op asked[3];
};

static void
write_letter(struct letter *letter, int mailbox, int thread, int number)
{
	snprintf(letter->name, sizeof(letter->name), "user%d@example.com",
		mailbox);
	snprintf(letter->id, sizeof(letter->id), "m-%d-%d", thread, number);
	snprintf(letter->json, sizeof(letter->json),
		"{\"id\":\"%s\",\"mailbox\":\"%s\"}", letter->id, letter->name);
	letter->members[0] = slice_of(letter->name);
	letter->asked[0] = (struct store_op){STORE_RECALL,
		{.recall = {.id = slice_of(letter->id), .cap = 8}}};
	letter->asked[1] = (struct store_op){STORE_FACTS,
		{.facts = {.mailbox = slice_of(letter->name),
			 .destination = SLICE("drop@evil.example")}}};
	letter->asked[2] = (struct store_op){STORE_NOTE,
		{.note = {.group = slice_of(letter->name),
			 .policy = SLICE("rate"),
			 .member = slice_of(letter->id),
			 .window_ms = WINDOW_MS,
			 .after = -1}}};
}

/* As the judge asks: with the note along if memory knows the answers (every
 * other message is one that it is not asked about), else after them. */
static void
ask_letter(struct load *load, struct letter *letter, struct arena *arena,
	bool foresees)
{
	int64_t began_ms = clock_monotonic_ms();
	struct store_batch known = {
		.ops = letter->asked, .count = 2, .arena = arena};
	struct store_batch note = {
		.ops = letter->asked + 2, .count = 1, .arena = arena};
	enum store_result result;
	int64_t took_ms;

	if (foresees && store_foresee(load->store, &known)) {
		known.foreseen = known.count;
		known.count = 3;
	}
	result = store_ask(load->store, &known, BUDGET_MS);
	took_ms = clock_monotonic_ms() - began_ms;
	if (known.foreseen > 0 && known.came_true) {
		atomic_fetch_add(&load->along, 1);
	} else {
		enum store_result counted = store_ask(load->store, &note,
			took_ms < BUDGET_MS ? BUDGET_MS - took_ms : 0);

		took_ms = clock_monotonic_ms() - began_ms;
		result = result == STORE_OK ? counted : result;
	}
	count_result(load, result, took_ms);
}

/* A message as the judge makes it: a recall and facts, and an answer wanted
 * for a note; a trace, tallies and an event told. */
static void
message(struct load *load, struct arena *arena, int thread, int number)
{
	int mailbox = (thread * 7919 + number) % MAILBOXES;
	struct letter letter;
	struct store_op told[4];
	struct store_batch tell = {.ops = told, .count = 4};
	const struct note *note = &letter.asked[2].note;

	write_letter(&letter, mailbox, thread, number);
	told[0] = (struct store_op){STORE_REMEMBER,
		{.remember = {
			 slice_of(letter.id), letter.members, 1, WINDOW_MS}}};
	told[1] = (struct store_op){STORE_TALLY,
		{.tally = {.mailbox = slice_of(letter.name),
			 .destination = SLICE("drop@evil.example"),
			 .what = TALLY_FORWARDED,
			 .identity = slice_of(letter.id)}}};
	told[2] = told[1];
	told[2].tally.what = TALLY_TAGGED;
	told[3] = (struct store_op){
		STORE_APPEND, {.append = {slice_of(letter.json)}}};
	ask_letter(load, &letter, arena, number % 2 == 1);
	if (!note->done || note->count == 0)
		atomic_fetch_add(&load->unanswered, 1);
	store_tell(load->store, &tell);
	atomic_fetch_add(&load->noted[mailbox], 1);
	arena_reset(arena);
}

static void *
run_session(void *arg)
{
	const struct session *session = arg;
	struct load *load = session->load;
	struct arena *arena = arena_new(1 << 20);

	for (int i = 0; i < load->messages || !atomic_load(&load->harmed);
		i++) {
		message(load, arena, session->number, i);
		pause_us(load->pause_us);
	}
	arena_free(arena);
	return NULL;
}

static bool
settle(struct load *load)
{
	struct store_health health;

	for (int i = 0; i < WAIT_S * 100; i++) {
		store_health(load->store, &health);
		if (health.up && health.journal == 0)
			return true;
		pause_us(10000);
	}
	printf("# it does not settle: %s, journal %llu\n", health.reason,
		(unsigned long long)health.journal);
	return false;
}

struct verdict {
	long expected, lost, twice, tallies_lost, tallies_twice, events;
};

/* Asks through the store, which is settled: what Redis holds. */
static bool
count_all(struct load *load, struct verdict *v)
{
	struct arena *arena = arena_new(256u << 20);
	struct err err = {0};
	bool ok = true;

	for (int i = 0; i < MAILBOXES && ok; i++) {
		long expected = atomic_load(&load->noted[i]);
		struct store_query windows = {.kind = STORE_WINDOWS};
		struct store_query boxes = {.kind = STORE_MAILBOX};
		char name[48];
		long found, tallied;

		snprintf(name, sizeof(name), "user%d@example.com", i);
		windows.about = boxes.about = slice_of(name);
		ok = store_query(load->store, arena, &windows, &err) &&
			store_query(load->store, arena, &boxes, &err);
		found = ok && windows.answer.windows.count == 1
			? (long)windows.answer.windows.at->count
			: 0;
		tallied = ok && boxes.answer.mailboxes.count == 1
			? (long)boxes.answer.mailboxes.at
				  ->tally[TALLY_FORWARDED]
			: 0;
		v->expected += expected;
		v->lost += found < expected ? expected - found : 0;
		v->twice += found > expected ? found - expected : 0;
		v->tallies_lost += tallied < expected ? expected - tallied : 0;
		v->tallies_twice += tallied > expected ? tallied - expected : 0;
		arena_reset(arena);
	}
	if (ok) {
		struct store_query events = {
			.kind = STORE_EVENTS, .limit = 1000000};

		ok = store_query(load->store, arena, &events, &err);
		v->events = (long)events.answer.events.count;
	}
	if (!ok)
		printf("# counting: %s\n", err.text);
	arena_free(arena);
	return ok;
}

static bool
report(struct load *load, const char *name)
{
	struct store_health health;
	struct verdict v = {0};
	bool ok = settle(load) && count_all(load, &v);
	bool over =
		load->worst_ms > BUDGET_MS + SLACK_MS + load->watch.worst_ms;

	store_health(load->store, &health);
	printf("# %s\n"
	       "#   messages %d: by Redis %d (%d of them foreseen), by memory "
	       "%d, late %d; "
	       "unanswered %d; worst wait %lld ms (of a budget of %d; the "
	       "machine itself "
	       "was late by %lld)%s\n"
	       "#   notes %ld: lost %ld, twice %ld; tallies: lost %ld, twice "
	       "%ld; events %ld of %ld\n"
	       "#   replayed %llu, lost by the journal %llu, round trips %llu "
	       "in %llu pipelines\n",
		name, load->asked, load->from_redis, load->along,
		load->from_memory, load->late, load->unanswered,
		(long long)load->worst_ms, BUDGET_MS,
		(long long)load->watch.worst_ms, over ? ": over budget" : "",
		v.expected, v.lost, v.twice, v.tallies_lost, v.tallies_twice,
		v.events, v.expected, (unsigned long long)health.replayed,
		(unsigned long long)health.lost,
		(unsigned long long)health.round_trips,
		(unsigned long long)health.pipelines);
	return ok && v.lost == 0 && v.twice == 0 && v.tallies_lost == 0 &&
		v.tallies_twice == 0 && v.events == v.expected &&
		load->unanswered == 0 && !over && health.lost == 0 &&
		load->from_redis > 0 && load->from_memory + load->late > 0;
}

/* Runs the load while harm is done. */
static bool
run(const char *uri, const char *name, int total, bool (*harm)(void))
{
	static struct session sessions[THREADS];
	struct store_options options;
	struct load load = {.messages = total / THREADS, .pause_us = 7000};
	struct err err = {0};
	bool ok;

	store_options_init(&options);
	options.uri = uri;
	options.say = say;
	options.events = 1000000;
	options.backoff_ms = 100;
	options.backoff_max_ms = 1000;
	load.store = store_open(&options, &err);
	if (load.store == NULL) {
		printf("# %s: %s\n", name, err.text);
		return false;
	}
	for (int i = 0; i < THREADS; i++) {
		sessions[i] = (struct session){.load = &load, .number = i};
		pthread_create(
			&sessions[i].thread, NULL, run_session, &sessions[i]);
	}
	watch_start(&load.watch);
	loaded = &load;
	ok = harm();
	atomic_store(&load.harmed, true);
	for (int i = 0; i < THREADS; i++)
		pthread_join(sessions[i].thread, NULL);
	watch_stop(&load.watch);
	ok = report(&load, name) && ok;
	store_close(load.store);
	return ok;
}

static struct server node;
static const char *const append_only[] = {
	"--appendonly", "yes", "--appendfsync", "everysec", NULL};

static bool
harm_node(void)
{
	pause_us(1500000);
	server_kill(&node, SIGSTOP);
	pause_us(700000);
	server_kill(&node, SIGCONT);
	pause_us(1500000);
	server_kill(&node, SIGKILL);
	pause_us(500000);
	(void)server_restart(&node, append_only);
	pause_us(1500000);
	server_kill(&node, SIGSTOP);
	pause_us(3000000);
	server_kill(&node, SIGCONT);
	return true;
}

static bool
chaos_node(int total)
{
	char uri[160];
	bool ok;

	if (!server_start(&node, 0, append_only))
		return false;
	snprintf(uri, sizeof(uri), "unix:%s", node.socket);
	ok = run(uri, "one node: SIGSTOP 0.7 s, SIGKILL, SIGSTOP 3 s", total,
		harm_node);
	server_stop(&node);
	return ok;
}

/*
 * From now on the replica hears nothing of what its master takes: it is
 * stopped, so that it does not connect anew, and its connection is closed.
 */
static void
sever(const struct server *owner, struct server *replica)
{
	server_kill(replica, SIGSTOP);
	(void)server_cli(
		owner, NULL, 0, "client", "kill", "type", "replica", NULL);
}

static struct sentinels group;

static struct server *
master(void)
{
	char out[256];

	for (int i = 0; i < 2; i++)
		if (group.servers[i].pid > 0 &&
			server_cli(&group.servers[i], out, sizeof(out), "role",
				NULL) &&
			strncmp(out, "master", 6) == 0)
			return &group.servers[i];
	return NULL;
}

/* The master dies; the replica takes over; what died comes back as its
 * replica; then the new master hangs until it is deposed. */
static bool
harm_sentinel(void)
{
	struct server *first, *second;
	char port[16];
	const char *replica[] = {"--replicaof", "127.0.0.1", port,
		"--repl-diskless-sync-delay", "0", NULL};

	pause_us(1500000);
	first = master();
	second = first == &group.servers[0] ? &group.servers[1]
					    : &group.servers[0];
	sever(first, second);
	pause_us(400000);
	server_kill(first, SIGKILL);
	server_kill(second, SIGCONT);
	for (int i = 0; i < 300 && ((second = master()) == NULL); i++)
		pause_us(50000);
	if (second == NULL)
		return false;
	pause_us(1500000);
	snprintf(port, sizeof(port), "%d", second->port);
	(void)server_restart(first, replica);
	pause_us(4000000);
	server_kill(second, SIGSTOP);
	pause_us(4000000);
	server_kill(second, SIGCONT);
	pause_us(1000000);
	return true;
}

static bool
chaos_sentinel(int total)
{
	char uri[256];
	bool ok = false;

	if (sentinels_start(&group)) {
		sentinels_uri(&group, uri, sizeof(uri));
		ok = run(uri, "Sentinel: master killed, then deposed", total,
			harm_sentinel);
	}
	sentinels_stop(&group);
	return ok;
}

static struct clusters cluster;
static const char *const clustered[] = {"--cluster-enabled", "yes",
	"--cluster-node-timeout", "1000", "--appendonly", "yes",
	"--appendfsync", "everysec", NULL};

static void
reshard(int from, int to)
{
	char a[64], b[64], place[64];

	if (!clusters_id(&cluster.nodes[from], a, sizeof(a)) ||
		!clusters_id(&cluster.nodes[to], b, sizeof(b)))
		return;
	snprintf(place, sizeof(place), "127.0.0.1:%d", cluster.nodes[0].port);
	if (!server_cli(&cluster.nodes[0], NULL, 0, "--cluster", "reshard",
		    place, "--cluster-from", a, "--cluster-to", b,
		    "--cluster-slots", "700", "--cluster-yes", NULL))
		printf("# the reshard ended with a failure\n");
}

static bool
harm_cluster(void)
{
	pause_us(1500000);
	reshard(0, 1);
	reshard(1, 2);
	pause_us(1000000);
	server_kill(&cluster.nodes[2], SIGKILL);
	pause_us(2500000);
	(void)server_restart(&cluster.nodes[2], clustered);
	pause_us(2000000);
	server_kill(&cluster.nodes[1], SIGSTOP);
	pause_us(700000);
	server_kill(&cluster.nodes[1], SIGCONT);
	reshard(2, 0);
	return true;
}

static bool
chaos_cluster(int total)
{
	char uri[256];
	bool ok = false;

	if (clusters_start(&cluster, CLUSTER_MASTERS, clustered)) {
		snprintf(uri, sizeof(uri), "redis+cluster://127.0.0.1:%d",
			cluster.nodes[0].port);
		ok = run(uri, "Cluster: resharded, one killed, one stopped",
			total, harm_cluster);
	}
	clusters_stop(&cluster);
	return ok;
}

static const char *const replicated[] = {"--cluster-enabled", "yes",
	"--cluster-node-timeout", "1000", "--cluster-require-full-coverage",
	"no", "--repl-diskless-sync-delay", "0", NULL};

#define SLOTS_MS 15000 /* for a replica to be promoted */
#define USED_MS 1000 /* from then until it is used */

static int64_t
wait_master(int slot, const struct server *not_this, struct server **found)
{
	int64_t began_ms = clock_monotonic_ms();

	do {
		*found = clusters_master_of(&cluster, slot);
		if (*found != NULL && *found != not_this)
			return clock_monotonic_ms();
		pause_us(5000);
	} while (clock_monotonic_ms() < began_ms + SLOTS_MS);
	*found = NULL;
	return 0;
}

/* All masters of its map are up: the new one among them. */
static int64_t
wait_used(void)
{
	int64_t began_ms = clock_monotonic_ms();
	struct store_health health;

	do {
		store_health(loaded->store, &health);
		if (health.up && health.nodes_down == 0)
			return clock_monotonic_ms();
		pause_us(5000);
	} while (clock_monotonic_ms() < began_ms + SLOTS_MS);
	return 0;
}

/* One is down, and the store is not. */
static bool
is_down_in_part(void)
{
	struct store_health health = {0};

	for (int i = 0; i < 1000 && health.nodes_down == 0; i++) {
		pause_us(5000);
		store_health(loaded->store, &health);
	}
	if (health.up && strstr(health.reason, "1 of 3 nodes down: ") != NULL)
		return true;
	printf("#   it is %s: %s\n", health.up ? "up" : "down", health.reason);
	return false;
}

/* The master of the slot goes; its replica had heard nothing lately. */
static bool
fail_over(int slot, const char *how, int number, struct server **gone)
{
	struct server *owner = clusters_master_of(&cluster, slot), *heir;
	struct server *replica =
		owner != NULL ? clusters_replica_of(&cluster, owner) : NULL;
	int64_t began_ms, promoted_ms, used_ms;
	bool in_part;

	if (replica == NULL)
		return false;
	sever(owner, replica);
	pause_us(400000);
	began_ms = clock_monotonic_ms();
	*gone = owner;
	server_kill(owner, number);
	server_kill(replica, SIGCONT);
	/* Whoever hangs does not answer us either. */
	if (number == SIGSTOP)
		owner->pid = -owner->pid;
	in_part = is_down_in_part();
	promoted_ms = wait_master(slot, owner, &heir);
	used_ms = wait_used();
	printf("#   %s: promoted after %lld ms, in use %lld ms later\n", how,
		(long long)(promoted_ms - began_ms),
		(long long)(used_ms - promoted_ms));
	return in_part && promoted_ms != 0 && used_ms != 0 &&
		used_ms - promoted_ms <=
		USED_MS + atomic_load(&loaded->watch.worst_ms);
}

/* A reshard is broken off: the slot stays open, and is mended later. */
static bool
break_off_reshard(int slot)
{
	struct server *from = clusters_master_of(&cluster, slot), *to;
	char number[16], a[64], b[64], place[64];
	struct store_health health;
	bool up = true;

	to = clusters_master_of(&cluster, (slot + 5461) % 16384);
	snprintf(number, sizeof(number), "%d", slot);
	if (from == NULL || to == NULL || !clusters_id(from, a, sizeof(a)) ||
		!clusters_id(to, b, sizeof(b)) ||
		!server_cli(to, NULL, 0, "cluster", "setslot", number,
			"importing", a, NULL) ||
		!server_cli(from, NULL, 0, "cluster", "setslot", number,
			"migrating", b, NULL))
		return false;
	for (int i = 0; i < 30; i++) {
		store_health(loaded->store, &health);
		up = up && health.up;
		pause_us(100000);
	}
	printf("#   a slot open for 3 s: the store is %s, \"%s\"\n",
		up ? "up" : "down", health.reason);
	snprintf(place, sizeof(place), "127.0.0.1:%d", from->port);
	return server_cli(from, NULL, 0, "--cluster", "fix", place, NULL) && up;
}

static bool
harm_replicated(void)
{
	int slot = server_slot(&cluster.nodes[1], "user0@example.com");
	struct server *killed = NULL, *hung = NULL;
	bool ok;

	pause_us(1500000);
	ok = fail_over(slot, "a master killed", SIGKILL, &killed);
	pause_us(2000000);
	ok = killed != NULL && server_restart(killed, replicated) && ok;
	ok = fail_over(
		     (slot + 5461) % 16384, "a master hangs", SIGSTOP, &hung) &&
		ok;
	if (hung != NULL && hung->pid < 0) {
		hung->pid = -hung->pid;
		server_kill(hung, SIGCONT);
	}
	pause_us(2000000);
	ok = break_off_reshard(
		     server_slot(&cluster.nodes[1], "user1@example.com")) &&
		ok;
	for (int i = 0; i < 1500 && atomic_load(&forgotten) == 0; i++)
		pause_us(10000);
	printf("#   nodes forgotten: %d\n", atomic_load(&forgotten));
	return ok && atomic_load(&forgotten) > 0;
}

static bool
chaos_replicated(int total)
{
	char uri[256];
	bool ok = false;

	if (clusters_start(&cluster, CLUSTER_NODES, replicated)) {
		snprintf(uri, sizeof(uri), "redis+cluster://127.0.0.1:%d",
			cluster.nodes[0].port);
		ok = run(uri,
			"Cluster of 3+3: unreplicated masters die, a reshard "
			"is broken off",
			total, harm_replicated);
	}
	clusters_stop(&cluster);
	return ok;
}

int
main(int argc, char **argv)
{
	static const struct {
		const char *name;
		bool (*run)(int total);
	} kinds[] = {
		{"node", chaos_node},
		{"sentinel", chaos_sentinel},
		{"cluster", chaos_cluster},
		{"replicated", chaos_replicated},
	};
	const char *only = argc > 1 ? argv[1] : NULL;
	int total = argc > 2 ? atoi(argv[2]) : 24000;
	int failed = 0;

	verbose = getenv("VERBOSE") != NULL;
	if (!server_available())
		return server_skip();
	setvbuf(stdout, NULL, _IOLBF, 0);
	printf("1..4\n");
	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++) {
		bool ok = true;

		if (only == NULL || strcmp(only, "all") == 0 ||
			strcmp(only, kinds[i].name) == 0)
			ok = kinds[i].run(total);
		printf("%sok %zu - nothing lost, nothing twice, nobody waits: "
		       "%s\n",
			ok ? "" : "not ", i + 1, kinds[i].name);
		failed += !ok;
	}
	return failed != 0;
}
