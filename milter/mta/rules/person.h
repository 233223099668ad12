/* SPDX-License-Identifier: BSD-2-Clause */
/* Those who have a home where rules may lie: users of the system and of
 * Dovecot, and homes whose user nobody names. */
#ifndef MTA_RULES_PERSON_H
#define MTA_RULES_PERSON_H

#include "mta/rules/survey.h"

struct person {
	struct slice name; /* "alice", "frank@example.org" */
	struct slice home;
	uid_t uid;
	gid_t gid;
	bool is_system; /* has .forward files */
};

struct people {
	struct person *at;
	size_t count, room;
};

/* Left out when the name and the home are there already, or it is no home. */
void person_add(struct survey *, struct people *, const struct person *);
/* Of passwd(5): the system's (getpwent(3)), or the copy's, and the folders
 * beside their homes that are nobody's. */
void people_read(struct survey *, struct people *);
/* Of lines as passwd(5) has them, with more or fewer fields. */
void people_parse(
	struct survey *, struct people *, struct slice text, bool is_system);
/* Those whose homes a pattern makes ("/var/vmail/%d/%n"), by the folders that
 * are there. */
void people_find(struct survey *, struct people *, struct slice pattern);
struct slice person_mailbox(struct survey *, const struct person *);

#endif
