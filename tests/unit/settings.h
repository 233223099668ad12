/* SPDX-License-Identifier: BSD-2-Clause */
/* The configuration's defaults, for tests of the whole engine. */
#ifndef TESTS_UNIT_SETTINGS_H
#define TESTS_UNIT_SETTINGS_H

#include "daemon/config_engine.h"

#include <stdlib.h>

/* Made once, kept until the end. */
static inline const struct config *
settings(void)
{
	static struct config *config;

	if (config == NULL)
		config = config_defaults();
	if (config == NULL)
		abort();
	return config;
}

#endif
