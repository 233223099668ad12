/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Events are kept by queue id and, where they are about mail that was not to
 * leave, by Message-ID, the newest first. Of a Message-ID that everybody uses
 * the newest are looked at alone, so that nobody makes this slow.
 */
#include "logs/judged.h"

#include "base/arena.h"
#include "base/map.h"

#include <stdlib.h>

#define ARENA_BYTES ((size_t)512 << 20)
#define SLACK_MS ((int64_t)5000) /* logs tell whole seconds */
#define LIFE_MS ((int64_t)5 * 24 * 3600 * 1000) /* of a queue id, at most */
#define LOOKED_AT 64U /* of one queue id or Message-ID */

struct event {
	struct judged_event is;
	const struct event *before; /* of the same queue id */
	const struct event *like; /* of the same Message-ID */
};

struct left {
	struct left *next;
	struct judged_left is;
};

struct silent {
	struct silent *next;
	struct judged_silent is;
};

struct judged {
	struct arena *arena;
	bool has_listener;
	struct map *ids;
	struct hashes messages; /* of what was held or refused */
	uint64_t events, before, left_out;
	int64_t since_ms;
	struct left *left, **left_end;
	struct silent *silent, **silent_end;
	size_t left_count, silent_count;
};

struct judged *
judged_new(bool has_listener)
{
	struct judged *judged = calloc(1, sizeof(*judged));

	if (judged == NULL)
		return NULL;
	judged->has_listener = has_listener;
	judged->arena = arena_new(ARENA_BYTES);
	judged->ids = map_new();
	judged->left_end = &judged->left;
	judged->silent_end = &judged->silent;
	if (judged->arena != NULL && judged->ids != NULL)
		return judged;
	judged_free(judged);
	return NULL;
}

void
judged_free(struct judged *judged)
{
	if (judged == NULL)
		return;
	map_free(judged->ids, NULL);
	hashes_fini(&judged->messages);
	arena_free(judged->arena);
	free(judged);
}

static bool
is_stopped(const struct event *event)
{
	return event->is.act == JUDGED_HELD || event->is.act == JUDGED_REFUSED;
}

/* What it is to be found by later. */
static bool
put_message(struct judged *judged, struct event *event, uint64_t message)
{
	event->like = hashes_find(&judged->messages, message);
	if (event->like != NULL)
		hashes_remove(&judged->messages, message);
	return hashes_add(&judged->messages, message, event);
}

void
judged_set_since(struct judged *judged, int64_t at_ms)
{
	if (judged->since_ms == 0 || at_ms < judged->since_ms)
		judged->since_ms = at_ms;
}

/* A file has it, and the daemon too. */
static bool
is_there(const struct judged *judged, const struct judged_event *is)
{
	const struct event *event = map_find(judged->ids, is->queue_id);

	for (unsigned i = 0; event != NULL && i < LOOKED_AT; i++) {
		if (is->event_id.len > 0 &&
			slice_equal(event->is.event_id, is->event_id) &&
			slice_equal(event->is.destination, is->destination))
			return true;
		event = event->before;
	}
	return false;
}

bool
judged_add(
	struct judged *judged, const struct judged_event *is, uint64_t message)
{
	struct event *event;

	if (is_there(judged, is))
		return true;
	if (judged->events >= JUDGED_EVENTS_MOST) {
		judged->left_out++;
		return true;
	}
	event = arena_alloc(judged->arena, sizeof(*event));
	if (event == NULL)
		return false;
	*event = (struct event){.is = *is};
	event->is.queue_id = arena_copy(judged->arena, is->queue_id);
	event->is.destination = arena_copy(judged->arena, is->destination);
	event->is.event_id = arena_copy(judged->arena, is->event_id);
	event->is.policy = arena_copy(judged->arena, is->policy);
	event->is.message_id = (struct slice){0};
	event->before = map_find(judged->ids, event->is.queue_id);
	judged->events++;
	judged_set_since(judged, is->at_ms);
	if (!map_put(judged->ids, event->is.queue_id, event, NULL))
		return false;
	return !is_stopped(event) || is->message_id.len == 0 ||
		is->destination.len == 0 || put_message(judged, event, message);
}

