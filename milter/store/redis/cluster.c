/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Redis Cluster: which node has a slot. The map comes from CLUSTER SLOTS; a
 * thread reads it anew when a command was MOVED, when a node goes down and
 * from then on four times a second (a replica may take over at any moment),
 * and each minute. A command that was MOVED or must be ASKed elsewhere goes
 * there at once; one that meets a slot on its way (TRYAGAIN) is tried again a
 * little later (Redis Cluster specification, "Redirection and resharding").
 * What a slot does not take in the end is the slot's trouble: other slots,
 * also of the same node, go on.
 *
 * A master that has no slots any more by a new map was deposed. What it had
 * acknowledged in its last seconds may never have reached its replica, so that
 * is told again (options.reconnected). Ten seconds later it is forgotten: its
 * thread and its connection end. What is left of its node stays until the
 * cluster closes, because somebody who walks over the nodes may hold it still.
 */
#include "store/redis/cluster.h"

#include "base/waiter.h"
#include "store/redis/cluster_map.h"
#include "store/redis/redis_error.h"
#include "store/redis/request.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

_Static_assert(CLUSTER_NODES_MAX <= NODE_NUMBERS, "each has a number");

#define REDIRECTS_MAX 16
#define REFRESH_MS 60000
#define REFRESH_DOWN_MS 250
#define REFRESH_PAUSE_MS 50 /* between two, at least */
/* One that is down may be back, or the cluster may, at any moment. */
#define BACKOFF_MAX_MS 500
#define TRYAGAIN_MS 10
#define FORGET_MS 10000
#define SLOT_TROUBLE_MS 10000 /* is told so long after it was last met */
#define SLOT_SAY_MS 60000
#define PROBE_BYTES 96

struct member {
	struct cluster *cluster;
	struct endpoint endpoint;
	struct node *node; /* NULL: this place is free */
	bool master; /* has slots by the newest map */
	int64_t idle_ms; /* since when it has none, monotonic; 0: it has */
	char probe_key[PROBE_BYTES]; /* the node's thread's */
};

/* What a slot would not take, lately. */
struct slot_trouble {
	char reason[STORE_REASON_BYTES];
	int64_t met_ms, said_ms; /* monotonic; 0: never */
};

/* A node that was forgotten. */
struct former {
	struct former *next;
	struct node *node;
};

struct cluster {
	struct node_options options;
	const struct store_uri *uri;
	struct waiter waiter; /* its thread reads the map */
	bool stale;
	struct member members[CLUSTER_NODES_MAX];
	uint8_t slots[REDIS_KEY_SLOTS]; /* index of the member + 1; 0: none */
	struct slot_trouble trouble;
	struct err away; /* why nobody gave a map, last */
	struct former *former; /* the thread's */
	struct cluster_map map; /* the thread's */
};

/*
 * Each node is probed with a key of its own: the tag is the first number that
 * falls into a slot of the node. From the node's thread.
 */
static bool
find_probe(void *ctx, struct endpoint *endpoint, struct err *err)
{
	struct member *member = ctx;
	struct cluster *cluster = member->cluster;
	const char *key = cluster->options.login.probe_key;
	size_t index = (size_t)(member - cluster->members) + 1;

	(void)endpoint;
	(void)err;
	if (key == NULL)
		return true;
	waiter_lock(&cluster->waiter);
	(void)snprintf(member->probe_key, sizeof(member->probe_key), "%s", key);
	for (unsigned tag = 0; member->master && tag < REDIS_KEY_SLOTS; tag++) {
		int len = snprintf(member->probe_key, sizeof(member->probe_key),
			"%s:{%u}", key, tag);
		struct slice probe = {member->probe_key, (size_t)len};

		if (cluster->slots[redis_key_slot(probe)] == index)
			break;
	}
	waiter_unlock(&cluster->waiter);
	return true;
}

static void
want_map(struct cluster *cluster)
{
	cluster->stale = true;
	waiter_wake(&cluster->waiter);
}

