/* SPDX-License-Identifier: BSD-2-Clause */
/* The commands of a Sieve script that matter here. */
#ifndef MTA_RULES_SIEVE_ACTION_H
#define MTA_RULES_SIEVE_ACTION_H

#include "mta/rules/sieve_script.h"

/* Tells what a command sends away, or remembers what it sets; nothing where it
 * does neither. */
void sieve_action_run(struct sieve_script *, const struct sieve_command *);

#endif
