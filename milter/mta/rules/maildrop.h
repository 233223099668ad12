/* SPDX-License-Identifier: BSD-2-Clause */
/* maildropfilter(7) and Courier's and qmail's lines of delivery. */
#ifndef MTA_RULES_MAILDROP_H
#define MTA_RULES_MAILDROP_H

#include "mta/rules/survey.h"

void maildrop_read(struct survey *, const struct source *, struct slice mailbox,
	struct slice home);
/* .courier and .qmail: "&address", "address", "|command", "./Maildir/". */
void maildrop_read_lines(
	struct survey *, const struct source *, struct slice mailbox);

#endif
