/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The event, field by field. ECS has names for the message, its client and
 * the rules; what only Forwarden knows is under "forwarden". Cuts: a value at
 * VALUE_BYTES, a list at LIST_MAX, so that the whole stays far under
 * EVENT_BYTES_MAX whatever a sender wrote.
 */
#include "verdict/event.h"

#include "base/date.h"
#include "forward/evidence.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#define VALUE_BYTES 256
#define LIST_MAX 16

/* Steals value; a failed one is left out. */
static void
put(json_t *object, const char *key, json_t *value)
{
	json_object_set_new(object, key, value);
}

static json_t *
visible(struct slice text)
{
	struct buf buf = {0};
	json_t *value;

	buf_add_visible(&buf, text);
	value = json_stringn(buf.p, buf.len);
	buf_fini(&buf);
	return value;
}

/* Cut between characters of UTF-8. */
static struct slice
cut(struct slice text)
{
	size_t len = VALUE_BYTES;

	if (text.len <= VALUE_BYTES)
		return text;
	while (len > VALUE_BYTES - 4 &&
		((unsigned char)text.p[len] & 0xc0) == 0x80)
		len--;
	return slice_sub(text, 0, len);
}

static json_t *
string(struct slice text)
{
	text = cut(text);
	/* jansson writes DEL as it is. */
	if (slice_is_utf8(text) && slice_find_byte(text, 0x7f, 0) == SLICE_NONE)
		return json_stringn(text.p, text.len);
	return visible(text);
}

/* An address as the store calls it: a hash, where addresses are private. */
static json_t *
address(const struct verdict *verdict, struct slice text)
{
	if (verdict->store != NULL && text.len > 0) {
		text = store_name(
			verdict->store, verdict->message->arena, text);
	}
	return string(text);
}

static void
put_address(const struct verdict *verdict, json_t *object, const char *key,
	struct slice text)
{
	if (text.len > 0)
		put(object, key, address(verdict, text));
}

static void
put_text(json_t *object, const char *key, struct slice text)
{
	if (text.len > 0)
		put(object, key, string(text));
}

static void
put_words(json_t *object, const char *key, const char *word)
{
	if (word != NULL && word[0] != '\0')
		put(object, key, json_string(word));
}

static void
put_addresses(const struct verdict *verdict, json_t *email, const char *key,
	struct addresses from)
{
	json_t *list = json_array(), *holder;

	for (size_t i = 0; i < from.count && i < LIST_MAX; i++)
		json_array_append_new(list, address(verdict, from.at[i].text));
	if (json_array_size(list) == 0) {
		json_decref(list);
		return;
	}
	holder = json_object();
	put(holder, "address", list);
	put(email, key, holder);
}

static json_t *
email_of(const struct verdict *verdict)
{
	const struct message *message = verdict->message;
	json_t *email = json_object();

	put_words(
		email, "direction", message_direction_name(message->direction));
	put_text(email, "message_id", message->message_id);
	put_text(email, "subject", message->subject);
	put_addresses(verdict, email, "from", message->from);
	put_addresses(verdict, email, "to", message->to);
	put_addresses(verdict, email, "reply_to", message->reply_to);
	put_text(email, "local_id", message->queue_id);
	return email;
}

static json_t *
source_of(const struct client *client)
{
	json_t *source = json_object();

	put_text(source, "ip", client->ip);
	put_text(source, "domain", client->name);
	return source;
}

static json_t *
smtp_of(const struct verdict *verdict)
{
	const struct message *message = verdict->message;
	json_t *smtp = json_object();

	put(smtp, "mail_from", address(verdict, message->mail_from.text));
	put_text(smtp, "helo", message->client.helo);
	put_address(verdict, smtp, "auth_user", message->client.auth_user);
	put_text(smtp, "listener", message->client.listener);
	put(smtp, "recipients", json_integer((json_int_t)message->rcpt_total));
	return smtp;
}

