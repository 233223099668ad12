/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Reading addr-specs: the grammar of RFC 5322 with section 4.4 is read from
 * tokens. Where the grammar ends, what mail servers do decides: the last '@'
 * is the one that counts.
 */
#include "mail/spec.h"

bool
spec_is_word(struct token token)
{
	return token.kind == TOKEN_ATOM || token.kind == TOKEN_QUOTED;
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
