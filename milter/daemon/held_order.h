/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What is asked of held mail, as orders of the store: any mail server's daemon
 * may ask, and the one that holds the message obeys, since whoever tends its
 * queue (`forwarden held --tend`) hears of it. A tender's own sign of life is
 * one of them, too.
 */
#ifndef DAEMON_HELD_ORDER_H
#define DAEMON_HELD_ORDER_H

#include "base/arena.h"
#include "base/json.h"
#include "store/store.h"

/* Later than that an ask is not obeyed any more; whoever finds it says so. */
#define HELD_ASK_MS ((int64_t)3600 * 1000)
#define HELD_ASKS_MAX 1000
/* How long a tender is remembered, and after what silence it is taken to have
 * stopped. */
#define HELD_TENDER_MS (7 * STORE_DAY_MS)
#define HELD_SILENCE_MS ((int64_t)5 * 60 * 1000)
#define HELD_ID_BYTES_MAX 64
#define HELD_HOST_BYTES_MAX 255

/* A message and what is to be done with it. */
struct held_order {
	struct slice host, id, event; /* where, its queue id, what held it */
	struct slice act; /* "release", "delete" */
	struct store_containment word;
};

/* Letters, digits, '.', '-', '_': what parts no group and escapes nothing. */
bool held_order_is_name(struct slice text, size_t most);
/* Is the order about held mail or its tender, and not about who may what? */
bool held_order_is(struct slice about);
/* Names for the store; absent when the arena is full. */
struct slice held_order_about(struct arena *, const struct held_order *);
struct slice held_order_tender(struct arena *, struct slice host);
/* False: it is another order. */
bool held_order_parse(const struct store_order *, struct held_order *);
bool held_order_parse_tender(const struct store_order *, struct slice *host);
struct json *held_order_json(const struct held_order *);

#endif