static bool
lies_in(const struct event *event, const struct judged_span *span)
{
	int64_t begun_ms =
		span->begun_ms != 0 ? span->begun_ms : span->left_ms - LIFE_MS;

	return event->is.at_ms >= begun_ms - SLACK_MS &&
		event->is.at_ms <= span->left_ms + SLACK_MS;
}

/* The newest of a queue id in that time that is about such an act. */
static const struct event *
find_act(const struct judged *judged, const struct judged_span *span,
	enum judged_act act)
{
	const struct event *event = map_find(judged->ids, slice_of(span->id));

	for (unsigned i = 0; event != NULL && i < LOOKED_AT; i++) {
		if (event->is.act == act && lies_in(event, span))
			return event;
		event = event->before;
	}
	return NULL;
}

/* Was it released by us after it was held? */
static bool
is_released(const struct judged *judged, const struct event *held,
	struct slice id, int64_t left_ms)
{
	const struct event *event = map_find(judged->ids, id);

	for (unsigned i = 0; event != NULL && i < LOOKED_AT; i++) {
		if (event->is.act == JUDGED_RELEASED &&
			event->is.at_ms >= held->is.at_ms &&
			event->is.at_ms <= left_ms + SLACK_MS)
			return true;
		event = event->before;
	}
	return false;
}

static const char *
keep_text(struct judged *judged, const char *text)
{
	struct slice copy = arena_copy(judged->arena, slice_of(text));

	return copy.p != NULL ? copy.p : "";
}

static bool
keep_left(struct judged *judged, const struct passed_mail *mail,
	enum judged_how how, const struct event *event)
{
	struct left *left;

	if (judged->left_count >= JUDGED_SHOWN_MOST) {
		judged->left_out++;
		return true;
	}
	left = arena_alloc(judged->arena, sizeof(*left));
	if (left == NULL)
		return false;
	*left = (struct left){
		.is = {.mail = *mail,
			.how = how,
			.refused = event->is.act == JUDGED_REFUSED,
			.event_ms = event->is.at_ms}};
	left->is.event_id =
		event->is.event_id.len > 0 ? event->is.event_id.p : "";
	left->is.policy = event->is.policy.len > 0 ? event->is.policy.p : "";
	left->is.mail.id = keep_text(judged, mail->id);
	left->is.mail.sender = keep_text(judged, mail->sender);
	left->is.mail.recipient = keep_text(judged, mail->recipient);
	left->is.mail.relay = keep_text(judged, mail->relay);
	left->is.mail.program = keep_text(judged, mail->program);
	*judged->left_end = left;
	judged->left_end = &left->next;
	judged->left_count++;
	return true;
}

/* The same message, to the same destination, was held or refused before. */
static const struct event *
find_like(const struct judged *judged, const struct passed_mail *mail,
	uint64_t message)
{
	const struct event *event =
		message != 0 ? hashes_find(&judged->messages, message) : NULL;

	for (unsigned i = 0; event != NULL && i < LOOKED_AT; i++) {
		if (event->is.at_ms <= mail->at_ms + SLACK_MS &&
			slice_equal_fold(event->is.destination,
				slice_of(mail->recipient)) &&
			!is_released(
				judged, event, event->is.queue_id, mail->at_ms))
			return event;
		event = event->like;
	}
	return NULL;
}

static bool
leave_again(struct judged *judged, const struct passed_mail *mail, bool seen,
	uint64_t message)
{
	const struct event *event = find_like(judged, mail, message);

	if (event == NULL)
		return true;
	return keep_left(judged, mail,
		!judged->has_listener ? JUDGED_OTHER
			: seen        ? JUDGED_AGAIN
				      : JUDGED_PAST,
		event);
}

