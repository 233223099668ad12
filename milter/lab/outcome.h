/* SPDX-License-Identifier: BSD-2-Clause */
/* What came out of a replay: by action, policy, mailbox and day. */
#ifndef LAB_OUTCOME_H
#define LAB_OUTCOME_H

#include "base/buf.h"
#include "base/json.h"
#include "verdict/judge.h"

struct outcome;

struct outcome *outcome_new(void);
void outcome_free(struct outcome *);
void outcome_count(struct outcome *, const struct verdict *);

/* Tables for a person. */
void outcome_print(const struct outcome *, struct buf *);
struct json *outcome_json(const struct outcome *);
/* What differs between two sets of policies over the same mail. */
void outcome_compare(const struct outcome *before, const struct outcome *after,
	struct buf *);
struct json *outcome_compare_json(
	const struct outcome *before, const struct outcome *after);

#endif