static json_t *
rule_of(const struct verdict *verdict, const struct matched *matched)
{
	const struct sigma_rule *rule = matched->rule;
	json_t *object = json_object();

	put(object, "name", string(verdict_policy(rule)));
	put_text(object, "uuid", rule->id);
	put_text(object, "description", rule->title);
	put_words(object, "level", sigma_level_name(rule->level));
	put_words(object, "status", sigma_status_name(rule->status));
	put_words(object, "action", action_name(matched->action));
	put_text(object, "item", matched->item);
	if (matched->count > 0) {
		put(object, "count", json_integer((json_int_t)matched->count));
		put_address(verdict, object, "group", matched->group);
		put(object, "edge", json_boolean(matched->edge));
	}
	return object;
}

static json_t *
rules_of(const struct verdict *verdict)
{
	json_t *list = json_array();
	const struct matched *matched;
	size_t at = 0;

	while (json_array_size(list) < LIST_MAX &&
		(matched = verdict_next(verdict, &at)) != NULL)
		json_array_append_new(list, rule_of(verdict, matched));
	return list;
}

/* What does not count is for explain, not for every event. */
static bool
counts(const struct observation *seen)
{
	return seen->standing == STANDING_COUNTS ||
		seen->standing == STANDING_EXCUSED;
}

static json_t *
evidence_of(const struct verdict *verdict, const struct flow *flow)
{
	json_t *list = json_array();

	for (size_t i = 0; i < flow->seen_count && i < LIST_MAX; i++) {
		const struct observation *seen = &flow->seen[i];
		json_t *object;

		if (!counts(seen))
			continue;
		object = json_object();
		put_words(object, "name", evidence_row(seen->evidence)->name);
		put_words(object, "speaker", speaker_name(seen->speaker));
		put_address(verdict, object, "value", seen->value);
		put_address(verdict, object, "mailbox", seen->mailbox.text);
		json_array_append_new(list, object);
	}
	return list;
}

/* No list where there are none. */
static void
put_exemptions(json_t *object, const char *key, unsigned bits)
{
	json_t *list = json_array();

	for (unsigned bit = 0; bit < EXEMPTION_COUNT; bit++) {
		if (bits & (1U << bit)) {
			json_array_append_new(
				list, json_string(flow_exemption_name(bit)));
		}
	}
	if (json_array_size(list) > 0) {
		put(object, key, list);
	} else {
		json_decref(list);
	}
}

/* What it would be but for its excuses. */
static void
put_excuses(json_t *object, const struct flow *flow)
{
	put_exemptions(object, "exempt", flow->exempt);
	if (flow->excused_by == 0)
		return;
	put_exemptions(object, "excused_by", flow->excused_by);
	put_exemptions(object, "unproven", flow->unproven);
	put(object, "would_confidence",
		json_integer((json_int_t)flow->would_confidence));
}

static json_t *
flow_of(const struct verdict *verdict, const struct flow *flow)
{
	json_t *object = json_object();

	put_address(verdict, object, "mailbox", flow->mailbox.text);
	put_address(verdict, object, "mailbox_original", flow->original.text);
	if (flow->mailbox.text.len > 0) {
		put_words(object, "confirmed",
			flow_confirmed_name(flow->confirmed));
	}
	if (flow->one_of > 0)
		put(object, "one_of", json_integer((json_int_t)flow->one_of));
	put_address(verdict, object, "destination", flow->rcpt->address.text);
	put_address(verdict, object, "original", flow->rcpt->original.text);
	put_words(object, "kind", evidence_kind_name(flow->kind));
	put_words(object, "platform", flow->platform);
	put(object, "confidence", json_integer((json_int_t)flow->confidence));
	put(object, "evidence", evidence_of(verdict, flow));
	put_excuses(object, flow);
	if (flow->delay_ms >= 0) {
		put(object, "delay_ms",
			json_integer((json_int_t)flow->delay_ms));
	}
	return object;
}

/* The flow that decided speaks at the top; the others follow in a list. */
static json_t *
other_flows(const struct verdict *verdict)
{
	json_t *list = json_array();

	for (size_t i = 0; i < verdict->flow_count; i++) {
		const struct flow *flow = &verdict->flows[i];

		if (flow == verdict->flow ||
			(flow->kind == KIND_NONE && !flow_is_excused(flow)))
			continue;
		if (json_array_size(list) == LIST_MAX)
			break;
		json_array_append_new(list, flow_of(verdict, flow));
	}
	return list;
}

