/* SPDX-License-Identifier: BSD-2-Clause */
/* Whose mail Postfix takes for its own, against what Forwarden was told. */
#ifndef MTA_POSTFIX_DOMAINS_H
#define MTA_POSTFIX_DOMAINS_H

#include "mta/postfix_check.h"

/* Domains and networks. Runs postmap(1) for tables that can be listed. */
void postfix_domains_check(const struct postfix_check *);

#endif
