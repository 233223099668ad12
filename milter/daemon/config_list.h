/* SPDX-License-Identifier: BSD-2-Clause */
/* Named lists of texts in a configuration. */
#ifndef DAEMON_CONFIG_LIST_H
#define DAEMON_CONFIG_LIST_H

#include "sigma/list.h"
#include "yaml/reader_type.h"

#include <stddef.h>

struct config_lists {
	struct sigma_list *at;
	size_t count;
};

/* struct config_lists: a map of names to lists; "file:/path" stands for the
 * lines of a file without its # comments. */
extern const struct reader_type config_lists;

#endif
