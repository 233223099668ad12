/* SPDX-License-Identifier: BSD-2-Clause */
/* What a Sendmail forwards by its tables, and where it looks for .forward
 * files. */
#ifndef MTA_RULES_SENDMAIL_RULES_H
#define MTA_RULES_SENDMAIL_RULES_H

#include "mta/rules/survey.h"

struct sendmail_rules {
	struct source cf; /* its text may be absent */
	struct slice directory; /* /etc/mail */
	bool only_aliases; /* which may be another MTA's */
};

/* False when there is none. */
bool sendmail_rules_open(
	struct survey *, struct sendmail_rules *, struct slice directory);
/* Or are its tables left of one that was taken away? */
bool sendmail_rules_is_used(
	const struct survey *, const struct sendmail_rules *);
void sendmail_rules_learn(struct survey *, const struct sendmail_rules *);
void sendmail_rules_read(struct survey *, const struct sendmail_rules *);
struct slice sendmail_rules_forward_path(const struct sendmail_rules *);

#endif
