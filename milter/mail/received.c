/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Received lines. Only the clauses' words are common to all MTAs: each opens
 * a clause that lasts until the next one or the ';' of the date. Comments
 * belong to the clause they follow; the one after "from" holds the client's
 * address, in brackets if the MTA says so and bare if it does not (qmail,
 * Exchange). The client chooses its HELO, which stands before that as a word,
 * a literal or even a comment; its certificate and login come in comments
 * after. The first comment that is no HELO and has an address is the MTA's.
 */
#include "mail/received.h"

#include "base/date.h"
#include "base/network.h"
#include "mail/path.h"
#include "mail/token.h"

#include <string.h>

enum clause {
	CLAUSE_NONE,
	CLAUSE_FROM,
	CLAUSE_BY,
	CLAUSE_VIA,
	CLAUSE_WITH,
	CLAUSE_ID,
	CLAUSE_FOR
};

/* Up to four letters in one number, lower case. */
#define WORD(a, b, c, d) \
	((uint32_t)(a) << 24 | (uint32_t)(b) << 16 | (uint32_t)(c) << 8 | (d))

static const struct {
	uint32_t word;
	enum clause clause;
} clauses[] = {
	{WORD('f', 'r', 'o', 'm'), CLAUSE_FROM},
	{WORD(0, 0, 'b', 'y'), CLAUSE_BY},
	{WORD(0, 'v', 'i', 'a'), CLAUSE_VIA},
	{WORD('w', 'i', 't', 'h'), CLAUSE_WITH},
	{WORD(0, 0, 'i', 'd'), CLAUSE_ID},
	{WORD(0, 'f', 'o', 'r'), CLAUSE_FOR},
};

/* Semicolons behind which a date is looked for; every one starts reading
 * anew. */
#define DATES_MAX 8

struct parser {
	struct lexer lexer;
	struct received *out;
	enum clause clause;
	unsigned seen; /* bit set of clauses */
	unsigned dates; /* how often one was looked for */
	bool has_client; /* a comment told the client's address */
	struct slice for_path; /* where "for" began */
};

static enum clause
find_clause(struct token token)
{
	uint32_t word = 0;

	if (token.kind != TOKEN_ATOM || token.raw.len > 4)
		return CLAUSE_NONE;
	for (size_t i = 0; i < token.raw.len; i++)
		word = word << 8 | ((unsigned char)token.raw.p[i] | 0x20U);
	for (size_t i = 0; i < sizeof(clauses) / sizeof(*clauses); i++) {
		if (clauses[i].word == word)
			return clauses[i].clause;
	}
	return CLAUSE_NONE;
}

/* An address as text, without "IPv6:" and zone; absent if it is none. */
static struct slice
as_ip(struct slice text)
{
	struct network one;

	text = slice_trim(text);
	if (slice_starts_fold(text, SLICE("IPv6:")))
		text = slice_sub(text, 5, text.len);
	text = slice_sub(text, 0, slice_find_byte(text, '%', 0));
	return network_parse_address(text, &one) ? text
						 : (struct slice){NULL, 0};
}

/* Exim writes "([192.0.2.1] helo=[10.0.0.1])". */
static bool
is_helo(struct slice before)
{
	return slice_ends_fold(before, SLICE("helo="));
}

/* The last "[...]" of a comment: what stands before it is what the client
 * said of itself. */
static struct slice
bracketed_ip(struct slice comment)
{
	size_t to = comment.len, from;

	while (to > 0) {
		if (comment.p[to - 1] != ']') {
			to--;
			continue;
		}
		for (from = to; from > 0 && comment.p[from - 1] != '['; from--)
			;
		if (from == 0)
			break;
		if (!is_helo(slice_sub(comment, 0, from - 1)))
			return as_ip(slice_sub(comment, from, to - 1));
		to = from - 1;
	}
	return (struct slice){NULL, 0};
}

/* "1.2.3.4", "user@1.2.3.4", "2001:db8::1" as all of a comment. */
static struct slice
bare_ip(struct slice comment)
{
	size_t at = slice_find_byte(comment, '@', 0);

	if (at != SLICE_NONE)
		comment = slice_sub(comment, at + 1, comment.len);
	return as_ip(comment);
}

/* qmail: "(HELO mail.example) (192.0.2.1)" */
static bool
is_helo_comment(struct slice comment)
{
	return slice_starts_fold(comment, SLICE("HELO ")) ||
		slice_starts_fold(comment, SLICE("EHLO "));
}

static void
take_from_comment(struct parser *parser, struct slice comment)
{
	struct slice ip;

	if (is_helo_comment(comment))
		return;
	ip = bracketed_ip(comment);
	if (slice_is_absent(ip))
		ip = bare_ip(comment);
	if (slice_is_absent(ip))
		return;
	parser->out->from_ip = ip;
	parser->has_client = true;
}

