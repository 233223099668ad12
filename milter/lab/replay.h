/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Old mail judged again, in the order of its time, with a clock of its own
 * and an empty store; by one set of policies, or by two beside each other.
 */
#ifndef LAB_REPLAY_H
#define LAB_REPLAY_H

#include "lab/archive.h"
#include "lab/outcome.h"
#include "lab/sandbox.h"

struct replay;

/* After each message; other is NULL without other policies. Either is NULL
 * when no verdict could be made. */
typedef void replay_visit_fn(
	void *ctx, const struct verdict *verdict, const struct verdict *other);
/* done of total, when either is known. */
typedef void replay_progress_fn(
	void *ctx, const char *doing, int64_t done, int64_t total);

struct replay_options {
	struct sandbox_options sandbox; /* but for its clock */
	const struct sigma_program *other; /* to compare with; or NULL */
	const struct keywords *other_keywords;
	const struct archive_foreign *foreign; /* or NULL */
	replay_visit_fn *visit;
	replay_progress_fn *progress;
	void *ctx;
};

struct replay *replay_new(const struct replay_options *, struct err *);
void replay_free(struct replay *);

/* Takes in all messages in and below path; files that hold none are counted
 * in *odd. */
bool replay_read(
	struct replay *, const char *path, unsigned *odd, struct err *);
/* Judges what was taken in. */
bool replay_run(struct replay *, struct err *);
/* What came of it; other: under the other policies. */
const struct outcome *replay_outcome(const struct replay *, bool other);

#endif