static json_t *
gaps_of(unsigned gaps)
{
	json_t *list = json_array();

	for (unsigned bit = 0; bit < GAP_COUNT; bit++) {
		if (gaps & (1U << bit))
			json_array_append_new(
				list, json_string(message_gap_name(bit)));
	}
	return list;
}

static json_t *
policies_of(const struct verdict *verdict)
{
	json_t *list = json_array();
	const struct matched *matched;
	size_t at = 0;

	while (json_array_size(list) < LIST_MAX &&
		(matched = verdict_next(verdict, &at)) != NULL) {
		json_array_append_new(
			list, string(verdict_policy(matched->rule)));
	}
	return list;
}

static json_t *
forwarden_of(const struct verdict *verdict, enum action taken)
{
	json_t *object = verdict->flow != NULL ? flow_of(verdict, verdict->flow)
					       : json_object();
	json_t *others = other_flows(verdict);

	put(object, "policies", policies_of(verdict));
	put_words(object, "action", action_name(taken));
	put_words(object, "would", action_name(verdict->would));
	put_words(object, "mode",
		respond_mode_name(verdict->options->respond.mode));
	put(object, "gaps", gaps_of(verdict->gaps));
	if (verdict->forged) {
		put(object, "forged_tags",
			json_integer((json_int_t)verdict->message->tag_count));
	}
	put(object, "store_us", json_integer((json_int_t)verdict->store_us));
	if (json_array_size(others) > 0) {
		put(object, "flows", others);
	} else {
		json_decref(others);
	}
	return object;
}

/* "denied" when the message did not go on as it came, "allowed" else. */
static const char *
outcome(enum action taken)
{
	return taken >= ACTION_QUARANTINE ? "denied" : "allowed";
}

static json_t *
event_of(const struct verdict *verdict, enum action taken)
{
	bool alarm = verdict->matched_count > 0;
	json_t *event = json_object(), *category = json_array(),
	       *type = json_array();

	put_words(event, "kind", alarm ? "alert" : "event");
	json_array_append_new(category, json_string("email"));
	put(event, "category", category);
	json_array_append_new(type, json_string(outcome(taken)));
	put(event, "type", type);
	put_words(event, "action", action_name(taken));
	put_words(event, "outcome", "success");
	put_words(event, "module", "forwarden");
	put_text(event, "id", verdict->id);
	return event;
}

static json_t *
technique(void)
{
	json_t *object = json_object(), *ids = json_array(),
	       *names = json_array();

	json_array_append_new(ids, json_string("T1114"));
	json_array_append_new(names, json_string("Email Collection"));
	put(object, "id", ids);
	put(object, "name", names);
	ids = json_array();
	names = json_array();
	json_array_append_new(ids, json_string("T1114.003"));
	json_array_append_new(names, json_string("Email Forwarding Rule"));
	put(object, "subtechnique",
		json_pack("{s:o, s:o}", "id", ids, "name", names));
	return object;
}

static json_t *
threat(void)
{
	json_t *object = json_object();

	put_words(object, "framework", "MITRE ATT&CK");
	put(object, "technique", technique());
	return object;
}

static json_t *
document(const struct verdict *verdict, enum action taken)
{
	const struct message *message = verdict->message;
	char at[DATE_TEXT_BYTES];
	json_t *root = json_object();

	date_print(message != NULL ? message->at_ms : 0, at);
	put_words(root, "@timestamp", at);
	put(root, "event", event_of(verdict, taken));
	if (message == NULL)
		return root;
	if (verdict->matched_count > 0)
		put(root, "threat", threat());
	put(root, "email", email_of(verdict));
	put(root, "source", source_of(&message->client));
	put(root, "smtp", smtp_of(verdict));
	put(root, "rule", rules_of(verdict));
	put(root, "forwarden", forwarden_of(verdict, taken));
	return root;
}

bool
event_write(const struct verdict *verdict, enum action taken, struct buf *out)
{
	json_t *root = document(verdict, taken);
	char *text = json_dumps(root, JSON_COMPACT | JSON_ENSURE_ASCII);

	json_decref(root);
	if (text == NULL)
		return false;
	buf_puts(out, text);
	free(text);
	return buf_ok(out);
}
