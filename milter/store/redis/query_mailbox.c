/* SPDX-License-Identifier: BSD-2-Clause */
/* Records and hours of mailboxes, as people ask Redis for them. */
#include "store/redis/query_mailbox.h"

#include "base/arena.h"
#include "store/answer.h"
#include "store/redis/redis_key.h"

#include <stdio.h>

/* The two commands that a row is made of. */
struct row {
	const struct command *hash, *routes;
};

static struct row
ask_row(struct queries *q, struct slice mailbox)
{
	return (struct row){
		queries_add(q, "HGETALL", queries_tagged(q, "box", mailbox)),
		queries_add(q, "HLEN", queries_tagged(q, "route", mailbox)),
	};
}

static bool
read_row(const struct queries *q, struct arena *arena, struct slice mailbox,
	const struct row *from, struct store_mailbox *row)
{
	const struct reply *hash = from->hash->reply;
	int64_t destinations = 0;
	char day[32];

	(void)reply_number(from->routes->reply, &destinations);
	(void)snprintf(day, sizeof(day), "d:%lld",
		(long long)(redis_now_ms(q->redis) / STORE_DAY_MS));
	*row = (struct store_mailbox){
		.mailbox = arena_copy(arena, mailbox),
		.flows = reply_field_u64(hash, day),
		.destinations = (uint64_t)destinations,
		.person = reply_field_u64(hash, "person") != 0,
		.first_forward_ms = (int64_t)reply_field_u64(hash, "first"),
		.last_forward_ms = (int64_t)reply_field_u64(hash, "last"),
	};
	for (int what = 0; what < TALLY_COUNT; what++) {
		row->tally[what] = reply_field_u64(
			hash, store_tally_name((enum tally_what)what));
	}
	return row->mailbox.p != NULL;
}

bool
query_mailbox(struct queries *q, struct arena *arena, struct store_query *query,
	struct err *err)
{
	struct store_mailboxes *mailboxes = &query->answer.mailboxes;
	const struct row row = ask_row(q, query->about);

	mailboxes->at = arena_array(arena, 1, sizeof(*mailboxes->at));
	if (mailboxes->at == NULL)
		return answer_too_long(err);
	if (!queries_put(q, err))
		return false;
	if (reply_count(row.hash->reply) > 0) {
		mailboxes->count =
			read_row(q, arena, query->about, &row, mailboxes->at);
	}
	return true;
}

/* After the day's set: the record of each mailbox in it. */
static bool
read_top(struct queries *q, struct arena *arena, const struct reply *day,
	struct store_mailboxes *mailboxes, struct err *err)
{
	size_t count = reply_count(day) / 2;
	struct row *rows = arena_array(q->arena, count, sizeof(*rows));

	mailboxes->at = arena_array(arena, count, sizeof(*mailboxes->at));
	if (rows == NULL || mailboxes->at == NULL)
		return answer_too_long(err);
	for (size_t i = 0; i < count; i++)
		rows[i] = ask_row(q, day->items[2 * i].text);
	if (!queries_put(q, err))
		return false;
	for (size_t i = 0; i < count; i++) {
		struct store_mailbox *row = &mailboxes->at[i];

		if (!read_row(q, arena, day->items[2 * i].text, &rows[i], row))
			return answer_too_long(err);
		row->flows = reply_u64(day->items[2 * i + 1].text);
		mailboxes->count++;
	}
	return true;
}

bool
query_mailbox_top(struct queries *q, struct arena *arena,
	struct store_query *query, struct err *err)
{
	struct command *day;

	if (query->limit == 0)
		return true;
	day = queries_add(q, "ZREVRANGE",
		redis_key_top(q->arena, q->redis->prefix, query->at_ms));
	command_number(day, 0);
	command_number(day, (int64_t)query->limit - 1);
	command_word(day, SLICE("WITHSCORES"));
	return queries_put(q, err) &&
		read_top(q, arena, day->reply, &query->answer.mailboxes, err);
}

/* "h:<hour>" with "received forwarded ...". */
static void
read_hour(struct slice name, struct slice value, uint64_t now,
	struct store_hours *hours)
{
	struct slice received = {NULL, 0}, forwarded = {NULL, 0};
	uint64_t hour;

	if (name.len < 3 || name.p[0] != 'h' || name.p[1] != ':' ||
		!slice_to_u64(slice_sub(name, 2, name.len), &hour) ||
		hour > now || now - hour >= STORE_DAY_HOURS)
		return;
	(void)(slice_next(&value, ' ', &received) &&
		slice_next(&value, ' ', &forwarded));
	hours->received[now - hour] = reply_u64(received);
	hours->forwarded[now - hour] = reply_u64(forwarded);
}

bool
query_mailbox_hours(struct queries *q, struct arena *arena,
	struct store_query *query, struct err *err)
{
	const struct command *hash = queries_add(
		q, "HGETALL", queries_tagged(q, "box", query->about));
	uint64_t now = (uint64_t)(redis_now_ms(q->redis) / STORE_HOUR_MS);

	(void)arena;
	if (!queries_put(q, err))
		return false;
	for (size_t i = 0; i + 1 < reply_count(hash->reply); i += 2) {
		read_hour(hash->reply->items[i].text,
			hash->reply->items[i + 1].text, now,
			&query->answer.hours);
	}
	return true;
}
