/* SPDX-License-Identifier: BSD-2-Clause */
#include "verdict/contained.h"

#include "base/arena.h"
#include "forward/hear.h"
#include "forward/mailbox.h"
#include "store/key.h"

/* A domain is contained with what is below it, so many levels deep. */
#define LEVELS_MAX 16

static const char *const words[CONTAINED_WHATS] = {
	[CONTAINED_MAILBOX] = "contain",
	[CONTAINED_WRITER] = "contain-all",
	[CONTAINED_TO] = "contain-to",
	[CONTAINED_ALL_TO] = "contain-all-to",
};

struct slice
contained_about(
	struct arena *arena, enum contained_what what, struct slice name)
{
	struct buf about = {0};
	struct slice copy = {NULL, 0};

	key_add_field(&about, slice_of(words[what]));
	key_add_field(&about, name);
	if (buf_ok(&about))
		copy = arena_copy(arena, buf_slice(&about));
	buf_fini(&about);
	return copy;
}

bool
contained_read(struct arena *arena, struct slice about,
	enum contained_what *what, struct slice *name)
{
	size_t end = key_field_end(about, 0);

	if (end == about.len)
		return false;
	for (int i = 0; i < CONTAINED_WHATS; i++) {
		if (!slice_equal(slice_sub(about, 0, end), slice_of(words[i])))
			continue;
		*what = (enum contained_what)i;
		*name = key_field(arena, slice_sub(about, end + 1, about.len));
		return true;
	}
	return false;
}

const char *
contained_kind(enum contained_what what, struct slice name)
{
	if (what == CONTAINED_MAILBOX || what == CONTAINED_WRITER)
		return "mailbox";
	return key_is_address(name) ? "destination" : "domain";
}

bool
contained_is_all(enum contained_what what)
{
	return what == CONTAINED_WRITER || what == CONTAINED_ALL_TO;
}

struct slice
contained_writer(
	const struct context *context, const struct remembered *remembered)
{
	struct slice login = hear_login(context, remembered);

	if (login.len > 0 && !slice_equal(login, TRACE_PROGRAM))
		return login;
	return custody_born_here(&context->custody) ? context->author.text
						    : (struct slice){NULL, 0};
}

/* One message's search. */
struct search {
	const struct verdict *verdict;
	struct arena *arena;
	struct slice writer;
	struct contained *out;
};

static bool
is_ordered(const struct search *search, enum contained_what what,
	struct slice name)
{
	struct contained *out = search->out;
	struct slice about;

	if (name.len == 0)
		return false;
	about = contained_about(search->arena, what, name);
	if (about.p == NULL ||
		!store_ordered(search->verdict->store, search->arena, about,
			&out->word))
		return false;
	out->what = what;
	out->name = name;
	return true;
}

static bool
is_mailbox_ordered(const struct search *search, struct slice mailbox)
{
	return is_ordered(search, CONTAINED_MAILBOX, mailbox) ||
		is_ordered(search, CONTAINED_WRITER, mailbox);
}

bool
contained_mailbox(
	struct store *store, struct arena *arena, struct slice mailbox)
{
	const struct verdict verdict = {.store = store};
	struct contained found;
	const struct search search = {
		.verdict = &verdict, .arena = arena, .out = &found};

	return store != NULL && is_mailbox_ordered(&search, mailbox);
}

/* An alias that leads to the mailbox, where the mail came for it. */
static bool
is_alias_ordered(const struct search *search, const struct recipient *rcpt)
{
	const struct message *message = search->verdict->message;
	struct address alias;

	return rcpt->original_local &&
		mailbox_find(message->realm, search->arena, &rcpt->original,
			&alias) &&
		is_mailbox_ordered(search, alias.text);
}

/* Of several that may be meant, one is enough: he is not to be missed. */
static bool
is_one_of_ordered(const struct search *search, const struct flow *flow)
{
	for (size_t i = 0; flow->one_of > 0 && i < flow->seen_count; i++) {
		if (is_mailbox_ordered(search, flow->seen[i].mailbox.text))
			return true;
	}
	return false;
}

static bool
is_destination_ordered(const struct search *search, enum contained_what what,
	const struct address *to)
{
	struct slice domain = to->domain;

	if (is_ordered(search, what, to->text))
		return true;
	for (int level = 0; level < LEVELS_MAX && domain.len > 0; level++) {
		size_t dot = slice_find_byte(domain, '.', 0);

		if (is_ordered(search, what, domain))
			return true;
		if (dot == SLICE_NONE)
			break;
		domain = slice_sub(domain, dot + 1, domain.len);
	}
	return false;
}

static bool
is_held(const struct search *search, const struct flow *flow)
{
	const struct address *to = &flow->rcpt->address;

	if (is_ordered(search, CONTAINED_WRITER, search->writer) ||
		is_destination_ordered(search, CONTAINED_ALL_TO, to))
		return true;
	if (flow->kind == KIND_NONE && !flow_is_excused(flow))
		return false;
	return is_mailbox_ordered(search, flow->mailbox.text) ||
		is_one_of_ordered(search, flow) ||
		is_alias_ordered(search, flow->rcpt) ||
		is_destination_ordered(search, CONTAINED_TO, to);
}

bool
contained_find(const struct verdict *verdict, struct slice writer,
	struct contained *out)
{
	struct contained found = {0};
	struct search search = {.verdict = verdict,
		.arena = verdict->message->arena,
		.writer = writer,
		.out = &found};

	out->flow = NULL;
	for (size_t i = 0; verdict->store != NULL && i < verdict->flow_count;
		i++) {
		const struct flow *flow = &verdict->flows[i];

		if (!flow->rcpt->external ||
			(out->flow != NULL &&
				out->flow->confidence >= flow->confidence) ||
			!is_held(&search, flow))
			continue;
		*out = found;
		out->flow = flow;
	}
	return out->flow != NULL;
}
