/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The messages of the benchmark, made from the templates in mail/: of ten
 * sessions, seven come in from outside, two go out from a person here, one
 * forwards (as Postfix, Exchange or Gmail do, in turn). The local domain is
 * example.com.
 *
 * A template is an envelope (lines "client NAME ADDRESS", "helo NAME",
 * "listener NAME", "auth USER", "mail <SENDER> PARAMETERS", "rcpt ...",
 * "mailer NAME"), an empty line and a header. In it, $I is the message's
 * identity, $B a mailbox here, $O a person outside, $D where the mailbox'
 * mail is forwarded to.
 */
#ifndef BENCH_MIX_H
#define BENCH_MIX_H

#include "wire.h"

#include <stdbool.h>
#include <stdint.h>

struct mix_options {
	const char *directory; /* of the templates */
	uint64_t seed; /* another seed, other Message-IDs */
	unsigned mailboxes; /* how many people work here */
};

struct mix;

/* NULL with the reason when a template cannot be read. */
struct mix *mix_load(const struct mix_options *, struct err *);
void mix_free(struct mix *);

/* A session's CONNECT and HELO. */
bool mix_greet(
	const struct mix *, struct wire *, uint64_t session, struct err *);
/* Message number n of a session, from MAIL to its final answer. */
bool mix_send(const struct mix *, struct wire *, uint64_t session, uint64_t n,
	struct wire_result *, struct err *);

#endif
