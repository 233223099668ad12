/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What is asked for, and what expired. An ask names the event, not only the
 * queue id: which message it means cannot change while it waits. It is taken
 * back when it was done, or cannot be done, which is an event as well.
 */
#include "base/amount.h"
#include "base/clock.h"
#include "base/date.h"
#include "base/log.h"
#include "cli/held_tend_state.h"
#include "cli/held_untold.h"

#include <stdlib.h>

/* What fails is tried again for so long: somebody else may work on it. */
#define TRIES_MS ((int64_t)60 * 1000)
#define BY_EXPIRE "held.expire"

static int mark;

/* One that waits: texts of the daemon's answer. */
struct asked {
	struct slice id, event, act, by, why;
	int64_t until_ms;
};

static struct asked
asked_of(const struct json *ask)
{
	struct asked asked = {.id = json_text(ask, "id"),
		.event = json_text(ask, "event"),
		.act = json_text(ask, "act"),
		.by = json_text(ask, "by"),
		.why = json_text(ask, "why")};

	(void)date_parse_stamp(json_text(ask, "until"), &asked.until_ms);
	return asked;
}

/* An order's name among those that were done. */
static struct slice
name_of(const struct asked *asked, struct buf *room)
{
	buf_reset(room);
	buf_printf(room, "%.*s %.*s", SLICE_ARG(asked->event),
		SLICE_ARG(asked->act));
	return buf_slice(room);
}

/* From the store, so that nobody finds it again. What cannot be taken back now
 * is not done again all the same. */
static void
take_back(struct held_tender *tender, const struct asked *asked)
{
	struct buf path = {0}, name = {0};
	struct err err = {0};

	(void)map_put(tender->done, name_of(asked, &name), &mark, NULL);
	free(map_remove(tender->failing, buf_slice(&name)));
	buf_printf(&path, "/v1/held-done/%.*s?act=%.*s&event=%.*s",
		SLICE_ARG(asked->id), SLICE_ARG(asked->act),
		SLICE_ARG(asked->event));
	json_free(
		ask_json(tender->run->ask, ASK_POST, buf_slice(&path).p, &err));
	buf_fini(&path);
	buf_fini(&name);
}

static void
fail(struct held_tender *tender, const struct asked *asked, const char *why_not)
{
	const struct held_word word = {.id = asked->id.p,
		.action = asked->act.p,
		.by = asked->by.p != NULL ? asked->by.p : "",
		.why = asked->why.p,
		.failed = why_not,
		.event = asked->event};
	struct err err = {0};

	log_write(LOG_LEVEL_WARNING, "%.*s is not %.*sd, as %.*s asked: %s",
		SLICE_ARG(asked->id), SLICE_ARG(asked->act),
		SLICE_ARG(asked->by), why_not);
	if (held_tell(tender->run, &word, &err) || err.code != ERR_DOWN)
		take_back(tender, asked);
}

/* Is there still time to try again? */
static bool
may_try_again(struct held_tender *tender, const struct asked *asked)
{
	struct buf name = {0};
	int64_t now_ms = clock_monotonic_ms();
	int64_t *first = map_find(tender->failing, name_of(asked, &name));

	if (first == NULL) {
		first = malloc(sizeof(*first));
		if (first != NULL) {
			*first = now_ms;
			if (!map_put(tender->failing, buf_slice(&name), first,
				    NULL)) {
				free(first);
				first = NULL;
			}
		}
	}
	buf_fini(&name);
	return first != NULL && now_ms - *first < TRIES_MS;
}

static const struct held *
find_asked(const struct held_run *run, const struct asked *asked, bool *other)
{
	*other = false;
	for (size_t i = 0; i < run->list.count; i++) {
		const struct held *held = &run->list.at[i];

		if (!slice_equal(slice_of(held->id), asked->id))
			continue;
		if (slice_equal(held_join_id(held_join_find(run->join, held)),
			    asked->event))
			return held;
		*other = true;
	}
	return NULL;
}

static void
carry_out(struct held_tender *tender, struct held_acts *acts,
	const struct held *held, const struct asked *asked)
{
	const struct held_deed deed = {
		.act = slice_equal(asked->act, SLICE("delete")) ? HELD_DELETE
								: HELD_RELEASE,
		.by = asked->by.p != NULL ? asked->by.p : "",
		.why = asked->why.p};
	struct err err = {0};

	switch (held_acts_do(acts, held, &deed, &err)) {
	case HELD_NOT_DONE:
		if (!may_try_again(tender, asked))
			fail(tender, asked, err.text);
		return;
	case HELD_DONE_UNTOLD:
		log_write(LOG_LEVEL_WARNING,
			"%s is %sd, and no event tells so yet: %s", held->id,
			held_act_name(deed.act), err.text);
		break;
	case HELD_DONE:
		log_write(LOG_LEVEL_NOTICE, "%s is %sd, as %s asked", held->id,
			held_act_name(deed.act), deed.by);
		break;
	}
	take_back(tender, asked);
}

static bool
is_done(const struct held_tender *tender, const struct asked *asked)
{
	struct buf name = {0};
	bool done = map_find(tender->done, name_of(asked, &name)) != NULL ||
		held_join_is_over(tender->run->join, asked->event);

	buf_fini(&name);
	return done;
}

