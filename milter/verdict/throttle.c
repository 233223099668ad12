/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Pairs in a map, and in a list in the order in which their windows end. All
 * windows are equally long, so whoever begins one goes to the end of the
 * list, and only its head has to be looked at.
 *
 * A pair is remembered when it is told of, which the rate bounds; what is
 * held by the rate is in one tally for all. So neither the map nor the list
 * grows with what a sender does. Names are told apart in maps that together
 * hold no more than so many; past that a summary says "at least".
 */
#include "verdict/throttle.h"

#include "base/buf.h"
#include "base/map.h"

#include <stdlib.h>
#include <string.h>

#define MINUTE_MS INT64_C(60000)
/* Of urgent ones in a minute, past the others. */
#define URGENT_MORE 10
#define NAME_BYTES 320 /* the longest address, RFC 5321 section 4.5.3.1 */

/* Names that differ: each is a key of the map and a text behind it. */
struct names {
	struct map *map;
};

/* What is held back. */
struct tally {
	uint64_t count;
	int64_t first_ms, last_ms;
	struct names policies, mailboxes, destinations;
	bool more;
};

struct pair {
	struct pair *before, *after; /* in the list */
	char *key;
	size_t key_len, policy_len; /* policy, NUL, mailbox */
	int64_t ends_ms;
	struct tally held;
};

struct throttle {
	struct throttle_options options;
	struct map *pairs;
	struct pair *head, *tail;
	int64_t minute_ms; /* when the present one began */
	unsigned sent; /* in it */
	struct tally campaign;
	struct tally shown; /* that the last summary borrows from */
	size_t names; /* in all tallies */
};

static struct slice
cut(struct slice name)
{
	return slice_sub(name, 0, NAME_BYTES);
}

/* The first few of each kind always: all mailboxes of a campaign must not
 * leave its one destination without a name. */
static bool
has_room(const struct throttle *throttle, const struct names *names)
{
	return throttle->names < throttle->options.distinct ||
		map_count(names->map) < THROTTLE_NAMES;
}

static void
names_add(struct throttle *throttle, struct tally *tally, struct names *names,
	struct slice name)
{
	char *copy;

	name = cut(name);
	if (slice_is_absent(name) || name.len == 0)
		return;
	if (names->map == NULL)
		names->map = map_new();
	if (names->map == NULL || map_find(names->map, name) != NULL)
		return;
	copy = has_room(throttle, names) ? calloc(1, name.len + 1) : NULL;
	if (copy == NULL) {
		tally->more = true;
		return;
	}
	memcpy(copy, name.p, name.len);
	if (map_put(names->map, name, copy, NULL)) {
		throttle->names++;
	} else {
		free(copy);
		tally->more = true;
	}
}

static void
names_fini(struct throttle *throttle, struct names *names)
{
	if (names->map == NULL)
		return;
	throttle->names -= map_count(names->map);
	map_free(names->map, free);
	names->map = NULL;
}

static void
tally_fini(struct throttle *throttle, struct tally *tally)
{
	names_fini(throttle, &tally->policies);
	names_fini(throttle, &tally->mailboxes);
	names_fini(throttle, &tally->destinations);
	*tally = (struct tally){0};
}

static void
tally_stretch(struct tally *tally, int64_t first_ms, int64_t last_ms)
{
	if (tally->count == 0 || first_ms < tally->first_ms)
		tally->first_ms = first_ms;
	if (tally->count == 0 || last_ms > tally->last_ms)
		tally->last_ms = last_ms;
}

static void
tally_add(struct throttle *throttle, struct tally *tally,
	const struct throttle_subject *subject)
{
	tally_stretch(tally, subject->at_ms, subject->at_ms);
	tally->count++;
	names_add(throttle, tally, &tally->policies, subject->policy);
	names_add(throttle, tally, &tally->mailboxes, subject->mailbox);
	names_add(throttle, tally, &tally->destinations, subject->destination);
}

struct merging {
	struct throttle *throttle;
	struct tally *into;
};

static bool
merge_destination(struct slice key, void *value, void *ctx)
{
	struct merging *merging = ctx;

	(void)value;
	names_add(merging->throttle, merging->into,
		&merging->into->destinations, key);
	return true;
}

static struct slice
policy_of(const struct pair *pair)
{
	return (struct slice){pair->key, pair->policy_len};
}

