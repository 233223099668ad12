/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The one place that asks the system for chance. getentropy (POSIX.1-2024) is
 * what Linux's libraries and the BSDs all have; getrandom is Linux's own.
 */
#include "base/random.h"

#include <unistd.h>

bool
random_fill(void *into, size_t len)
{
	return getentropy(into, len) == 0;
}
