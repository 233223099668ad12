/* SPDX-License-Identifier: BSD-2-Clause */
/* Judging old mail again. */
#include "lab/replay.h"

#include "lab/envelope.h"
#include "lab/spool.h"

#include <stdlib.h>

#define MESSAGE_BYTES (4 * 1024 * 1024)

/* One set of policies and what came of them. */
struct side {
	struct sandbox *sandbox;
	struct outcome *outcome;
	struct arena *arena;
	const struct verdict *last;
};

struct replay {
	struct replay_options options;
	struct side sides[2];
	size_t side_count;
	struct spool *spool;
	struct arena *arena;
	struct err *err; /* of the reading under way */
};

static bool
open_side(const struct replay_options *options,
	const struct sigma_program *program, struct side *side, struct err *err)
{
	struct sandbox_options sandbox = options->sandbox;

	sandbox.at_ms = 1;
	sandbox.judge.program = program;
	if (program == options->other)
		sandbox.judge.keywords = options->other_keywords;
	side->sandbox = sandbox_new(&sandbox, err);
	side->outcome = outcome_new();
	side->arena = arena_new(MESSAGE_BYTES);
	if (side->sandbox == NULL)
		return false;
	return (side->outcome != NULL && side->arena != NULL) ||
		err_set(err, ERR_MEMORY, "out of memory");
}

static void
close_side(struct side *side)
{
	sandbox_free(side->sandbox);
	outcome_free(side->outcome);
	arena_free(side->arena);
}

static bool
open_sides(struct replay *replay, struct err *err)
{
	const struct replay_options *options = &replay->options;

	replay->side_count = options->other != NULL ? 2 : 1;
	return open_side(options, options->sandbox.judge.program,
		       &replay->sides[0], err) &&
		(options->other == NULL ||
			open_side(options, options->other, &replay->sides[1],
				err));
}

struct replay *
replay_new(const struct replay_options *options, struct err *err)
{
	struct replay *replay = calloc(1, sizeof(*replay));

	if (replay == NULL) {
		(void)err_set(err, ERR_MEMORY, "out of memory");
		return NULL;
	}
	replay->options = *options;
	replay->arena = arena_new(MESSAGE_BYTES);
	replay->spool = spool_new(err);
	if (replay->arena != NULL && replay->spool != NULL &&
		open_sides(replay, err))
		return replay;
	replay_free(replay);
	return NULL;
}

void
replay_free(struct replay *replay)
{
	if (replay == NULL)
		return;
	for (size_t i = 0; i < 2; i++)
		close_side(&replay->sides[i]);
	spool_free(replay->spool);
	arena_free(replay->arena);
	free(replay);
}

static bool
keep(void *ctx, struct slice header)
{
	struct replay *replay = ctx;

	arena_reset(replay->arena);
	return spool_add(replay->spool, envelope_time(replay->arena, header),
		header, replay->err);
}

static void
reading(void *ctx, int64_t done, int64_t total)
{
	const struct replay *replay = ctx;

	replay->options.progress(replay->options.ctx, "reading", done, total);
}

bool
replay_read(
	struct replay *replay, const char *path, unsigned *odd, struct err *err)
{
	const struct archive archive = {
		keep, reading, replay->options.foreign, replay};

	*err = (struct err){0};
	replay->err = err;
	return archive_read(&archive, path, odd, err) && err->code == ERR_NONE;
}

static void
judge_one(struct side *side, struct slice header, int64_t at_ms)
{
	struct letter letter;

	arena_reset(side->arena);
	side->last = NULL;
	sandbox_set_time(side->sandbox, at_ms);
	if (!envelope_guess(side->arena, header, &letter))
		return;
	side->last = sandbox_judge(side->sandbox, side->arena, &letter);
	if (side->last != NULL && side->last->message != NULL) {
		outcome_count(side->outcome, side->last);
	} else {
		side->last = NULL;
	}
}

bool
replay_run(struct replay *replay, struct err *err)
{
	const struct replay_options *options = &replay->options;
	size_t total = spool_count(replay->spool);
	struct buf header = {0};
	int64_t at_ms;
	bool good = true;

	spool_sort(replay->spool);
	for (size_t s = 0; s < replay->side_count; s++) {
		sandbox_set_time(
			replay->sides[s].sandbox, spool_begin(replay->spool));
	}
	for (size_t i = 0; i < total; i++) {
		good = spool_get(replay->spool, i, &at_ms, &header, err);
		if (!good)
			break;
		for (size_t s = 0; s < replay->side_count; s++) {
			judge_one(&replay->sides[s], buf_slice(&header), at_ms);
		}
		options->visit(options->ctx, replay->sides[0].last,
			replay->sides[1].last);
		options->progress(
			options->ctx, "judging", (int64_t)i, (int64_t)total);
	}
	buf_fini(&header);
	return good;
}

const struct outcome *
replay_outcome(const struct replay *replay, bool other)
{
	return replay->sides[other ? 1 : 0].outcome;
}
