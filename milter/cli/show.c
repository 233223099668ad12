/* SPDX-License-Identifier: BSD-2-Clause */
/* A verdict as text. Everything foreign is escaped. */
#include "cli/show.h"

#include "base/date.h"
#include "cli/show_sum.h"
#include "forward/evidence.h"
#include "verdict/keyword.h"
#include "verdict/words.h"

#define VALUE_BYTES 60

static void
line(struct buf *out, const char *label, struct slice value)
{
	if (value.len == 0)
		return;
	buf_printf(out, "  %-12s ", label);
	buf_add_visible(out, value);
	buf_add_byte(out, '\n');
}

static void
add_addresses(struct buf *out, const char *label, struct addresses list)
{
	if (list.count == 0)
		return;
	buf_printf(out, "  %-12s ", label);
	for (size_t i = 0; i < list.count; i++) {
		if (i > 0)
			buf_puts(out, ", ");
		buf_add_visible(out, list.at[i].text);
		if (list.at[i].broken)
			buf_puts(out, " (broken)");
	}
	buf_add_byte(out, '\n');
}

static void
show_client(const struct message *message, struct buf *out)
{
	const struct client *client = &message->client;

	buf_printf(out, "  %-12s ", "client");
	if (slice_is_absent(client->ip))
		buf_puts(out, "this machine");
	buf_add_visible(out, client->ip);
	if (client->name.len > 0) {
		buf_puts(out, " ");
		buf_add_visible(out, client->name);
	}
	buf_puts(out, message->client_ours ? ", ours" : ", not ours");
	if (client->auth_user.len > 0) {
		buf_puts(out, ", authenticated as ");
		buf_add_visible(out, client->auth_user);
	}
	buf_add_byte(out, '\n');
}

static void
show_flags(const struct verdict *verdict, struct buf *out)
{
	const struct message *message = verdict->message;
	const struct {
		const char *name;
		bool set;
	} flags[] = {
		{"list", message->list},
		{"auto-reply", message->auto_reply},
		{"bounce", message->bounce},
		{"encrypted", message->encrypted},
		{"keyword",
			keyword_topics(verdict->options->keywords,
				message->subject, message->arena) != 0},
	};
	bool some = false;

	buf_printf(out, "  %-12s ", "marks");
	for (size_t i = 0; i < sizeof(flags) / sizeof(flags[0]); i++) {
		if (!flags[i].set)
			continue;
		buf_printf(out, "%s%s", some ? ", " : "", flags[i].name);
		some = true;
	}
	buf_puts(out, some ? "\n" : "none\n");
}

static void
show_gaps(unsigned gaps, struct buf *out)
{
	if (gaps == 0)
		return;
	buf_printf(out, "  %-12s", "not seen");
	for (unsigned i = 0; i < GAP_COUNT; i++) {
		if (gaps & (1U << i))
			buf_printf(out, " %s", message_gap_name(i));
	}
	buf_add_byte(out, '\n');
}

void
show_message(const struct verdict *verdict, struct buf *out)
{
	const struct message *message = verdict->message;
	char at[DATE_TEXT_BYTES];

	date_print(message->at_ms, at);
	buf_puts(out, "The message\n");
	line(out, "time", slice_of(at));
	line(out, "queue id", message->queue_id);
	show_client(message, out);
	line(out, "listener", message->client.listener);
	line(out, "sender",
		message->null_sender ? SLICE("<> (null sender)")
				     : message->mail_from.text);
	line(out, "direction",
		slice_of(message_direction_name(message->direction)));
	add_addresses(out, "From", message->from);
	add_addresses(out, "Reply-To", message->reply_to);
	add_addresses(out, "To", message->to);
	add_addresses(out, "Cc", message->cc);
	line(out, "Subject", message->subject);
	line(out, "Message-ID", message->message_id);
	buf_printf(out, "  %-12s %zu, of them Received: %zu\n", "fields",
		message->field_count, message->hop_count);
	show_flags(verdict, out);
	show_gaps(verdict->gaps, out);
}

static void
add_cut(struct buf *out, struct slice value)
{
	buf_add_visible(out, slice_sub(value, 0, VALUE_BYTES));
	if (value.len > VALUE_BYTES)
		buf_puts(out, "...");
}

static bool
is_seen(const struct flow *flow, enum evidence evidence)
{
	for (size_t i = 0; i < flow->seen_count; i++) {
		if (flow->seen[i].evidence == evidence)
			return true;
	}
	return false;
}

static void
show_unseen(const struct flow *flow, struct buf *out)
{
	buf_puts(out, "  Looked for and not seen\n");
	for (unsigned i = 0; i < EVIDENCE_COUNT; i++) {
		const struct evidence_row *row = evidence_row((enum evidence)i);

		if (!is_seen(flow, (enum evidence)i)) {
			buf_printf(out, "    - %-22s      %s\n", row->name,
				row->reads);
		}
	}
}

static void
show_outcome(const struct sigma_outcome *outcome, struct buf *out)
{
	const struct sigma_rule *rule = outcome->rule;
	const char *mark = "-";

	if (outcome->unknown)
		mark = outcome->filtered_by != NULL ? "~" : "?";
	if (outcome->matched)
		mark = outcome->filtered_by != NULL ? "~" : "+";
	buf_printf(out, "    %s %-28.*s %-13s ", mark,
		SLICE_ARG(verdict_policy(rule)), sigma_level_name(rule->level));
	if (rule->kind == SIGMA_CORRELATION && outcome->item.len == 0) {
		buf_puts(out,
			outcome->applies
				? "not often enough, as far as is known"
				: "what it counts does not match");
	} else if (!outcome->applies) {
		buf_puts(out, "not for such flows");
	} else {
		buf_add_visible(out, outcome->item);
		if (!slice_is_absent(outcome->value)) {
			buf_puts(out, " = ");
			add_cut(out, outcome->value);
		} else if (outcome->item.len > 0) {
			buf_puts(out, " (absent)");
		}
	}
	if (outcome->unknown)
		buf_puts(out, " (the expression gave up: nobody knows)");
	if (rule->silent)
		buf_puts(out, " (only counted)");
	if (outcome->filtered_by != NULL) {
		buf_printf(out, "; taken away by %.*s",
			SLICE_ARG(verdict_policy(outcome->filtered_by)));
	}
	buf_add_byte(out, '\n');
}

