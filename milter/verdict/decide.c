/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What is done is the strongest action of the policies that matched, and of
 * those whose answer is not known; in observe mode nothing is.
 *
 * An operator's containment is above all of that: what it names is held, in
 * observe mode and past the ceiling, too, for it is his own word and newer. A
 * message that was let go before stays let go, or what he releases would come
 * back to him.
 */
#include "verdict/decide.h"

#include "base/digest.h"
#include "verdict/contained.h"

#define ID_BYTES 8

static const struct flow *
strongest_forward(const struct verdict *v)
{
	const struct flow *best = NULL;

	for (size_t i = 0; i < v->flow_count; i++) {
		const struct flow *flow = &v->flows[i];

		if (flow->kind != KIND_NONE &&
			(best == NULL || flow->confidence > best->confidence))
			best = flow;
	}
	return best;
}

/* Excuses of the operator's own making are counted, and no more: a list of
 * 10,000 members must not fill the stream. */
static const struct flow *
find_excused(const struct verdict *v)
{
	const struct flow *best = NULL;

	for (size_t i = 0; i < v->flow_count; i++) {
		const struct flow *flow = &v->flows[i];

		if (flow_is_excused(flow) &&
			(best == NULL ||
				flow->would_confidence >
					best->would_confidence))
			best = flow;
	}
	return best;
}

/* What could not be looked at may have been a forward, if anything can leave
 * with this message at all. */
static bool
is_unseen(const struct message *message, unsigned gaps)
{
	const unsigned room =
		GAP_FIELDS | GAP_BYTES | GAP_RECIPIENTS | GAP_ADDRESSES;

	return (gaps & room) != 0 && message->client_ours &&
		(message->rcpt_external > 0 || (gaps & GAP_RECIPIENTS) != 0);
}

static void
raise(struct verdict *v, enum action action)
{
	if (action > v->would)
		v->would = action;
}

static void
hold_contained(struct verdict *v)
{
	if (v->would < ACTION_QUARANTINE)
		v->flow = v->contained.flow;
	raise(v, ACTION_QUARANTINE);
	if (v->action < ACTION_QUARANTINE)
		v->action = ACTION_QUARANTINE;
}

static struct slice
event_id(const struct verdict *v)
{
	const struct message *message = v->message;
	struct slice parts[] = {
		{0}, message->queue_id, {0}, v->options->id_key};

	parts[0] = (struct slice){
		(const char *)&message->at_ms, sizeof(message->at_ms)};
	if (message->rcpt_count > 0)
		parts[2] = verdict_identity(v, 0);
	return digest_text(message->arena, parts,
		sizeof(parts) / sizeof(parts[0]), ID_BYTES);
}

void
decide(struct verdict *v, struct slice writer)
{
	const struct respond *respond = &v->options->respond;

	v->excused = find_excused(v);
	v->unseen = is_unseen(v->message, v->gaps);
	if (v->matched_count > 0) {
		v->would = v->matched[0].action;
		v->flow = v->matched[0].flow;
	} else {
		v->flow = strongest_forward(v);
		if (v->flow == NULL)
			v->flow = v->excused;
	}
	if (v->allowed != NULL)
		raise(v, ACTION_LOG);
	if (v->unseen)
		raise(v, respond_to_unseen(respond));
	if (v->unknown_count > 0) {
		v->flow = v->flow != NULL ? v->flow : v->unknown[0].flow;
		raise(v, v->unknown[0].action);
	}
	v->forged = v->message->tag_count > VERDICT_TAGS_MAX;
	if (v->forged)
		raise(v, ACTION_REJECT);
	v->action = v->would;
	if (respond->mode == MODE_OBSERVE && v->action > ACTION_LOG)
		v->action = ACTION_LOG;
	if (!v->again && !v->logged && contained_find(v, writer, &v->contained))
		hold_contained(v);
	if (!v->again &&
		(v->would != ACTION_NONE || v->flow != NULL || v->unseen ||
			v->unknown_count > 0))
		v->id = event_id(v);
}
