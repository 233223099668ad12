/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The judge. One message is one judgement: recollect (one round trip, only if
 * some recipient is external), infer, run the policies, note what they count
 * (a second one, only if some policy counts this message), decide.
 *
 * The verdict is the strongest action of the policies that matched. Two
 * things weaken a policy beside its status and the ceiling: a bounce or an
 * automatic answer is never stopped where it is only inferred that it is
 * forwarded, unless the policy names such mail itself (losing a bounce is
 * losing mail; but a null sender is one word, and anybody's to write), and in
 * observe mode nothing is done but looking.
 *
 * What an operator allows, no policy is asked of, as if a filter on all of them
 * named it. An explanation is of the policies, and asks them.
 *
 * An operator's containment is above all of that: what it names is held, in
 * observe mode and past the ceiling, too, for it is his own word and newer. A
 * message that was let go before stays let go, or what he releases would come
 * back to him.
 */
#include "verdict/judge.h"

#include "base/clock.h"
#include "base/digest.h"
#include "forward/hear.h"
#include "verdict/allowed.h"
#include "verdict/contained.h"
#include "verdict/fields.h"
#include "verdict/recollect.h"
#include "verdict/service.h"
#include "verdict/ticket.h"

#include <stdlib.h>

#define ID_BYTES 8

struct judgement {
	const struct judge_options *options;
	const struct message *message;
	struct waiting waiting;
	struct recollection known;
	struct sigma_run *run;
	struct keyword_memo *memo;
	const struct flow **heard; /* the flow of each sigma_run_flow() */
	size_t heard_count;
	struct verdict *verdict;
	struct slice writer; /* as contained_writer() */
};

static void
ask_store(struct judgement *h, const struct context *context)
{
	const struct sigma_program *program = h->options->program;
	enum ticket ticket;
	struct recollect_wish wish = {
		.trace_members = h->options->trace_members,
		.peers = program != NULL && sigma_program_reads_store(program),
	};

	recollect(&h->waiting, &wish, context, &h->known);
	h->verdict->facts = h->known.facts;
	h->verdict->fact_count = h->known.fact_count;
	if (h->known.remembered.down)
		return;
	ticket = ticket_check(h->message, &context->custody, h->known.ticket,
		h->known.ticket_count);
	h->verdict->again = ticket == TICKET_GOOD;
	h->verdict->misfit = ticket == TICKET_FORGED;
	if (h->verdict->misfit) {
		h->known.remembered.forged_tag =
			message_first(h->message, NAME_X_FORWARDEN);
	}
}

static void
infer(struct judgement *h)
{
	struct verdict *v = h->verdict;
	struct context context;

	infer_begin(&context, h->message);
	if (context.leaves)
		ask_store(h, &context);
	if (context.leaves && context.bare.len > 0)
		v->login = hear_login(&context, &h->known.remembered);
	if (context.leaves)
		h->writer = contained_writer(&context, &h->known.remembered);
	v->flows = infer_flows(&context, &h->known.remembered);
	if (v->flows != NULL) {
		v->flow_count = h->message->rcpt_count;
	} else {
		v->gaps |= GAP_BYTES;
	}
}

/* Does any policy look at such a flow? */
static bool
is_wanted(const struct judgement *h, const struct flow *flow)
{
	unsigned wanted = sigma_program_services(h->options->program);

	if (h->options->explain)
		return true;
	if (h->verdict->logged)
		return (wanted & SERVICE_LOG) != 0;
	return (wanted & (service_of(flow) | SIGMA_SERVICE_ANY)) != 0;
}

static void
hear_flow(struct judgement *h, const struct flow *flow)
{
	struct arena *arena = h->message->arena;
	struct fields_source *source = arena_alloc(arena, sizeof(*source));
	struct sigma_record record;

	if (source == NULL) {
		h->verdict->gaps |= GAP_BYTES;
		return;
	}
	*source = (struct fields_source){
		.at_ms = h->message->at_ms,
		.message = h->verdict->logged ? NULL : h->message,
		.flow = flow,
		.facts = recollect_facts(
			h->known.facts, h->known.fact_count, flow),
		.store = h->verdict->store,
		.keywords = h->options->keywords,
		.memo = h->memo,
	};
	record = fields_record(source);
	record.services = h->verdict->logged ? SERVICE_LOG : service_of(flow);
	record.only_named = h->verdict->logged;
	if (sigma_run_flow(h->run, &record,
		    verdict_identity(
			    h->verdict, (size_t)(flow - h->verdict->flows)))) {
		h->heard[h->heard_count++] = flow;
	} else {
		h->verdict->gaps |= GAP_BYTES;
	}
}

static bool
begin_run(struct judgement *h)
{
	struct arena *arena = h->message->arena;
	struct fields_source *source = arena_alloc(arena, sizeof(*source));
	struct sigma_record record;

	h->heard = arena_array(
		arena, h->verdict->flow_count, sizeof(struct flow *));
	h->memo = arena_alloc(arena, sizeof(*h->memo));
	if (source == NULL || h->heard == NULL || h->memo == NULL)
		return false;
	*source = (struct fields_source){.at_ms = h->message->at_ms,
		.message = h->verdict->logged ? NULL : h->message,
		.keywords = h->options->keywords,
		.memo = h->memo};
	record = fields_record(source);
	record.services = SERVICE_MESSAGE;
	h->run = sigma_run_new(h->options->program, arena, &record);
	return h->run != NULL;
}

static bool
is_allowed(struct judgement *h, const struct flow *flow)
{
	struct verdict *v = h->verdict;
	struct store_containment word;

	if (h->options->explain || v->store == NULL || v->misfit ||
		!allowed_find(v->store, h->message->arena, flow, &word))
		return false;
	if (v->allowed == NULL && flow_is_forward(flow)) {
		v->allowed = flow;
		v->allowed_by = word;
	}
	return true;
}

static void
hear(struct judgement *h)
{
	for (size_t i = 0; i < h->verdict->flow_count; i++) {
		const struct flow *flow = &h->verdict->flows[i];

		if (!is_wanted(h, flow) || is_allowed(h, flow))
			continue;
		if (h->run == NULL && !begin_run(h)) {
			h->verdict->gaps |= GAP_BYTES;
			return;
		}
		hear_flow(h, flow);
	}
}

/* Only a message with a flow to the outside may wait: the notes of any
 * other are told, and its correlations stay undecided. */
static void
count_notes(struct judgement *h)
{
	struct store_batch batch = {.arena = h->message->arena};
	struct note *notes = sigma_run_notes(h->run, &batch.count);

	if (batch.count == 0 || h->waiting.store == NULL)
		return;
	batch.ops = arena_array(batch.arena, batch.count, sizeof(*batch.ops));
	if (batch.ops == NULL) {
		h->verdict->gaps |= GAP_BYTES;
		return;
	}
	for (size_t i = 0; i < batch.count; i++)
		batch.ops[i] =
			(struct store_op){.verb = STORE_NOTE, .note = notes[i]};
	if (h->message->rcpt_external == 0) {
		store_tell(h->waiting.store, &batch);
		return;
	}
	if (!waiting_ask(&h->waiting, &batch))
		return;
	for (size_t i = 0; i < batch.count; i++)
		note_take_answers(&notes[i], &batch.ops[i].note);
}

/* Does the policy itself speak of mail that no person sent? */
static bool
names_such_mail(const struct judgement *h, const struct sigma_rule *rule)
{
	static const char *const fields[] = {"message.bounce",
		"message.auto_reply", "smtp.mail_from.address",
		"smtp.mail_from.local", "smtp.mail_from.domain"};

	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
		if (sigma_rule_reads(h->options->program, rule,
			    fields_find(slice_of(fields[i]))))
			return true;
	}
	return false;
}

