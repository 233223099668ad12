/* SPDX-License-Identifier: BSD-2-Clause */
/* Who wrote what is in the sentence is escaped by whoever prints it. */
#include "verdict/words.h"

#include "base/date.h"
#include "forward/trace.h"

#define SECOND_MS ((int64_t)1000)
#define MINUTE_MS (60 * SECOND_MS)
#define HOUR_MS (60 * MINUTE_MS)
#define DAY_MS (24 * HOUR_MS)

const char words_advice[] =
	"If that is done by hand, write a filter; if not: change the password, "
	"log out everywhere, read the rules of the mailbox.";

static void
add_name(const struct verdict *verdict, struct slice address, struct buf *out)
{
	if (verdict->store != NULL) {
		address = store_name(
			verdict->store, verdict->message->arena, address);
	}
	buf_add(out, address);
}

/* In the unit of which there are two or more. */
static void
add_duration(int64_t ms, struct buf *out)
{
	static const struct {
		int64_t ms;
		const char *name;
	} units[] = {{DAY_MS, "days"}, {HOUR_MS, "hours"},
		{MINUTE_MS, "minutes"}, {SECOND_MS, "seconds"}};
	size_t i = 0;

	while (i < 3 && ms < 2 * units[i].ms)
		i++;
	buf_printf(
		out, "%lld %s", (long long)(ms / units[i].ms), units[i].name);
}

static bool
is_evidence(const struct flow *flow, enum evidence evidence)
{
	return (flow->evidence & (UINT64_C(1) << evidence)) != 0;
}

static void
add_carried(
	const struct verdict *verdict, const struct flow *flow, struct buf *out)
{
	int64_t came_ms = verdict->message->at_ms - flow->delay_ms;
	char at[DATE_TEXT_BYTES];

	date_print(came_ms, at);
	add_name(verdict, flow->mailbox.text, out);
	buf_puts(out, " sent ");
	add_name(verdict, flow->rcpt->address.text, out);
	buf_puts(out,
		is_evidence(flow, EVIDENCE_SAME_SUBJECT)
			? " a message with the subject of one that came "
			: " a message that refers to one that came ");
	add_duration(flow->delay_ms, out);
	buf_printf(out, " before (%s)", at);
}

static void
add_followed(
	const struct verdict *verdict, const struct flow *flow, struct buf *out)
{
	const struct correspondence *peer = flow->peer;

	if (peer->prompt > 0) {
		buf_puts(out, "of the last 5 messages from ");
		add_name(verdict, flow->mailbox.text, out);
		buf_puts(out, " to ");
		add_name(verdict, flow->rcpt->address.text, out);
		buf_printf(out, " %u left alone within %u s of one that came",
			peer->prompt, peer->slowest_s);
	}
	if (peer->pace > 0) {
		buf_puts(out, peer->prompt > 0 ? "; " : "");
		buf_printf(out,
			"on %u of the last 7 days about as many messages went "
			"from ",
			peer->pace);
		add_name(verdict, flow->mailbox.text, out);
		buf_puts(out, " to ");
		add_name(verdict, flow->rcpt->address.text, out);
		buf_puts(out, " as came");
	}
	buf_puts(out, "; what is in them cannot be seen");
}

/* Whether the other side answers. */
static void
add_silence(
	const struct verdict *verdict, const struct flow *flow, struct buf *out)
{
	const struct correspondence *peer = flow->peer;

	if (peer == NULL)
		return;
	buf_puts(out, "; ");
	add_name(verdict, flow->rcpt->address.text, out);
	if (peer->got == 0) {
		buf_printf(out, " never wrote back, of %u messages that it got",
			peer->sent);
	} else {
		buf_printf(out, " wrote back %u times for %u messages",
			peer->got, peer->sent);
	}
}

bool
words_write(
	const struct verdict *verdict, const struct flow *flow, struct buf *out)
{
	bool carries = is_evidence(flow, EVIDENCE_SAME_SUBJECT) ||
		is_evidence(flow, EVIDENCE_FORWARDED_MESSAGE_ID);

	if (flow->kind == KIND_FOLLOW) {
		add_followed(verdict, flow, out);
	} else if (flow->kind == KIND_FORWARD && carries &&
		flow->delay_ms >= 0 && flow->mailbox.text.len > 0) {
		add_carried(verdict, flow, out);
	} else {
		return false;
	}
	add_silence(verdict, flow, out);
	return true;
}