/* From a node's thread. */
static void
went_down(void *ctx)
{
	struct member *member = ctx;

	waiter_lock(&member->cluster->waiter);
	want_map(member->cluster);
	waiter_unlock(&member->cluster->waiter);
}

static bool
open_member(struct cluster *cluster, struct member *member,
	const struct endpoint *endpoint)
{
	struct node_options options = cluster->options;
	struct err err;

	*member = (struct member){.cluster = cluster, .endpoint = *endpoint};
	options.endpoint = *endpoint;
	options.number = (unsigned)(member - cluster->members);
	options.locate = find_probe;
	options.went_down = went_down;
	options.place_ctx = member;
	if (options.login.probe_key != NULL)
		options.login.probe_key = member->probe_key;
	member->node = node_open(&options, &err);
	return member->node != NULL;
}

/* Under the lock: index of the member + 1, made when it is new; 0: no room. */
static uint8_t
member_at(struct cluster *cluster, const struct endpoint *endpoint)
{
	struct member *room = NULL;

	for (size_t i = 0; i < CLUSTER_NODES_MAX; i++) {
		struct member *member = &cluster->members[i];

		if (member->node == NULL) {
			room = room != NULL ? room : member;
		} else if (endpoint_equal(&member->endpoint, endpoint)) {
			return (uint8_t)(i + 1);
		}
	}
	if (room == NULL || !open_member(cluster, room, endpoint))
		return 0;
	return (uint8_t)(room - cluster->members + 1);
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

	node_endpoint(command->node, &endpoint);
	if (!cluster_map_redirect(reply->text, &slot, &endpoint))
		return NULL;
	waiter_lock(&cluster->waiter);
	index = member_at(cluster, &endpoint);
	if (index != 0)
		node = cluster->members[index - 1].node;
	if (index != 0 && moved) {
		cluster->slots[slot] = index;
		cluster->members[index - 1].master = true;
		cluster->members[index - 1].idle_ms = 0;
		want_map(cluster);
	} else if (index != 0 && cluster->members[index - 1].idle_ms != 0) {
		cluster->members[index - 1].idle_ms = clock_monotonic_ms();
	}
	waiter_unlock(&cluster->waiter);
	command->asking = !moved;
	return node;
}

/* Keeps why, and tells the log now and then. */
static void
note_trouble(struct cluster *cluster, struct command *command,
	const struct reply *reply)
{
	struct slot_trouble *trouble = &cluster->trouble;
	int64_t now_ms = clock_monotonic_ms();
	struct node_health health = {.up = true};
	bool say;
	struct err err;

	(void)redis_error_words(reply, &err);
	(void)err_wrap(&err, "slot %u", redis_key_slot(command->key));
	waiter_lock(&cluster->waiter);
	want_map(cluster);
	trouble->met_ms = now_ms;
	(void)snprintf(trouble->reason, sizeof(trouble->reason), "%.*s",
		(int)sizeof(trouble->reason) - 1, err.text);
	say = trouble->said_ms == 0 || now_ms >= trouble->said_ms + SLOT_SAY_MS;
	if (say)
		trouble->said_ms = now_ms;
	memcpy(health.reason, trouble->reason, sizeof(health.reason));
	waiter_unlock(&cluster->waiter);
	if (say && cluster->options.changed != NULL) {
		cluster->options.changed(cluster->options.ctx, command->node,
			NODE_NEWS_SLOT, &health);
	}
}

