/* SPDX-License-Identifier: BSD-2-Clause */
/* The tokens of Sieve. */
#include "mta/rules/sieve_token.h"

struct sieve_lexer
sieve_token_lexer(struct arena *arena, struct slice script)
{
	return (struct sieve_lexer){arena, script, 0, 1};
}

static bool
is_word(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
		(c >= '0' && c <= '9') || c == '.';
}

static char
peek(const struct sieve_lexer *lexer, size_t ahead)
{
	return lexer->at + ahead < lexer->script.len
		? lexer->script.p[lexer->at + ahead]
		: '\0';
}

static bool
at_end(const struct sieve_lexer *lexer)
{
	return lexer->at >= lexer->script.len;
}

static void
step(struct sieve_lexer *lexer)
{
	if (lexer->script.p[lexer->at] == '\n')
		lexer->line++;
	lexer->at++;
}

static void
skip_line(struct sieve_lexer *lexer)
{
	while (!at_end(lexer) && peek(lexer, 0) != '\n')
		step(lexer);
}

/* A bracketed comment that is never closed ends with the script: what a reader
 * would make of it is an error, and no rule runs. */
static void
skip_comment(struct sieve_lexer *lexer)
{
	lexer->at += 2;
	while (!at_end(lexer)) {
		if (peek(lexer, 0) == '*' && peek(lexer, 1) == '/') {
			lexer->at += 2;
			return;
		}
		step(lexer);
	}
}

static bool
is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static void
skip_space(struct sieve_lexer *lexer)
{
	while (!at_end(lexer)) {
		if (is_space(peek(lexer, 0))) {
			step(lexer);
		} else if (peek(lexer, 0) == '#') {
			skip_line(lexer);
		} else if (peek(lexer, 0) == '/' && peek(lexer, 1) == '*') {
			skip_comment(lexer);
		} else {
			return;
		}
	}
}

/* Where the quoted string that begins here ends: its second quote. */
static size_t
quoted_end(const struct sieve_lexer *lexer)
{
	size_t i = lexer->at + 1;

	while (i < lexer->script.len && lexer->script.p[i] != '"')
		i += lexer->script.p[i] == '\\' ? 2 : 1;
	return i < lexer->script.len ? i : lexer->script.len;
}

static struct slice
read_quoted(struct sieve_lexer *lexer)
{
	size_t end = quoted_end(lexer), len = 0;
	char *p = arena_bytes(lexer->arena, end - lexer->at + 1);

	step(lexer);
	while (lexer->at < end) {
		if (peek(lexer, 0) == '\\' && lexer->at + 1 < end)
			step(lexer);
		if (p != NULL)
			p[len++] = peek(lexer, 0);
		step(lexer);
	}
	if (!at_end(lexer))
		step(lexer);
	return p != NULL ? (struct slice){p, len} : SLICE("");
}

static bool
is_last(struct slice line)
{
	if (line.len > 0 && line.p[line.len - 1] == '\r')
		line.len--;
	return slice_equal(line, SLICE("."));
}

/* Of the lines from here to the one that is a dot, at most. */
static size_t
lines_bytes(const struct sieve_lexer *lexer)
{
	struct slice rest =
		slice_sub(lexer->script, lexer->at, lexer->script.len);
	struct slice line;
	size_t bytes = 0;

	while (rest.len > 0) {
		(void)slice_next(&rest, '\n', &line);
		if (is_last(line))
			break;
		bytes += line.len + 1;
	}
	return bytes;
}

/* The lines up to one that is a dot, with the second of two leading dots
 * gone. */
static struct slice
read_lines(struct sieve_lexer *lexer)
{
	char *p = arena_bytes(lexer->arena, lines_bytes(lexer) + 1);
	struct slice rest, line;
	size_t len = 0;

	skip_line(lexer);
	if (!at_end(lexer))
		step(lexer);
	while (!at_end(lexer)) {
		rest = slice_sub(lexer->script, lexer->at, lexer->script.len);
		(void)slice_next(&rest, '\n', &line);
		lexer->line += lexer->at + line.len < lexer->script.len;
		lexer->at += line.len + 1;
		if (lexer->at > lexer->script.len)
			lexer->at = lexer->script.len;
		if (is_last(line))
			break;
		if (line.len > 0 && line.p[line.len - 1] == '\r')
			line.len--;
		if (line.len > 1 && line.p[0] == '.' && line.p[1] == '.')
			line = slice_sub(line, 1, line.len);
		for (size_t i = 0; p != NULL && i < line.len; i++)
			p[len++] = line.p[i];
		if (p != NULL && !at_end(lexer))
			p[len++] = '\n';
	}
	return p != NULL ? (struct slice){p, len} : SLICE("");
}

/* "text:" and nothing but blanks or a comment on its line. */
static bool
begins_lines(const struct sieve_lexer *lexer)
{
	struct slice rest =
		slice_sub(lexer->script, lexer->at, lexer->script.len);
	size_t i = 5;

	if (!slice_starts_fold(rest, SLICE("text:")))
		return false;
	while (i < rest.len &&
		(rest.p[i] == ' ' || rest.p[i] == '\t' || rest.p[i] == '\r'))
		i++;
	return i == rest.len || rest.p[i] == '\n' || rest.p[i] == '#';
}

static void
read_word(struct sieve_lexer *lexer, struct sieve_token *token)
{
	if (peek(lexer, 0) == ':')
		lexer->at++;
	while (!at_end(lexer) && is_word(peek(lexer, 0)))
		lexer->at++;
	token->text = slice_sub(lexer->script, token->from, lexer->at);
}

struct sieve_token
sieve_token_next(struct sieve_lexer *lexer)
{
	struct sieve_token token = {.kind = SIEVE_END};

	skip_space(lexer);
	token.line = lexer->line;
	token.from = lexer->at;
	if (!at_end(lexer)) {
		char c = peek(lexer, 0);

		if (c == '"') {
			token.kind = SIEVE_STRING;
			token.text = read_quoted(lexer);
		} else if (begins_lines(lexer)) {
			token.kind = SIEVE_STRING;
			token.text = read_lines(lexer);
		} else if (is_word(c)) {
			token.kind = SIEVE_WORD;
			read_word(lexer, &token);
		} else if (c == ':' && is_word(peek(lexer, 1))) {
			token.kind = SIEVE_TAG;
			read_word(lexer, &token);
		} else {
			token.kind = SIEVE_SIGN;
			token.sign = c;
			step(lexer);
			token.text =
				slice_sub(lexer->script, token.from, lexer->at);
		}
	}
	token.to = lexer->at;
	return token;
}
