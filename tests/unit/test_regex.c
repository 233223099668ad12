/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Regular expressions: what a text must contain for them, limits, and what a
 * hostile text can do. Folding is held against PCRE2's caseless matching
 * here, since both must agree.
 */
#include "rows.h"

#include "base/clock.h"
#include "base/fold.h"
#include "sigma/literal.h"
#include "sigma/redos.h"
#include "sigma/regex.h"

#include <stdio.h>

#define ARENA_BYTES ((size_t)8 << 20)

static const struct literal_row {
	const char *pattern;
	const char *literals; /* joined by spaces; "": none is known */
} literal_rows[] = {
	{"abc", "abc"},
	{"ABC", "abc"},
	{"a.bcd", "bcd"},
	{"ab?cde", "cde"},
	{"ab*c", "a"},
	{"ab+c", "ab"},
	{"ab{0,3}cd", "cd"},
	{"ab{2}cd", "ab"},
	{"x|yy", "x yy"},
	{"x|", ""},
	{"(foo|ba(r|z))q", "foo ba"},
	{"(foo|bar)", "foo bar"},
	{"(foo|bar)?x", "x"},
	{"(?:foo|bar)+", "foo bar"},
	{"(?i)FooBar", "foobar"},
	{"(?<name>longer)x", "longer"},
	{"\\.com$", ".com"},
	{"a\\dbcd", "bcd"},
	{"a\\x41bcd", ""},
	{"\\Qa.b\\E", ""},
	{"[abc]def", "def"},
	{"[]abc]def", "def"},
	{"[[:alpha:]]]x", "]x"},
	{"[^\\]]def", "def"},
	{"a{b", "a{b"},
	{"(?!abc)defg", ""},
	{"^$", ""},
	{"\xC3\x84rger", "\xC3\xA4rger"},
	{"\\bword\\b", "word"},
	{"a|b|c|d|e|f|g|h|i|j|k|l|m|n|o|p|q|r|s|t|u|v|w|x|y", ""},
};

static void
check_literals(void **state)
{
	const struct literal_row *row = *state;
	struct arena *arena = arena_new(ARENA_BYTES);
	struct literals found;
	char text[512] = "";
	size_t i, len = 0;

	literals_of(arena, slice_of(row->pattern), &found);
	for (i = 0; i < found.count; i++) {
		len += (size_t)snprintf(text + len, sizeof(text) - len,
			"%s%.*s", i > 0 ? " " : "", SLICE_ARG(found.at[i]));
	}
	assert_string_equal(text, row->literals);
	arena_free(arena);
}

static struct regex *
compile(const char *pattern, unsigned flags)
{
	struct regex_fault fault;
	struct regex *regex = regex_compile(slice_of(pattern), flags, &fault);

	if (regex == NULL)
		fail_msg("%s: %s", pattern, fault.why);
	return regex;
}

static enum regex_outcome
search(const struct regex *regex, struct slice subject)
{
	struct arena *arena = arena_new(ARENA_BYTES);
	enum regex_outcome outcome =
		regex_search(regex, subject, regex_scratch_new(arena));

	arena_free(arena);
	return outcome;
}

static char *
fill(const char *unit, size_t bytes)
{
	char *text = malloc(bytes);
	size_t i, len = strlen(unit);

	for (i = 0; i < bytes; i++)
		text[i] = unit[i % len];
	return text;
}

/* What ran 44 s in the interpreter, with a match limit and no error. */
static void
test_the_slow_expression_is_quick_or_gives_up(void **state)
{
	struct regex *regex = compile("[a-z]+[a-z]+[0-9]", 0);
	char *text = fill("a", 8192);
	int64_t start = clock_monotonic_us(), took;

	(void)state;
	(void)search(regex, (struct slice){text, 8192});
	took = clock_monotonic_us() - start;
	print_message(
		"# [a-z]+[a-z]+[0-9] on 8 KiB: %lld us\n", (long long)took);
	assert_true(took < 2000000);
	free(text);
	regex_free(regex);
}

static void
test_a_limit_is_no_answer(void **state)
{
	struct regex *regex = compile("(a|aa)+$", 0);
	char *text = fill("a", 4096);

	(void)state;
	text[4095] = 'b';
	assert_int_equal(
		search(regex, (struct slice){text, 4096}), REGEX_GAVE_UP);
	free(text);
	regex_free(regex);
}

static void
test_deep_groups_get_more_stack(void **state)
{
	struct regex *regex = compile("^(?:(a)|b)*c", 0);
	char *text = fill("ab", 3000);

	(void)state;
	text[2999] = 'c';
	assert_int_equal(search(regex, (struct slice){text, 3000}), REGEX_YES);
	free(text);
	regex_free(regex);
}

static void
test_redos_finds_the_slow_ones(void **state)
{
	static const char *const slow[] = {"(x+x+)+y", "(a*)*b",
		"^(([a-z])+.)+[A-Z]([a-z])+$", "(a|aa)+$"};
	static const char *const quick[] = {"\\.(com|net)$", "^[a-z]{2,20}$",
		"invoice[ _-]?[0-9]{3,}", "foo.{0,80}bar"};
	struct redos found;

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		struct regex *regex = compile(slow[i], 0);

		redos_measure(regex, slice_of(slow[i]), 4096, &found);
		if (!found.gave_up && found.worst_us <= REDOS_US_MAX) {
			fail_msg("%s: %lld us", slow[i],
				(long long)found.worst_us);
		}
		regex_free(regex);
	}
	for (size_t i = 0; i < 4; i++) {
		struct regex *regex = compile(quick[i], 0);

		redos_measure(regex, slice_of(quick[i]), 4096, &found);
		assert_false(found.gave_up);
		regex_free(regex);
	}
}

