/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Where is the master? Before each connection the Sentinels are asked in
 * turn (Redis documentation, "Guidelines for Redis clients with support for
 * Redis Sentinel"); whether who they name is a master is asked by node.c.
 * One that answers is asked first the next time.
 */
#include "store/redis/sentinel.h"

#include "base/arena.h"
#include "store/redis/handshake.h"
#include "store/redis/redis_error.h"

#include <stdio.h>
#include <string.h>

#define SENTINEL_MS 500
#define SENTINEL_ARENA_BYTES (64u << 10)

static bool
read_master(const struct reply *reply, const char *service,
	struct endpoint *endpoint, struct err *err)
{
	int64_t port;

	if (reply->type == REPLY_NIL) {
		return err_set(err, ERR_DOWN,
			"the Sentinel knows no service \"%s\"", service);
	}
	if (redis_error_words(reply, err))
		return false;
	return (reply_count(reply) == 2 && reply->items[0].type == REPLY_TEXT &&
		       reply_number(&reply->items[1], &port) && port > 0 &&
		       endpoint_set(endpoint, reply->items[0].text, port)) ||
		err_set(err, ERR_DOWN, "an answer that makes no sense");
}

static bool
ask_one(const struct sentinel *place, const struct endpoint *sentinel,
	struct endpoint *master, struct err *err)
{
	const char *service = place->uri->service;
	const struct slice words[3] = {SLICE("SENTINEL"),
		SLICE("get-master-addr-by-name"), slice_of(service)};
	struct handshake hello = {
		.login = &place->login,
		.connection = connection_connect(
			sentinel, SENTINEL_MS, SENTINEL_MS, err),
		.arena = arena_new(SENTINEL_ARENA_BYTES),
	};
	const struct reply *reply = NULL;
	bool ok;

	*master = (struct endpoint){.tls = sentinel->tls};
	if (hello.connection != NULL && hello.arena != NULL &&
		handshake_log_in(&hello, err))
		reply = handshake_call(&hello, words, 3, err);
	ok = reply != NULL && read_master(reply, service, master, err);
	connection_free(hello.connection);
	arena_free(hello.arena);
	return ok;
}

bool
sentinel_locate(void *ctx, struct endpoint *master, struct err *err)
{
	const struct sentinel *place = ctx;
	struct store_uri *uri = place->uri;
	struct endpoint_text name;
	struct err last = {0};

	for (size_t i = 0; i < uri->host_count; i++) {
		struct endpoint sentinel = uri->hosts[i];

		if (!ask_one(place, &sentinel, master, &last))
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
