/* SPDX-License-Identifier: BSD-2-Clause */
/* What Dovecot's Sieve forwards: whose scripts there are, where they lie and
 * which is in use. */
#ifndef MTA_RULES_DOVECOT_RULES_H
#define MTA_RULES_DOVECOT_RULES_H

#include "mta/rules/dovecot_conf.h"
#include "mta/rules/person.h"

/* Users of its databases that can be read; of others by doveadm(1). */
void dovecot_rules_people(
	struct survey *, const struct dovecot_conf *, struct people *);
/* Scripts that run for everybody. */
void dovecot_rules_site(struct survey *, const struct dovecot_conf *);
/* A person's own; to be called with his rights. */
void dovecot_rules_person(
	struct survey *, const struct dovecot_conf *, const struct person *);

#endif
