/* SPDX-License-Identifier: BSD-2-Clause */
/* Mail under way of whichever MTA is there. */
#include "mta/underway.h"

bool
underway_each(struct underway_search *search, struct err *err)
{
	return search->where->sendmail != NULL
		? underway_sendmail_each(search, err)
		: underway_postfix_each(search, err);
}

enum underway_hold
underway_hold(const struct underway *message, const struct held_where *where,
	struct err *err)
{
	return where->sendmail != NULL
		? underway_sendmail_hold(message, where, err)
		: underway_postfix_hold(message, err);
}
