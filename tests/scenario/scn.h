/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Scenarios as text; README.md beside this file shows the language. A file
 * has settings, letters that are defined once and used often, and scenarios,
 * each of which begins with an empty store.
 */
#ifndef TESTS_SCENARIO_SCN_H
#define TESTS_SCENARIO_SCN_H

#include "base/arena.h"
#include "lab/trial.h"

#define SCN_PATHS_MAX 8

struct scenario {
	struct slice name;
	struct trial trial;
};

struct scn {
	const char *paths[SCN_PATHS_MAX]; /* policies */
	size_t path_count;
	struct slice policy; /* written in the file itself; or absent */
	const char *store; /* NULL: memory */
	struct realm *realm;
	struct respond respond;
	struct scenario *scenarios;
	size_t count;
};

/* NULL and "file:line: ..." in err when the text is no scenario file. The
 * realm is the caller's to free; all else is in arena. */
struct scn *scn_parse(
	struct arena *, const char *file, struct slice text, struct err *);

#endif
