/* SPDX-License-Identifier: BSD-2-Clause */
/* Walking directories for the tools. */
#ifndef LAB_PATHS_H
#define LAB_PATHS_H

#include "base/err.h"
#include "base/slice.h"

#include <stdbool.h>

/* Calls visit on path if it is a file, or on all files below it that end with
 * suffix (any if empty), hidden ones left out, in the order of their names.
 * Stops when visit returns false. False with err when path cannot be read. */
bool paths_each(const char *path, struct slice suffix,
	bool (*visit)(const char *path, void *ctx), void *ctx, struct err *err);

#endif
