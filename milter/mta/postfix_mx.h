/* SPDX-License-Identifier: BSD-2-Clause */
/* Domains of ours whose mail goes elsewhere by the DNS. */
#ifndef MTA_POSTFIX_MX_H
#define MTA_POSTFIX_MX_H

#include "mta/postfix_check.h"

/* domains: as local.domains has them. Asks the DNS. */
void postfix_mx_check(const struct postfix_check *, const struct slice *domains,
	size_t count);

#endif
