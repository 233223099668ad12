/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * All rules at rest of a host, or of a copy of one: what its MTAs, Dovecot and
 * its users have written that sends mail outside. Nothing is written and no
 * program of a user is run.
 */
#ifndef MTA_RULES_AUDIT_H
#define MTA_RULES_AUDIT_H

#include "base/err.h"
#include "mail/realm.h"
#include "mta/rules/ruleset.h"

#include <stdbool.h>

struct audit_given {
	struct slice mailbox, path;
};

struct audit_options {
	const char *root; /* of a copy; NULL: this system */
	const struct realm *realm; /* domains of ours; NULL: learn them */
	const char *postfix; /* where main.cf is, if elsewhere; or NULL */
	const char *sendmail; /* where sendmail.cf is; or NULL */
	bool full; /* commands are shown whole */
	bool ask; /* the MTAs themselves may be asked for each address */
	const struct audit_given *given; /* files to be read as somebody's */
	size_t given_count;
};

struct audit {
	struct ruleset *set; /* to be freed by ruleset_free() */
	struct buf domains; /* whose mail is inside, for people */
	bool domains_given;
	struct buf looked_at; /* "Postfix, Dovecot, 41 homes" */
};

/* False with err when nothing can be done at all; audit_fini() either way. */
bool audit_run(const struct audit_options *, struct audit *, struct err *err);
void audit_fini(struct audit *);

#endif
