/* SPDX-License-Identifier: BSD-2-Clause */
/* What libyaml says of a syntax error, in words that help. */
#ifndef YAML_YAML_WORDS_H
#define YAML_YAML_WORDS_H

#include <stdbool.h>

struct yaml_words {
	const char *theirs; /* a part of libyaml's problem or context */
	const char *what, *hint;
	bool at_context; /* the place is where the thing began */
};

/* NULL when there are no better words. */
const struct yaml_words *yaml_words_find(
	const char *problem, const char *context);

#endif
