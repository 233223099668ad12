/* SPDX-License-Identifier: BSD-2-Clause */
/* For tests of correlations: a program over a real store and a fake time. */
#ifndef TESTS_UNIT_COUNTED_H
#define TESTS_UNIT_COUNTED_H

#include "policy.h"
#include "store/store_open.h"
#include "store_settings.h"

#define COUNTED_ARENA_BYTES ((size_t)4 << 20)

static inline struct store *
counted_store(void)
{
	struct store_options options;
	struct err err = {0};

	store_options_init(&options);
	options.memory_bytes = UINT64_C(256) << 20;
	return store_open(&options, &err);
}

static inline void
counted_ask(struct store *store, struct arena *arena, int64_t at_ms,
	struct note *notes, size_t count)
{
	static const enum note_mode modes[] = {
		[NOTE_COUNT] = NOTE_COUNT,
		[NOTE_SUM] = NOTE_SUM,
		[NOTE_STEP] = NOTE_STEP,
	};
	struct store_batch batch = {
		.count = count, .arena = arena, .at_ms = at_ms};

	if (count == 0)
		return;
	batch.ops = arena_array(arena, count, sizeof(*batch.ops));
	for (size_t i = 0; i < count; i++) {
		const struct note *note = &notes[i];

		batch.ops[i].verb = STORE_NOTE;
		batch.ops[i].note = (struct note){.group = note->group,
			.policy = note->policy,
			.member = note->member,
			.mode = modes[note->mode],
			.window_ms = note->window_ms,
			.cap = note->cap,
			.value = note->value,
			.step = note->step,
			.steps = note->steps,
			.after = note->after,
			.after_least = note->after_least};
	}
	(void)store_ask(store, &batch, 1000);
	for (size_t i = 0; i < count; i++) {
		const struct note *answer = &batch.ops[i].note;

		notes[i].before = answer->before;
		notes[i].count = answer->count;
		notes[i].sum = answer->sum;
		notes[i].fresh = answer->fresh;
		notes[i].done = answer->done;
	}
}

/* One message with one flow; its hits as "name3*" (count, edge), joined by
 * spaces, in out. */
static inline void
counted_message(const struct sigma_program *program, struct store *store,
	int64_t at_ms, const char *const *pairs, const char *identity,
	struct buf *out)
{
	struct arena *arena = arena_new(COUNTED_ARENA_BYTES);
	struct sigma_record record = policy_record(pairs);
	struct sigma_run *run = sigma_run_new(program, arena, &record);
	const struct sigma_hit *hits;
	struct note *notes;
	size_t count;

	if (!sigma_run_flow(run, &record, slice_of(identity)))
		abort();
	notes = sigma_run_notes(run, &count);
	counted_ask(store, arena, at_ms, notes, count);
	hits = sigma_run_finish(run, &count);
	buf_reset(out);
	for (size_t i = 0; i < count; i++) {
		buf_printf(out, "%s%.*s", i > 0 ? " " : "",
			SLICE_ARG(hits[i].rule->name.p != NULL
					? hits[i].rule->name
					: hits[i].rule->title));
		if (hits[i].count > 0)
			buf_printf(out, "%llu%s",
				(unsigned long long)hits[i].count,
				hits[i].edge ? "*" : "");
	}
	arena_free(arena);
}

#endif
