/* SPDX-License-Identifier: BSD-2-Clause */
/* A connection that was accepted, and its peer: for tests of what libmilter
 * asks its sockets. A failure ends the test. */
#ifndef TESTS_UNIT_PAIR_H
#define TESTS_UNIT_PAIR_H

#include <sys/un.h>

struct pair {
	int here, peer;
};

struct sockaddr_un pair_address(const char *directory);
struct pair pair_connect(void);
void pair_close(struct pair pair);
void pair_say(struct pair pair, const char *text);
/* As libmilter does: waits, what the system said; 0: nothing in time. */
short pair_look(int fd, int ms);
/* ... and then reads: that text. */
void pair_expect(int fd, const char *text);

#endif