/* From the thread of the node that gave the answer. */
static bool
redirect(void *ctx, struct command *command, const struct reply *reply)
{
	struct cluster *cluster = ctx;
	struct node *node = NULL;
	int64_t delay_ms = 0;

	if (redis_error_kind(reply) != REDIS_ERROR_SLOT)
		return false;
	if (command->redirects >= REDIRECTS_MAX ||
		reply_is_error(reply, "CLUSTERDOWN")) {
		note_trouble(cluster, command, reply);
		return false;
	}
	if (reply_is_error(reply, "TRYAGAIN")) {
		node = command->node;
		delay_ms = TRYAGAIN_MS;
	} else {
		node = redirected_to(cluster, command, reply);
	}
	if (node == NULL)
		return false;
	command->redirects++;
	if (!node_submit_later(node, command, delay_ms))
		request_answer(command, NULL, "its node is down");
	return true;
}

/* Under the lock: who has slots now; who had some, and has none any more, is
 * marked in deposed. */
static void
mark_masters(struct cluster *cluster, bool deposed[CLUSTER_NODES_MAX])
{
	bool has[CLUSTER_NODES_MAX] = {false};

	for (size_t i = 0; i < REDIS_KEY_SLOTS; i++) {
		if (cluster->slots[i] != 0)
			has[cluster->slots[i] - 1] = true;
	}
	for (size_t i = 0; i < CLUSTER_NODES_MAX; i++) {
		struct member *member = &cluster->members[i];

		deposed[i] = member->node != NULL && member->master && !has[i];
		if (has[i]) {
			member->idle_ms = 0;
		} else if (member->idle_ms == 0) {
			member->idle_ms = clock_monotonic_ms();
		}
		member->master = has[i];
	}
}

static bool
apply_map(struct cluster *cluster, const struct cluster_map *map)
{
	uint8_t index_of[CLUSTER_NODES_MAX + 1] = {0};
	bool deposed[CLUSTER_NODES_MAX], ok = true;

	waiter_lock(&cluster->waiter);
	for (size_t i = 0; ok && i < map->count; i++) {
		index_of[i + 1] = member_at(cluster, &map->masters[i]);
		ok = index_of[i + 1] != 0;
	}
	for (size_t i = 0; ok && i < REDIS_KEY_SLOTS; i++)
		cluster->slots[i] = index_of[map->slots[i]];
	if (ok)
		mark_masters(cluster, deposed);
	waiter_unlock(&cluster->waiter);
	for (unsigned i = 0; ok && i < CLUSTER_NODES_MAX; i++) {
		if (deposed[i] && cluster->options.reconnected != NULL)
			cluster->options.reconnected(cluster->options.ctx, i);
	}
	return ok;
}

static bool
ask_map(struct cluster *cluster, const struct endpoint *endpoint,
	struct err *err)
{
	if (!cluster_map_ask(
		    &cluster->map, &cluster->options.login, endpoint, err))
		return false;
	return apply_map(cluster, &cluster->map) ||
		err_set(err, ERR_LIMIT, "its map has more than %d nodes",
			CLUSTER_NODES_MAX);
}

/* A member by its place; false: there is none. */
static bool
look_at(struct cluster *cluster, size_t i, struct endpoint *endpoint,
	struct node_health *health)
{
	struct node *node;

	waiter_lock(&cluster->waiter);
	node = cluster->members[i].node;
	*endpoint = cluster->members[i].endpoint;
	waiter_unlock(&cluster->waiter);
	if (node != NULL)
		node_health(node, health);
	return node != NULL;
}

/* Members that are up are asked first; those that are down may know, too. */
static void
refresh(struct cluster *cluster)
{
	struct err err = {0};
	struct node_health health;
	struct endpoint endpoint;

	waiter_lock(&cluster->waiter);
	cluster->stale = false;
	waiter_unlock(&cluster->waiter);
	for (size_t i = 0; i < CLUSTER_NODES_MAX; i++) {
		if (look_at(cluster, i, &endpoint, &health) && health.up &&
			ask_map(cluster, &endpoint, &err))
			return;
	}
	for (size_t i = 0; i < cluster->uri->host_count; i++) {
		if (ask_map(cluster, &cluster->uri->hosts[i], &err))
			return;
	}
	for (size_t i = 0; i < CLUSTER_NODES_MAX; i++) {
		if (look_at(cluster, i, &endpoint, &health) && !health.up &&
			ask_map(cluster, &endpoint, &err))
			return;
	}
	waiter_lock(&cluster->waiter);
	cluster->away = err;
	waiter_unlock(&cluster->waiter);
}

