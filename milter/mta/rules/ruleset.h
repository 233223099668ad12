/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The findings of an audit: rules, and what could not be read, in the order
 * they were found and each once. Bounded: what is past the bound is said as
 * something that was not read.
 */
#ifndef MTA_RULES_RULESET_H
#define MTA_RULES_RULESET_H

#include "mta/rules/rule.h"

struct ruleset;

/* NULL when out of memory. */
struct ruleset *ruleset_new(void);
void ruleset_free(struct ruleset *);

/* Copies it. One of the same place, line, mailbox and destination that is
 * there already is left as it is. */
void ruleset_add(struct ruleset *, const struct rule *);
/* Copies both; each path and reason once. */
void ruleset_add_unread(struct ruleset *, struct slice path, struct slice why);

/* Those from index on, in the order of finding. */
struct rule *ruleset_rules(struct ruleset *, size_t *count);
const struct unread *ruleset_unread(const struct ruleset *, size_t *count);

/* As lines of JSON, those past so many of each, and back. A line that is none
 * is false. */
void ruleset_write(
	const struct ruleset *, size_t rules, size_t unread, struct buf *out);
bool ruleset_read_line(struct ruleset *, struct slice line);

/*
 * Holds it against an earlier audit: each rule is told whether it is new,
 * changed or the same, and those that are gone are added as such.
 */
void ruleset_compare(struct ruleset *, struct ruleset *before);

#endif
