/* SPDX-License-Identifier: BSD-2-Clause */
/* Many commands at once over a connection that has shaken hands. */
#ifndef STORE_REDIS_PIPELINE_H
#define STORE_REDIS_PIPELINE_H

#include "store/redis/command.h"
#include "store/redis/handshake.h"

struct pipeline {
	struct handshake *hello;
	/* Looks at an error: true when it was taken over (MOVED, ASK). Or
	 * NULL. */
	bool (*redirect)(
		void *redirect_ctx, struct command *, const struct reply *);
	void *redirect_ctx;
};

/* Sends the list as one pipeline and reads its answers. What has none when
 * it fails stays in *list. */
bool pipeline_run(const struct pipeline *, struct command **list, struct err *);
/* Sends one that is finished again: would the server still not go on for it?
 * Its answer goes to nobody. */
bool pipeline_try(const struct pipeline *, struct command *, struct err *);

#endif
