/* SPDX-License-Identifier: BSD-2-Clause */
/* CLUSTER SLOTS, and where MOVED and ASK point. */
#include "store/redis/cluster_map.h"

#include "base/arena.h"
#include "store/redis/redis_error.h"

#include <string.h>

#define MAP_MS 1000
#define MAP_ARENA_BYTES ((size_t)8 << 20)

/* Index + 1 of the master, put in when it is new; 0: no room. */
static uint8_t
master_at(struct cluster_map *map, const struct endpoint *endpoint)
{
	for (size_t i = 0; i < map->count; i++) {
		if (endpoint_equal(&map->masters[i], endpoint))
			return (uint8_t)(i + 1);
	}
	if (map->count == CLUSTER_NODES_MAX)
		return 0;
	map->masters[map->count] = *endpoint;
	return (uint8_t)++map->count;
}

/* One range of the map: from, to, master, replicas. */
static bool
take_range(struct cluster_map *map, const struct reply *range,
	const struct endpoint *asked)
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
	index = master_at(map, &endpoint);
	for (; from <= to; from++)
		map->slots[from] = index;
	return index != 0;
}

static bool
take_map(struct cluster_map *map, const struct reply *reply,
	const struct endpoint *asked)
{
	bool ok = reply_count(reply) > 0;

	memset(map, 0, sizeof(*map));
	for (size_t i = 0; ok && i < reply->count; i++)
		ok = take_range(map, &reply->items[i], asked);
	return ok;
}

bool
cluster_map_ask(struct cluster_map *map, const struct login *login,
	const struct endpoint *endpoint, struct err *err)
{
	const struct slice words[2] = {SLICE("CLUSTER"), SLICE("SLOTS")};
	struct handshake hello = {
		.login = login,
		.connection = connection_connect(endpoint, MAP_MS, MAP_MS, err),
		.arena = arena_new(MAP_ARENA_BYTES),
	};
	const struct reply *reply = NULL;
	bool ok = false;

	if (hello.connection != NULL && hello.arena != NULL &&
		handshake_log_in(&hello, err))
		reply = handshake_call(&hello, words, 2, err);
	if (reply != NULL && !redis_error_words(reply, err)) {
		ok = take_map(map, reply, endpoint) ||
			err_set(err, ERR_DOWN, "it gives no map of slots");
	}
	connection_free(hello.connection);
	arena_free(hello.arena);
	return ok;
}

bool
cluster_map_redirect(
	struct slice text, uint64_t *slot, struct endpoint *endpoint)
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
	if (host.len > 0)
		return endpoint_set(endpoint, host, (int64_t)port);
	endpoint->port = (uint16_t)port;
	return true;
}
