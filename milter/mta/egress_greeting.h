/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How the listener for mail that leaves greets. `postfix reload` ends before
 * the master has done what it was told to: here one sees that it has.
 */
#ifndef MTA_EGRESS_GREETING_H
#define MTA_EGRESS_GREETING_H

#include "base/err.h"
#include "mta/postfix.h"

#include <stdint.h>

enum egress_greeting {
	EGRESS_NONE, /* nobody answers, or another */
	EGRESS_GREETS, /* no mail is led there, or by an old recipe */
	EGRESS_LED /* mail that leaves is led there */
};

/* Of whoever answers at that port of loopback; with EGRESS_NONE, err says who.
 * Port 0: nobody does. */
enum egress_greeting egress_greeting_hear(
	const struct postfix *, uint16_t port, struct err *err);
/* Waits until the greeting is less than that one. False with err when it is
 * not after 30 s. */
bool egress_greeting_await_less(const struct postfix *, uint16_t port,
	enum egress_greeting, struct err *err);

#endif
