/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Policies of this program: the policy language with the mail binding. One
 * way to load them for the daemon, a check, a test and a replay.
 */
#ifndef VERDICT_POLICIES_H
#define VERDICT_POLICIES_H

#include "sigma/program.h"
#include "verdict/keyword.h"

#include <stddef.h>

/* The options of the language for mail: its fields, its log sources
 * (category email, product forwarden, services message, outbound and forward),
 * its actions. The caller adds lists and limits: there are none here. */
void policies_options(struct sigma_options *);

/* sigma_program_load(), where lists/NAME.txt in a directory of policies is the
 * list NAME unless options have one. No policy that speaks is an error, too,
 * unless they allow it. NULL if there was an error; diags has all of them.
 * keywords are the words of the lists, which the caller frees. */
struct sigma_program *policies_load(const char *const *paths, size_t count,
	const struct sigma_options *, struct diags *,
	struct keywords **keywords);

#endif
