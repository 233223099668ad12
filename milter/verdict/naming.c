/* SPDX-License-Identifier: BSD-2-Clause */
/* Names are learned in the form in which keep.c writes them. */
#include "verdict/naming.h"

#include "forward/named.h"
#include "verdict/keep.h"

void
naming_begin(struct naming *naming, const struct context *context,
	struct store *store)
{
	naming->context = context;
	naming->store = store;
	naming->ready = false;
	naming->count = 0;
}

static void
learn(struct naming *naming, enum trace_role role, struct slice key)
{
	struct arena *arena = naming->context->message->arena;
	const struct trace_member member = {.role = role, .who = key};
	struct slice text;

	if (key.len == 0)
		return;
	text = keep_encode(arena, &member);
	naming->keys[naming->count] = key;
	naming->names[naming->count++] =
		store_name(naming->store, arena, slice_sub(text, 1, text.len));
}

static void
learn_mailboxes(struct naming *naming)
{
	struct slice keys[NAMING_MAX];
	size_t count = named_mailboxes(naming->context, keys, NAMING_MAX);

	for (size_t i = 0; i < count; i++)
		learn(naming, TRACE_MAILBOX, keys[i]);
}

static void
learn_names(struct naming *naming)
{
	const struct message *message = naming->context->message;
	struct arena *arena = message->arena;

	naming->ready = true;
	learn_mailboxes(naming);
	for (size_t i = 0; i < message->rcpt_count && i < NAMING_MAX; i++) {
		learn(naming, TRACE_PARTICIPANT,
			trace_hash(arena, &message->rcpts[i].address));
	}
	for (size_t i = 0; i < message->from.count && i < NAMING_MAX; i++) {
		learn(naming, TRACE_AUTHOR,
			trace_hash(arena, &message->from.at[i]));
	}
	for (size_t i = 0; i < message->hop_count && i < NAMING_MAX; i++)
		learn(naming, TRACE_CLIENT, message->hops[i].from_ip);
	learn(naming, TRACE_CLIENT, message->client.ip);
	learn(naming, TRACE_LOGIN, message->client.auth_user);
	learn(naming, TRACE_LOGIN, TRACE_PROGRAM);
}

static bool
is_hidden(struct slice who)
{
	return slice_starts_fold(who, SLICE("h:")) &&
		slice_find_byte(who, '@', 0) == SLICE_NONE;
}

bool
naming_recognise(struct naming *naming, struct trace_member *member)
{
	if (!is_hidden(member->who))
		return true;
	if (!naming->ready)
		learn_names(naming);
	for (size_t i = 0; i < naming->count; i++) {
		if (!slice_equal(naming->names[i], member->who))
			continue;
		member->who = naming->keys[i];
		return true;
	}
	if (member->role == TRACE_MAILBOX)
		member->who = (struct slice){NULL, 0};
	return member->role != TRACE_CLAIMED && member->role != TRACE_CLIENT;
}
