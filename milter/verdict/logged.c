/* SPDX-License-Identifier: BSD-2-Clause */
/* Flows of logs. */
#include "verdict/logged.h"

#include "forward/mailbox.h"
#include "mail/path.h"

static const struct message *
make_message(struct arena *arena, const struct realm *realm,
	const struct logged_words *words)
{
	struct message_builder *builder = message_begin(arena, realm, NULL);

	if (builder == NULL)
		return NULL;
	message_set_queue_id(builder, words->id);
	message_add_recipient(builder, words->destination, NULL, 0);
	return message_finish(builder, words->at_ms);
}

static void
make_flow(const struct logged_words *words, struct logged_flow *out)
{
	out->flow = (struct flow){.rcpt = &out->message->rcpts[0],
		.kind = words->kind,
		.told = true,
		.platform = "",
		.confidence = words->sure,
		.evidence = UINT64_C(1) << EVIDENCE_MTA_LOG,
		.seen = &out->seen,
		.seen_count = 1,
		.delay_ms = -1};
	out->seen = (struct observation){.evidence = EVIDENCE_MTA_LOG,
		.speaker = SPEAKER_MTA,
		.confidence = (unsigned char)words->sure,
		.inside = true,
		.value = words->by,
		.delay_ms = -1};
}

/* Why it is none of ours; NULL: it is. A mailbox may be unknown. */
static const char *
bind_mailbox(struct arena *arena, const struct realm *realm, struct slice text,
	struct logged_flow *out)
{
	struct address written;

	if (!out->flow.rcpt->external)
		return "its destination is of a local domain";
	if (text.len == 0)
		return NULL;
	if (!path_parse(arena, text, &written) ||
		!address_is_mailbox(&written) ||
		!mailbox_find(realm, arena, &written, &out->flow.mailbox) ||
		!realm_has_domain(realm, out->flow.mailbox.domain))
		return "its mailbox is of no local domain";
	out->seen.mailbox = out->flow.mailbox;
	return NULL;
}

enum logged_result
logged_make(struct arena *arena, const struct realm *realm,
	const struct logged_words *words, struct logged_flow *out,
	const char **why)
{
	*why = "that is not a destination";
	out->message = make_message(arena, realm, words);
	if (out->message == NULL || out->message->rcpt_count != 1)
		return LOGGED_BAD;
	make_flow(words, out);
	*why = bind_mailbox(arena, realm, words->mailbox, out);
	return *why == NULL ? LOGGED_MADE : LOGGED_FOREIGN;
}
