/* SPDX-License-Identifier: BSD-2-Clause */
/* Names of levels and states. */
#include "sigma/level.h"

#include <stddef.h>

static const char *const level_names[] = {
	[SIGMA_INFORMATIONAL] = "informational",
	[SIGMA_LOW] = "low",
	[SIGMA_MEDIUM] = "medium",
	[SIGMA_HIGH] = "high",
	[SIGMA_CRITICAL] = "critical",
};
static const char *const status_names[] = {
	[SIGMA_STABLE] = "stable",
	[SIGMA_TEST] = "test",
	[SIGMA_EXPERIMENTAL] = "experimental",
	[SIGMA_DEPRECATED] = "deprecated",
	[SIGMA_UNSUPPORTED] = "unsupported",
};

const char *
sigma_level_name(enum sigma_level level)
{
	return level <= SIGMA_CRITICAL ? level_names[level] : NULL;
}

const char *
sigma_status_name(enum sigma_status status)
{
	return status <= SIGMA_UNSUPPORTED ? status_names[status] : NULL;
}
