/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Where is the master? Before each connection the Sentinels are asked in
 * turn (Redis documentation, "Guidelines for Redis clients with support for
 * Redis Sentinel"); whether who they name is a master is asked by node.c.
 * One that answers is asked first the next time.
 */
#include "store/redis/redis.h"

#include <stdio.h>
#include <string.h>

#define SENTINEL_MS 500
#define SENTINEL_ARENA_BYTES (64u << 10)

static bool
read_master(const struct reply *reply, const char *service,
	struct endpoint *endpoint, struct err *err)
{
	int64_t port;

	if (reply == NULL)
		return err_set(err, ERR_LIMIT, "an answer that is too big");
	if (reply->type == REPLY_NIL) {
		return err_set(err, ERR_DOWN,
			"the Sentinel knows no service \"%s\"", service);
	}
	if (reply->type == REPLY_ERROR) {
		return err_set(err, ERR_DOWN, "%.*s",
			SLICE_ARG(slice_sub(reply->text, 0, 100)));
	}
	if (reply->type != REPLY_ARRAY || reply->count != 2 ||
		reply->items[0].type != REPLY_TEXT ||
		!reply_number(&reply->items[1], &port) || port <= 0 ||
		port > 65535 ||
		reply->items[0].text.len >= sizeof(endpoint->host))
		return err_set(err, ERR_DOWN, "an answer that makes no sense");
	memset(endpoint, 0, sizeof(*endpoint));
	memcpy(endpoint->host, reply->items[0].text.p,
		reply->items[0].text.len);
	endpoint->port = (uint16_t)port;
	return true;
}

static bool
ask_one(const struct endpoint *sentinel, const char *service,
	struct endpoint *master, struct err *err)
{
	const struct slice words[3] = {SLICE("SENTINEL"),
		SLICE("get-master-addr-by-name"), slice_of(service)};
	struct connection *connection =
		connection_connect(sentinel, SENTINEL_MS, SENTINEL_MS, err);
	struct arena *arena = arena_new(SENTINEL_ARENA_BYTES);
	bool ok = connection != NULL && arena != NULL &&
		connection_add(connection, 3, words) &&
		connection_wait(connection, err) &&
		read_master(connection_take(connection, arena), service, master,
			err);

	connection_free(connection);
	arena_free(arena);
	return ok;
}

bool
sentinel_locate(void *ctx, struct endpoint *master, struct err *err)
{
	struct redis *redis = ctx;
	struct store_uri *uri = &redis->uri;
	struct endpoint_text name;
	struct err last = {0};

	for (size_t i = 0; i < uri->host_count; i++) {
		struct endpoint sentinel = uri->hosts[i];

		if (!ask_one(&sentinel, uri->service, master, &last))
			continue;
		memmove(&uri->hosts[1], &uri->hosts[0], i * sizeof(sentinel));
		uri->hosts[0] = sentinel;
		return true;
	}
	return err_set(err, ERR_DOWN, "no Sentinel of %zu answers; %s: %s",
		uri->host_count,
		endpoint_show(&uri->hosts[uri->host_count - 1], &name),
		last.text);
}