/* Takes out a member that has had no slots for long enough; NULL: none. */
static struct node *
cut_idle(struct cluster *cluster, unsigned *number)
{
	int64_t before_ms = clock_monotonic_ms() - FORGET_MS;
	struct node *node = NULL;

	waiter_lock(&cluster->waiter);
	for (unsigned i = 0; node == NULL && i < CLUSTER_NODES_MAX; i++) {
		struct member *member = &cluster->members[i];

		if (member->node == NULL || member->idle_ms == 0 ||
			member->idle_ms > before_ms)
			continue;
		node = member->node;
		*number = i;
	}
	waiter_unlock(&cluster->waiter);
	return node;
}

/* Its last answers may have come after it was deposed: they are told again,
 * too. Its place is free when its thread has ended. */
static void
forget_idle(struct cluster *cluster)
{
	struct node_health health = {0};
	struct former *former;
	struct node *node;
	unsigned number;

	while ((node = cut_idle(cluster, &number)) != NULL &&
		(former = malloc(sizeof(*former))) != NULL) {
		node_stop(node);
		if (cluster->options.reconnected != NULL) {
			cluster->options.reconnected(
				cluster->options.ctx, number);
		}
		*former = (struct former){cluster->former, node};
		cluster->former = former;
		waiter_lock(&cluster->waiter);
		cluster->members[number].node = NULL;
		waiter_unlock(&cluster->waiter);
		if (cluster->options.changed != NULL) {
			cluster->options.changed(cluster->options.ctx, node,
				NODE_NEWS_FORGOTTEN, &health);
		}
	}
}

/* False when the cluster closes. */
static bool
wait_for_turn(struct cluster *cluster)
{
	struct node_health health;
	int64_t at_ms = clock_monotonic_ms();
	bool closing;

	(void)cluster_health(cluster, &health);
	at_ms += health.nodes_down > 0 || health.nodes == 0 ? REFRESH_DOWN_MS
							    : REFRESH_MS;
	waiter_lock(&cluster->waiter);
	for (size_t i = 0; i < CLUSTER_NODES_MAX; i++) {
		const struct member *member = &cluster->members[i];

		if (member->node != NULL && member->idle_ms != 0 &&
			at_ms > member->idle_ms + FORGET_MS)
			at_ms = member->idle_ms + FORGET_MS;
	}
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

	while (wait_for_turn(cluster)) {
		refresh(cluster);
		forget_idle(cluster);
		(void)waiter_sleep(&cluster->waiter, REFRESH_PAUSE_MS);
	}
	return NULL;
}

static void
settle(struct cluster *cluster)
{
	for (size_t i = 0; i < CLUSTER_NODES_MAX; i++) {
		if (cluster->members[i].node != NULL) {
			node_settle(cluster->members[i].node,
				cluster->options.connect_ms);
		}
	}
}

struct cluster *
cluster_open(const struct node_options *options, const struct store_uri *uri)
{
	struct cluster *cluster = calloc(1, sizeof(*cluster));
	sigset_t all, before;

	if (cluster == NULL)
		return NULL;
	cluster->options = *options;
	cluster->options.login.spread = true;
	cluster->options.redirect = redirect;
	cluster->options.redirect_ctx = cluster;
	if (cluster->options.backoff_max_ms > BACKOFF_MAX_MS)
		cluster->options.backoff_max_ms = BACKOFF_MAX_MS;
	if (cluster->options.backoff_ms > cluster->options.backoff_max_ms)
		cluster->options.backoff_ms = cluster->options.backoff_max_ms;
	cluster->uri = uri;
	waiter_init(&cluster->waiter);
	sigfillset(&all);
	(void)pthread_sigmask(SIG_SETMASK, &all, &before);
	refresh(cluster);
	(void)pthread_sigmask(SIG_SETMASK, &before, NULL);
	settle(cluster);
	(void)waiter_start(&cluster->waiter, refresh_thread, cluster);
	return cluster;
}

