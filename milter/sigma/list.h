/* SPDX-License-Identifier: BSD-2-Clause */
/* A named list of texts. */
#ifndef SIGMA_LIST_H
#define SIGMA_LIST_H

#include "base/slice.h"
#include "yaml/diag.h"

#include <stdbool.h>
#include <stddef.h>

/* A list for %name% placeholders. */
struct sigma_list {
	struct slice name;
	const struct slice *values;
	/* Where each stands, and whether it was doubted already, so that it
	 * is told once; each may be NULL. */
	const struct mark *marks;
	bool *told;
	size_t count;
	bool used; /* set by the loader, for warnings */
};

#endif