static enum action
action_of(const struct judgement *h, const struct sigma_rule *rule,
	const struct flow *flow)
{
	enum action action = respond_to(&h->options->respond, rule);

	if (h->verdict->logged && action > ACTION_LOG)
		return ACTION_LOG;
	bool nobodys = h->message->null_sender || h->message->auto_reply;

	if (action > ACTION_TAG && nobodys && !flow->told &&
		!names_such_mail(h, rule))
		return ACTION_TAG;
	return action;
}

static int
stronger_first(const void *a, const void *b)
{
	const struct matched *one = a, *two = b;

	if (one->action != two->action)
		return one->action > two->action ? -1 : 1;
	if (one->rule->level != two->rule->level)
		return one->rule->level > two->rule->level ? -1 : 1;
	if (one->rule != two->rule) {
		return slice_compare(
			verdict_policy(one->rule), verdict_policy(two->rule));
	}
	if (one->count != two->count)
		return one->count > two->count ? -1 : 1;
	return one->flow < two->flow ? -1 : one->flow > two->flow;
}

static void
collect_hits(struct judgement *h)
{
	size_t count;
	const struct sigma_hit *hits = sigma_run_finish(h->run, &count);
	struct matched *matched;

	matched = arena_array(h->message->arena, count, sizeof(*matched));
	if (matched == NULL) {
		h->verdict->gaps |= count > 0 ? GAP_BYTES : 0;
		return;
	}
	for (size_t i = 0; i < count; i++) {
		matched[i] = (struct matched){
			.rule = hits[i].rule,
			.flow = h->heard[hits[i].flow],
			.action = action_of(
				h, hits[i].rule, h->heard[hits[i].flow]),
			.edge = hits[i].edge,
			.count = hits[i].count,
			.group = hits[i].group,
			.item = hits[i].item,
		};
	}
	qsort(matched, count, sizeof(*matched), stronger_first);
	h->verdict->matched = matched;
	h->verdict->matched_count = count;
}

