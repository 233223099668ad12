/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Reading addr-specs: the grammar of RFC 5322 with section 4.4 is read from
 * tokens. Where the grammar ends, what mail servers do decides: the last '@'
 * is the one that counts.
 */
#include "mail/spec.h"

#include <string.h>

bool
spec_is_word(struct token token)
{
	return token.kind == TOKEN_ATOM || token.kind == TOKEN_QUOTED;
}

bool
chain_takes(const struct chain *chain, struct token token)
{
	return chain->words == 0 || chain->to == token.raw.p ||
		chain->to[-1] == '.' || token.raw.p[0] == '.';
}

void
chain_add(struct chain *chain, struct token token)
{
	if (chain->words++ == 0) {
		chain->from = token.raw.p;
		chain->first = token;
	}
	chain->to = token.raw.p + token.raw.len;
}

/* Its text without quotes, comments and white space; absent when the arena
 * is full. */
struct slice
chain_text(struct arena *arena, const struct chain *chain)
{
	struct slice raw = {chain->from, (size_t)(chain->to - chain->from)};
	struct lexer lexer = lexer_of(raw);
	size_t len = 0;
	char *p;

	if (chain->words == 1)
		return token_text(arena, chain->first);
	p = arena_bytes(arena, raw.len);
	if (p == NULL)
		return (struct slice){NULL, 0};
	for (struct token token = token_next_word(&lexer);
		token.kind != TOKEN_END; token = token_next_word(&lexer)) {
		struct slice text = token_text(arena, token);

		if (slice_is_absent(text))
			return text;
		memcpy(p + len, text.p, text.len);
		len += text.len;
	}
	return (struct slice){p, len};
}

/* The words of a local part, up to what is none. */
static struct chain
read_local(struct lexer *lexer)
{
	struct chain chain = {0};

	for (;;) {
		struct lexer before = *lexer;
		struct token token = token_next_word(lexer);

		if (!spec_is_word(token) || !chain_takes(&chain, token)) {
			*lexer = before;
			return chain;
		}
		chain_add(&chain, token);
	}
}

/* What may follow an '@'. */
struct chain
spec_read_domain(struct lexer *lexer)
{
	struct chain chain = {0};

	for (;;) {
		struct lexer before = *lexer;
		struct token token = token_next_word(lexer);

		if ((token.kind != TOKEN_ATOM && token.kind != TOKEN_LITERAL) ||
			!chain_takes(&chain, token)) {
			*lexer = before;
			return chain;
		}
		chain_add(&chain, token);
	}
}

/* "@a,@b:" of an obs-route; the lexer stays where it was if there is none. */
static void
skip_route(struct lexer *lexer)
{
	struct lexer start = *lexer;
	struct token token = token_next_word(lexer);

	while (token.special == '@' || token.special == ',') {
		if (token.special == '@')
			(void)spec_read_domain(lexer);
		token = token_next_word(lexer);
	}
	if (token.special != ':')
		*lexer = start;
}

/* What nearly all are: a dot-atom, '@', a dot-atom, and then the end or a
 * '>'. The lexer stays where it was if it is another. */
static bool
find_plain(struct lexer *lexer, struct slice *local, struct slice *domain)
{
	const char *p = lexer->at, *at;

	if (p == lexer->end || *p == '=')
		return false;
	while (p < lexer->end && token_is_atom_byte(*p))
		p++;
	if (p == lexer->at || p == lexer->end || *p != '@')
		return false;
	at = p++;
	while (p < lexer->end && token_is_atom_byte(*p))
		p++;
	if (p == at + 1 || (p < lexer->end && *p != '>'))
		return false;
	*local = (struct slice){lexer->at, (size_t)(at - lexer->at)};
	*domain = (struct slice){at + 1, (size_t)(p - at - 1)};
	lexer->at = p;
	return true;
}

static enum spec_outcome
build(struct arena *arena, struct slice local, struct slice domain,
	struct address *out)
{
	if (!address_build(arena, local, domain, out))
		return SPEC_ARENA_FULL;
	return out->broken ? SPEC_UNREADABLE : SPEC_READ;
}

enum spec_outcome
spec_read(struct arena *arena, struct lexer *lexer, struct address *out)
{
	struct slice local, domain = {NULL, 0};
	struct chain chain;
	struct lexer before;

	if (find_plain(lexer, &local, &domain))
		return build(arena, local, domain, out);
	skip_route(lexer);
	chain = read_local(lexer);
	if (chain.words == 0) {
		*out = (struct address){
			.local = SLICE(""),
			.domain = SLICE(""),
			.text = SLICE(""),
		};
		return SPEC_READ;
	}
	local = chain_text(arena, &chain);
	before = *lexer;
	if (token_next_word(lexer).special != '@') {
		*lexer = before;
		return build(arena, local, domain, out);
	}
	chain = spec_read_domain(lexer);
	if (chain.words == 0)
		return SPEC_UNREADABLE;
	domain = chain_text(arena, &chain);
	if (slice_is_absent(domain))
		return SPEC_ARENA_FULL;
	return build(arena, local, domain, out);
}

static size_t
last_at(struct slice s)
{
	size_t at = s.len;

	while (at > 0 && s.p[at - 1] != '@')
		at--;
	return at > 0 ? at - 1 : SLICE_NONE;
}

/* A local part that should have been quoted, as pickup hands it on? */
static bool
is_bare(struct slice local)
{
	for (size_t i = 0; i < local.len; i++) {
		if (local.p[i] == '"' || local.p[i] == '<' || local.p[i] == '>')
			return false;
	}
	return true;
}

bool
address_parse_path(struct arena *arena, struct slice path, struct address *out)
{
	struct lexer lexer;
	size_t at;

	path = slice_trim(path);
	if (path.len > 0 && path.p[0] == '<')
		path = slice_sub(path, 1, path.len);
	if (path.len > 0 && path.p[path.len - 1] == '>')
		path = slice_sub(path, 0, path.len - 1);
	path = slice_trim(path);
	lexer = lexer_of(path);
	switch (spec_read(arena, &lexer, out)) {
	case SPEC_READ:
		if (token_next_word(&lexer).kind == TOKEN_END)
			return true;
		break;
	case SPEC_UNREADABLE:
		break;
	case SPEC_ARENA_FULL:
		return false;
	}
	at = last_at(path);
	if (at != SLICE_NONE && at + 1 < path.len &&
		is_bare(slice_sub(path, 0, at)) &&
		address_build(arena, slice_sub(path, 0, at),
			slice_sub(path, at + 1, path.len), out) &&
		!out->broken)
		return true;
	return address_build_broken(arena, path, out);
}