/* Extends a clause of several words ("Microsoft SMTP Server"). */
static void
extend(struct slice *value, struct token token)
{
	if (slice_is_absent(*value)) {
		*value = token.raw;
	} else {
		value->len = (size_t)(token.raw.p + token.raw.len - value->p);
	}
}

static void
take_first(struct slice *value, struct token token)
{
	if (slice_is_absent(*value)) {
		*value = token.kind == TOKEN_LITERAL ? token_inside(token)
						     : token.raw;
	}
}

/* One path: some name several, "for <a@b>, <c@d>", some put words before. */
static void
take_for(struct slice *path, struct token token)
{
	if (!slice_is_absent(*path) && path->p[path->len - 1] == '>')
		return;
	if (token.special == '<')
		*path = (struct slice){NULL, 0};
	extend(path, token);
}

static void
take_word(struct parser *parser, struct token token)
{
	struct received *out = parser->out;

	switch (parser->clause) {
	case CLAUSE_FROM:
		take_first(&out->from, token);
		if (token.kind == TOKEN_LITERAL &&
			slice_is_absent(out->from_ip))
			out->from_ip = as_ip(token_inside(token));
		break;
	case CLAUSE_BY:
		take_first(&out->by, token);
		break;
	case CLAUSE_WITH:
		extend(&out->with, token);
		break;
	case CLAUSE_ID:
		take_first(&out->id, token);
		break;
	case CLAUSE_FOR:
		take_for(&parser->for_path, token);
		break;
	case CLAUSE_NONE:
	case CLAUSE_VIA:
		break;
	}
}

/* A clause's word counts once, and not where a value must stand. */
static bool
opens_clause(const struct parser *parser, enum clause clause)
{
	const struct received *out = parser->out;

	if (clause == CLAUSE_NONE || (parser->seen & 1U << clause) != 0)
		return false;
	return !(parser->clause == CLAUSE_FROM && slice_is_absent(out->from)) &&
		!(parser->clause == CLAUSE_BY && slice_is_absent(out->by)) &&
		!(parser->clause == CLAUSE_ID && slice_is_absent(out->id));
}

/* Behind the client's own comment: Postfix's "(Authenticated sender: alice)",
 * "(Postfix, from userid 1000)", Sendmail's "(from alice@localhost)". */
static void
take_hander(struct parser *parser, struct slice comment)
{
	const struct slice sender = SLICE("Authenticated sender: ");
	const struct slice user = SLICE("Postfix, from userid ");
	const struct slice from = SLICE("from ");

	if (parser->clause == CLAUSE_FROM && parser->has_client &&
		slice_starts_fold(comment, sender)) {
		parser->out->login =
			slice_trim(slice_sub(comment, sender.len, comment.len));
	} else if (parser->clause == CLAUSE_BY &&
		slice_starts_fold(comment, user)) {
		parser->out->uid =
			slice_trim(slice_sub(comment, user.len, comment.len));
	} else if (parser->seen == 0 && slice_starts_fold(comment, from)) {
		parser->out->login =
			slice_trim(slice_sub(comment, from.len, comment.len));
		parser->out->login = slice_sub(parser->out->login, 0,
			slice_find_byte(parser->out->login, '@', 0));
	}
}

static void
take_token(struct parser *parser, struct token token)
{
	enum clause clause = find_clause(token);

	if (opens_clause(parser, clause)) {
		parser->clause = clause;
		parser->seen |= 1U << clause;
	} else if (token.kind != TOKEN_COMMENT) {
		take_word(parser, token);
	} else if (parser->clause == CLAUSE_FROM && !parser->has_client) {
		take_from_comment(parser, token_inside(token));
	} else {
		take_hander(parser, token_inside(token));
	}
}

/* Is what follows a ';' a date, and so the end of the line? */
static bool
take_date(struct parser *parser)
{
	struct slice rest = {parser->lexer.at,
		(size_t)(parser->lexer.end - parser->lexer.at)};

	return parser->dates++ < DATES_MAX &&
		date_parse(rest, &parser->out->at_ms);
}

bool
received_parse(struct arena *arena, struct slice value, struct received *out)
{
	struct parser parser = {.lexer = token_lexer(value), .out = out};

	*out = (struct received){0};
	for (struct token token = token_next(&parser.lexer);
		token.kind != TOKEN_END; token = token_next(&parser.lexer)) {
		if (token.special != ';') {
			take_token(&parser, token);
		} else if (take_date(&parser)) {
			break;
		}
	}
	if (slice_is_absent(parser.for_path))
		return true;
	return path_parse(arena, parser.for_path, &out->for_address);
}
