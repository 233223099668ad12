/* SPDX-License-Identifier: BSD-2-Clause */
/* What a proof of an attached Postfix (prove.h) is about. */
#ifndef MTA_PROOF_H
#define MTA_PROOF_H

#include "mta/attach_help.h"
#include "mta/listeners.h"
#include "mta/recipe.h"
#include "mta/way.h"

struct prove {
	const struct postfix *postfix; /* as it was before */
	const struct recipe_wish *wish;
	const struct attach_help *help;
	struct smtp_listener listeners[LISTENERS_MAX];
	size_t listener_count;
	struct way ways[WAYS_MAX];
	size_t way_count;
	bool led; /* mail that leaves is led to the listener */
};

#endif
