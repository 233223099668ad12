/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The event, field by field. ECS has names for the message, its client and
 * the rules; what only Forwarden knows is under "forwarden", and what policies
 * ask stands under the names that they use. Cuts: a value at
 * EVENT_VALUE_BYTES, a list at EVENT_LIST_MAX, so that the whole stays far
 * under EVENT_BYTES_MAX whatever a sender wrote; "cut" says of what.
 */
#include "verdict/event.h"

#include "base/date.h"
#include "base/json_writer.h"
#include "forward/evidence.h"
#include "forward/trace.h"
#include "verdict/contained.h"
#include "verdict/event_fields.h"
#include "verdict/event_value.h"
#include "verdict/service.h"
#include "verdict/words.h"

#define WORDS_BYTES 1024

struct event {
	const struct verdict *verdict;
	struct json_writer json;
	struct event_fields fields;
};

/* Whatever a sender wrote; an absent one is left out. */
static void
put_string(struct event *event, const char *key, struct slice text)
{
	(void)event_value_write(&event->json, key, text);
}

static void
note_cut(struct event *event, const char *name)
{
	event_fields_note_cut(&event->fields, slice_of(name));
}

/* An address as the store calls it: a hash, where addresses are private. */
static void
put_name(struct event *event, const char *key, struct slice text)
{
	const struct verdict *verdict = event->verdict;

	if (verdict->store != NULL && text.len > 0) {
		text = store_name(
			verdict->store, verdict->message->arena, text);
	}
	put_string(event, key, text);
}

static void
put_address(struct event *event, const char *key, struct slice text)
{
	if (text.len > 0)
		put_name(event, key, text);
}

static void
put_text(struct event *event, const char *key, struct slice text)
{
	if (text.len > 0)
		put_string(event, key, text);
}

static void
put_words(struct event *event, const char *key, const char *word)
{
	if (word != NULL && word[0] != '\0')
		json_writer_text(&event->json, key, slice_of(word));
}

static void
put_number(struct event *event, const char *key, long long number)
{
	json_writer_number(&event->json, key, number);
}

/* A list of one word. */
static void
put_one(struct event *event, const char *key, const char *word)
{
	json_writer_open_list(&event->json, key);
	put_words(event, NULL, word);
	json_writer_close_list(&event->json);
}

static void
put_rule(struct event *event, const struct matched *matched)
{
	const struct sigma_rule *rule = matched->rule;

	json_writer_open_map(&event->json, NULL);
	put_string(event, "name", verdict_policy(rule));
	put_text(event, "uuid", rule->id);
	put_text(event, "description", rule->title);
	put_words(event, "level", sigma_level_name(rule->level));
	put_words(event, "status", sigma_status_name(rule->status));
	put_words(event, "action", action_name(matched->action));
	put_text(event, "item", matched->item);
	if (matched->count > 0) {
		put_number(event, "count", (long long)matched->count);
		put_address(event, "group", matched->group);
		json_writer_bool(&event->json, "edge", matched->edge);
	}
	json_writer_close_map(&event->json);
}

static void
put_policy(struct event *event, const struct matched *matched)
{
	put_string(event, NULL, verdict_policy(matched->rule));
}

/* Those of which nobody knows, since a regex gave up; no list where there are
 * none. */
static void
put_unknown(struct event *event)
{
	const struct matched *unknown;
	size_t at = 0, count = 0;

	if (event->verdict->unknown_count == 0)
		return;
	json_writer_open_list(&event->json, "gave_up");
	while (count++ < EVENT_LIST_MAX &&
		(unknown = verdict_next_unknown(event->verdict, &at)) != NULL)
		put_policy(event, unknown);
	json_writer_close_list(&event->json);
}

/* One for each policy that matched. */
static void
put_matched(struct event *event, const char *key,
	void (*put)(struct event *, const struct matched *))
{
	const struct matched *matched;
	size_t at = 0, count = 0;

	json_writer_open_list(&event->json, key);
	while ((matched = verdict_next(event->verdict, &at)) != NULL) {
		if (count++ == EVENT_LIST_MAX) {
			note_cut(event, key);
			break;
		}
		put(event, matched);
	}
	json_writer_close_list(&event->json);
}

