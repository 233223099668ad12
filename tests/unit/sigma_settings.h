/* SPDX-License-Identifier: BSD-2-Clause */
/* Options of the policy language for tests below the configuration, which
 * has the defaults. */
#ifndef TESTS_UNIT_SIGMA_SETTINGS_H
#define TESTS_UNIT_SIGMA_SETTINGS_H

#include "sigma/program.h"

static inline void
sigma_options_init(struct sigma_options *options)
{
	*options = (struct sigma_options){
		.timespan_max_ms = INT64_C(30) * 24 * 3600 * 1000,
		.value_bytes = 4096,
		.regex_budget_us = 20000,
	};
}

#endif
