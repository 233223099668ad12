/* SPDX-License-Identifier: BSD-2-Clause */
/* The condition: a lexer of whole words and a recursive descent over them. */
#include "sigma/condition.h"

#include "sigma/correlation.h"

#include <stdio.h>
#include <string.h>

#define DEPTH_MAX 30
#define PARTS_MAX 128
#define TEXT_BYTES_MAX 16384

enum token_kind {
	TOKEN_END,
	TOKEN_WORD,
	TOKEN_OPEN,
	TOKEN_CLOSE,
	TOKEN_OTHER
};

struct token {
	enum token_kind kind;
	struct slice text;
	size_t offset;
};

struct parser {
	struct build *build;
	const struct yaml_node *node;
	struct selections *selections;
	struct token token; /* the one to be read next */
	unsigned depth;
	bool failed; /* one error a condition is enough */
};

static const struct expr false_expr = {.op = EXPR_FALSE};

static bool
is_word_byte(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') ||
		(c >= 'a' && c <= 'z') || (unsigned char)c >= 0x80 ||
		(c != '\0' && strchr("_-.*?", c) != NULL);
}

static void
advance(struct parser *parser)
{
	const struct slice text = parser->node->text;
	size_t at = parser->token.offset + parser->token.text.len, end;

	while (at < text.len && strchr(" \t\r\n", text.p[at]) != NULL)
		at++;
	end = at;
	while (end < text.len && is_word_byte(text.p[end]))
		end++;
	parser->token.offset = at;
	parser->token.kind = TOKEN_WORD;
	if (at == text.len) {
		parser->token.kind = TOKEN_END;
	} else if (text.p[at] == '(') {
		parser->token.kind = TOKEN_OPEN;
	} else if (text.p[at] == ')') {
		parser->token.kind = TOKEN_CLOSE;
	} else if (end == at) {
		parser->token.kind = TOKEN_OTHER;
	}
	if (end == at && at < text.len)
		end++;
	parser->token.text = slice_sub(text, at, end);
}

static bool
is_word(const struct parser *parser, const char *word)
{
	return parser->token.kind == TOKEN_WORD &&
		slice_equal(parser->token.text, slice_of(word));
}

static const struct expr *
fail_at(struct parser *parser, const struct token *token, const char *hint,
	const char *what)
{
	if (!parser->failed) {
		(void)build_error(parser->build,
			build_mark_in(
				parser->node, token->offset, token->text.len),
			hint, "%s", what);
	}
	parser->failed = true;
	return &false_expr;
}

static const struct expr *
fail(struct parser *parser, const char *hint, const char *what)
{
	const struct token token = parser->token;

	return fail_at(parser, &token, hint, what);
}

#define PIPE_HINT                                                 \
	"counting is a correlation, a document of its own after " \
	"---:\n" CORRELATION_EXAMPLE

static const struct expr *
fail_unexpected(struct parser *parser)
{
	char what[96];

	if (parser->token.kind == TOKEN_END) {
		return fail(parser, "name a selection after it",
			"the condition ends too early");
	}
	if (slice_equal(parser->token.text, SLICE("|"))) {
		return fail(parser, PIPE_HINT,
			"conditions have no pipes since Sigma 2");
	}
	if (slice_equal(parser->token.text, SLICE("\"")) ||
		slice_equal(parser->token.text, SLICE("'"))) {
		return fail(parser,
			"write the selection's name without quotes; values "
			"belong into selections",
			"a quote is out of place in a condition");
	}
	(void)snprintf(what, sizeof(what), "\"%.*s\" is out of place here",
		SLICE_ARG(parser->token.text));
	return fail(parser,
		"use selections' names, and, or, not, ( ), 1 of, "
		"all of",
		what);
}

/* Does name fit a pattern of which only * is special? */
static bool
fits(struct slice name, struct slice pattern)
{
	size_t at = 0, to = 0, star = SIZE_MAX, star_to = 0;

	while (to < name.len) {
		if (at < pattern.len && pattern.p[at] == '*') {
			star = at++;
			star_to = to;
		} else if (at < pattern.len && pattern.p[at] == name.p[to]) {
			at++;
			to++;
		} else if (star != SIZE_MAX) {
			at = star + 1;
			to = ++star_to;
		} else {
			return false;
		}
	}
	while (at < pattern.len && pattern.p[at] == '*')
		at++;
	return at == pattern.len;
}

