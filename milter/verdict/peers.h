/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Peers: whom a mailbox writes to, as one message adds to what the store knows
 * of that (store/peer.h). Private to verdict/.
 */
#ifndef VERDICT_PEERS_H
#define VERDICT_PEERS_H

#include "forward/trace.h"
#include "mail/message.h"
#include "store/store.h"

/* Of a message to more outside nobody is a peer. */
#define PEERS_RCPTS_MAX 20

/*
 * Asks for the recipients as peers of who hands the message in: of facts, which
 * stand in the batch from there on, or of new ones, up to PEERS_RCPTS_MAX, for
 * which there is room. Nothing behind the queue, where the message comes by
 * again.
 */
void peers_ask(
	struct store_batch *, struct store_op *facts, const struct message *);
/* Counts this message among what was answered; of a store that is away nobody
 * is known as a peer. */
void peers_count(struct store_op *facts, size_t count, const struct message *,
	bool down);
struct correspondence peers_correspondence(const struct store_facts *);

/* Who wrote a message that came in: at most STORE_AUTHORS_MAX; how many. */
size_t peers_authors(
	const struct message *, struct slice authors[STORE_AUTHORS_MAX]);

#endif
