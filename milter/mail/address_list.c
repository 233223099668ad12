/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Address lists, read item by item from tokens (RFC 5322 section 3.4 and
 * 4.4). Where the grammar ends, what mail programs do decides: they show the
 * addr-spec in the angle brackets, whatever stands before it, and a sender
 * must not hide one behind a mistake.
 */
#include "mail/address_list.h"

#include "mail/encoded_word.h"
#include "mail/path.h"
#include "mail/spec.h"
#include "mail/token.h"

#include <string.h>

/* The item of an address list that is being read. */
enum found {
	FOUND_NONE,
	FOUND_BARE, /* local@domain */
	FOUND_ANGLE /* <local@domain> */
};

struct item {
	const char *from, *to; /* of all of it; from is NULL when empty */
	const char *phrase_to; /* the display name ends there */
	struct chain chain; /* the last words */
	size_t chains; /* how many there were before an addr-spec */
	struct slice comment; /* the last one */
	struct address address;
	enum found found;
	bool junk; /* what has no place in an address */
};

struct list {
	struct arena *arena;
	struct lexer lexer;
	struct item item;
	struct address_list out;
	size_t limit;
	bool cut; /* at the limit, or the arena is full: stop */
};

static struct address *
list_slot(struct list *list)
{
	struct address_list *out = &list->out;
	struct address *at = out->count < list->limit
		? arena_grow(list->arena, out->at, out->count, &out->size,
			  sizeof(*at))
		: NULL;

	if (at == NULL) {
		list->cut = true;
		return NULL;
	}
	out->at = at;
	at[out->count] = (struct address){.broken = false};
	return &at[out->count++];
}

/* Nothing in it but words with one space between? */
static bool
is_plain_phrase(struct slice raw)
{
	for (size_t i = 0; i < raw.len; i++) {
		char c = raw.p[i];

		if (c == ' ' ? raw.p[i + 1] == ' ' : !token_is_atom_byte(c))
			return false;
	}
	return true;
}

static struct slice
phrase_text(struct arena *arena, struct slice raw)
{
	if (!is_plain_phrase(raw))
		raw = token_join(arena, raw, TOKEN_JOIN_PHRASE);
	return slice_trim(encoded_words_decode(arena, raw));
}

/* A comment as a name, without quotes around it. */
static struct slice
comment_text(struct arena *arena, struct slice comment)
{
	comment = slice_trim(comment);
	if (comment.len >= 2 && comment.p[0] == '"' &&
		comment.p[comment.len - 1] == '"')
		comment = slice_sub(comment, 1, comment.len - 1);
	comment = token_unquote(arena, comment);
	return slice_trim(encoded_words_decode(arena, comment));
}

/* The display name: the phrase, else the comment after the address. */
static struct slice
item_name(struct arena *arena, const struct item *item)
{
	if (item->found == FOUND_ANGLE && item->phrase_to != NULL) {
		return phrase_text(arena,
			(struct slice){item->from,
				(size_t)(item->phrase_to - item->from)});
	}
	if (slice_is_absent(item->comment))
		return item->comment;
	return comment_text(arena, item->comment);
}

/* Ends the item; an empty one leaves nothing. */
static void
flush(struct list *list)
{
	struct item *item = &list->item;
	struct arena *arena = list->arena;
	struct address *slot = NULL;
	bool ok = true;

	if (item->from != NULL)
		slot = list_slot(list);
	if (slot != NULL) {
		struct slice raw = {
			item->from, (size_t)(item->to - item->from)};

		if (item->found == FOUND_ANGLE ||
			(item->found == FOUND_BARE && !item->address.broken)) {
			*slot = item->address;
		} else if (item->found == FOUND_NONE && !item->junk &&
			item->chains == 1) {
			ok = address_build(arena,
				chain_text(arena, &item->chain), SLICE(""),
				slot);
		} else {
			ok = address_build_broken(arena, raw, slot);
		}
		slot->name = item_name(arena, item);
	}
	if (!ok) {
		list->out.count--;
		list->cut = true;
	}
	*item = (struct item){0};
}

static void
item_extend(struct item *item, struct token token)
{
	if (item->from == NULL)
		item->from = token.raw.p;
	item->to = token.raw.p + token.raw.len;
}

static void
take_word(struct list *list, struct token token)
{
	struct item *item = &list->item;

	if (item->found != FOUND_NONE)
		flush(list);
	if (item->chains == 0 || !chain_takes(&item->chain, token)) {
		item->chain = (struct chain){0};
		item->chains++;
	}
	chain_add(&item->chain, token);
	item_extend(item, token);
	item->phrase_to = item->to;
}

static void
take_comment(struct list *list, struct token token)
{
	list->item.comment = token_inside(token);
}