/* What does not count is for explain, not for every event. */
static bool
counts(const struct observation *seen)
{
	return seen->standing == STANDING_COUNTS ||
		seen->standing == STANDING_EXCUSED;
}

static void
put_evidence(struct event *event, const struct flow *flow)
{
	if (flow->seen_count > EVENT_LIST_MAX)
		note_cut(event, "forwarden.evidence");
	json_writer_open_list(&event->json, "evidence");
	for (size_t i = 0; i < flow->seen_count && i < EVENT_LIST_MAX; i++) {
		const struct observation *seen = &flow->seen[i];

		if (!counts(seen))
			continue;
		json_writer_open_map(&event->json, NULL);
		put_words(event, "name", evidence_row(seen->evidence)->name);
		put_words(event, "speaker", speaker_name(seen->speaker));
		put_address(event, "value", seen->value);
		put_address(event, "mailbox", seen->mailbox.text);
		json_writer_close_map(&event->json);
	}
	json_writer_close_list(&event->json);
}

/* No list where there are none. */
static void
put_exemptions(struct event *event, const char *key, unsigned bits)
{
	if (bits == 0)
		return;
	json_writer_open_list(&event->json, key);
	for (unsigned bit = 0; bit < EXEMPTION_COUNT; bit++) {
		if (bits & (1U << bit))
			put_words(event, NULL, flow_exemption_name(bit));
	}
	json_writer_close_list(&event->json);
}

/* What it would be but for its excuses. */
static void
put_excuses(struct event *event, const struct flow *flow)
{
	put_exemptions(event, "exempt", flow->exempt);
	if (flow->excused_by == 0)
		return;
	put_exemptions(event, "excused_by", flow->excused_by);
	put_exemptions(event, "unproven", flow->unproven);
	put_number(event, "would_confidence", flow->would_confidence);
}

static void
put_peer(struct event *event, const struct correspondence *peer)
{
	if (peer == NULL)
		return;
	json_writer_open_map(&event->json, "peer");
	json_writer_bool(&event->json, "silent", peer->silent);
	put_number(event, "prompt", peer->prompt);
	put_number(event, "pace", peer->pace);
	put_number(event, "sent", peer->sent);
	put_number(event, "got", peer->got);
	json_writer_close_map(&event->json);
}

static void
put_said(struct event *event, const struct flow *flow)
{
	struct buf words = {0}, visible = {0};

	if (words_write(event->verdict, flow, &words)) {
		buf_add_visible(
			&visible, slice_sub(buf_slice(&words), 0, WORDS_BYTES));
		json_writer_text(&event->json, "words", buf_slice(&visible));
	}
	buf_fini(&words);
	buf_fini(&visible);
}

/* What is said of a flow, into the map that is open. */
static void
put_flow(struct event *event, const struct flow *flow)
{
	put_address(event, "mailbox", flow->mailbox.text);
	put_address(event, "mailbox_original", flow->original.text);
	if (flow->mailbox.text.len > 0) {
		put_words(event, "confirmed",
			flow_confirmed_name(flow->confirmed));
	}
	if (flow->one_of > 0)
		put_number(event, "one_of", (long long)flow->one_of);
	put_address(event, "destination", flow->rcpt->address.text);
	put_address(event, "original", flow->rcpt->original.text);
	put_words(event, "kind", evidence_kind_name(flow->kind));
	put_words(event, "platform", flow->platform);
	put_number(event, "confidence", flow->confidence);
	put_evidence(event, flow);
	put_excuses(event, flow);
	if (flow->delay_ms >= 0)
		put_number(event, "delay_ms", flow->delay_ms);
	put_peer(event, flow->peer);
	put_said(event, flow);
}

