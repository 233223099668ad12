/* SPDX-License-Identifier: BSD-2-Clause */
/* What is worth an alert, and what an event says of itself. */
#include "verdict/alert.h"

#include "sigma/rule.h"

#define VALUE_BYTES 160 /* of one value in a line */

/* A policy that is still tried out alerts by what it does, not by how grave
 * it would be. */
static bool
has_level(const struct verdict *verdict, int level)
{
	for (size_t i = 0; i < verdict->matched_count; i++) {
		const struct sigma_rule *rule = verdict->matched[i].rule;

		if (rule->status != SIGMA_TEST && (int)rule->level >= level)
			return true;
	}
	return false;
}

bool
alert_wants(const struct alert_choice *choice, const struct verdict *verdict,
	enum action taken)
{
	enum action strongest = verdict->would > taken ? verdict->would : taken;

	if (!choice->wanted[verdict->logged ? ALERT_LOG : ALERT_MAIL] ||
		strongest == ACTION_NONE ||
		(verdict->would > taken && !choice->observe))
		return false;
	return strongest >= choice->from || has_level(verdict, choice->level);
}

/* Absent, where there is nothing in it. */
static struct slice
text_of(const struct json *map, const char *key)
{
	struct slice text = json_text(map, key);

	return text.len > 0 ? text : slice_of(NULL);
}

static struct slice
policy_of(const struct json *json)
{
	struct slice name = json_own_text(json_at(
		json_find(json_find(json, "forwarden"), "policies"), 0));

	return name.len > 0 ? name
			    : text_of(json_find(json, "event"), "action");
}

static bool
is_strong(struct slice action)
{
	return slice_equal(action, SLICE("quarantine")) ||
		slice_equal(action, SLICE("tempfail")) ||
		slice_equal(action, SLICE("reject")) ||
		slice_equal(action, SLICE("discard"));
}

/* What the daemon says of itself. */
static void
read_own(struct alert *alert)
{
	const struct json *own =
		json_find(json_find(alert->json, "forwarden"), "alert");

	alert->words = text_of(json_find(alert->json, "forwarden"), "words");
	alert->urgent = slice_equal(alert->action, SLICE("trouble"));
	alert->test = slice_equal(alert->action, SLICE("test"));
	if (alert->urgent) {
		alert->policy = text_of(own, "what");
		alert->weight =
			json_bool(own, "over") ? ALERT_NOTICE : ALERT_CRITICAL;
		/* That it ended is not held back because it began. */
		if (json_bool(own, "over"))
			alert->mailbox = SLICE("over");
	} else {
		alert->weight = alert->test ? ALERT_NOTICE : ALERT_WARNING;
	}
}

bool
alert_read(struct slice text, struct alert *alert, struct err *err)
{
	const struct json *event, *own;

	*alert = (struct alert){.json = json_parse(text, err)};
	if (alert->json == NULL)
		return false;
	event = json_find(alert->json, "event");
	own = json_find(alert->json, "forwarden");
	alert->id = text_of(event, "id");
	alert->action = text_of(event, "action");
	alert->would = text_of(own, "would");
	alert->mailbox = text_of(own, "mailbox");
	alert->destination = text_of(own, "destination");
	alert->policy = policy_of(alert->json);
	alert->weight =
		is_strong(alert->action) ? ALERT_CRITICAL : ALERT_WARNING;
	if (slice_equal(json_text(event, "dataset"), SLICE("forwarden.alert")))
		read_own(alert);
	if (!slice_is_absent(alert->action))
		return true;
	alert_fini(alert);
	return err_set(err, ERR_INVALID, "that is no event");
}

void
alert_fini(struct alert *alert)
{
	json_free(alert->json);
	alert->json = NULL;
}

unsigned
alert_test_number(const struct alert *alert)
{
	const struct json *own =
		json_find(json_find(alert->json, "forwarden"), "alert");

	return alert->test ? (unsigned)json_number(own, "test") : 0;
}

struct throttle_subject
alert_subject(const struct alert *alert, int64_t at_ms)
{
	return (struct throttle_subject){
		.policy = alert->policy,
		.mailbox = alert->mailbox,
		.destination = alert->destination,
		.at_ms = at_ms,
		.urgent = alert->urgent,
	};
}

/* Whatever is not printable ASCII stands as \xHH. */
static void
add_printable(struct buf *out, struct slice text)
{
	struct slice some = slice_sub(text, 0, VALUE_BYTES);

	for (size_t i = 0; i < some.len; i++) {
		unsigned char byte = (unsigned char)some.p[i];

		if (byte < ' ' || byte > '~' || byte == '\\')
			buf_printf(out, "\\x%02x", byte);
		else
			buf_add_byte(out, (char)byte);
	}
	if (some.len < text.len)
		buf_puts(out, "...");
}

static void
add_value(struct buf *out, const char *key, struct slice text)
{
	if (slice_is_absent(text))
		return;
	buf_printf(out, ", %s=", key);
	add_printable(out, text);
}

void
alert_line(const struct alert *alert, struct buf *out)
{
	size_t begin = out->len;
	bool own = alert->urgent || alert->test;

	buf_puts(out, "alert: action=");
	add_printable(out, alert->action);
	if (!slice_is_absent(alert->would) &&
		!slice_equal(alert->would, alert->action))
		add_value(out, "would", alert->would);
	if (!own) {
		add_value(out, "mailbox", alert->mailbox);
		add_value(out, "destination", alert->destination);
	}
	if (!slice_equal(alert->policy, alert->action))
		add_value(out, own ? "what" : "policy", alert->policy);
	add_value(out, "event", alert->id);
	if (alert->words.len > 0) {
		buf_puts(out, ": ");
		for (size_t at = 0; at < alert->words.len &&
			out->len < begin + ALERT_LINE_BYTES;
			at += VALUE_BYTES)
			add_printable(out,
				slice_sub(alert->words, at, at + VALUE_BYTES));
	}
	if (out->len > begin + ALERT_LINE_BYTES) {
		out->len = begin + ALERT_LINE_BYTES;
		out->p[out->len] = '\0';
	}
}
