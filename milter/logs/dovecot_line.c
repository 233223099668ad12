/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * "lmtp(frank@ours)<253><session>: sieve: msgid=<M>: redirect action:
 * forwarded to <drop@ext>". The sender wrote M, which may imitate all that
 * follows: the action is the last one in the line, and reaches to its end.
 */
#include "logs/dovecot_line.h"

struct action {
	struct slice words;
	enum told_kind kind;
};

/* Those that are nothing to us are here because what stands before them is no
 * action. */
static const struct action actions[] = {
	{{": redirect action: forwarded to ", 32}, TOLD_SIEVE},
	{{": forwarded to ", 15}, TOLD_SIEVE},
	{{": notify action: sent mail notification to ", 43}, TOLD_NOTIFY},
	{{": pipe action: piped message to program ", 40}, TOLD_PIPE},
	{{": stored mail into mailbox ", 27}, TOLD_NOTHING},
	{{": vacation action: ", 19}, TOLD_NOTHING},
	{{": discard", 9}, TOLD_NOTHING},
	{{": marked message", 16}, TOLD_NOTHING},
	{{": rejected message", 18}, TOLD_NOTHING},
	{{": failed to ", 12}, TOLD_NOTHING},
};

#define ACTION_COUNT (sizeof(actions) / sizeof(*actions))

/* Where the words stand last, or SLICE_NONE. */
static size_t
find_last(struct slice text, struct slice words)
{
	size_t last = SLICE_NONE, from = 0, at;

	while ((at = slice_find(slice_sub(text, from, text.len), words)) !=
		SLICE_NONE) {
		last = from + at;
		from = last + 1;
	}
	return last;
}

static const struct action *
find_action(struct slice text, size_t *at)
{
	const struct action *found = NULL;

	*at = 0;
	for (size_t i = 0; i < ACTION_COUNT; i++) {
		size_t here = find_last(text, actions[i].words);

		if (here != SLICE_NONE && (found == NULL || here > *at)) {
			found = &actions[i];
			*at = here;
		}
	}
	return found;
}

static bool
is_number(struct slice text)
{
	uint64_t value;

	return slice_to_u64(text, &value);
}

/* In "lmtp(frank@ours)<253><x>", "lmtp(253, frank@ours)", "lda(frank)". */
static bool
find_user(struct slice text, struct slice *user, size_t *end)
{
	size_t open = slice_find_byte(text, '(', 0);
	struct slice inside, part;

	*end = slice_find_byte(text, ')', 0);
	if (open == SLICE_NONE || *end == SLICE_NONE || *end < open)
		return false;
	inside = slice_sub(text, open + 1, *end);
	while (slice_next(&inside, ',', &part)) {
		part = slice_trim(part);
		if (part.len > 0 && !is_number(part)) {
			*user = part;
			return true;
		}
	}
	return false;
}

bool
dovecot_line_read(const struct frame *frame, struct told *out)
{
	static const struct slice begin = {"sieve: msgid=", 13};
	const struct action *action;
	struct slice text = frame->text;
	size_t end, at;

	*out = (struct told){0};
	if (!find_user(text, &out->mailbox, &end))
		return false;
	text = slice_sub(text, end, text.len);
	at = slice_find(text, begin);
	if (at == SLICE_NONE)
		return false;
	text = slice_sub(text, at + begin.len, text.len);
	action = find_action(text, &at);
	if (action == NULL || action->kind == TOLD_NOTHING)
		return false;
	out->kind = action->kind;
	out->message_id = slice_sub(text, 0, at);
	if (slice_ends_fold(out->message_id, SLICE(": redirect action")))
		out->message_id.len -= sizeof(": redirect action") - 1;
	out->recipient = slice_sub(text, at + action->words.len, text.len);
	return out->recipient.len > 0;
}
