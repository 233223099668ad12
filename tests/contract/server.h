/* SPDX-License-Identifier: BSD-2-Clause */
/* Private Redis servers for tests: in a temporary directory, on a socket or
 * on free ports of the loopback; gone when the test is. */
#ifndef TESTS_CONTRACT_SERVER_H
#define TESTS_CONTRACT_SERVER_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct server {
	pid_t pid;
	int port; /* 0: only a socket */
	char dir[64];
	char socket[96];
	char password[32]; /* empty: none */
};

/* Is redis-server installed? */
bool server_available(void);
/* Prints the TAP line that skips everything. */
int server_skip(void);

/* Starts one and waits until it answers; extra: further words of its command
 * line, NULL-terminated, or NULL. port 0: a socket only; -1: a free port. */
bool server_start(struct server *, int port, const char *const *extra);
/* Starts one again where it was (its data is gone unless it was saved). */
bool server_restart(struct server *, const char *const *extra);
void server_kill(struct server *, int signal);
/* SIGKILL, waits, removes the directory. */
void server_stop(struct server *);
/* Runs redis-cli with the words; its output's first bytes into out (may be
 * NULL). True when it ended well. */
bool server_cli(const struct server *, char *out, size_t size, ...)
	__attribute__((sentinel));
/* Has it users and rights? From Redis 6 on. */
bool server_has_acl(const struct server *);
/* How long the key "prefix:key" of the database (NULL: of the cluster) has to
 * live; below 0: it is not there. */
int64_t server_left_ms(const struct server *, const char *database,
	const char *prefix, const char *key);
/* Its slot in a cluster, of which the server is one. */
int server_slot(const struct server *, const char *key);
int server_free_port(void);

#endif
