/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A peer: one address outside to which a mailbox writes, and what is kept of
 * that: how much went there and came back, and whether what goes there follows
 * what the mailbox gets. Nothing here knows a store: the same message and the
 * same past give the same peer.
 *
 * A message is *prompt* when it goes to one recipient, when something came for
 * the mailbox since the last message there, and when that was so short a time
 * ago that it is no accident: within PEER_PROMPT_MS, and within a twentieth of
 * the mean time between arrivals. By chance one message in 20 is prompt, at any
 * rate of arrivals, and four of five one time in 33,000.
 *
 * A day *keeps pace* when ten messages or more to one recipient went there,
 * between a half and five quarters of what the mailbox had got since the last
 * one of the day before. How late each was does not matter.
 */
#ifndef STORE_PEER_H
#define STORE_PEER_H

#include "base/slice.h"

#include <stdbool.h>
#include <stdint.h>

#define PEER_PROMPT_MS ((int64_t)120000)
#define PEER_PROMPT_MESSAGES 5
/* So long one message may be tried again: a sender chooses what tells it from
 * others, and may choose the same for all. */
#define PEER_RETRY_MS ((int64_t)15 * 60 * 1000)
#define PEER_PACE_DAYS 7
#define PEER_DAYS 10
/* Of one mailbox; the stalest go. */
#define PEERS_MAX 128

struct peer {
	int64_t last_ms; /* the last message there; 0: there was none */
	uint32_t print; /* of that message, so that a retry is no other one */
	uint32_t base; /* what the mailbox had got when the last message of
			* the day before left; ... */
	uint32_t mark; /* ... and when the last one did */
	uint16_t sent, got; /* messages there, and from there */
	uint16_t first_day; /* since 1970: the first message there */
	uint16_t since_day; /* what sent and got are counted from */
	uint16_t day; /* of the last message there alone */
	uint16_t days; /* bits: on which of PEER_DAYS; the lowest is day */
	uint16_t count; /* messages there alone, on day */
	uint8_t prompt; /* bits: of the last messages, the lowest is the last */
	uint8_t slowest_s; /* of the prompt ones, how long the longest took */
	uint8_t pace; /* bits: which of PEER_PACE_DAYS kept pace */
	bool named; /* its name is kept, too */
};

/* What the mailbox got, when a message of it leaves. */
struct peer_arrivals {
	int64_t last_ms; /* 0: it is not known */
	uint64_t total;
	uint64_t day; /* in this clock hour and the 23 before */
	uint64_t hour; /* in this clock hour */
	uint64_t lately; /* ... and in the last */
};

struct peer_message {
	int64_t at_ms;
	uint32_t print;
	bool alone; /* it has one recipient */
};

/* The message leaves for the peer. One that was counted last changes nothing,
 * within PEER_RETRY_MS. */
void peer_count(struct peer *, const struct peer_message *,
	const struct peer_arrivals *);
/* Did it write to the mailbox at most once, and once more for ten messages that
 * it got? */
bool peer_is_silent(const struct peer *);
/* How many of the last PEER_PROMPT_MESSAGES were prompt. */
unsigned peer_prompt(const struct peer *);
/* On how many of the last PEER_PACE_DAYS it kept pace. */
unsigned peer_pace(const struct peer *);
/* On how many of the last PEER_DAYS a message went there alone. */
unsigned peer_days(const struct peer *);
/* Silent, and written to on eight of ten days. */
bool peer_is_one_way(const struct peer *);

/* Of two that are known of the same peer, what holds of both: the later one,
 * and the greater count of what came back. */
void peer_merge(struct peer *, const struct peer *other);

/* What a peer is kept under: nobody reads its name there. */
uint64_t peer_key(struct slice address);

#endif
