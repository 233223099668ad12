/* SPDX-License-Identifier: BSD-2-Clause */
/* Regular expressions by PCRE2, under limits. */
#include "sigma/regex.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

/*
 * PCRE2 begins to count anew at every start position, so the worst case is
 * the limit times the length of the subject. Where there is no JIT the
 * interpreter is some hundred times slower, and heap and depth count, too.
 */
#define MATCH_LIMIT 50000
#define MATCH_LIMIT_SLOW 5000
#define DEPTH_LIMIT 2000
#define HEAP_LIMIT_KIB 1024
#define JIT_STACK_FIRST (32 * 1024)
#define JIT_STACK_MOST (512 * 1024)

struct regex {
	pcre2_code *code;
	pcre2_match_context *limits;
	bool jit;
};

struct regex_scratch {
	pcre2_match_data *data;
};

/* What a pattern may not have. Each begins with what is found outside of
 * classes and escapes; the first row that fits wins. */
static const struct {
	const char *text, *why, *hint;
} refused_rows[] = {
	{"(?<=", "lookbehind is not supported",
		"match what comes before as part of the expression: "
		"a(b) instead of (?<=a)b"},
	{"(?<!", "lookbehind is not supported",
		"use a second selection with \"not\" in the condition"},
	{"(*", "verbs such as (*SKIP) are not supported", NULL},
	{"(?C", "callouts are not supported", NULL},
	{"(?R", "recursion is not supported", NULL},
	{"(?&", "recursion is not supported", NULL},
	{"(?P>", "recursion is not supported", NULL},
	{"(?P=", "backreferences are not supported", NULL},
	{"(?(", "conditional groups are not supported",
		"write both branches as (?:one|other)"},
	{"(?+", "recursion is not supported", NULL},
	{"\\g", "backreferences and recursion are not supported", NULL},
	{"\\k", "backreferences are not supported", NULL},
	{"\\K", "\\K is not supported",
		"leave it out: a policy only asks "
		"whether there is a match"},
	{"\\C", "\\C is not supported", "use . or a class"},
};

/* (?1) and (?-1), but not (?-i). */
static bool
is_numbered_recursion(struct slice rest)
{
	if (!slice_starts_fold(rest, SLICE("(?")) || rest.len < 4)
		return false;
	if (rest.p[2] == '-')
		return rest.p[3] >= '0' && rest.p[3] <= '9';
	return rest.p[2] >= '0' && rest.p[2] <= '9';
}

static bool
starts(struct slice s, const char *with)
{
	size_t len = strlen(with);

	return s.len >= len && memcmp(s.p, with, len) == 0;
}

static bool
refuse(struct regex_fault *fault, size_t offset, const char *why,
	const char *hint)
{
	fault->offset = offset;
	fault->hint = hint;
	(void)snprintf(fault->why, sizeof(fault->why), "%s", why);
	return false;
}

static bool
check_here(struct slice rest, size_t offset, struct regex_fault *fault)
{
	if (is_numbered_recursion(rest)) {
		return refuse(
			fault, offset, "recursion is not supported", NULL);
	}
	for (size_t row = 0; row < sizeof(refused_rows) / sizeof(*refused_rows);
		row++) {
		if (starts(rest, refused_rows[row].text)) {
			return refuse(fault, offset, refused_rows[row].why,
				refused_rows[row].hint);
		}
	}
	return true;
}

/* Offset after the class that begins at at ("[" itself). */
static size_t
skip_class(struct slice pattern, size_t at)
{
	at++;
	if (at < pattern.len && pattern.p[at] == '^')
		at++;
	if (at < pattern.len && pattern.p[at] == ']')
		at++;
	while (at < pattern.len && pattern.p[at] != ']')
		at += pattern.p[at] == '\\' ? 2 : 1;
	return at + 1;
}

static bool
check_features(struct slice pattern, struct regex_fault *fault)
{
	size_t at = 0;

	while (at < pattern.len) {
		struct slice rest = slice_sub(pattern, at, pattern.len);

		if (!check_here(rest, at, fault))
			return false;
		if (rest.p[0] == '[') {
			at = skip_class(pattern, at);
		} else {
			at += rest.p[0] == '\\' ? 2 : 1;
		}
	}
	return true;
}

bool
regex_has_jit(void)
{
	uint32_t jit = 0;

	return pcre2_config(PCRE2_CONFIG_JIT, &jit) >= 0 && jit != 0;
}

static uint32_t
options_of(unsigned flags)
{
	uint32_t options = PCRE2_UTF | PCRE2_UCP | PCRE2_MATCH_INVALID_UTF |
		PCRE2_NEVER_BACKSLASH_C | PCRE2_DOLLAR_ENDONLY;

	if ((flags & REGEX_CASELESS) != 0)
		options |= PCRE2_CASELESS;
	if ((flags & REGEX_MULTILINE) != 0)
		options |= PCRE2_MULTILINE;
	if ((flags & REGEX_DOTALL) != 0)
		options |= PCRE2_DOTALL;
	return options;
}

