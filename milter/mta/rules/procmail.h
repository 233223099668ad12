/* SPDX-License-Identifier: BSD-2-Clause */
/* procmailrc(5): "! address", "| command", and the files it includes. */
#ifndef MTA_RULES_PROCMAIL_H
#define MTA_RULES_PROCMAIL_H

#include "mta/rules/survey.h"

/* home: for "$HOME". */
void procmail_read(struct survey *, const struct source *, struct slice mailbox,
	struct slice home);

#endif