/* A rule that only feeds correlations asks for nothing by itself. */
static enum action
action_of_unknown(const struct judgement *h, const struct sigma_rule *rule)
{
	return rule->silent ? ACTION_NONE
			    : respond_to_unknown(&h->options->respond, rule);
}

static void
collect_unknown(struct judgement *h)
{
	size_t count;
	const struct sigma_hit *hits = sigma_run_unknown(h->run, &count);
	struct matched *unknown =
		arena_array(h->message->arena, count, sizeof(*unknown));

	if (sigma_run_gave_up(h->run))
		h->verdict->gaps |= GAP_REGEX;
	if (unknown == NULL || hits == NULL)
		return;
	for (size_t i = 0; i < count; i++) {
		unknown[i] = (struct matched){
			.rule = hits[i].rule,
			.flow = h->heard[hits[i].flow],
			.action = action_of_unknown(h, hits[i].rule),
			.item = hits[i].item,
		};
	}
	qsort(unknown, count, sizeof(*unknown), stronger_first);
	h->verdict->unknown = unknown;
	h->verdict->unknown_count = count;
}

static void
run_policies(struct judgement *h)
{
	if (h->options->program == NULL || h->verdict->again)
		return;
	hear(h);
	if (h->run == NULL)
		return;
	count_notes(h);
	collect_hits(h);
	if (h->options->explain)
		h->verdict->run = h->run;
	h->verdict->ungrouped = sigma_run_ungrouped(h->run);
	collect_unknown(h);
	if (sigma_run_cut(h->run))
		h->verdict->gaps |= GAP_VALUE_CUT;
}

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
event_id(const struct judge_options *options, const struct verdict *v)
{
	const struct message *message = v->message;
	struct slice parts[] = {{0}, message->queue_id, {0}, options->id_key};

	parts[0] = (struct slice){
		(const char *)&message->at_ms, sizeof(message->at_ms)};
	if (message->rcpt_count > 0)
		parts[2] = verdict_identity(v, 0);
	return digest_text(message->arena, parts,
		sizeof(parts) / sizeof(parts[0]), ID_BYTES);
}

