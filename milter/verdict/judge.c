/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The judge. One message is one judgement: recollect (one round trip, only if
 * some recipient is external), infer, run the policies, note what they count
 * (a second one, only if some policy counts this message), decide.
 *
 * The second one is mostly spared. This machine knows, or thinks it knows, what
 * the store will answer; so the message is judged by that first, and what comes
 * to be counted is asked along with the questions. Where it was otherwise
 * nothing is counted, and the message is judged again, by the answers.
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
 */
#include "verdict/judge.h"

#include "base/clock.h"
#include "forward/hear.h"
#include "verdict/allowed.h"
#include "verdict/contained.h"
#include "verdict/decide.h"
#include "verdict/fields.h"
#include "verdict/recollect.h"
#include "verdict/service.h"
#include "verdict/ticket.h"

#include <stdlib.h>

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
	const struct sigma_run *before; /* that was for nothing; or NULL */
	bool counted; /* the notes are, in the first round trip */
};

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
	h->heard_count = 0;
	h->run = sigma_run_new(h->options->program, arena, &record);
	if (h->run != NULL && h->before != NULL)
		sigma_run_again(h->run, h->before);
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

static void
hear_flows(struct judgement *h, const struct flow *flows)
{
	struct verdict *v = h->verdict;
	int64_t begun_us = clock_monotonic_us();

	v->flows = flows;
	if (flows != NULL) {
		v->flow_count = h->message->rcpt_count;
	} else {
		v->gaps |= GAP_BYTES;
	}
	if (h->options->program != NULL && !v->again)
		hear(h);
	v->policies_us += clock_monotonic_us() - begun_us;
}

static void
check_ticket(struct judgement *h, const struct context *context)
{
	enum ticket ticket;

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

/* From what is known of a message that leaves to its flows, and what the
 * policies say of them. */
static void
conclude(struct judgement *h, const struct context *context)
{
	struct verdict *v = h->verdict;

	v->facts = h->known.facts;
	v->fact_count = h->known.fact_count;
	check_ticket(h, context);
	if (context->bare.len > 0)
		v->login = hear_login(context, &h->known.remembered);
	h->writer = contained_writer(context, &h->known.remembered);
	hear_flows(h, infer_flows(context, &h->known.remembered));
}

static struct note *
notes_of(struct judgement *h, size_t *count)
{
	*count = 0;
	return h->run != NULL ? sigma_run_notes(h->run, count) : NULL;
}

/* Those of this run are those of the one before it, which are answered. */
static bool
take_notes(
	struct judgement *h, const struct note *answered, size_t answered_count)
{
	size_t count;
	struct note *notes = notes_of(h, &count);

	if (count != answered_count)
		return false;
	for (size_t i = 0; i < count; i++) {
		if (!note_is_same(&notes[i], &answered[i]))
			return false;
	}
	for (size_t i = 0; i < count; i++)
		note_take_answers(&notes[i], &answered[i]);
	return true;
}

static void
ask_store(struct judgement *h, const struct context *context)
{
	struct verdict blank = *h->verdict;
	enum recollected result;
	struct note *notes;
	size_t count;

	if (recollect_foresee(&h->waiting, context, &h->known))
		conclude(h, context);
	notes = notes_of(h, &count);
	result = recollect_ask(&h->waiting, context, &h->known, notes, count);
	h->counted = result != RECOLLECTED_ANEW;
	if (result == RECOLLECTED_ALIKE)
		return;
	blank.policies_us = h->verdict->policies_us;
	*h->verdict = blank;
	h->before = h->run;
	h->run = NULL;
	conclude(h, context);
	h->counted = h->counted && take_notes(h, notes, count);
}

static void
learn(struct judgement *h)
{
	const struct sigma_program *program = h->options->program;
	struct recollect_wish wish = {
		.trace_members = h->options->trace_members,
		.peers = program != NULL && sigma_program_reads_store(program),
		.exact =
			program != NULL && sigma_program_counts_moving(program),
	};
	struct context context;

	infer_begin(&context, h->message);
	if (!context.leaves) {
		hear_flows(h, infer_flows(&context, &h->known.remembered));
	} else if (recollect_begin(&h->waiting, &wish, &context, &h->known)) {
		ask_store(h, &context);
	} else {
		conclude(h, &context);
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
finish_run(struct judgement *h)
{
	int64_t begun_us = clock_monotonic_us();

	collect_hits(h);
	if (h->options->explain)
		h->verdict->run = h->run;
	h->verdict->ungrouped = sigma_run_ungrouped(h->run);
	collect_unknown(h);
	if (sigma_run_cut(h->run))
		h->verdict->gaps |= GAP_VALUE_CUT;
	h->verdict->policies_us += clock_monotonic_us() - begun_us;
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

static void
end(struct judgement *h)
{
	struct verdict *v = h->verdict;

	if (h->run != NULL && !h->counted)
		count_notes(h);
	if (h->run != NULL)
		finish_run(h);
	v->gaps |= h->message->gaps | h->waiting.gaps;
	v->store_us = h->waiting.spent_us;
	v->round_trips = h->waiting.round_trips;
	decide(v, h->writer);
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
	if (options->program != NULL)
		hear(&h);
	end(&h);
	return h.verdict;
}

const struct verdict *
judge(const struct judge_options *options, struct store *store,
	const struct message *message)
{
	static const struct verdict no_memory = {.gaps = GAP_BYTES};
	int64_t begun_us = clock_monotonic_us();
	struct judgement h = {
		.options = options,
		.message = message,
		.waiting = {.store = store,
			.budget_ms = options->store_budget_ms},
	};

	if (!begin(&h))
		return &no_memory;
	learn(&h);
	end(&h);
	h.verdict->total_us = clock_monotonic_us() - begun_us;
	return h.verdict;
}
