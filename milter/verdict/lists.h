/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Lists for %name% placeholders that lie beside policies: the file
 * lists/NAME.txt of a directory of policies is the list NAME, one entry a
 * line, comments after '#'.
 */
#ifndef VERDICT_LISTS_H
#define VERDICT_LISTS_H

#include "base/arena.h"
#include "sigma/program.h"

struct lists {
	struct sigma_list *at;
	size_t count;
};

/*
 * The lists given (they go first and win), then those beside the paths that
 * are directories, and of keywords those that come with the program. Everything
 * new is in arena. A file that cannot be read is an error in diags; false then.
 */
bool lists_gather(struct arena *, const struct lists *given,
	const char *const *paths, size_t path_count, struct diags *,
	struct lists *out);

#endif