static void
decide(struct judgement *h)
{
	const struct respond *respond = &h->options->respond;
	struct verdict *v = h->verdict;

	v->gaps |= h->message->gaps | h->waiting.gaps;
	v->excused = find_excused(v);
	v->unseen = is_unseen(h->message, v->gaps);
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
	v->forged = h->message->tag_count > VERDICT_TAGS_MAX;
	if (v->forged)
		raise(v, ACTION_REJECT);
	v->action = v->would;
	if (respond->mode == MODE_OBSERVE && v->action > ACTION_LOG)
		v->action = ACTION_LOG;
	if (!v->again && !v->logged &&
		contained_find(v, h->writer, &v->contained))
		hold_contained(v);
	if (!v->again &&
		(v->would != ACTION_NONE || v->flow != NULL || v->unseen ||
			v->unknown_count > 0))
		v->id = event_id(h->options, v);
	v->store_us = h->waiting.spent_us;
	v->round_trips = h->waiting.round_trips;
}

static bool
begin(struct judgement *h)
{
	struct arena *arena = h->message->arena;

	h->verdict = arena_alloc(arena, sizeof(*h->verdict));
	if (h->verdict == NULL)
		return false;
	h->verdict->message = h->message;
	h->verdict->options = h->options;
	h->verdict->store = h->waiting.store;
	h->verdict->identities = arena_array(
		arena, h->message->rcpt_count, sizeof(struct slice));
	return true;
}

static void
ask_facts(struct judgement *h, const struct flow *flow)
{
	struct store_op *op = arena_alloc(h->message->arena, sizeof(*op));
	struct store_batch batch = {
		.ops = op, .count = 1, .arena = h->message->arena};

	if (op == NULL || flow->mailbox.text.len == 0)
		return;
	*op = (struct store_op){.verb = STORE_FACTS,
		.facts = {.mailbox = flow->mailbox.text,
			.destination = flow->rcpt->address.text}};
	if (!waiting_ask(&h->waiting, &batch))
		return;
	h->known.facts = op;
	h->known.fact_count = 1;
	h->verdict->facts = op;
	h->verdict->fact_count = 1;
}

const struct verdict *
judge_logged(const struct judge_options *options, struct store *store,
	const struct message *message, const struct logged *logged)
{
	struct judgement h = {
		.options = options,
		.message = message,
		.waiting = {.store = store,
			.budget_ms = options->store_budget_ms},
	};

	if (!begin(&h) || h.verdict->identities == NULL)
		return NULL;
	h.verdict->logged = true;
	h.verdict->flows = logged->flow;
	h.verdict->flow_count = 1;
	h.verdict->identities[0] = logged->identity;
	ask_facts(&h, logged->flow);
	run_policies(&h);
	decide(&h);
	return h.verdict;
}

const struct verdict *
judge(const struct judge_options *options, struct store *store,
	const struct message *message)
{
	static const struct verdict no_memory = {.gaps = GAP_BYTES};
	int64_t begun_us = clock_monotonic_us(), inferred_us;
	struct judgement h = {
		.options = options,
		.message = message,
		.waiting = {.store = store,
			.budget_ms = options->store_budget_ms},
	};

	if (!begin(&h))
		return &no_memory;
	infer(&h);
	inferred_us = clock_monotonic_us() - h.waiting.spent_us;
	run_policies(&h);
	decide(&h);
	h.verdict->total_us = clock_monotonic_us() - begun_us;
	h.verdict->policies_us = h.verdict->total_us - h.verdict->store_us -
		(inferred_us - begun_us);
	return h.verdict;
}