static void
take_junk(struct list *list, struct token token)
{
	item_extend(&list->item, token);
	list->item.junk = true;
	if (list->item.phrase_to != NULL && list->item.found != FOUND_ANGLE)
		list->item.phrase_to = list->item.to;
}

/* The chain before it is a local part. */
static void
take_at(struct list *list, struct token token)
{
	struct item *item = &list->item;
	struct slice local;
	struct chain domain;

	item_extend(item, token);
	domain = spec_read_domain(&list->lexer);
	if (domain.words > 0)
		item->to = domain.to;
	if (item->found != FOUND_NONE || item->address.broken ||
		item->chain.words == 0 || domain.words == 0) {
		item->address.broken = true;
		item->junk = true;
		return;
	}
	local = chain_text(list->arena, &item->chain);
	list->cut = slice_is_absent(local) ||
		!address_build(list->arena, local,
			chain_text(list->arena, &domain), &item->address);
	item->phrase_to = domain.to;
	item->found = FOUND_BARE;
	item->chain = (struct chain){0};
}

/*
 * Passes over what should not be there, to the end of the angle brackets or
 * what must be it; *clean tells whether there was nothing. Where the inside
 * ends.
 */
static const char *
close_angle(struct list *list, bool *clean)
{
	*clean = true;
	for (;;) {
		struct lexer before = list->lexer;
		struct token token = token_next_word(&list->lexer);

		if (token.special == '>')
			return token.raw.p;
		if (token.kind == TOKEN_END || token.special == ',' ||
			token.special == '<') {
			list->lexer = before;
			return before.at;
		}
		*clean = false;
	}
}

/* Some write the brackets twice. */
static void
skip_more_brackets(struct lexer *lexer)
{
	struct lexer before;

	do {
		before = *lexer;
	} while (token_next_word(lexer).special == '<');
	*lexer = before;
}

static void
take_angle(struct list *list, struct token token)
{
	struct item *item = &list->item;
	struct slice inside;
	enum spec_outcome outcome;
	bool clean;

	if (item->found == FOUND_ANGLE)
		flush(list);
	item_extend(item, token);
	item->found = FOUND_ANGLE;
	skip_more_brackets(&list->lexer);
	inside.p = list->lexer.at;
	outcome = spec_read(list->arena, &list->lexer, &item->address);
	inside.len = (size_t)(close_angle(list, &clean) - inside.p);
	item->to = list->lexer.at;
	if (outcome == SPEC_READ && clean)
		return;
	if (slice_starts_fold(inside, SLICE("mailto:")))
		inside = slice_sub(inside, strlen("mailto:"), inside.len);
	if (outcome == SPEC_ARENA_FULL ||
		!path_parse(list->arena, inside, &item->address))
		list->cut = true;
}

static void
take_separator(struct list *list, struct token token)
{
	(void)token;
	flush(list);
}

/* What was a phrase was the name of a group. */
static void
take_colon(struct list *list, struct token token)
{
	(void)token;
	if (list->item.found == FOUND_NONE) {
		list->item = (struct item){0};
	} else {
		flush(list);
	}
}

static void
take_special(struct list *list, struct token token)
{
	static const struct {
		char special;
		void (*take)(struct list *, struct token);
	} takers[] = {
		{'<', take_angle},
		{'@', take_at},
		{',', take_separator},
		{';', take_separator},
		{':', take_colon},
	};

	for (size_t i = 0; i < sizeof(takers) / sizeof(*takers); i++) {
		if (takers[i].special == token.special) {
			takers[i].take(list, token);
			return;
		}
	}
	take_junk(list, token);
}

static void
take_token(struct list *list, struct token token)
{
	if (spec_is_word(token)) {
		take_word(list, token);
	} else if (token.kind == TOKEN_COMMENT) {
		take_comment(list, token);
	} else if (token.kind == TOKEN_SPECIAL) {
		take_special(list, token);
	} else {
		take_junk(list, token);
	}
}

bool
address_list_add(struct address_list *out, struct arena *arena,
	struct slice value, size_t limit)
{
	struct list list = {
		.arena = arena,
		.lexer = token_lexer(value),
		.out = *out,
		.limit = limit,
	};
	struct token token = token_next(&list.lexer);

	if (list.out.at == NULL)
		list.out.size = 1; /* most fields have one */
	while (token.kind != TOKEN_END && !list.cut) {
		take_token(&list, token);
		token = token_next(&list.lexer);
	}
	if (!list.cut)
		flush(&list);
	*out = list.out;
	return !list.cut;
}

struct addresses
address_list_parse(
	struct arena *arena, struct slice value, size_t limit, bool *cut)
{
	struct address_list list = {0};

	*cut = !address_list_add(&list, arena, value, limit);
	return (struct addresses){list.at, list.count};
}