void
cluster_close(struct cluster *cluster)
{
	struct former *former;

	if (cluster == NULL)
		return;
	waiter_stop(&cluster->waiter);
	for (size_t i = 0; i < CLUSTER_NODES_MAX; i++)
		node_stop(cluster->members[i].node);
	for (size_t i = 0; i < CLUSTER_NODES_MAX; i++)
		node_free(cluster->members[i].node);
	while ((former = cluster->former) != NULL) {
		cluster->former = former->next;
		node_free(former->node);
		free(former);
	}
	waiter_fini(&cluster->waiter);
	free(cluster);
}

bool
cluster_submit(struct cluster *cluster, struct command *command)
{
	struct node *node = NULL;
	uint8_t index;
	bool taken;

	waiter_lock(&cluster->waiter);
	index = cluster->slots[redis_key_slot(command->key)];
	if (index != 0)
		node = cluster->members[index - 1].node;
	waiter_unlock(&cluster->waiter);
	taken = node != NULL && node_submit_later(node, command, 0);
	if (!taken) {
		waiter_lock(&cluster->waiter);
		want_map(cluster);
		waiter_unlock(&cluster->waiter);
	}
	return taken;
}

struct node *
cluster_node(struct cluster *cluster, size_t i)
{
	struct node *node = NULL;

	waiter_lock(&cluster->waiter);
	for (size_t at = 0; at < CLUSTER_NODES_MAX && node == NULL; at++) {
		if (cluster->members[at].master && i-- == 0)
			node = cluster->members[at].node;
	}
	waiter_unlock(&cluster->waiter);
	return node;
}

/* Takes one master in. Since when: the youngest change among those that are
 * in the state of the whole. */
static void
add_health(struct node_health *all, const struct node_health *one)
{
	bool first_down = !one->up && all->nodes_down == 0;

	all->nodes++;
	all->nodes_down += !one->up;
	all->pipelines += one->pipelines;
	all->up = all->up || one->up;
	if (one->since_ms > all->since_ms)
		all->since_ms = one->since_ms;
	if (first_down)
		memcpy(all->reason, one->reason, sizeof(all->reason));
}

/* A slot's trouble while all nodes are up. */
static void
add_trouble(struct cluster *cluster, struct node_health *health)
{
	const struct slot_trouble *trouble = &cluster->trouble;

	waiter_lock(&cluster->waiter);
	if (trouble->met_ms != 0 &&
		clock_monotonic_ms() < trouble->met_ms + SLOT_TROUBLE_MS) {
		memcpy(health->reason, trouble->reason, sizeof(health->reason));
	}
	waiter_unlock(&cluster->waiter);
}

bool
cluster_health(struct cluster *cluster, struct node_health *health)
{
	char reason[STORE_REASON_BYTES];
	struct node_health one;
	struct node *node;

	*health = (struct node_health){.up = false};
	for (size_t i = 0; (node = cluster_node(cluster, i)) != NULL; i++) {
		node_health(node, &one);
		add_health(health, &one);
	}
	if (health->nodes == 0) {
		waiter_lock(&cluster->waiter);
		(void)snprintf(health->reason, sizeof(health->reason),
			"no node of the cluster answers: %.200s",
			cluster->away.text);
		waiter_unlock(&cluster->waiter);
	} else if (health->up && health->nodes_down > 0) {
		memcpy(reason, health->reason, sizeof(reason));
		(void)snprintf(health->reason, sizeof(health->reason),
			"%u of %u nodes down: %.200s", health->nodes_down,
			health->nodes, reason);
	} else if (health->up) {
		add_trouble(cluster, health);
	}
	return health->up;
}
