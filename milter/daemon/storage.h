/* SPDX-License-Identifier: BSD-2-Clause */
/* The store, opened as the configuration says. */
#ifndef DAEMON_STORAGE_H
#define DAEMON_STORAGE_H

#include "base/err.h"
#include "daemon/config.h"
#include "store/redis/rights.h"
#include "store/store.h"

/* NULL on failure. What the store has to say goes to the log. */
struct store *storage_open(const struct config *, struct err *);
/* The same for a check: without the state directory, so that nothing of a
 * running daemon's is touched, and in silence. */
struct store *storage_probe(const struct config *, struct err *err);

/* The logins and certificates that the configuration has now. */
bool storage_log_in(struct store *, const struct config *, struct err *);
/* The store as it stands, to be read: where it is memory, its snapshot and what
 * was counted since. */
struct store *storage_export(const struct config *, struct err *);
/* ... and to be written: no daemon may run on the same snapshot. */
struct store *storage_import(const struct config *, struct err *);
/* Has our login the rights that are needed, and is Redis set up as it should
 * be (store/redis/rights.h)? True: it could be asked, or there is none. */
bool storage_try(const struct config *, rights_say_fn *, void *ctx);

#endif
