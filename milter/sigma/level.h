/* SPDX-License-Identifier: BSD-2-Clause */
/* How grave a rule is, and how finished. */
#ifndef SIGMA_LEVEL_H
#define SIGMA_LEVEL_H

enum sigma_level {
	SIGMA_INFORMATIONAL,
	SIGMA_LOW,
	SIGMA_MEDIUM,
	SIGMA_HIGH,
	SIGMA_CRITICAL,
	SIGMA_LEVEL_COUNT
};
/* NULL past the last one. */
const char *sigma_level_name(enum sigma_level);

enum sigma_status {
	SIGMA_STABLE,
	SIGMA_TEST,
	SIGMA_EXPERIMENTAL,
	SIGMA_DEPRECATED,
	SIGMA_UNSUPPORTED
};
const char *sigma_status_name(enum sigma_status);

#endif
