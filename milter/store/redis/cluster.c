/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Redis Cluster: which node has a slot. The map comes from CLUSTER SLOTS; a
 * thread reads it anew when a command was MOVED, each second while a node is
 * away (a replica may take over), and each minute. A command that was MOVED
 * or must be ASKed elsewhere goes there at once; one that meets a slot on its
 * way (TRYAGAIN) is tried again (Redis Cluster specification, "Redirection
 * and resharding").
 *
 * Nodes are never closed while the store is open: commands may still be on
 * their way to one that is not a master any more.
 */
#include "store/redis/cluster.h"

#include "base/arena.h"
#include "base/waiter.h"
#include "store/redis/redis_key.h"
#include "store/redis/request.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define NODES_MAX 128
#define REDIRECTS_MAX 16
#define REFRESH_MS 60000
#define REFRESH_DOWN_MS 1000
#define REFRESH_PAUSE_MS 50 /* between two, at least */
#define MAP_MS 1000
#define MAP_ARENA_BYTES ((size_t)8 << 20)
#define TRYAGAIN_NS 2000000

struct member {
	struct endpoint endpoint;
	struct node *node;
	bool master; /* has slots by the newest map */
};

struct cluster {
	struct node_options options;
	const struct store_uri *uri;
	struct waiter waiter; /* its thread reads the map */
	bool stale;
	struct member members[NODES_MAX];
	size_t count;
	uint8_t slots[REDIS_KEY_SLOTS]; /* index of the member + 1; 0: none */
};

static bool
same_endpoint(const struct endpoint *a, const struct endpoint *b)
{
	return a->port == b->port && strcmp(a->host, b->host) == 0;
}

/* Under the lock: index of the member + 1, made when it is new; 0: no room. */
static uint8_t
member_at(struct cluster *cluster, const struct endpoint *endpoint)
{
	struct node_options options = cluster->options;
	struct member *member;
	struct err err;

	for (size_t i = 0; i < cluster->count; i++) {
		if (same_endpoint(&cluster->members[i].endpoint, endpoint))
			return (uint8_t)(i + 1);
	}
	if (cluster->count == NODES_MAX)
		return 0;
	options.endpoint = *endpoint;
	member = &cluster->members[cluster->count];
	member->endpoint = *endpoint;
	member->node = node_open(&options, &err);
	if (member->node == NULL)
		return 0;
	return (uint8_t)++cluster->count;
}

static void
want_map(struct cluster *cluster)
{
	cluster->stale = true;
	waiter_wake(&cluster->waiter);
}

/* "MOVED 3999 127.0.0.1:6381"; a host left out is the one that said so. */
static bool
parse_redirect(struct slice text, const struct command *command, uint64_t *slot,
	struct endpoint *endpoint)
{
	struct slice field, host;
	uint64_t port;
	size_t colon, i;

	if (!slice_next(&text, ' ', &field) ||
		!slice_next(&text, ' ', &field) || !slice_to_u64(field, slot) ||
		*slot >= REDIS_KEY_SLOTS || text.p == NULL)
		return false;
	for (colon = SLICE_NONE, i = 0; i < text.len; i++) {
		if (text.p[i] == ':')
			colon = i;
	}
	if (colon == SLICE_NONE)
		return false;
	host = slice_sub(text, 0, colon);
	if (!slice_to_u64(slice_sub(text, colon + 1, text.len), &port) ||
		port == 0 || port > UINT16_MAX)
		return false;
	*endpoint = (struct endpoint){0};
	if (host.len > 0)
		return endpoint_set(endpoint, host, (int64_t)port);
	node_endpoint(command->node, endpoint);
	endpoint->port = (uint16_t)port;
	return true;
}

static struct node *
redirected_to(struct cluster *cluster, struct command *command,
	const struct reply *reply)
{
	bool moved = reply_is_error(reply, "MOVED");
	struct endpoint endpoint;
	struct node *node = NULL;
	uint64_t slot;
	uint8_t index;

	if (!parse_redirect(reply->text, command, &slot, &endpoint))
		return NULL;
	waiter_lock(&cluster->waiter);
	index = member_at(cluster, &endpoint);
	if (index != 0)
		node = cluster->members[index - 1].node;
	if (index != 0 && moved) {
		cluster->slots[slot] = index;
		cluster->members[index - 1].master = true;
		want_map(cluster);
	}
	waiter_unlock(&cluster->waiter);
	command->asking = !moved;
	return node;
}

/* From the thread of the node that gave the answer. */
static bool
redirect(void *ctx, struct command *command, const struct reply *reply)
{
	const struct timespec pause = {0, TRYAGAIN_NS};
	struct node *node = NULL;

	if (command->redirects >= REDIRECTS_MAX)
		return false;
	if (reply_is_error(reply, "TRYAGAIN")) {
		(void)nanosleep(&pause, NULL);
		node = command->node;
	} else if (reply_is_error(reply, "MOVED") ||
		reply_is_error(reply, "ASK")) {
		node = redirected_to(ctx, command, reply);
	}
	if (node == NULL)
		return false;
	command->redirects++;
	if (!node_submit(node, command))
		request_answer(command, NULL, "its node is down");
	return true;
}

/* One range of the map: from, to, master, replicas. Under the lock. */
static bool
take_range(struct cluster *cluster, const struct reply *range,
	const struct endpoint *asked, uint8_t slots[REDIS_KEY_SLOTS])
{
	const struct reply *master;
	struct endpoint endpoint = *asked;
	int64_t from, to, port;
	uint8_t index;

	if (reply_count(range) < 3 || !reply_number(&range->items[0], &from) ||
		!reply_number(&range->items[1], &to) || from < 0 ||
		to >= REDIS_KEY_SLOTS || from > to)
		return false;
	master = &range->items[2];
	if (reply_count(master) < 2 ||
		!reply_number(&master->items[1], &port) || port <= 0 ||
		!endpoint_set(&endpoint,
			master->items[0].text.len > 0 ? master->items[0].text
						      : slice_of(asked->host),
			port))
		return false;
	index = member_at(cluster, &endpoint);
	for (; from <= to; from++)
		slots[from] = index;
	return index != 0;
}

static bool
take_map(struct cluster *cluster, const struct reply *map,
	const struct endpoint *asked)
{
	static const uint8_t none[REDIS_KEY_SLOTS];
	uint8_t *slots = malloc(sizeof(none));
	bool ok = slots != NULL && reply_count(map) > 0;

	if (slots != NULL)
		memset(slots, 0, sizeof(none));
	waiter_lock(&cluster->waiter);
	for (size_t i = 0; ok && i < map->count; i++)
		ok = take_range(cluster, &map->items[i], asked, slots);
	if (ok) {
		memcpy(cluster->slots, slots, sizeof(cluster->slots));
		for (size_t i = 0; i < cluster->count; i++)
			cluster->members[i].master = false;
		for (size_t i = 0; i < REDIS_KEY_SLOTS; i++) {
			if (slots[i] != 0)
				cluster->members[slots[i] - 1].master = true;
		}
	}
	waiter_unlock(&cluster->waiter);
	free(slots);
	return ok;
}

static bool
ask_map(struct cluster *cluster, const struct endpoint *endpoint,
	struct err *err)
{
	const struct slice words[2] = {SLICE("CLUSTER"), SLICE("SLOTS")};
	struct handshake hello = {
		.login = &cluster->options.login,
		.connection = connection_connect(endpoint, MAP_MS, MAP_MS, err),
		.arena = arena_new(MAP_ARENA_BYTES),
	};
	const struct reply *reply = NULL;
	bool ok = false;

	if (hello.connection != NULL && hello.arena != NULL &&
		handshake_log_in(&hello, err))
		reply = handshake_call(&hello, words, 2, err);
	if (reply != NULL && !reply_to_err(reply, err)) {
		ok = take_map(cluster, reply, endpoint) ||
			err_set(err, ERR_DOWN, "it gives no map of slots");
	}
	connection_free(hello.connection);
	arena_free(hello.arena);
	return ok;
}

/* Asks the members, then the hosts of the configuration. */
static bool
refresh(struct cluster *cluster, struct err *err)
{
	const struct store_uri *uri = cluster->uri;
	struct endpoint endpoint;
	size_t count;

	waiter_lock(&cluster->waiter);
	cluster->stale = false;
	count = cluster->count;
	waiter_unlock(&cluster->waiter);
	for (size_t i = 0; i < count; i++) {
		struct node_health health;

		endpoint = cluster->members[i].endpoint;
		node_health(cluster->members[i].node, &health);
		if (health.up && ask_map(cluster, &endpoint, err))
			return true;
	}
	for (size_t i = 0; i < uri->host_count; i++) {
		if (ask_map(cluster, &uri->hosts[i], err))
			return true;
	}
	return false;
}

/* False when the cluster closes. */
static bool
wait_for_turn(struct cluster *cluster)
{
	struct node_health health;
	int64_t at_ms = clock_monotonic_ms() +
		(cluster_health(cluster, &health) ? REFRESH_MS
						  : REFRESH_DOWN_MS);
	bool closing;

	waiter_lock(&cluster->waiter);
	while (!cluster->waiter.stopping && !cluster->stale &&
		waiter_wait(&cluster->waiter, at_ms))
		continue;
	closing = cluster->waiter.stopping;
	waiter_unlock(&cluster->waiter);
	return !closing;
}

static void *
refresh_thread(void *arg)
{
	struct cluster *cluster = arg;
	struct err err;

	while (wait_for_turn(cluster)) {
		(void)refresh(cluster, &err);
		(void)waiter_sleep(&cluster->waiter, REFRESH_PAUSE_MS);
	}
	return NULL;
}

static void
settle(struct cluster *cluster)
{
	for (size_t i = 0; i < cluster->count; i++) {
		node_settle(
			cluster->members[i].node, cluster->options.connect_ms);
	}
}

struct cluster *
cluster_open(const struct node_options *options, const struct store_uri *uri,
	struct err *away)
{
	struct cluster *cluster = calloc(1, sizeof(*cluster));
	sigset_t all, before;

	if (cluster == NULL)
		return NULL;
	cluster->options = *options;
	cluster->options.redirect = redirect;
	cluster->options.redirect_ctx = cluster;
	cluster->uri = uri;
	waiter_init(&cluster->waiter);
	sigfillset(&all);
	(void)pthread_sigmask(SIG_SETMASK, &all, &before);
	if (refresh(cluster, away))
		*away = (struct err){0};
	(void)pthread_sigmask(SIG_SETMASK, &before, NULL);
	settle(cluster);
	(void)waiter_start(&cluster->waiter, refresh_thread, cluster);
	return cluster;
}

void
cluster_close(struct cluster *cluster)
{
	if (cluster == NULL)
		return;
	waiter_stop(&cluster->waiter);
	for (size_t i = 0; i < cluster->count; i++)
		node_stop(cluster->members[i].node);
	for (size_t i = 0; i < cluster->count; i++)
		node_free(cluster->members[i].node);
	waiter_fini(&cluster->waiter);
	free(cluster);
}

bool
cluster_submit(struct cluster *cluster, struct command *command)
{
	struct node *node = NULL;
	uint8_t index;

	waiter_lock(&cluster->waiter);
	index = cluster->slots[redis_key_slot(command->key)];
	if (index != 0) {
		node = cluster->members[index - 1].node;
	} else {
		want_map(cluster);
	}
	waiter_unlock(&cluster->waiter);
	return node != NULL && node_submit(node, command);
}

struct node *
cluster_node(struct cluster *cluster, size_t i)
{
	struct node *node = NULL;

	waiter_lock(&cluster->waiter);
	for (size_t at = 0; at < cluster->count && node == NULL; at++) {
		if (cluster->members[at].master && i-- == 0)
			node = cluster->members[at].node;
	}
	waiter_unlock(&cluster->waiter);
	return node;
}

bool
cluster_health(struct cluster *cluster, struct node_health *health)
{
	struct node *node;
	struct node_health one;
	size_t i;

	*health = (struct node_health){.up = true};
	for (i = 0; (node = cluster_node(cluster, i)) != NULL; i++) {
		node_health(node, &one);
		health->pipelines += one.pipelines;
		if (health->up && (!one.up || one.since_ms > health->since_ms))
			health->since_ms = one.since_ms;
		if (health->up && !one.up) {
			health->up = false;
			memcpy(health->reason, one.reason,
				sizeof(health->reason));
		}
	}
	if (i == 0) {
		health->up = false;
		(void)strcpy(health->reason, "no node of the cluster answers");
	}
	return health->up;
}
