/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Hostile subjects. What makes backtracking slow is a long text that nearly
 * matches, again and again. So the units that are repeated are: single
 * characters of each kind, the expression's literal parts, one example text
 * that walks through it (a member of each class, each literal), and that
 * text's beginnings. Each is repeated up to a byte that spoils the match;
 * once that is the end, once the example follows, since an expression whose
 * last letter is nowhere to be found is not even tried.
 */
#include "sigma/redos.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define UNITS_MAX 48
#define ARENA_BYTES ((size_t)8 << 20)

struct units {
	char walk[REDOS_UNIT_BYTES];
	size_t walk_len;
	char at[UNITS_MAX][REDOS_UNIT_BYTES + 1];
	size_t count;
};

static void
add(struct units *units, const char *text, size_t len)
{
	if (len == 0 || len > REDOS_UNIT_BYTES || units->count == UNITS_MAX)
		return;
	for (size_t i = 0; i < units->count; i++) {
		if (strlen(units->at[i]) == len &&
			memcmp(units->at[i], text, len) == 0)
			return;
	}
	memcpy(units->at[units->count], text, len);
	units->at[units->count][len] = '\0';
	units->count++;
}

/* A character that the escape stands for. */
static char
example_of_escape(char c)
{
	switch (c) {
	case 'd':
		return '1';
	case 's':
		return ' ';
	case 'w':
	case 'D':
	case 'S':
	case 'N':
		return 'a';
	case 'W':
		return '!';
	case 'n':
		return '\n';
	case 't':
		return '\t';
	case 'b':
	case 'B':
	case 'A':
	case 'z':
	case 'Z':
	case 'G':
		return '\0';
	default:
		return c;
	}
}

/* The first member of the class at *at ("["), and steps over it. */
static char
example_of_class(struct slice pattern, size_t *at)
{
	size_t i = *at + 1;
	bool negated = i < pattern.len && pattern.p[i] == '^';
	char first;

	i += negated;
	first = i < pattern.len ? pattern.p[i] : 'a';
	if (first == '\\' && i + 1 < pattern.len)
		first = example_of_escape(pattern.p[i + 1]);
	i += first == ']';
	while (i < pattern.len && pattern.p[i] != ']')
		i += pattern.p[i] == '\\' ? 2 : 1;
	*at = i + 1;
	return negated ? (first == 'a' ? 'b' : 'a') : first;
}

/* A walk through the pattern: one example of each of its characters, and
 * each of them as a unit of its own. */
static void
add_walk(struct units *units, struct slice pattern)
{
	char *walk = units->walk;
	size_t len = 0, at = 0, i;

	while (at < pattern.len && len < sizeof(units->walk)) {
		char c = pattern.p[at];

		if (c == '[') {
			c = example_of_class(pattern, &at);
		} else if (c == '\\' && at + 1 < pattern.len) {
			c = example_of_escape(pattern.p[at + 1]);
			at += 2;
		} else {
			at++;
			if (strchr("()|?*+{}^$", c) != NULL)
				continue;
			c = c == '.' ? 'a' : c;
		}
		if (c != '\0')
			walk[len++] = c;
	}
	units->walk_len = len;
	for (i = 0; i < len; i++)
		add(units, walk + i, 1);
	for (i = len; i > 1; i -= i > 8 ? i / 4 : 1)
		add(units, walk, i);
	for (i = 0; i + 1 < len; i++)
		add(units, walk + i, 2);
}

static void
add_common(struct units *units)
{
	static const char *const common[] = {"a", "A", "0", " ", ".", "-", "@",
		"/", "\\", "aA0 ", "a.", "a ", "a@a.", "\n"};

	for (size_t i = 0; i < sizeof(common) / sizeof(*common); i++)
		add(units, common[i], strlen(common[i]));
}

/* The unit again and again, the byte that spoils it, and the tail. */
static void
fill(struct slice subject, const char *unit, struct slice tail)
{
	char *p = (char *)(uintptr_t)subject.p;
	size_t len = strlen(unit), end = 0, i;

	if (subject.len > tail.len)
		end = subject.len - tail.len - 1;
	for (i = 0; i < end; i++)
		p[i] = unit[i % len];
	p[end] = '\x01';
	if (subject.len > tail.len && tail.len > 0)
		memcpy(p + end + 1, tail.p, tail.len);
}

static int64_t
cpu_us(void)
{
	return (int64_t)clock() * 1000000 / CLOCKS_PER_SEC;
}

static void
measure_unit(const struct regex *regex, struct slice subject, const char *unit,
	struct redos *out)
{
	struct arena *arena = arena_new(ARENA_BYTES);
	struct regex_scratch *scratch =
		arena != NULL ? regex_scratch_new(arena) : NULL;
	enum regex_outcome outcome = REGEX_NO;
	int64_t start = cpu_us(), took;

	if (scratch != NULL)
		outcome = regex_search(regex, subject, scratch);
	took = cpu_us() - start;
	arena_free(arena);
	out->gave_up = out->gave_up || outcome == REGEX_GAVE_UP;
	if (took <= out->worst_us)
		return;
	out->worst_us = took;
	(void)snprintf(out->unit, sizeof(out->unit), "%s", unit);
}

void
redos_measure(const struct regex *regex, struct slice pattern,
	size_t subject_bytes, struct redos *out)
{
	struct units *units = calloc(1, sizeof(*units));
	char *text = malloc(subject_bytes);
	const struct slice subject = {text, subject_bytes};

	*out = (struct redos){.worst_us = 0};
	if (units == NULL || text == NULL || subject_bytes == 0) {
		free(units);
		free(text);
		return;
	}
	add_walk(units, pattern);
	add_common(units);
	for (size_t i = 0; i < units->count && out->worst_us <= REDOS_US_MAX;
		i++) {
		const char *unit = units->at[i];

		fill(subject, unit, (struct slice){text, 0});
		measure_unit(regex, subject, unit, out);
		fill(subject, unit,
			(struct slice){units->walk, units->walk_len});
		measure_unit(regex, subject, unit, out);
	}
	free(units);
	free(text);
}
