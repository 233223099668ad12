/* SPDX-License-Identifier: BSD-2-Clause */
/* Exim's own filter language ("# Exim filter"): deliver, mail, pipe. */
#ifndef MTA_RULES_EXIM_FILTER_H
#define MTA_RULES_EXIM_FILTER_H

#include "mta/rules/survey.h"

void exim_filter_read(
	struct survey *, const struct source *, struct slice mailbox);

#endif
