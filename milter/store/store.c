/* SPDX-License-Identifier: BSD-2-Clause */
/* The interface: each call goes to the backend that was opened. */
#include "store/store.h"

#include "store/backend.h"

static void
clear_answers(struct store_op *op)
{
	if (op->verb == STORE_NOTE) {
		note_clear(&op->note);
	} else if (op->verb == STORE_RECALL) {
		op->recall.members = NULL;
		op->recall.count = 0;
	} else if (op->verb == STORE_FACTS) {
		op->facts = (struct store_facts){.mailbox = op->facts.mailbox,
			.destination = op->facts.destination,
			.peered = op->facts.peered};
	}
}

enum store_result
store_ask(struct store *store, struct store_batch *batch, int64_t budget_ms)
{
	batch->came_true = false;
	for (size_t i = batch->foreseen; i < batch->count; i++)
		clear_answers(&batch->ops[i]);
	return store->backend->ask(store, batch, budget_ms);
}

bool
store_foresee(struct store *store, struct store_batch *batch)
{
	for (size_t i = 0; i < batch->count; i++)
		clear_answers(&batch->ops[i]);
	return store->backend->foresee != NULL &&
		store->backend->foresee(store, batch);
}

void
store_tell(struct store *store, const struct store_batch *batch)
{
	store->backend->tell(store, batch);
}

bool
store_snapshot(struct store *store, struct err *err)
{
	return store->backend->snapshot(store, err);
}

bool
store_hand(struct store *store, enum store_hand hand, struct err *err)
{
	return store->backend->hand == NULL ||
		store->backend->hand(store, hand, err);
}

bool
store_log_in(struct store *store, const struct store_options *options,
	struct err *err)
{
	return store->backend->log_in == NULL ||
		store->backend->log_in(store, options, err);
}

void
store_close(struct store *store)
{
	if (store != NULL)
		store->backend->close(store);
}

struct slice
store_name(struct store *store, struct arena *arena, struct slice address)
{
	return store->backend->name_of(store, arena, address);
}

bool
store_query(struct store *store, struct arena *arena, struct store_query *query,
	struct err *err)
{
	query->answer = (struct store_answer){0};
	return store->backend->query(store, arena, query, err);
}

bool
store_ordered(struct store *store, struct arena *arena, struct slice about,
	struct store_containment *word)
{
	return store->backend->ordered(store, arena, about, word);
}

void
store_health(struct store *store, struct store_health *health)
{
	*health = (struct store_health){.backend = store->backend->name};
	store->backend->health(store, health);
}

const char *
store_tally_name(enum tally_what what)
{
	static const char *const names[TALLY_KINDS] = {
		[TALLY_RECEIVED] = "received",
		[TALLY_FORWARDED] = "forwarded",
		[TALLY_TAGGED] = "tagged",
		[TALLY_QUARANTINED] = "quarantined",
		[TALLY_WOULD] = "would",
		[TALLY_LET_GO] = "let_go",
		[TALLY_PERSON] = "person",
	};

	return names[what];
}
