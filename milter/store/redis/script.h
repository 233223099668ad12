/* SPDX-License-Identifier: BSD-2-Clause */
/* The Lua scripts that Redis runs; what each takes and gives stands above it
 * in script.c. All keys are declared; all of one call share a slot, but for
 * tally's last two, which are left out in a cluster. */
#ifndef STORE_REDIS_SCRIPT_H
#define STORE_REDIS_SCRIPT_H

enum script {
	SCRIPT_NOTE,
	SCRIPT_REMEMBER,
	SCRIPT_FACTS,
	SCRIPT_TALLY,
	SCRIPT_MARK,
	SCRIPT_APPEND,
	SCRIPT_CONTAIN,
	SCRIPT_COUNT,
	SCRIPT_NONE = SCRIPT_COUNT, /* a plain command */
};

/* The script's text. */
const char *script_text(enum script);

#endif