static void
obey(struct held_tender *tender, struct held_acts *acts,
	const struct asked *asked)
{
	const struct held *held;
	bool other;

	if (asked->id.p == NULL || asked->event.p == NULL ||
		asked->act.p == NULL)
		return;
	if (is_done(tender, asked)) {
		take_back(tender, asked);
		return;
	}
	held = find_asked(tender->run, asked, &other);
	if (tender->run->now_ms > asked->until_ms) {
		fail(tender, asked,
			"nobody was there to do it within an hour; it was not "
			"done afterwards, so ask again");
	} else if (held != NULL) {
		carry_out(tender, acts, held, asked);
	} else if (other) {
		fail(tender, asked,
			"what has that queue id now is another message, or "
			"somebody else's hold");
	} else {
		fail(tender, asked,
			"it is not held here any more: somebody let it go, or "
			"deleted it");
	}
}

static struct slice
event_of(const struct held_tender *tender, const struct held *held)
{
	return held_join_id(held_join_find(tender->run->join, held));
}

static bool
is_expired(const struct held_tender *tender, const struct held *held,
	struct slice event)
{
	if (tender->expire_ms == 0 || event.len == 0 ||
		tender->run->now_ms - held->at_ms < tender->expire_ms)
		return false;
	return tender->expiry != EXPIRY_ALERT ||
		(!held_join_is_told(tender->run->join, event) &&
			map_find(tender->told, event) == NULL);
}

static void
alert(struct held_tender *tender, const struct held *held, struct slice event,
	const char *why)
{
	const struct held_word word = {.id = held->id,
		.action = "expire",
		.by = BY_EXPIRE,
		.why = why,
		.event = event};
	struct err err = {0};

	if (held_tell(tender->run, &word, &err))
		(void)map_put(tender->told, event, &mark, NULL);
}

static void
expire(struct held_tender *tender, struct held_acts *acts,
	const struct held *held, const char *why)
{
	const struct held_deed deed = {.act = tender->expiry == EXPIRY_DELETE
			? HELD_DELETE
			: HELD_RELEASE,
		.by = BY_EXPIRE,
		.why = why};
	struct err err = {0};

	struct slice event = event_of(tender, held);

	if (held_acts_do(acts, held, &deed, &err) != HELD_NOT_DONE) {
		log_write(LOG_LEVEL_NOTICE, "%s has expired, and is %sd",
			held->id, held_act_name(deed.act));
	} else if (map_find(tender->told, event) == NULL) {
		log_write(LOG_LEVEL_WARNING,
			"%s has expired, and is not %sd: %s", held->id,
			held_act_name(deed.act), err.text);
		(void)map_put(tender->told, event, &mark, NULL);
	}
}

bool
held_tend_has_work(struct held_tender *tender)
{
	const struct held_list *list = &tender->run->list;

	if (json_count(tender->asks) > 0 ||
		held_untold_is_any(tender->run->options->state))
		return true;
	for (size_t i = 0; tender->expire_ms > 0 && i < list->count; i++) {
		const struct held *held = &list->at[i];

		if (is_expired(tender, held, event_of(tender, held)))
			return true;
	}
	return false;
}

/* One that was let go just now is still in the list. */
static bool
was_done(const struct held_tender *tender, struct slice event)
{
	static const char *const acts[] = {"release", "delete"};
	struct buf name = {0};
	bool was = false;

	for (size_t i = 0; i < sizeof(acts) / sizeof(*acts); i++) {
		const struct asked asked = {
			.event = event, .act = slice_of(acts[i])};

		was |= map_find(tender->done, name_of(&asked, &name)) != NULL;
	}
	buf_fini(&name);
	return was;
}

static void
expire_all(struct held_tender *tender, struct held_acts *acts)
{
	const struct held_list *list = &tender->run->list;
	struct buf why = {0};

	buf_puts(&why, "it is held for longer than ");
	amount_duration_print(tender->expire_ms, &why);
	for (size_t i = 0; buf_ok(&why) && i < list->count; i++) {
		const struct held *held = &list->at[i];
		struct slice event = event_of(tender, held);

		if (!is_expired(tender, held, event) || was_done(tender, event))
			continue;
		if (tender->expiry == EXPIRY_ALERT) {
			alert(tender, held, event, why.p);
		} else {
			expire(tender, acts, held, why.p);
		}
	}
	buf_fini(&why);
}

void
held_tend_work(struct held_tender *tender)
{
	struct err err = {0};
	struct held_acts *acts = held_acts_begin(tender->run, &err);

	if (acts == NULL) {
		if (!tender->stuck) {
			log_write(LOG_LEVEL_WARNING, "nothing is done: %s",
				err.text);
		}
		tender->stuck = true;
		return;
	}
	tender->stuck = false;
	for (size_t i = 0; i < json_count(tender->asks); i++) {
		struct asked asked = asked_of(json_at(tender->asks, i));

		obey(tender, acts, &asked);
	}
	expire_all(tender, acts);
	held_acts_end(acts);
}
