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

#include "daemon/accepted.h"

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
void turns_accepted(struct accepted *);
void turns_closed(struct accepted *);
/* This thread works for it; this thread is about to wait for the peer. */
void turns_work(struct accepted *);
void turns_listen(struct accepted *);

#endif
