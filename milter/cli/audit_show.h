/* SPDX-License-Identifier: BSD-2-Clause */
/* Rules at rest, as text for people, as CSV, as lines of JSON and as events. */
#ifndef CLI_AUDIT_SHOW_H
#define CLI_AUDIT_SHOW_H

#include "base/buf.h"
#include "cli/audit_mail.h"
#include "mta/rules/audit.h"

#include <stdint.h>

struct audit_view {
	bool compared; /* the rules say what has changed */
	const struct audit_mail *mail; /* joined with it; NULL: none was */
	bool all; /* those that have not changed, too */
	int64_t now_ms;
};

void audit_show_text(
	const struct audit *, const struct audit_view *, struct buf *);
/* RFC 4180, a head line first; what a spreadsheet would take for a formula
 * has an apostrophe before it. */
void audit_show_csv(
	const struct audit *, const struct audit_view *, struct buf *);
/* One object a rule, one a path that was not read. */
void audit_show_json(
	const struct audit *, const struct audit_view *, struct buf *);
/* One event for each rule that is new or changed (event.dataset:
 * forwarden.rule). */
void audit_show_events(
	const struct audit *, const struct audit_view *, struct buf *);
/* "/home/alice/.forward:1, owner alice, written 2026-11-20 03:12" and what
 * else is to be known of it. */
void audit_show_place(const struct rule *, struct buf *);

#endif
