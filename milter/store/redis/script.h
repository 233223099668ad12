/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The Lua scripts that Redis runs: one file each, beside this one, which says
 * what it takes and gives. All keys are declared; all of one call share a
 * slot, but for tally's last three, which are left out in a cluster.
 *
 * Times are milliseconds of the server's own clock (clock.lua): a caller says
 * how long ago something was, and who has a wrong clock moves nobody's windows.
 * Every script may be run twice with the same arguments and leaves the same
 * state but for those milliseconds: that is what makes a replay safe.
 */
#ifndef STORE_REDIS_SCRIPT_H
#define STORE_REDIS_SCRIPT_H

enum script {
	SCRIPT_NOTE,
	SCRIPT_REMEMBER,
	SCRIPT_RECALL,
	SCRIPT_FACTS,
	SCRIPT_TALLY,
	SCRIPT_MARK,
	SCRIPT_PEER,
	SCRIPT_PLACE,
	SCRIPT_APPEND,
	SCRIPT_ORDER,
	SCRIPT_RESTORE,
	SCRIPT_FORGET,
	SCRIPT_BATCH,
	SCRIPT_TAKE,
	SCRIPT_PROBE,
	SCRIPT_COUNT,
	SCRIPT_NONE = SCRIPT_COUNT, /* a plain command */
	SCRIPT_GUARD, /* a part of a batch, and no script (guard.lua) */
	SCRIPT_KINDS
};

/* What embed.awk makes of the .lua files. */
extern const char *const script_texts[SCRIPT_COUNT];

#endif
