/* SPDX-License-Identifier: BSD-2-Clause */
/* Stands between a store and its Redis, and behaves badly when told. */
#ifndef TESTS_CONTRACT_PROXY_H
#define TESTS_CONTRACT_PROXY_H

enum proxy_mode {
	PROXY_PASS,
	PROXY_CLOSE, /* accepts and closes, with a reset where there is one */
	PROXY_LOADING, /* every command: -LOADING */
	PROXY_GARBAGE, /* every command: random bytes */
	PROXY_NONSENSE, /* every command: a reply of a wrong, random shape */
	PROXY_SILENT, /* takes commands, answers none */
};

struct proxy;

/* Listens on a socket of its own; path is that of the Redis behind it. */
struct proxy *proxy_open(const char *redis_socket);
void proxy_close(struct proxy *);
const char *proxy_path(const struct proxy *);
/* Of connections to come; those that are there are cut. */
void proxy_mode(struct proxy *, enum proxy_mode, unsigned seed);
/* Cuts the connections that are there. */
void proxy_cut(struct proxy *);
unsigned proxy_connections(struct proxy *);

#endif
