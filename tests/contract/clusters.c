/* SPDX-License-Identifier: BSD-2-Clause */
/* Clusters made by redis-cli, asked by CLUSTER NODES. */
#include "clusters.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define TRIES 400
#define ID_BYTES 64

static void
pause_ms(long ms)
{
	struct timespec wait = {ms / 1000, ms % 1000 * 1000000};

	nanosleep(&wait, NULL);
}

static bool
says(const struct server *server, const char *section, const char *text)
{
	char out[16384];

	for (int i = 0; i < TRIES; i++) {
		bool asked = section == NULL
			? server_cli(server, out, sizeof(out), "cluster",
				  "info", NULL)
			: server_cli(server, out, sizeof(out), "info", section,
				  NULL);

		if (asked && strstr(out, text) != NULL)
			return true;
		pause_ms(25);
	}
	return false;
}

static bool
create(struct clusters *all)
{
	char place[CLUSTER_NODES][32];

	for (int i = 0; i < all->count; i++) {
		snprintf(place[i], sizeof(place[i]), "127.0.0.1:%d",
			all->nodes[i].port);
	}
	if (all->count == CLUSTER_MASTERS) {
		return server_cli(&all->nodes[0], NULL, 0, "--cluster",
			"create", place[0], place[1], place[2], "--cluster-yes",
			NULL);
	}
	return server_cli(&all->nodes[0], NULL, 0, "--cluster", "create",
		place[0], place[1], place[2], place[3], place[4], place[5],
		"--cluster-replicas", "1", "--cluster-yes", NULL);
}

bool
clusters_start(struct clusters *all, int count, const char *const *extra)
{
	all->count = count;
	for (int i = 0; i < count; i++) {
		if (!server_start(&all->nodes[i], -1, extra))
			return false;
	}
	if (!create(all))
		return false;
	for (int i = 0; i < count; i++) {
		if (!says(&all->nodes[i], NULL, "cluster_state:ok"))
			return false;
		if (i >= CLUSTER_MASTERS &&
			!says(&all->nodes[i], "replication",
				"master_link_status:up"))
			return false;
	}
	return true;
}

void
clusters_stop(struct clusters *all)
{
	for (int i = 0; i < all->count; i++)
		server_stop(&all->nodes[i]);
}

bool
clusters_id(const struct server *server, char *id, size_t size)
{
	if (server->pid <= 0 ||
		!server_cli(server, id, size, "cluster", "myid", NULL))
		return false;
	id[strcspn(id, "\r\n")] = '\0';
	return id[0] != '\0';
}

/* Its own line of CLUSTER NODES. */
static bool
own_line(const struct server *server, char *line, size_t size)
{
	char out[16384], *at;

	if (server->pid <= 0 ||
		!server_cli(
			server, out, sizeof(out), "cluster", "nodes", NULL) ||
		(at = strstr(out, "myself")) == NULL)
		return false;
	at[strcspn(at, "\n")] = '\0';
	while (at > out && at[-1] != '\n')
		at--;
	snprintf(line, size, "%.*s", (int)size - 1, at);
	return true;
}

/* "5461-10922" or "5461", behind the state of the link. */
static bool
line_has_slot(char *line, int slot)
{
	char *at = strstr(line, " connected"), *word;

	if (at == NULL)
		return false;
	for (at += strlen(" connected"); (word = strtok(at, " ")) != NULL;
		at = NULL) {
		char *end;
		long from = strtol(word, &end, 10);
		long to = *end == '-' ? strtol(end + 1, NULL, 10) : from;

		if (word[0] != '[' && from <= slot && slot <= to)
			return true;
	}
	return false;
}

struct server *
clusters_master_of(struct clusters *all, int slot)
{
	char line[8192];

	for (int i = 0; i < all->count; i++) {
		if (own_line(&all->nodes[i], line, sizeof(line)) &&
			strstr(line, "myself,master") != NULL &&
			line_has_slot(line, slot))
			return &all->nodes[i];
	}
	return NULL;
}

struct server *
clusters_replica_of(struct clusters *all, const struct server *master)
{
	char line[8192], id[ID_BYTES];

	if (!clusters_id(master, id, sizeof(id)))
		return NULL;
	for (int i = 0; i < all->count; i++) {
		if (own_line(&all->nodes[i], line, sizeof(line)) &&
			strstr(line, "myself,slave") != NULL &&
			strstr(line, id) != NULL)
			return &all->nodes[i];
	}
	return NULL;
}
