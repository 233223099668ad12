/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Has this login the rights that are needed, and is its Redis set up as it
 * should be? Over connections of its own, beside whatever else is connected:
 * what is refused here disturbs nobody's mail.
 */
#ifndef STORE_REDIS_RIGHTS_H
#define STORE_REDIS_RIGHTS_H

#include "base/buf.h"
#include "store/store_options.h"

enum rights_news {
	RIGHTS_FINE,
	RIGHTS_WRONG, /* counts are lost by it, or cannot be kept */
};

/* One finding, and what mends it ("" where nothing need be). */
typedef void rights_say_fn(
	void *ctx, enum rights_news, const char *text, const char *remedy);

/* Tries every command on the servers that the options name, in a cluster on
 * those that are listed, behind Sentinel on the master. Says each finding; no
 * password is in any. False: one of them cannot be asked at all, which was
 * said. */
bool rights_try(const struct store_options *, rights_say_fn *, void *ctx);
/* Appends the words of ACL SETUSER that give what is needed, and no more:
 * "+get +set ...". */
void rights_print(struct buf *, bool cluster);

#endif