static void
put_service(struct event *event, const struct flow *flow)
{
	unsigned services =
		event->verdict->logged ? SERVICE_LOG : service_of(flow);

	json_writer_open_list(&event->json, "service");
	for (unsigned bit = 0; service_names()[bit] != NULL; bit++) {
		if (services & (1U << bit))
			put_words(event, NULL, service_names()[bit]);
	}
	json_writer_close_list(&event->json);
}

static bool
is_matched(const struct verdict *verdict, const struct flow *flow)
{
	for (size_t i = 0; i < verdict->matched_count; i++) {
		if (verdict->matched[i].flow == flow)
			return true;
	}
	return false;
}

/* The one whose fields stand at the top: that which decided, or the first. */
static const struct flow *
first_flow(const struct verdict *verdict)
{
	return verdict->flow != NULL || verdict->flow_count == 0
		? verdict->flow
		: &verdict->flows[0];
}

static void
put_other_flow(struct event *event, const struct flow *flow)
{
	json_writer_open_map(&event->json, NULL);
	put_flow(event, flow);
	put_service(event, flow);
	if (event->verdict->options->told != TOLD_FEW) {
		json_writer_open_map(&event->json, "fields");
		event_fields_of_flow(&event->fields, flow);
		json_writer_close_map(&event->json);
	}
	json_writer_close_map(&event->json);
}

/* The flow that decided speaks at the top; the others follow in a list. */
static void
put_other_flows(struct event *event)
{
	const struct verdict *verdict = event->verdict;
	size_t count = 0;

	for (size_t i = 0; i < verdict->flow_count; i++) {
		const struct flow *flow = &verdict->flows[i];

		if (flow == first_flow(verdict) ||
			(flow->kind == KIND_NONE && !flow_is_excused(flow) &&
				!is_matched(verdict, flow)))
			continue;
		if (count == EVENT_LIST_MAX) {
			note_cut(event, "forwarden.flows");
			break;
		}
		if (count++ == 0)
			json_writer_open_list(&event->json, "flows");
		put_other_flow(event, flow);
	}
	if (count > 0)
		json_writer_close_list(&event->json);
}

static void
put_gaps(struct event *event, unsigned gaps)
{
	json_writer_open_list(&event->json, "gaps");
	for (unsigned bit = 0; bit < GAP_COUNT; bit++) {
		if (gaps & (1U << bit))
			put_words(event, NULL, message_gap_name(bit));
	}
	json_writer_close_list(&event->json);
}

/* What is not here as the policies saw it. */
static void
put_cut(struct event *event)
{
	const struct event_fields *fields = &event->fields;

	if (fields->hidden)
		json_writer_bool(&event->json, "private", true);
	if (fields->cut_count == 0)
		return;
	json_writer_open_list(&event->json, "cut");
	for (size_t i = 0; i < fields->cut_count; i++)
		put_string(event, NULL, fields->cut[i]);
	json_writer_close_list(&event->json);
}

/* What an operator contained; who, and why. */
static void
put_contained(struct event *event)
{
	const struct contained *contained = &event->verdict->contained;
	char until[DATE_TEXT_BYTES];

	if (contained->flow == NULL)
		return;
	date_print(contained->word.until_ms, until);
	put_address(event, "contained", contained->name);
	json_writer_open_map(&event->json, "containment");
	put_words(event, "what",
		contained_kind(contained->what, contained->name));
	put_text(event, "by", contained->word.by);
	put_text(event, "why", contained->word.why);
	put_words(event, "until", until);
	json_writer_close_map(&event->json);
}

/* Who let it go, and until when. */
static void
put_allowed(struct event *event)
{
	const struct verdict *verdict = event->verdict;
	char until[DATE_TEXT_BYTES];

	if (verdict->allowed == NULL)
		return;
	date_print(verdict->allowed_by.until_ms, until);
	json_writer_open_map(&event->json, "allowed");
	put_address(event, "mailbox", verdict->allowed->mailbox.text);
	put_address(event, "destination", verdict->allowed->rcpt->address.text);
	put_text(event, "by", verdict->allowed_by.by);
	put_text(event, "why", verdict->allowed_by.why);
	put_words(event, "until", until);
	json_writer_close_map(&event->json);
}