static struct slice
mailbox_of(const struct pair *pair)
{
	return slice_sub((struct slice){pair->key, pair->key_len},
		pair->policy_len + 1, pair->key_len);
}

/* What a pair holds becomes the campaign's. */
static void
merge(struct throttle *throttle, struct pair *pair)
{
	struct tally *into = &throttle->campaign;
	struct merging merging = {throttle, into};

	tally_stretch(into, pair->held.first_ms, pair->held.last_ms);
	into->count += pair->held.count;
	into->more = into->more || pair->held.more;
	names_add(throttle, into, &into->policies, policy_of(pair));
	names_add(throttle, into, &into->mailboxes, mailbox_of(pair));
	if (pair->held.destinations.map != NULL)
		map_each(pair->held.destinations.map, merge_destination,
			&merging);
}

static void
unlink_pair(struct throttle *throttle, struct pair *pair)
{
	if (pair->before != NULL)
		pair->before->after = pair->after;
	else
		throttle->head = pair->after;
	if (pair->after != NULL)
		pair->after->before = pair->before;
	else
		throttle->tail = pair->before;
	pair->before = pair->after = NULL;
}

static void
link_last(struct throttle *throttle, struct pair *pair, int64_t now_ms)
{
	pair->ends_ms = now_ms + throttle->options.window_ms;
	pair->before = throttle->tail;
	if (throttle->tail != NULL)
		throttle->tail->after = pair;
	else
		throttle->head = pair;
	throttle->tail = pair;
}

static void
pair_free(struct throttle *throttle, struct pair *pair)
{
	tally_fini(throttle, &pair->held);
	free(pair->key);
	free(pair);
}

static void
forget(struct throttle *throttle, struct pair *pair)
{
	unlink_pair(throttle, pair);
	(void)map_remove(
		throttle->pairs, (struct slice){pair->key, pair->key_len});
	pair_free(throttle, pair);
}

static bool
make_key(const struct throttle_subject *subject, struct buf *key)
{
	buf_add(key, cut(subject->policy));
	buf_add_byte(key, '\0');
	buf_add(key, cut(subject->mailbox));
	return buf_ok(key);
}

/* One that cannot be remembered is told of again too soon, which is better
 * than not at all. */
static void
remember(struct throttle *throttle, int64_t now_ms,
	const struct throttle_subject *subject, struct slice key)
{
	struct pair *pair;

	if (throttle->options.window_ms == 0)
		return;
	pair = calloc(1, sizeof(*pair));
	if (pair == NULL)
		return;
	pair->key = malloc(key.len);
	if (pair->key == NULL || !map_put(throttle->pairs, key, pair, NULL)) {
		free(pair->key);
		free(pair);
		return;
	}
	memcpy(pair->key, key.p, key.len);
	pair->key_len = key.len;
	pair->policy_len = cut(subject->policy).len;
	link_last(throttle, pair, now_ms);
}

static void
renew_minute(struct throttle *throttle, int64_t now_ms)
{
	if (throttle->campaign.count > 0 ||
		now_ms < throttle->minute_ms + MINUTE_MS)
		return;
	throttle->minute_ms = now_ms;
	throttle->sent = 0;
}

/* Takes one of the minute's, or of so many more. */
static bool
take_turn(struct throttle *throttle, int64_t now_ms, unsigned more)
{
	renew_minute(throttle, now_ms);
	if (throttle->sent >= throttle->options.per_minute + more)
		return false;
	throttle->sent++;
	return true;
}

static bool
pass_new(struct throttle *throttle, int64_t now_ms,
	const struct throttle_subject *subject, struct slice key)
{
	bool room = map_count(throttle->pairs) < throttle->options.pairs;
	unsigned more = subject->urgent ? URGENT_MORE : 0;

	if ((room || more > 0) && take_turn(throttle, now_ms, more)) {
		if (room)
			remember(throttle, now_ms, subject, key);
		return true;
	}
	/* A minute of its own for the summary, if all were taken before. */
	renew_minute(throttle, now_ms);
	tally_add(throttle, &throttle->campaign, subject);
	return false;
}

