/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The fields of a policy that have to be computed; all others are read where
 * they stand. Private to verdict/: the table in fields.c names these, and
 * calls none whose source is not there: those of a flow have one, those of
 * the store have its facts, too. All of them are lazy: nothing is computed
 * for a field that no policy asked for.
 */
#ifndef VERDICT_FETCH_H
#define VERDICT_FETCH_H

#include "sigma/record.h"
#include "verdict/source.h"

typedef struct sigma_values fetch_fn(
	const struct fields_source *, struct arena *);

/* Of the message. */
fetch_fn fetch_direction, fetch_keyword, fetch_date, fetch_hour, fetch_weekday;
fetch_fn fetch_keyword_money, fetch_keyword_credentials, fetch_keyword_payroll,
	fetch_keyword_legal, fetch_keyword_incident;
/* Of a flow. */
fetch_fn fetch_rcpt_registered, fetch_rcpt_lookalike, fetch_kind,
	fetch_evidence, fetch_confirmed, fetch_excused_by, fetch_delay;
/* Of what the store knows of a flow. */
fetch_fn fetch_rcpt_silent, fetch_rcpt_prompt, fetch_rcpt_pace,
	fetch_rcpt_since, fetch_mailbox_since;
fetch_fn fetch_contained, fetch_rcpt_new, fetch_rcpt_age, fetch_route_age,
	fetch_route_messages, fetch_forward_ratio, fetch_burst,
	fetch_keyword_skew;

/* All that fetch_weekday() may say, ended by NULL. */
const char *const *fetch_weekday_names(void);

#endif
