/* SPDX-License-Identifier: BSD-2-Clause */
/* The contract on a Redis Cluster of three nodes. */
#include "contract.h"
#include "rights_user.h"
#include "server.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#define NODES 3

static struct server nodes[NODES];
static char uri[160];

/* One that is not there, and two of the three: enough to begin with. */
static const char *
uri_of(void)
{
	snprintf(uri, sizeof(uri),
		"redis+cluster://" RIGHTS_LOGIN
		"127.0.0.1:1,127.0.0.1:%d,127.0.0.1:%d",
		nodes[1].port, nodes[2].port);
	return uri;
}

static int64_t
left_ms(const char *prefix, const char *key)
{
	return server_left_ms(&nodes[0], NULL, prefix, key);
}

static bool
all_ok(void)
{
	struct timespec wait = {0, 50 * 1000000};
	char out[1024];
	int i, tries, ok = 0;

	for (tries = 0; tries < 400 && ok < NODES; tries++) {
		for (i = ok = 0; i < NODES; i++) {
			ok += server_cli(&nodes[i], out, sizeof(out), "cluster",
				      "info", NULL) &&
				strstr(out, "cluster_state:ok") != NULL;
		}
		nanosleep(&wait, NULL);
	}
	return ok == NODES;
}

static bool
start_all(void)
{
	static const char *const extra[] = {"--cluster-enabled", "yes",
		"--cluster-node-timeout", "2000", NULL};
	static const char *const ranges[NODES][2] = {
		{"0", "5460"}, {"5461", "10922"}, {"10923", "16383"}};
	char port[16];

	for (int i = 0; i < NODES; i++) {
		if (!server_start(&nodes[i], -1, extra) ||
			!server_cli(&nodes[i], NULL, 0, "cluster",
				"addslotsrange", ranges[i][0], ranges[i][1],
				NULL) ||
			!rights_user_make(&nodes[i], true))
			return false;
	}
	for (int i = 1; i < NODES; i++) {
		snprintf(port, sizeof(port), "%d", nodes[i].port);
		if (!server_cli(&nodes[0], NULL, 0, "cluster", "meet",
			    "127.0.0.1", port, NULL))
			return false;
	}
	return all_ok();
}

int
main(void)
{
	static const struct contract_backend cluster = {
		.name = "cluster",
		.uri = uri_of,
		.real_time = true,
		.unordered = true,
		.result = STORE_OK,
		.left_ms = left_ms,
	};
	int failed = 1, i;

	if (!server_available())
		return server_skip();
	if (start_all()) {
		failed = contract_run(&cluster);
	} else {
		printf("Bail out! the cluster does not start\n");
	}
	for (i = 0; i < NODES; i++)
		server_stop(&nodes[i]);
	return failed;
}
