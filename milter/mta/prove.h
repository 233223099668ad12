/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Proof that an attached Postfix does what it is told to: its listeners
 * greet, the daemon hears their dialogues, and a probe that leaves is held at
 * the listener for mail that leaves, with the way on that it must take
 * written into it. Nothing that is sent for a proof leaves the machine.
 */
#ifndef MTA_PROVE_H
#define MTA_PROVE_H

#include "mta/proof.h"

/* Before anything is changed: which listeners greet, and what mail leaves
 * by. */
void prove_prepare(struct prove *, struct buf *notes);
/* Each of these is false with err, which says what was seen. */
/* Postfix runs and every listener greets that greeted before; with egress,
 * ours does, too. */
bool prove_alive(const struct prove *, struct err *err);
/* The daemon hears every listener that asks it. */
bool prove_intake(const struct prove *, struct err *err);
/* The listener for mail that leaves: given a message of each way, it asks the
 * daemon and sends it on by that way. */
bool prove_listener(const struct prove *, struct err *err);
/* Mail of sendmail(1) is led there; without egress, it is seen. */
bool prove_routing(const struct prove *, struct err *err);
/* Deletes every probe that is in the queue of this Postfix. */
void prove_clean(const char *directory);

#endif
