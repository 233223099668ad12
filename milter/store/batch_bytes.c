/* SPDX-License-Identifier: BSD-2-Clause */
/* Batches as bytes: a head, then each operation's numbers and texts. */
#include "store/batch_bytes.h"

#include "base/arena.h"
#include "store/bytes.h"

#include <string.h>

#define OPS_MAX 65535
#define ABSENT UINT32_MAX

struct head {
	int64_t at_ms;
	uint32_t count, unused;
};

struct numbers {
	uint8_t verb, mode, flag, unused;
	uint32_t cap;
	int64_t ms; /* window, ttl */
	double value;
	uint16_t step, steps;
	int32_t after;
	uint64_t least; /* or the number of members */
};

static void
put_text(struct buf *buf, struct slice text)
{
	uint32_t len = text.p != NULL ? (uint32_t)text.len : ABSENT;

	buf_add(buf, (struct slice){(const char *)&len, sizeof(len)});
	if (text.p != NULL)
		buf_add(buf, text);
}

static void
put_texts(struct buf *buf, const struct slice *texts, size_t count)
{
	for (size_t i = 0; i < count; i++)
		put_text(buf, texts[i]);
}

static void
put_numbers(struct buf *buf, const struct numbers *numbers)
{
	buf_add(buf, (struct slice){(const char *)numbers, sizeof(*numbers)});
}

static bool
is_kept(const struct store_op *op)
{
	return op->verb != STORE_RECALL && op->verb != STORE_FACTS;
}

/* Where the note that it waits for stands when the rest is left out. */
static int32_t
renumber(const struct store_op *ops, int after)
{
	int32_t number = 0;

	if (after < 0)
		return -1;
	for (int i = 0; i < after; i++)
		number += is_kept(&ops[i]);
	return number;
}

static void
put_note(struct buf *buf, const struct store_op *ops, size_t i)
{
	const struct note *note = &ops[i].note;
	struct numbers numbers;

	memset(&numbers, 0, sizeof(numbers));
	numbers.verb = STORE_NOTE;
	numbers.mode = (uint8_t)note->mode;
	numbers.cap = note->cap;
	numbers.ms = note->window_ms;
	numbers.value = note->value;
	numbers.step = note->step;
	numbers.steps = note->steps;
	numbers.after =
		note->after < (int)i ? renumber(ops, note->after) : INT32_MAX;
	numbers.least = note->after_least;
	put_numbers(buf, &numbers);
	put_text(buf, note->group);
	put_text(buf, note->policy);
	put_text(buf, note->member);
}

/* What a file calls them, which an earlier version may have written. */
static const uint8_t tally_numbers[TALLY_KINDS] = {
	[TALLY_RECEIVED] = 0,
	[TALLY_FORWARDED] = 1,
	[TALLY_TAGGED] = 2,
	[TALLY_QUARANTINED] = 3,
	[TALLY_PERSON] = 4,
	[TALLY_WOULD] = 5,
	[TALLY_LET_GO] = 6,
};

static void
put_op(struct buf *buf, const struct store_op *ops, size_t i)
{
	const struct store_op *op = &ops[i];
	struct numbers numbers;

	memset(&numbers, 0, sizeof(numbers));
	numbers.verb = (uint8_t)op->verb;
	if (op->verb == STORE_NOTE) {
		put_note(buf, ops, i);
	} else if (op->verb == STORE_REMEMBER) {
		numbers.ms = op->remember.ttl_ms;
		numbers.flag = op->remember.anew;
		numbers.least = op->remember.count;
		put_numbers(buf, &numbers);
		put_text(buf, op->remember.id);
		put_texts(buf, op->remember.members, op->remember.count);
	} else if (op->verb == STORE_TALLY) {
		numbers.mode = tally_numbers[op->tally.what];
		numbers.flag = op->tally.keyword;
		numbers.least = op->tally.author_count;
		put_numbers(buf, &numbers);
		put_text(buf, op->tally.mailbox);
		put_text(buf, op->tally.destination);
		put_text(buf, op->tally.identity);
		put_texts(buf, op->tally.authors, op->tally.author_count);
	} else if (op->verb == STORE_APPEND) {
		put_numbers(buf, &numbers);
		put_text(buf, op->append.json);
	} else if (op->verb == STORE_PEER) {
		put_numbers(buf, &numbers);
		put_text(buf, op->peer.mailbox);
		put_text(buf, op->peer.destination);
		buf_add(buf,
			(struct slice){(const char *)&op->peer.peer,
				sizeof(op->peer.peer)});
	}
}

