/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Less work for libmilter's sockets. It waits for each packet three times and
 * reads it in two parts, five system calls where an MTA has written a whole
 * message at once: of what a message costs that is three quarters.
 *
 * On Linux this program has a poll(), read(), accept() and close() of its own,
 * which libmilter then calls, too. They do what those of the C library do, but
 * for a connection that was accepted and whose bytes are asked for by poll()
 * and read(), as libmilter does: what has come is read at once, and given out
 * as it is asked for. Everybody else's descriptors are passed on untouched.
 */
#ifndef DAEMON_READ_AHEAD_H
#define DAEMON_READ_AHEAD_H

#include <stddef.h>
#include <stdint.h>

/* From now on, of connections that are accepted. */
void read_ahead_begin(void);
/* Bytes read that nobody has asked for yet; 0 where there are none. */
size_t read_ahead_waiting(int fd);
/*
 * The longest time for which a connection's bytes have waited and nobody has
 * read any, from look to look; by one thread. So a libmilter is noticed whose
 * thread that waits for all connections is gone. 0 where it is not built in.
 */
int64_t read_ahead_longest_ms(int64_t now_ms);

#endif
