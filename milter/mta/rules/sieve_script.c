/* SPDX-License-Identifier: BSD-2-Clause */
/* A Sieve script that is being read. */
#include "mta/rules/sieve_script.h"

#include <stdlib.h>
#include <string.h>

/* "${name}" */
static bool
scan_variable(struct slice text, size_t i, size_t *end, struct slice *name)
{
	size_t close;

	if (text.p[i] != '$' || i + 2 >= text.len || text.p[i + 1] != '{')
		return false;
	close = slice_find_byte(text, '}', i);
	if (close == SLICE_NONE)
		return false;
	*name = slice_sub(text, i + 2, close);
	for (size_t k = 0; k < name->len; k++) {
		char c = name->p[k];
		if ((c < 'a' || c > 'z') && (c < 'A' || c > 'Z') &&
			(c < '0' || c > '9') && c != '_' && c != '.')
			return false;
	}
	*end = close + 1;
	return name->len > 0;
}

static void
add_character(struct buf *out, unsigned long code, bool is_byte)
{
	if (is_byte || code < 0x80) {
		buf_add_byte(out, (char)code);
	} else if (code < 0x800) {
		buf_add_byte(out, (char)(0xC0 | code >> 6));
		buf_add_byte(out, (char)(0x80 | (code & 0x3F)));
	} else {
		buf_add_byte(out, (char)(0xE0 | (code >> 12 & 0x0F)));
		buf_add_byte(out, (char)(0x80 | (code >> 6 & 0x3F)));
		buf_add_byte(out, (char)(0x80 | (code & 0x3F)));
	}
}

/* The numbers of "${hex: 40 41}" and "${unicode: 40}" (RFC 5228 section
 * 2.4.2.4); false, and nothing is added, when one is none. */
static bool
decode(struct slice inside, bool is_byte, struct buf *out)
{
	size_t begun = out->len;

	for (struct slice word; slice_next(&inside, ' ', &word);) {
		char digits[8] = {0};
		char *end;

		word = slice_trim(word);
		if (word.len == 0)
			continue;
		if (word.len >= sizeof(digits))
			return false;
		memcpy(digits, word.p, word.len);
		unsigned long code = strtoul(digits, &end, 16);
		if (*end != '\0' || code > (is_byte ? 0xFFUL : 0xFFFFUL)) {
			out->len = begun;
			return false;
		}
		add_character(out, code, is_byte);
	}
	return out->len > begun;
}

/* Without encoded characters, behind which an address may hide. */
static struct slice
decoded(struct sieve_script *script, struct slice text)
{
	struct buf out = {0};
	struct slice made;
	size_t i = 0;

	if (!script->decodes)
		return text;
	while (i < text.len) {
		struct slice rest = slice_sub(text, i, text.len);
		bool hex = slice_starts_fold(rest, SLICE("${hex:"));
		size_t close = slice_find_byte(rest, '}', 0);

		if ((hex || slice_starts_fold(rest, SLICE("${unicode:"))) &&
			close != SLICE_NONE &&
			decode(slice_sub(rest, hex ? 6 : 10, close), hex,
				&out)) {
			i += close + 1;
		} else {
			buf_add_byte(&out, text.p[i++]);
		}
	}
	made = arena_copy(script->survey->arena, buf_slice(&out));
	buf_fini(&out);
	return slice_is_absent(made) ? text : made;
}

void
sieve_script_expand(
	struct sieve_script *script, struct slice text, struct constant *out)
{
	constants_expand(
		&script->constants, decoded(script, text), scan_variable, out);
}

struct slice
sieve_script_condition(const struct sieve_script *script)
{
	struct arena *arena = script->survey->arena;
	struct slice all = {NULL, 0};

	for (size_t i = 0; i < script->depth; i++) {
		struct slice one = script->blocks[i].condition;

		if (slice_is_absent(one))
			continue;
		all = slice_is_absent(all)
			? one
			: arena_printf(arena, "%.*s and %.*s", SLICE_ARG(all),
				  SLICE_ARG(one));
	}
	if (all.len > SIEVE_CONDITION_BYTES) {
		all = arena_printf(arena, "%.*s...",
			SLICE_ARG(slice_sub(all, 0, SIEVE_CONDITION_BYTES)));
	}
	return all;
}

bool
sieve_script_has_tag(const struct sieve_command *command, const char *tag)
{
	for (size_t i = 0; i < command->count; i++) {
		if (command->arguments[i].is_tag &&
			slice_equal_fold(
				command->arguments[i].text, slice_of(tag)))
			return true;
	}
	return false;
}

struct slice
sieve_script_last_string(const struct sieve_command *command)
{
	for (size_t i = command->count; i > 0; i--) {
		if (!command->arguments[i - 1].is_tag)
			return command->arguments[i - 1].text;
	}
	return slice_of(NULL);
}