static bool
check_compiled(const pcre2_code *code, struct regex_fault *fault)
{
	uint32_t backreference = 0;

	(void)pcre2_pattern_info(code, PCRE2_INFO_BACKREFMAX, &backreference);
	if (backreference > 0) {
		return refuse(fault, 0, "backreferences are not supported",
			"write the alternatives out");
	}
	return true;
}

static bool
set_limits(struct regex *regex)
{
	regex->limits = pcre2_match_context_create(NULL);
	if (regex->limits == NULL)
		return false;
	(void)pcre2_set_match_limit(
		regex->limits, regex->jit ? MATCH_LIMIT : MATCH_LIMIT_SLOW);
	(void)pcre2_set_depth_limit(regex->limits, DEPTH_LIMIT);
	(void)pcre2_set_heap_limit(regex->limits, HEAP_LIMIT_KIB);
	return true;
}

static pcre2_code *
compile(struct slice pattern, unsigned flags, struct regex_fault *fault)
{
	PCRE2_SIZE offset = 0;
	int error = 0;
	pcre2_code *code = pcre2_compile((PCRE2_SPTR)pattern.p, pattern.len,
		options_of(flags), &error, &offset, NULL);

	if (code != NULL)
		return code;
	fault->offset = offset;
	fault->hint = NULL;
	(void)pcre2_get_error_message(
		error, (PCRE2_UCHAR *)fault->why, sizeof(fault->why));
	return NULL;
}

struct regex *
regex_compile(struct slice pattern, unsigned flags, struct regex_fault *fault)
{
	struct regex *regex;

	if (pattern.len > REGEX_PATTERN_BYTES_MAX) {
		(void)refuse(fault, 0, "the expression is over 4 KiB",
			"split it into a list of values");
		return NULL;
	}
	if (!check_features(pattern, fault))
		return NULL;
	regex = calloc(1, sizeof(*regex));
	if (regex == NULL) {
		(void)refuse(fault, 0, "out of memory", NULL);
		return NULL;
	}
	regex->code = compile(pattern, flags, fault);
	if (regex->code == NULL || !check_compiled(regex->code, fault)) {
		regex_free(regex);
		return NULL;
	}
	regex->jit = regex_has_jit() &&
		pcre2_jit_compile(regex->code, PCRE2_JIT_COMPLETE) == 0;
	if (!set_limits(regex)) {
		(void)refuse(fault, 0, "out of memory", NULL);
		regex_free(regex);
		return NULL;
	}
	return regex;
}

void
regex_free(struct regex *regex)
{
	if (regex == NULL)
		return;
	pcre2_match_context_free(regex->limits);
	pcre2_code_free(regex->code);
	free(regex);
}

static void *
arena_take(size_t bytes, void *arena)
{
	return arena_alloc(arena, bytes);
}

static void
arena_leave(void *p, void *arena)
{
	(void)p;
	(void)arena;
}

struct regex_scratch *
regex_scratch_new(struct arena *arena)
{
	struct regex_scratch *scratch = arena_alloc(arena, sizeof(*scratch));
	pcre2_general_context *memory;

	if (scratch == NULL)
		return NULL;
	memory = pcre2_general_context_create(arena_take, arena_leave, arena);
	if (memory == NULL)
		return NULL;
	scratch->data = pcre2_match_data_create(1, memory);
	return scratch->data != NULL ? scratch : NULL;
}

static int
match(const struct regex *regex, struct slice subject,
	pcre2_match_context *limits, struct regex_scratch *scratch)
{
	return pcre2_match(regex->code, (PCRE2_SPTR)subject.p, subject.len, 0,
		0, scratch->data, limits);
}

/* Once more, with more stack than the 32 KiB that every match may use. */
static int
match_with_stack(const struct regex *regex, struct slice subject,
	struct regex_scratch *scratch)
{
	pcre2_match_context *limits = pcre2_match_context_copy(regex->limits);
	pcre2_jit_stack *stack =
		pcre2_jit_stack_create(JIT_STACK_FIRST, JIT_STACK_MOST, NULL);
	int result = PCRE2_ERROR_JIT_STACKLIMIT;

	if (limits != NULL && stack != NULL) {
		pcre2_jit_stack_assign(limits, NULL, stack);
		result = match(regex, subject, limits, scratch);
	}
	pcre2_jit_stack_free(stack);
	pcre2_match_context_free(limits);
	return result;
}

enum regex_outcome
regex_search(const struct regex *regex, struct slice subject,
	struct regex_scratch *scratch)
{
	int result = match(regex, subject, regex->limits, scratch);

	if (result == PCRE2_ERROR_JIT_STACKLIMIT)
		result = match_with_stack(regex, subject, scratch);
	if (result >= 0)
		return REGEX_YES;
	return result == PCRE2_ERROR_NOMATCH ? REGEX_NO : REGEX_GAVE_UP;
}
