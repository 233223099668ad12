/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The mail binding of the policy language: which fields there are, what may be
 * asked of each, and what of that could never match.
 */
#ifndef VERDICT_SCHEMA_H
#define VERDICT_SCHEMA_H

#include "sigma/record.h"

const struct sigma_schema *schema_of_mail(void);

#endif
