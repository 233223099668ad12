/* SPDX-License-Identifier: BSD-2-Clause */
/* A named list of texts. */
#ifndef SIGMA_LIST_H
#define SIGMA_LIST_H

#include "base/slice.h"

#include <stdbool.h>
#include <stddef.h>

/* A list for %name% placeholders. */
struct sigma_list {
	struct slice name;
	const struct slice *values;
	size_t count;
	bool used; /* set by the loader, for warnings */
};

#endif