bool
judged_leave(struct judged *judged, const struct passed_mail *mail,
	const struct judged_span *spans, size_t count, uint64_t message)
{
	bool told = false;

	for (size_t i = 0; i < count; i++) {
		const struct judged_span *span = &spans[i];
		const struct event *held = find_act(judged, span, JUDGED_HELD),
				   *refused = find_act(
					   judged, span, JUDGED_REFUSED);

		if (refused != NULL)
			return keep_left(judged, mail, JUDGED_TAKEN, refused);
		if (held != NULL)
			return is_released(judged, held, slice_of(span->id),
				       mail->at_ms) ||
				keep_left(judged, mail,
					mail->held ? JUDGED_LET_GO
						   : JUDGED_NOT_HELD,
					held);
		told |= find_act(judged, span, JUDGED_TOLD) != NULL;
	}
	/* Judged anew, and let go. */
	return told || leave_again(judged, mail, mail->seen, message);
}

static bool
keep_silent(struct judged *judged, const struct found_flow *flow, bool by_log)
{
	struct silent *silent;

	if (judged->silent_count >= JUDGED_SHOWN_MOST) {
		judged->left_out++;
		return true;
	}
	silent = arena_alloc(judged->arena, sizeof(*silent));
	if (silent == NULL)
		return false;
	*silent = (struct silent){.is = {.id = keep_text(judged, flow->id),
					  .at_ms = flow->at_ms,
					  .seen = flow->seen,
					  .by_log = by_log}};
	silent->is.mailbox = flow->mailbox.len > 0
		? arena_copy(judged->arena, flow->mailbox).p
		: "";
	silent->is.destination = arena_copy(judged->arena, flow->destination).p;
	if (silent->is.mailbox == NULL || silent->is.destination == NULL)
		return false;
	*judged->silent_end = silent;
	judged->silent_end = &silent->next;
	judged->silent_count++;
	return true;
}

bool
judged_forward(struct judged *judged, const struct found_flow *flow,
	const struct judged_span *spans, size_t count)
{
	static const enum judged_act seen[] = {
		JUDGED_TOLD, JUDGED_HELD, JUDGED_REFUSED};
	bool by_log = false;

	for (size_t i = 0; i < count; i++) {
		for (size_t k = 0; k < sizeof(seen) / sizeof(*seen); k++) {
			if (find_act(judged, &spans[i], seen[k]) != NULL)
				return true;
		}
		by_log |= find_act(judged, &spans[i], JUDGED_BY_LOG) != NULL;
	}
	if (!by_log &&
		(judged->since_ms == 0 || flow->at_ms < judged->since_ms)) {
		judged->before++;
		return true;
	}
	return keep_silent(judged, flow, by_log);
}

uint64_t
judged_events(const struct judged *judged)
{
	return judged->events;
}

int64_t
judged_since_ms(const struct judged *judged)
{
	return judged->since_ms;
}

uint64_t
judged_before(const struct judged *judged)
{
	return judged->before;
}

uint64_t
judged_left_out(const struct judged *judged)
{
	return judged->left_out;
}

void
judged_each_left(const struct judged *judged,
	void (*visit)(void *, const struct judged_left *), void *ctx)
{
	for (const struct left *left = judged->left; left != NULL;
		left = left->next)
		visit(ctx, &left->is);
}

void
judged_each_silent(struct judged *judged, const struct ours *ours,
	void (*visit)(void *, struct judged_silent *), void *ctx)
{
	for (struct silent *silent = judged->silent; silent != NULL;
		silent = silent->next) {
		const struct judged_silent *is = &silent->is;

		if (!ours_has(ours, slice_of(is->destination)) &&
			(is->mailbox[0] == '\0' ||
				ours_has(ours, slice_of(is->mailbox))))
			visit(ctx, &silent->is);
	}
}
