/* SPDX-License-Identifier: BSD-2-Clause */
/* Lists of texts in a configuration, and named lists of texts. */
#ifndef DAEMON_CONFIG_LIST_H
#define DAEMON_CONFIG_LIST_H

#include "base/arena.h"
#include "sigma/program.h"
#include "yaml/yaml.h"

#include <stdbool.h>
#include <stddef.h>

/* Texts with their places, for errors that are found only when they are
 * used (a domain list that cannot be read). */
struct config_texts {
	const struct slice *at; /* each with a NUL after it */
	const struct mark *marks;
	size_t count;
};

struct config_lists {
	struct sigma_list *at;
	size_t count;
};

/* A list of texts, or one text. */
bool config_texts_read(struct arena *, const struct yaml_node *,
	struct config_texts *, struct diags *);
/* A map of names to lists; "file:/path" stands for the lines of a file
 * without its # comments. */
bool config_lists_read(struct arena *, const struct yaml_node *,
	struct config_lists *, struct diags *);

#endif
