/* SPDX-License-Identifier: BSD-2-Clause */
/* Real Sentinels with a master and a replica. */
#include "sentinels.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <time.h>
#include <unistd.h>

#define TRIES 400

bool
sentinels_start_one(
	struct server *sentinel, int port, int master_port, const char *lines)
{
	char path[160], out[64];
	struct timespec wait = {0, 20 * 1000000};
	FILE *file;

	snprintf(sentinel->dir, sizeof(sentinel->dir), "/tmp/fw-redis-XXXXXX");
	if (mkdtemp(sentinel->dir) == NULL)
		return false;
	snprintf(sentinel->socket, sizeof(sentinel->socket), "%s/redis.sock",
		sentinel->dir);
	sentinel->port = port;
	snprintf(path, sizeof(path), "%s/sentinel.conf", sentinel->dir);
	file = fopen(path, "w");
	if (file == NULL)
		return false;
	fprintf(file,
		"port %d\nbind 127.0.0.1\nunixsocket %s\ndir %s\n"
		"sentinel monitor fw 127.0.0.1 %d 2\n"
		"sentinel down-after-milliseconds fw 700\n"
		"sentinel failover-timeout fw 3000\n%s",
		port, sentinel->socket, sentinel->dir, master_port, lines);
	fclose(file);
	sentinel->pid = fork();
	if (sentinel->pid == 0) {
		(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (freopen("/dev/null", "w", stdout) == NULL)
			_exit(1);
		execlp("redis-server", "redis-server", path, "--sentinel",
			(char *)NULL);
		_exit(127);
	}
	for (int i = 0; i < TRIES; i++) {
		if (server_cli(sentinel, out, sizeof(out), "ping", NULL) &&
			strstr(out, "PONG") != NULL)
			return true;
		nanosleep(&wait, NULL);
	}
	return false;
}

/* Does it know the replica and the other Sentinels? */
static bool
is_ready(const struct server *sentinel)
{
	struct timespec wait = {0, 50 * 1000000};
	char out[8192];

	for (int i = 0; i < TRIES; i++) {
		if (server_cli(sentinel, out, sizeof(out), "info", "sentinel",
			    NULL) &&
			strstr(out, "slaves=1,sentinels=3") != NULL)
			return true;
		nanosleep(&wait, NULL);
	}
	return false;
}

bool
sentinels_start(struct sentinels *all)
{
	char port[16];
	const char *replica[] = {"--replicaof", "127.0.0.1", port,
		"--repl-diskless-sync-delay", "0", NULL};
	static const char *const master[] = {
		"--repl-diskless-sync-delay", "0", NULL};

	if (!server_start(&all->servers[0], -1, master))
		return false;
	snprintf(port, sizeof(port), "%d", all->servers[0].port);
	if (!server_start(&all->servers[1], -1, replica))
		return false;
	for (int i = 0; i < SENTINELS; i++) {
		if (!sentinels_start_one(&all->sentinels[i], server_free_port(),
			    all->servers[0].port, ""))
			return false;
	}
	for (int i = 0; i < SENTINELS; i++) {
		if (!is_ready(&all->sentinels[i]))
			return false;
	}
	return true;
}

void
sentinels_stop(struct sentinels *all)
{
	for (int i = 0; i < SENTINELS; i++)
		server_stop(&all->sentinels[i]);
	for (int i = 0; i < 2; i++)
		server_stop(&all->servers[i]);
}

void
sentinels_uri(const struct sentinels *all, char *uri, size_t size)
{
	snprintf(uri, size,
		"redis+sentinel://127.0.0.1:1,127.0.0.1:%d,127.0.0.1:%d,"
		"127.0.0.1:%d/fw",
		all->sentinels[0].port, all->sentinels[1].port,
		all->sentinels[2].port);
}
