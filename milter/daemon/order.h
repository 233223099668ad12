/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What an operator orders of a mailbox: to the store, that all mail servers on
 * it obey, an event and a line of the log. Who may give an order is whoever may
 * open the control socket.
 */
#ifndef DAEMON_ORDER_H
#define DAEMON_ORDER_H

#include "daemon/exchange.h"

#define ORDER_KINDS 3 /* mailboxes, destinations, domains */

struct order {
	struct slice mailbox, destination; /* the latter may be absent */
	struct store_containment word;
};

struct slice order_parameter(const struct exchange *, const char *name);
/* A mailbox of ours in its one form, which is what facts are kept of. False
 * after answering why not. */
bool order_find_mailbox(struct exchange *, struct slice *mailbox);
/* For how long, by whom and why. False after answering what is wrong. */
bool order_read(struct exchange *, struct store_containment *);
/* Has the store do it. Where it is down, this machine may have it alone, and
 * who asked must not believe that the others do: false after answering so. */
bool order_carry_out(struct exchange *, struct store_query *);
/* To the stream and the log. */
void order_tell(struct exchange *, const char *action, struct slice about,
	const struct store_containment *);
/* Takes back what is allowed to one mailbox, or to all to that address. False
 * after answering why not. */
bool order_forget(struct exchange *, struct slice name);
/* An address outside or a domain outside, as both are kept. False after
 * answering that it is neither, or one of ours: stays says what to do then. */
bool order_find_destination(struct exchange *, struct slice text,
	const char *stays, struct slice *destination);
/* Is there room for the order? False after answering that there is none. */
bool order_has_room(struct exchange *, struct slice about);
/* Is it given? In the names of the store. NULL: it is not. */
const struct store_order *order_find(
	struct exchange *, const struct store_orders *, struct slice about);
/* Those that were over by themselves: an event each. For the daemon's clock. */
void order_tell_over(struct api *);
/* How many this process knows of: of each kind of what is contained, and of
 * what is allowed. */
struct order_counts {
	unsigned long long contained[ORDER_KINDS], allowed;
};
const char *order_kind_name(size_t kind);
void order_count(struct exchange *, struct order_counts *);
/* A row of what is allowed. */
struct json *order_row(const struct store_order *);
/* What is allowed to one mailbox; to all is not among it. */
struct json *order_allowed(struct exchange *, struct slice mailbox);

#endif
