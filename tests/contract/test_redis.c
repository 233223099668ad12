/* SPDX-License-Identifier: BSD-2-Clause */
/* The contract on one Redis node. */
#include "contract.h"
#include "rights_user.h"
#include "server.h"

#include <stdio.h>

static struct server server;
static char uri[160];

static const char *
uri_of(void)
{
	snprintf(uri, sizeof(uri), "unix:%s?db=3", server.socket);
	return uri;
}

static const char *
uri_of_user(void)
{
	snprintf(uri, sizeof(uri), "redis://" RIGHTS_LOGIN "127.0.0.1:%d/3",
		server.port);
	return uri;
}

static int64_t
left_ms(const char *prefix, const char *key)
{
	return server_left_ms(&server, "3", prefix, key);
}

int
main(void)
{
	static const struct contract_backend redis = {
		.name = "redis",
		.uri = uri_of,
		.real_time = true,
		.result = STORE_OK,
		.left_ms = left_ms,
	};
	static const struct contract_backend least = {
		.name = "redis with the least rights",
		.uri = uri_of_user,
		.real_time = true,
		.result = STORE_OK,
		.left_ms = left_ms,
	};
	int failed = 1;

	if (!server_available())
		return server_skip();
	if (!server_start(&server, -1, NULL)) {
		printf("Bail out! redis-server does not start\n");
	} else if (!server_has_acl(&server)) {
		printf("# SKIP the least rights: it has no users\n");
		failed = contract_run(&redis);
	} else if (rights_user_make(&server, false)) {
		failed = contract_run_both(&redis, &least);
	} else {
		printf("Bail out! there is no user with the least rights\n");
	}
	server_stop(&server);
	return failed;
}
