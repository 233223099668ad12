/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Inference: whose mail is moving, and how sure that is.
 *
 * What is asked of a flow is not "does this message look forwarded?" (much
 * mail from outside does, honestly) but "is mail of a mailbox of ours leaving
 * by itself?" So nothing is looked at unless our side sends (the client is
 * ours) and the recipient is not local: then there is no flow to find, and
 * inbound mail costs nothing.
 *
 * Whom to believe. A header is written by everybody who had the message. The
 * chain of custody (custody.h) says how far down our own side wrote it; a
 * mark of a product that puts its field on top is believed only inside. Some
 * products, Exchange above all, sort their fields anywhere: theirs are
 * believed below our lines, too, but never fully, and they yield to whatever
 * our own lines say.
 *
 * The context is read once a message, each recipient is observed, bound to a
 * mailbox (bind.c), and what is left is weighed (weigh.c).
 */
#include "forward/infer.h"

#include "forward/bind.h"
#include "forward/common.h"
#include "forward/follow.h"
#include "forward/observe.h"
#include "forward/recalled.h"
#include "forward/weigh.h"

void
infer_begin(struct context *context, const struct message *message)
{
	context_begin(context, message);
	if (context->leaves)
		common_read(context);
}

static struct flow *
new_flows(const struct message *message)
{
	struct flow *flows = arena_array(
		message->arena, message->rcpt_count, sizeof(*flows));

	for (size_t i = 0; flows != NULL && i < message->rcpt_count; i++) {
		flows[i].rcpt = &message->rcpts[i];
		flows[i].platform = "";
		flows[i].delay_ms = -1;
	}
	return flows;
}

const struct flow *
infer_flows(const struct context *context, const struct remembered *remembered)
{
	const struct remembered none = {.down = true};
	const struct message *message = context->message;
	struct flow *flows = new_flows(message);
	struct recalled recalled;
	struct hearing hearing;

	if (flows == NULL || !context->leaves)
		return flows;
	if (remembered == NULL)
		remembered = &none;
	hear_begin(&hearing, context, remembered);
	recalled_read(&recalled, &hearing);
	for (size_t i = 0; i < message->rcpt_count; i++) {
		const struct recipient *rcpt = &message->rcpts[i];
		struct findings findings;
		struct bound bound;

		if (!rcpt->external)
			continue;
		observe_recipient(context, rcpt, &findings);
		recalled_find(&recalled, rcpt, &findings);
		if (findings.count > 0 || findings.took_part) {
			hear_findings(&hearing, &findings);
			bound = bind_findings(&hearing, rcpt, &findings);
			weigh_findings(&hearing, &bound, &findings, &flows[i]);
		}
		follow_find(&hearing, &flows[i]);
	}
	return flows;
}