static const struct expr *
fail_undefined(struct parser *parser, const struct token *token)
{
	const struct selections *selections = parser->selections;
	char what[160], hint[160] = "";
	const char *nearest = NULL;

	for (size_t i = 0; i < selections->count && nearest == NULL; i++) {
		nearest =
			diag_nearest(token->text, &selections->at[i].name.p, 1);
	}
	if (nearest != NULL) {
		(void)snprintf(
			hint, sizeof(hint), "did you mean \"%s\"?", nearest);
	} else if (slice_equal_fold(token->text, SLICE("and")) ||
		slice_equal_fold(token->text, SLICE("or")) ||
		slice_equal_fold(token->text, SLICE("not"))) {
		(void)snprintf(hint, sizeof(hint),
			"and, or, not are written in lower case");
	} else {
		(void)snprintf(hint, sizeof(hint),
			"selections stand beside the condition, under "
			"detection:");
	}
	(void)snprintf(what, sizeof(what), "no selection is called \"%.*s\"",
		SLICE_ARG(token->text));
	return fail_at(parser, token, hint, what);
}

static const struct expr *
use(struct selection *selection)
{
	selection->used = true;
	return selection->expr;
}

static bool
is_meant(const struct selection *selection, struct slice pattern)
{
	if (slice_equal(pattern, SLICE("them")))
		return selection->name.len > 0 && selection->name.p[0] != '_';
	return fits(selection->name, pattern);
}

static const struct expr *
parse_pattern(struct parser *parser, enum expr_op op)
{
	const struct selections *selections = parser->selections;
	const struct token token = parser->token;
	const struct expr **parts;
	size_t count = 0, i;

	if (token.kind != TOKEN_WORD) {
		return fail(parser, "write 1 of them, or 1 of name*",
			"a name pattern or \"them\" is missing after \"of\"");
	}
	parts = build_alloc(
		parser->build, (selections->count + 1) * sizeof(*parts));
	if (parts == NULL)
		return &false_expr;
	for (i = 0; i < selections->count; i++) {
		if (is_meant(&selections->at[i], token.text))
			parts[count++] = use(&selections->at[i]);
	}
	if (count == 0)
		return fail_undefined(parser, &token);
	advance(parser);
	return count == 1 ? parts[0]
			  : selection_expr_new(parser->build, op, parts, count);
}

static bool
is_quantity(const struct parser *parser)
{
	const struct slice text = parser->token.text;
	uint64_t number;

	return parser->token.kind == TOKEN_WORD &&
		(slice_equal(text, SLICE("any")) ||
			slice_equal(text, SLICE("all")) ||
			slice_to_u64(text, &number));
}

/* Is the word after this one "of"? Then this one is a quantity. */
static bool
is_before_of(const struct parser *parser)
{
	struct parser ahead = *parser;

	advance(&ahead);
	return is_word(&ahead, "of");
}

static const struct expr *
parse_quantity(struct parser *parser)
{
	enum expr_op op = is_word(parser, "all") ? EXPR_AND : EXPR_OR;

	if (op == EXPR_OR && !is_word(parser, "1") && !is_word(parser, "any")) {
		return fail(parser,
			"write the combinations out: (a and b) or (a and c) or "
			"(b and c); to count messages write a correlation",
			"only \"1 of\", \"any of\" and \"all of\" are "
			"supported");
	}
	advance(parser);
	advance(parser);
	return parse_pattern(parser, op);
}

static const struct expr *parse_or(struct parser *);

static const struct expr *
parse_group(struct parser *parser)
{
	const struct expr *expr;

	if (parser->depth == DEPTH_MAX) {
		return fail(parser, "split it into named selections",
			"there are too many parentheses in each other");
	}
	advance(parser);
	parser->depth++;
	expr = parse_or(parser);
	parser->depth--;
	if (parser->token.kind != TOKEN_CLOSE) {
		return fail(parser, "close every ( with a )",
			"a \")\" is missing here");
	}
	advance(parser);
	return expr;
}

static const struct expr *
parse_name(struct parser *parser)
{
	const struct token token = parser->token;

	for (size_t i = 0; i < parser->selections->count; i++) {
		struct selection *selection = &parser->selections->at[i];

		if (!slice_equal(selection->name, token.text))
			continue;
		advance(parser);
		return use(selection);
	}
	if (slice_find_byte(token.text, '*', 0) != SLICE_NONE) {
		return fail(parser, "write 1 of name* or all of name*",
			"a pattern wants \"1 of\" or \"all of\" before it");
	}
	return fail_undefined(parser, &token);
}