static void
put_forwarden(struct event *event, enum action taken)
{
	const struct verdict *verdict = event->verdict;

	json_writer_open_map(&event->json, "forwarden");
	if (verdict->logged)
		put_words(event, "source", "log");
	if (verdict->flow != NULL)
		put_flow(event, verdict->flow);
	if (first_flow(verdict) != NULL)
		put_service(event, first_flow(verdict));
	put_matched(event, "policies", put_policy);
	if (verdict->options->program != NULL) {
		put_words(event, "policy_set",
			sigma_program_digest(verdict->options->program));
	}
	put_words(event, "host", verdict->options->host);
	put_words(event, "action", action_name(taken));
	put_words(event, "would", action_name(verdict->would));
	put_words(event, "mode",
		respond_mode_name(verdict->options->respond.mode));
	put_contained(event);
	put_allowed(event);
	put_gaps(event, verdict->gaps);
	put_unknown(event);
	if (verdict->forged) {
		put_number(event, "forged_tags",
			(long long)verdict->message->tag_count);
	}
	put_number(event, "store_us", verdict->store_us);
	put_other_flows(event);
	put_cut(event);
	json_writer_close_map(&event->json);
}

/* "denied" when the message did not go on as it came, "allowed" else. */
static const char *
outcome(enum action taken)
{
	return taken >= ACTION_QUARANTINE ? "denied" : "allowed";
}

static void
put_event(struct event *event, enum action taken)
{
	bool alarm = event->verdict->matched_count > 0;

	json_writer_open_map(&event->json, "event");
	put_words(event, "kind", alarm ? "alert" : "event");
	put_one(event, "category", "email");
	put_one(event, "type", outcome(taken));
	put_words(event, "action", action_name(taken));
	put_words(event, "outcome", "success");
	put_words(event, "module", "forwarden");
	put_text(event, "id", event->verdict->id);
	json_writer_close_map(&event->json);
}

static void
put_threat(struct event *event)
{
	json_writer_open_map(&event->json, "threat");
	put_words(event, "framework", "MITRE ATT&CK");
	json_writer_open_map(&event->json, "technique");
	put_one(event, "id", "T1114");
	put_one(event, "name", "Email Collection");
	json_writer_open_map(&event->json, "subtechnique");
	put_one(event, "id", "T1114.003");
	put_one(event, "name", "Email Forwarding Rule");
	json_writer_close_map(&event->json);
	json_writer_close_map(&event->json);
	json_writer_close_map(&event->json);
}

/* All that a log tells of the message. */
static void
put_queue_id(struct event *event)
{
	json_writer_open_map(&event->json, "email");
	put_text(event, "local_id", event->verdict->message->queue_id);
	json_writer_close_map(&event->json);
}

static void
put_message(struct event *event, enum action taken)
{
	if (event->verdict->matched_count > 0)
		put_threat(event);
	if (event->verdict->logged)
		put_queue_id(event);
	event_fields_all(&event->fields, first_flow(event->verdict));
	put_matched(event, "rule", put_rule);
	put_forwarden(event, taken);
}

bool
event_write(const struct verdict *verdict, enum action taken, struct buf *out)
{
	struct event event = {.verdict = verdict, .json = {.out = out}};
	const struct message *message = verdict->message;
	char at[DATE_TEXT_BYTES];

	if (message != NULL &&
		!event_fields_begin(&event.fields, verdict, &event.json)) {
		event_fields_end(&event.fields);
		return false;
	}
	date_print(message != NULL ? message->at_ms : 0, at);
	json_writer_open_map(&event.json, NULL);
	put_words(&event, "@timestamp", at);
	put_event(&event, taken);
	if (message != NULL)
		put_message(&event, taken);
	json_writer_close_map(&event.json);
	event_fields_end(&event.fields);
	return buf_ok(out);
}
