/* SPDX-License-Identifier: BSD-2-Clause */
/* What would change in a file, shown to whoever looks on. */
#ifndef MTA_DIFFERENCE_H
#define MTA_DIFFERENCE_H

#include "mta/attach_help.h"

struct difference {
	const char *path;
	struct slice old, new;
};

void difference_show(const struct attach_help *, const struct difference *);

#endif
