/* SPDX-License-Identifier: BSD-2-Clause */
/* What one Postfix forwards by its own files: aliases, maps, parameters,
 * checks of the content, and where it looks for .forward files. */
#ifndef MTA_RULES_POSTFIX_RULES_H
#define MTA_RULES_POSTFIX_RULES_H

#include "mta/postfix.h"
#include "mta/rules/person.h"
#include "mta/rules/survey.h"

struct postfix_rules {
	const struct postfix *postfix;
	struct slice directory;
	struct source main, master; /* their texts */
};

/* The Postfix whose main.cf is in that folder (absent: where it usually is);
 * in_use: by postconf(1), else by its files alone. False when there is none. */
bool postfix_rules_open(
	struct survey *, struct postfix_rules *, struct slice directory);
void postfix_rules_close(struct postfix_rules *);

/* Its domains, origin, networks and delimiters. */
void postfix_rules_learn(struct survey *, const struct postfix_rules *);
/* Its tables and parameters. */
void postfix_rules_read(struct survey *, const struct postfix_rules *);
/* The elements of forward_path. */
struct slice postfix_rules_forward_path(const struct postfix_rules *);

#endif