/* What is exponential gives up on little; what is only slow does not. */
static void
test_redos_tells_the_hopeless(void **state)
{
	static const struct {
		const char *pattern;
		bool hopeless;
	} patterns[] = {
		{"(x+x+)+y", true},
		{"(a|aa)+$", true},
		{"([a-z]+)+[0-9]", true},
		{"(\\d+)*$", true},
		{"^(.+)+@", true},
		{"[a-z]+[a-z]+[0-9]", false},
		{".*invoice.*payment", false},
		{"^[a-z]{2,20}$", false},
	};
	struct redos found;

	(void)state;
	for (size_t i = 0; i < sizeof(patterns) / sizeof(*patterns); i++) {
		struct regex *regex = compile(patterns[i].pattern, 0);

		redos_measure(
			regex, slice_of(patterns[i].pattern), 4096, &found);
		if (found.at_once != patterns[i].hopeless)
			fail_msg("%s", patterns[i].pattern);
		regex_free(regex);
	}
}

/* Letters, digits and blanks are those of all languages. */
static void
test_classes_are_unicode(void **state)
{
	static const struct {
		const char *pattern, *subject;
		bool found;
	} rows[] = {
		{"\\b\u0447\u0435\u043a\\b", "\u0447\u0435\u043a 5", true},
		{"\\b\u0447\u0435\u043a\\b", "\u0447\u0435\u043a\u0438", false},
		{"\\bcode\\b", "\u00fccode", false},
		{"^\\w+$", "R\u00fcckzahlung", true},
		{"^\\d+$", "\u0664\u0662", true},
		{"a\\sb", "a\u00a0b", true},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct regex *regex = compile(rows[i].pattern, 0);

		assert_int_equal(search(regex, slice_of(rows[i].subject)),
			rows[i].found ? REGEX_YES : REGEX_NO);
		regex_free(regex);
	}
}

/* Every code point that folds to another one is, to PCRE2, the same letter;
 * and the folding of a folded one is itself. */
static void
test_folding_agrees_with_pcre2(void **state)
{
	struct arena *arena = arena_new(ARENA_BYTES);
	uint32_t code, folded, count = 0;

	(void)state;
	for (code = 0x80; code < 0x20000; code++) {
		char pattern[16] = "^", subject[5] = "";
		struct regex *regex;
		struct regex_fault fault;

		folded = fold_code(code);
		assert_int_equal(fold_code(folded), folded);
		if (folded == code || (code >= 0xD800 && code < 0xE000))
			continue;
		count++;
		(void)fold_encode(code, pattern + 1);
		(void)fold_encode(folded, subject);
		regex = regex_compile(
			slice_of(pattern), REGEX_CASELESS, &fault);
		assert_non_null(regex);
		if (search(regex, slice_of(subject)) != REGEX_YES)
			fail_msg("U+%04X and U+%04X", code, folded);
		regex_free(regex);
	}
	print_message("# %u letters\n", count);
	assert_true(count > 1300);
	arena_free(arena);
}

static void
test_folding_texts(void **state)
{
	static const char *const pairs[][2] = {
		{"abc", "abc"},
		{"ABC", "abc"},
		{"\xC3\x84\xC3\x96\xC3\x9C", "\xC3\xA4\xC3\xB6\xC3\xBC"},
		{"Stra\xC3\x9F"
		 "e",
			"stra\xC3\x9F"
			"e"},
		{"\xE1\xBA\x9E", "\xC3\x9F"},
		{"\xC8\xBA", "\xE2\xB1\xA5"},
		{"\xE2\x84\xAA", "k"},
		{"A\xFF"
		 "B",
			"a\xFF"
			"b"},
		{"\xD0\x96\xCE\xA3\xCF\x82", "\xD0\xB6\xCF\x83\xCF\x83"},
		{"", ""},
	};
	struct arena *arena = arena_new(ARENA_BYTES);

	(void)state;
	for (size_t i = 0; i < sizeof(pairs) / sizeof(*pairs); i++) {
		struct slice folded = fold_text(arena, slice_of(pairs[i][0]));

		assert_true(slice_equal(folded, slice_of(pairs[i][1])));
	}
	arena_free(arena);
}

int
main(void)
{
	static const struct CMUnitTest rest[] = {
		cmocka_unit_test(test_the_slow_expression_is_quick_or_gives_up),
		cmocka_unit_test(test_a_limit_is_no_answer),
		cmocka_unit_test(test_deep_groups_get_more_stack),
		cmocka_unit_test(test_redos_finds_the_slow_ones),
		cmocka_unit_test(test_redos_tells_the_hopeless),
		cmocka_unit_test(test_classes_are_unicode),
		cmocka_unit_test(test_folding_agrees_with_pcre2),
		cmocka_unit_test(test_folding_texts),
	};
	struct rows all = {0};

	ROWS_ADD(&all, literal_rows, check_literals);
	ROWS_TESTS(&all, rest);
	return rows_run(&all, "regex");
}
