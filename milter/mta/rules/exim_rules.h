/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What an Exim forwards: its redirect routers, the files that they look into,
 * its filters. Its strings are a language; what is not a constant or a lookup
 * in a file is told as not read, and Exim itself may be asked (oracle.h).
 */
#ifndef MTA_RULES_EXIM_RULES_H
#define MTA_RULES_EXIM_RULES_H

#include "mta/rules/person.h"
#include "mta/rules/survey.h"

struct exim_rules {
	struct source conf;
};

/* False when there is none in the usual places. */
bool exim_rules_open(struct survey *, struct exim_rules *);
void exim_rules_learn(struct survey *, const struct exim_rules *);
void exim_rules_read(struct survey *, const struct exim_rules *);
/* The files in homes that its routers name ("$home/.forward"): the next after
 * *at; absent at the end. */
struct slice exim_rules_next_file(
	struct survey *, const struct exim_rules *, size_t *at);

#endif