static bool
is_keyword(const struct parser *parser)
{
	return is_word(parser, "and") || is_word(parser, "or") ||
		is_word(parser, "not") || is_word(parser, "of") ||
		is_word(parser, "them");
}

static const struct expr *
parse_prim(struct parser *parser)
{
	if (parser->token.kind == TOKEN_OPEN)
		return parse_group(parser);
	if (parser->token.kind != TOKEN_WORD || is_keyword(parser))
		return fail_unexpected(parser);
	if (is_quantity(parser) && is_before_of(parser))
		return parse_quantity(parser);
	return parse_name(parser);
}

static const struct expr *
parse_not(struct parser *parser)
{
	const struct expr *expr;
	bool negate = false;

	while (is_word(parser, "not")) {
		negate = !negate;
		advance(parser);
	}
	expr = parse_prim(parser);
	return negate ? selection_expr_new(parser->build, EXPR_NOT, &expr, 1)
		      : expr;
}

/* part {word part}: one level of precedence. */
static const struct expr *
parse_row(struct parser *parser, const char *word, enum expr_op op,
	const struct expr *(*part)(struct parser *))
{
	const struct expr *parts[PARTS_MAX];
	size_t count = 0;

	parts[count++] = part(parser);
	while (!parser->failed && is_word(parser, word)) {
		if (count == PARTS_MAX) {
			return fail(parser, "use 1 of name* or all of name*",
				"the condition is too long");
		}
		advance(parser);
		parts[count++] = part(parser);
	}
	return count == 1 ? parts[0]
			  : selection_expr_new(parser->build, op, parts, count);
}

static const struct expr *
parse_and(struct parser *parser)
{
	return parse_row(parser, "and", EXPR_AND, parse_not);
}

static const struct expr *
parse_or(struct parser *parser)
{
	return parse_row(parser, "or", EXPR_OR, parse_and);
}

static bool
is_operator_in_capitals(struct slice word)
{
	return slice_equal_fold(word, SLICE("and")) ||
		slice_equal_fold(word, SLICE("or")) ||
		slice_equal_fold(word, SLICE("not"));
}

static const struct expr *
fail_rest(struct parser *parser)
{
	if (parser->token.kind == TOKEN_CLOSE) {
		return fail(parser, "open it, or leave it out",
			"a \")\" closes nothing");
	}
	if (parser->token.kind == TOKEN_WORD && !is_keyword(parser)) {
		return fail(parser,
			is_operator_in_capitals(parser->token.text)
				? "write and, or, not in lower case"
				: "put and, or between two names",
			"\"and\" or \"or\" is missing before this");
	}
	return fail_unexpected(parser);
}

static const struct expr *
parse_one(struct build *build, const struct yaml_node *node,
	struct selections *selections)
{
	struct parser parser = {
		.build = build, .node = node, .selections = selections};
	const struct expr *expr;

	if (node->kind != YAML_SCALAR || slice_trim(node->text).len == 0) {
		(void)build_error(build, node->mark,
			"write condition: selection, or selection and not "
			"filter",
			"a condition is a line of text");
		return &false_expr;
	}
	if (node->text.len > TEXT_BYTES_MAX) {
		(void)build_error(build, node->mark, "use 1 of name*",
			"the condition is over 16 KiB");
		return &false_expr;
	}
	parser.token.text = slice_sub(node->text, 0, 0);
	advance(&parser);
	expr = parse_or(&parser);
	if (!parser.failed && parser.token.kind != TOKEN_END)
		expr = fail_rest(&parser);
	return parser.failed ? &false_expr : expr;
}

const struct expr *
condition_parse(struct build *build, const struct yaml_node *node,
	struct selections *selections)
{
	const struct expr **parts;
	size_t count = 0;

	if (node->kind != YAML_LIST || node->count == 0)
		return parse_one(build, node, selections);
	(void)build_note(build, node->mark,
		"write (one) or (other): the official schema wants one line",
		"a list of conditions means any of them");
	parts = build_alloc(build, node->count * sizeof(*parts));
	if (parts == NULL)
		return &false_expr;
	for (const struct yaml_node *child = node->children; child != NULL;
		child = child->next)
		parts[count++] = parse_one(build, child, selections);
	return selection_expr_new(build, EXPR_OR, parts, count);
}
