/* SPDX-License-Identifier: BSD-2-Clause */
/* The contract on one Redis node. */
#include "contract.h"
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
	int failed = 1;

	if (!server_available())
		return server_skip();
	if (server_start(&server, 0, NULL)) {
		failed = contract_run(&redis);
	} else {
		printf("Bail out! redis-server does not start\n");
	}
	server_stop(&server);
	return failed;
}
