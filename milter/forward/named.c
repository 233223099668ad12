/* SPDX-License-Identifier: BSD-2-Clause */
/* Whom a message names: nobody is believed here, only collected. */
#include "forward/named.h"

struct named {
	const struct context *context;
	struct slice *keys;
	size_t count, limit;
};

static void
add(struct named *named, const struct address *address)
{
	struct address mailbox;

	if (named->count == named->limit || !address_is_mailbox(address) ||
		!context_is_local(named->context, address) ||
		!context_mailbox(named->context, address, &mailbox))
		return;
	for (size_t i = 0; i < named->count; i++) {
		if (slice_equal(named->keys[i], mailbox.text))
			return;
	}
	named->keys[named->count++] = mailbox.text;
}

static void
add_list(struct named *named, const struct addresses *list)
{
	for (size_t i = 0; i < list->count && named->count < named->limit; i++)
		add(named, &list->at[i]);
}

static void
add_envelope(struct named *named)
{
	const struct context *context = named->context;
	const struct message *message = context->message;

	add(named, &context->login);
	add(named, &context->author);
	add(named, &context->envelope);
	add(named, &context->sender.mailbox);
	add(named, &message->mail_auth);
	for (size_t i = 0; i < message->rcpt_count; i++) {
		add(named, &message->rcpts[i].original);
		add(named, &message->rcpts[i].address);
	}
}

static void
add_header(struct named *named)
{
	const struct context *context = named->context;
	const struct message *message = context->message;

	for (size_t i = 0; i < message->hop_count; i++)
		add(named, &message->hops[i].for_address);
	for (size_t i = 0; i < context->marks.count; i++)
		add(named, &context->marks.at[i].mailbox);
	add_list(named, &message->from);
	add_list(named, &message->to);
	add_list(named, &message->cc);
	add_list(named, &message->reply_to);
}

size_t
named_mailboxes(const struct context *context, struct slice *keys, size_t limit)
{
	struct named named = {context, keys, 0, limit};

	add_envelope(&named);
	add_header(&named);
	return named.count;
}
