/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Whose turn it is. Where more connections have something to say than there
 * are processors, libmilter gives each a thread, and whom the system then lets
 * work is chance: most are served at once, a few wait ten times as long, and a
 * Redis on this machine has two hundred threads before it. So the thread that
 * waits for all connections is shown as many as can be worked for, first those
 * that waited longest, and hears of the others later; and while many have
 * something to say, nobody new is let in.
 *
 * A turn ends where its thread would wait: for the peer, for the store, for
 * its next command. Turns that take too long do not count any more, so that
 * nobody who hangs keeps others from theirs.
 */
#ifndef DAEMON_TURNS_H
#define DAEMON_TURNS_H

#include <poll.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

/* Of one connection. */
struct turn {
	unsigned held; /* in which round it was given; 0: not */
	atomic_bool busy; /* it has something to say, or is worked for */
	uint64_t asked; /* since which look it waits for its turn; 0: no */
	short events; /* as seen then */
};

/* From now on, for as many processors as there are. */
void turns_begin(void);
/*
 * poll() by the thread that waits for all connections: the first descriptor is
 * its own, and the others are connections that nobody works for. One such
 * thread. Waits until somebody's turn is over where there are too many.
 */
int turns_poll(struct pollfd *fds, nfds_t count, int ms);
/* Others have something to say that were not shown. */
bool turns_are_wanted(void);

/* Before a connection is accepted: while many are busy, for some milliseconds
 * at most. */
void turns_let_in(void);
/* This thread is about to wait, for others than the peer: its turn is over. */
void turns_rest(void);

/* A connection was accepted; it was closed. */
void turn_begin(struct turn *);
void turn_end(struct turn *);
/* This thread works for it; this thread is about to wait for the peer. */
void turn_work(struct turn *);
void turn_listen(struct turn *);

#endif