size_t
batch_bytes_write(struct buf *buf, int64_t at_ms, const struct store_op *ops,
	size_t count)
{
	struct head head = {.at_ms = at_ms};

	for (size_t i = 0; i < count && head.count < OPS_MAX; i++)
		head.count += is_kept(&ops[i]);
	if (head.count == 0)
		return 0;
	buf_add(buf, (struct slice){(const char *)&head, sizeof(head)});
	for (size_t i = 0; i < count; i++) {
		if (is_kept(&ops[i]))
			put_op(buf, ops, i);
	}
	return head.count;
}

static bool
take_text(struct slice *rest, struct slice *text)
{
	uint32_t len;

	*text = (struct slice){NULL, 0};
	if (!bytes_take(rest, &len, sizeof(len)))
		return false;
	return len == ABSENT || bytes_take_text(rest, len, text);
}

static bool
take_note(struct slice *rest, const struct numbers *numbers, struct note *note)
{
	note->mode = (enum note_mode)numbers->mode;
	note->cap = numbers->cap;
	note->window_ms = numbers->ms;
	note->value = numbers->value;
	note->step = numbers->step;
	note->steps = numbers->steps;
	note->after = numbers->after;
	note->after_least = numbers->least;
	return numbers->mode <= NOTE_STEP && take_text(rest, &note->group) &&
		take_text(rest, &note->policy) &&
		take_text(rest, &note->member);
}

static bool
take_texts(struct slice *rest, struct arena *arena, uint64_t count,
	const struct slice **texts)
{
	struct slice *at;

	if (count > rest->len)
		return false;
	at = arena_array(arena, (size_t)count, sizeof(*at));
	for (size_t i = 0; at != NULL && i < count; i++) {
		if (!take_text(rest, &at[i]))
			return false;
	}
	*texts = at;
	return at != NULL;
}

static bool
take_remember(struct slice *rest, const struct numbers *numbers,
	struct arena *arena, struct store_remember *remember)
{
	if (!take_text(rest, &remember->id) ||
		!take_texts(rest, arena, numbers->least, &remember->members))
		return false;
	remember->ttl_ms = numbers->ms;
	remember->anew = numbers->flag != 0;
	remember->count = (size_t)numbers->least;
	return true;
}

/* What an earlier version wrote has none. */
static bool
take_authors(struct slice *rest, struct arena *arena, uint64_t count,
	struct store_tally *tally)
{
	if (count == 0)
		return true;
	tally->author_count = (size_t)count;
	return count <= STORE_AUTHORS_MAX &&
		take_texts(rest, arena, count, &tally->authors);
}

static bool
take_what(uint8_t number, enum tally_what *what)
{
	for (unsigned i = 0; i < TALLY_KINDS; i++) {
		if (tally_numbers[i] == number) {
			*what = (enum tally_what)i;
			return true;
		}
	}
	return false;
}

static bool
take_op(struct slice *rest, struct arena *arena, struct store_op *op)
{
	struct numbers numbers;

	if (!bytes_take(rest, &numbers, sizeof(numbers)))
		return false;
	op->verb = (enum store_verb)numbers.verb;
	switch (op->verb) {
	case STORE_NOTE:
		return take_note(rest, &numbers, &op->note);
	case STORE_REMEMBER:
		return take_remember(rest, &numbers, arena, &op->remember);
	case STORE_TALLY:
		op->tally.keyword = numbers.flag != 0;
		return take_what(numbers.mode, &op->tally.what) &&
			take_text(rest, &op->tally.mailbox) &&
			take_text(rest, &op->tally.destination) &&
			take_text(rest, &op->tally.identity) &&
			take_authors(rest, arena, numbers.least, &op->tally);
	case STORE_APPEND:
		return take_text(rest, &op->append.json);
	case STORE_PEER:
		return take_text(rest, &op->peer.mailbox) &&
			take_text(rest, &op->peer.destination) &&
			bytes_take(rest, &op->peer.peer, sizeof(op->peer.peer));
	case STORE_RECALL:
	case STORE_FACTS:
		break;
	}
	return false;
}

bool
batch_bytes_read(
	struct slice bytes, struct arena *arena, struct store_batch *batch)
{
	struct head head;

	if (!bytes_take(&bytes, &head, sizeof(head)) || head.count > OPS_MAX)
		return false;
	*batch = (struct store_batch){
		.ops = arena_array(arena, head.count, sizeof(*batch->ops)),
		.count = head.count,
		.arena = arena,
		.at_ms = head.at_ms,
	};
	if (batch->ops == NULL)
		return false;
	for (size_t i = 0; i < batch->count; i++) {
		if (!take_op(&bytes, arena, &batch->ops[i]))
			return false;
	}
	return bytes.len == 0;
}