static bool
is_shown(
	const struct sigma_outcome *outcome, const struct show_options *options)
{
	if (!slice_is_absent(options->policy)) {
		return slice_equal(
			verdict_policy(outcome->rule), options->policy);
	}
	return options->all ||
		((outcome->matched || outcome->unknown) && outcome->applies &&
			!outcome->rule->silent);
}

static void
show_policies(const struct verdict *verdict, size_t flow,
	const struct show_options *options, struct buf *out)
{
	size_t count, shown = 0;
	const struct sigma_outcome *outcomes =
		verdict_outcomes(verdict, flow, &count);

	if (count == 0)
		return;
	buf_puts(out,
		"  Policies (+ matches, - does not, ~ filtered, ? nobody "
		"knows), and "
		"the item that decided\n");
	for (int matched = 1; matched >= 0; matched--) {
		for (size_t i = 0; i < count; i++) {
			if (outcomes[i].matched != (matched != 0) ||
				!is_shown(&outcomes[i], options))
				continue;
			show_outcome(&outcomes[i], out);
			shown++;
		}
	}
	if (shown == 0)
		buf_printf(out, "    none of %zu matches\n", count);
}

/* A sentence, and what to do about it. */
static void
show_words(
	const struct verdict *verdict, const struct flow *flow, struct buf *out)
{
	struct buf words = {0};

	if (words_write(verdict, flow, &words)) {
		buf_puts(out, "  ");
		buf_add_visible(out, buf_slice(&words));
		buf_printf(out, ".\n  %s\n", words_advice);
	}
	buf_fini(&words);
}

static void
show_summary(
	const struct verdict *verdict, const struct flow *flow, struct buf *out)
{
	if (flow->kind == KIND_NONE) {
		buf_puts(out, "  no forward");
	} else {
		buf_printf(out, "  %s of ", evidence_kind_name(flow->kind));
		if (flow->mailbox.text.len > 0) {
			buf_add_visible(out, flow->mailbox.text);
		} else {
			buf_puts(out, "an unknown mailbox");
		}
		if (flow->platform != NULL && flow->platform[0] != '\0')
			buf_printf(out, ", by %s", flow->platform);
	}
	buf_printf(out, ", confidence %u%s\n", flow->confidence,
		flow_is_forward(flow) || flow->kind == KIND_NONE ||
				flow->kind == KIND_FOLLOW
			? ""
			: " (too little to act on)");
	if (flow->mailbox.text.len > 0 && flow->kind != KIND_NONE) {
		buf_printf(out,
			"  does a better speaker than the client name that "
			"mailbox? %s\n",
			flow_confirmed_name(flow->confirmed));
	}
	if (flow->delay_ms >= 0) {
		buf_printf(out, "  %.1f s after the mailbox got it\n",
			(double)flow->delay_ms / 1000);
	}
	show_words(verdict, flow, out);
}

/* What an administrator's first try runs into. */
static void
show_why_none(
	const struct message *message, const struct flow *flow, struct buf *out)
{
	if (flow->kind != KIND_NONE)
		return;
	if (!flow->rcpt->external) {
		buf_puts(out, "  the recipient is local: nothing leaves\n");
	} else if (!message->client_ours) {
		buf_puts(out, "  the client ");
		buf_add_visible(out, message->client.ip);
		buf_puts(out,
			" is not ours (local.networks): only what our "
			"own side sends is evidence\n");
	}
}

void
show_flow(const struct verdict *verdict, size_t number,
	const struct show_options *options, struct buf *out)
{
	const struct flow *flow = &verdict->flows[number];

	buf_puts(out, "\nTo ");
	buf_add_visible(out, flow->rcpt->address.text);
	buf_puts(out, flow->rcpt->external ? " (external" : " (local");
	if (flow->rcpt->original.text.len > 0) {
		buf_puts(out, ", was ");
		buf_add_visible(out, flow->rcpt->original.text);
	}
	buf_puts(out, ")\n");
	show_summary(verdict, flow, out);
	show_why_none(verdict->message, flow, out);
	if (flow->rcpt->external && verdict->message->client_ours)
		show_sum(flow, out);
	if (flow->rcpt->external && options->all)
		show_unseen(flow, out);
	show_policies(verdict, number, options, out);
}

void
show_verdict(const struct verdict *verdict, struct buf *out)
{
	const struct respond *respond = &verdict->options->respond;
	const struct matched *matched;
	size_t at = 0;

	buf_puts(out, "\nThe verdict\n");
	if (verdict->again)
		buf_puts(out, "  judged before, at another listener\n");
	while ((matched = verdict_next(verdict, &at)) != NULL) {
		buf_printf(out, "  %-30.*s asks for %s\n",
			SLICE_ARG(verdict_policy(matched->rule)),
			action_name(matched->action));
	}
	buf_printf(out, "  mode %s, ceiling %s: %s",
		respond_mode_name(respond->mode), action_name(respond->ceiling),
		action_name(verdict->action));
	if (verdict->action != verdict->would) {
		buf_printf(out, " (enforce would %s)",
			action_name(verdict->would));
	}
	buf_add_byte(out, '\n');
}
