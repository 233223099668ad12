/* SPDX-License-Identifier: BSD-2-Clause */
/* What a Postfix shows to the filter, and what it keeps from it. */
#include "mta/postfix_checkup.h"

#include "mta/postfix_attached.h"
#include "mta/postfix_copies.h"
#include "mta/postfix_domains.h"
#include "mta/postfix_egress.h"
#include "mta/postfix_held.h"
#include "mta/postfix_intake.h"
#include "mta/postfix_log.h"
#include "mta/postfix_past.h"

void
postfix_checkup(const struct postfix_check *check)
{
	postfix_intake_check(check);
	postfix_egress_check(check);
	/* Where there is none, all goes past it, and that is said. */
	if (postfix_egress_find(check->postfix) != NULL)
		postfix_past_check(check);
	postfix_copies_check(check);
	postfix_held_check(check);
	postfix_attached_check(check);
	postfix_domains_check(check);
	postfix_log_check(check);
}
