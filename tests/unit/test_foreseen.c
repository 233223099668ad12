/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Judged by what was foreseen, and judged again where it was otherwise: the
 * verdict is the same, and what is counted is counted once.
 */
#include "rows.h"
#include "verdict_box.h"

#include "store/backend.h"

#define COUNTING_POLICIES                            \
	BOX_REDIRECT_POLICY                          \
	"low\n"                                      \
	"---\n"                                      \
	"title: Redirects\n"                         \
	"id: 11111111-0000-4000-8000-000000000002\n" \
	"name: redirects\n"                          \
	"status: stable\n"                           \
	"correlation:\n"                             \
	"  type: event_count\n"                      \
	"  rules: [redirect]\n"                      \
	"  group-by: [mailbox.address]\n"            \
	"  timespan: 1h\n"                           \
	"  condition: {gte: 3}\n"                    \
	"level: high\n"

#define MESSAGES 4

/* The sandbox's own backend, and one that foresees nothing of it. */
static const struct store_backend *honest;

static bool
foresee_nobody(struct store *store, struct store_batch *batch)
{
	if (!honest->foresee(store, batch))
		return false;
	for (size_t i = 0; i < batch->count; i++) {
		if (batch->ops[i].verb == STORE_RECALL)
			batch->ops[i].recall.count = 0;
	}
	return true;
}

/* As Redis does where it knows better. */
static enum store_result
ask_better(struct store *store, struct store_batch *batch, int64_t budget_ms)
{
	struct store_batch questions = *batch;
	enum store_result result;

	if (batch->foreseen == 0)
		return honest->ask(store, batch, budget_ms);
	questions.count = batch->foreseen;
	questions.foreseen = 0;
	result = honest->ask(store, &questions, budget_ms);
	batch->came_true = false;
	return result;
}

/* As while Redis is away. */
static enum store_result
ask_nobody(struct store *store, struct store_batch *batch, int64_t budget_ms)
{
	(void)ask_better(store, batch, budget_ms);
	return STORE_FALLBACK;
}

struct row {
	const char *name;
	bool (*foresee)(struct store *, struct store_batch *);
	enum store_result (*ask)(
		struct store *, struct store_batch *, int64_t budget_ms);
	unsigned round_trips;
};

static const struct verdict *
forward_one(struct box *box, int number)
{
	struct slice rcpt;
	char header[200], id[32];
	struct letter letter;

	snprintf(header, sizeof(header),
		"From: Bob <bob@partner.example>\nTo: alice@example.com\n"
		"Message-ID: <m%d@partner.example>\nSubject: number %d\n",
		number, number);
	snprintf(id, sizeof(id), "IN%d", number);
	letter = box_redirect(&rcpt, "<alice@example.com>", header);
	letter.queue_id = slice_of(id);
	assert_non_null(sandbox_judge(box->sandbox, box->arena, &letter));
	snprintf(id, sizeof(id), "OUT%d", number);
	letter = box_redirect(&rcpt, "<drop@evil.example>", header);
	letter.queue_id = slice_of(id);
	return sandbox_judge(box->sandbox, box->arena, &letter);
}

static void
check_row(void **state)
{
	const struct row *row = *state;
	struct store_backend backend;
	struct store *store;
	struct box box;

	box_open(&box, COUNTING_POLICIES, MODE_OBSERVE);
	store = sandbox_store(box.sandbox);
	honest = store->backend;
	backend = *honest;
	if (row->foresee != NULL)
		backend.foresee = row->foresee;
	if (row->ask != NULL)
		backend.ask = row->ask;
	store->backend = &backend;
	for (int i = 1; i <= MESSAGES; i++) {
		const struct verdict *v = forward_one(&box, i);

		assert_int_equal(v->flow_count, 1);
		assert_true(flow_is_forward(&v->flows[0]));
		assert_int_equal(v->matched_count, i < 3 ? 0 : 1);
		if (i >= 3) {
			assert_int_equal(v->matched[0].count, 3);
			assert_int_equal(v->matched[0].edge, i == 3);
		}
		if (v->round_trips != row->round_trips)
			fail_msg("%s: message %d waited %u times", row->name, i,
				v->round_trips);
	}
	store->backend = honest;
	box_close(&box);
}

static bool
foresee_nothing(struct store *store, struct store_batch *batch)
{
	(void)store;
	(void)batch;
	return false;
}

static const struct row rows[] = {
	{"foreseen", NULL, NULL, 1},
	{"nothing foreseen", foresee_nothing, NULL, 2},
	{"foreseen otherwise", foresee_nobody, ask_better, 2},
	{"the store is away", NULL, ask_nobody, 2},
};

int
main(void)
{
	struct rows all = {0};

	ROWS_ADD(&all, rows, check_row);
	return rows_run(&all, "foreseen");
}
