/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a Sieve script sends away: redirect, notify by mail, pipe and its
 * kin, report. Read and never run: each of its commands is told with the
 * conditions it stands under, those in a branch that cannot be reached, too.
 */
#ifndef MTA_RULES_SIEVE_RULES_H
#define MTA_RULES_SIEVE_RULES_H

#include "mta/rules/sieve_place.h"
#include "mta/rules/survey.h"

/* place may be NULL: then what is included cannot be read, and that is told. */
void sieve_rules_read(struct survey *, const struct source *,
	struct slice mailbox, const struct sieve_place *);

#endif