bool
throttle_pass(struct throttle *throttle, int64_t now_ms,
	const struct throttle_subject *subject)
{
	struct buf key = {0};
	struct pair *pair = NULL;
	bool passes = true;

	if (make_key(subject, &key))
		pair = map_find(throttle->pairs, buf_slice(&key));
	if (pair != NULL && pair->ends_ms <= now_ms && pair->held.count == 0) {
		forget(throttle, pair);
		pair = NULL;
	}
	if (pair != NULL) {
		tally_add(throttle, &pair->held, subject);
		passes = false;
	} else if (buf_ok(&key)) {
		passes = pass_new(throttle, now_ms, subject, buf_slice(&key));
	}
	buf_fini(&key);
	return passes;
}

static bool
show_name(struct slice key, void *value, void *ctx)
{
	struct throttle_names *names = ctx;

	(void)key;
	names->first[names->count++] = value;
	return names->count < THROTTLE_NAMES;
}

static void
show_names(const struct names *names, struct throttle_names *out)
{
	out->count = 0;
	if (names->map == NULL)
		return;
	map_each(names->map, show_name, out);
	out->count = map_count(names->map);
}

/* Moves it to where the summary may borrow from until the next one. */
static void
show(struct throttle *throttle, struct tally *tally,
	struct throttle_summary *out)
{
	tally_fini(throttle, &throttle->shown);
	throttle->shown = *tally;
	*tally = (struct tally){0};
	*out = (struct throttle_summary){
		.count = throttle->shown.count,
		.first_ms = throttle->shown.first_ms,
		.last_ms = throttle->shown.last_ms,
		.more = throttle->shown.more,
	};
	show_names(&throttle->shown.policies, &out->policies);
	show_names(&throttle->shown.mailboxes, &out->mailboxes);
	show_names(&throttle->shown.destinations, &out->destinations);
}

/* The head's window is over. Is there a summary of it? */
static bool
end_window(
	struct throttle *throttle, int64_t now_ms, struct throttle_summary *out)
{
	struct pair *pair = throttle->head;

	if (pair->held.count == 0) {
		forget(throttle, pair);
		return false;
	}
	if (!take_turn(throttle, now_ms, 0)) {
		merge(throttle, pair);
		forget(throttle, pair);
		return false;
	}
	show(throttle, &pair->held, out);
	unlink_pair(throttle, pair);
	link_last(throttle, pair, now_ms);
	return true;
}

bool
throttle_due(
	struct throttle *throttle, int64_t now_ms, struct throttle_summary *out)
{
	if (throttle->campaign.count > 0 &&
		now_ms >= throttle->minute_ms + MINUTE_MS) {
		show(throttle, &throttle->campaign, out);
		out->campaign = true;
		renew_minute(throttle, now_ms);
		return true;
	}
	while (throttle->head != NULL && throttle->head->ends_ms <= now_ms) {
		if (end_window(throttle, now_ms, out))
			return true;
	}
	return false;
}

bool
throttle_flush(struct throttle *throttle, struct throttle_summary *out)
{
	while (throttle->head != NULL) {
		if (throttle->head->held.count > 0)
			merge(throttle, throttle->head);
		forget(throttle, throttle->head);
	}
	if (throttle->campaign.count == 0)
		return false;
	show(throttle, &throttle->campaign, out);
	out->campaign = true;
	return true;
}

int64_t
throttle_next_ms(const struct throttle *throttle)
{
	int64_t next = INT64_MAX;

	if (throttle->campaign.count > 0)
		next = throttle->minute_ms + MINUTE_MS;
	if (throttle->head != NULL && throttle->head->ends_ms < next)
		next = throttle->head->ends_ms;
	return next;
}

struct throttle *
throttle_new(const struct throttle_options *options)
{
	struct throttle *throttle = calloc(1, sizeof(*throttle));

	if (throttle == NULL)
		return NULL;
	throttle->options = *options;
	throttle->minute_ms = -MINUTE_MS;
	throttle->pairs = map_new();
	if (throttle->pairs != NULL)
		return throttle;
	free(throttle);
	return NULL;
}

void
throttle_free(struct throttle *throttle)
{
	if (throttle == NULL)
		return;
	while (throttle->head != NULL)
		forget(throttle, throttle->head);
	tally_fini(throttle, &throttle->campaign);
	tally_fini(throttle, &throttle->shown);
	map_free(throttle->pairs, NULL);
	free(throttle);
}

void
throttle_change(
	struct throttle *throttle, const struct throttle_options *options)
{
	throttle->options = *options;
}
