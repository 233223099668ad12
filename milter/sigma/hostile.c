/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Hostile subjects. What makes backtracking slow is a long text that nearly
 * matches, again and again. So the units that are repeated are: single
 * characters of each kind, the expression's literal parts, one example text
 * that walks through it (a member of each class, each literal), and that
 * text's beginnings; each with a last byte that spoils the match.
 */
#include "sigma/hostile.h"

#include "base/clock.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define UNITS_MAX 48
#define ARENA_BYTES ((size_t)8 << 20)

struct units {
	char at[UNITS_MAX][HOSTILE_UNIT_BYTES + 1];
	size_t count;
};

static void
add(struct units *units, const char *text, size_t len)
{
	size_t i;

	if (len == 0 || len > HOSTILE_UNIT_BYTES || units->count == UNITS_MAX)
		return;
	for (i = 0; i < units->count; i++)
		if (strlen(units->at[i]) == len &&
			memcmp(units->at[i], text, len) == 0)
			return;
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
	char walk[HOSTILE_UNIT_BYTES];
	size_t len = 0, at = 0, i;

	while (at < pattern.len && len < sizeof walk) {
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
	size_t i;

	for (i = 0; i < sizeof common / sizeof *common; i++)
		add(units, common[i], strlen(common[i]));
}

static void
fill(char *subject, size_t bytes, const char *unit)
{
	size_t len = strlen(unit), i;

	for (i = 0; i < bytes; i++)
		subject[i] = unit[i % len];
	subject[bytes - 1] = '\x01';
}

static void
measure_unit(const struct regex *regex, struct slice subject, const char *unit,
	struct hostile *out)
{
	struct arena *arena = arena_new(ARENA_BYTES);
	struct regex_scratch *scratch =
		arena != NULL ? regex_scratch_new(arena) : NULL;
	enum regex_outcome outcome = REGEX_NO;
	int64_t start = clock_monotonic_us(), took;

	if (scratch != NULL)
		outcome = regex_search(regex, subject, scratch);
	took = clock_monotonic_us() - start;
	/* Another process may have had the processor: what was slow once is
	 * tried again. */
	if (scratch != NULL && took > HOSTILE_US_MAX) {
		start = clock_monotonic_us();
		outcome = regex_search(regex, subject, scratch);
		if (clock_monotonic_us() - start < took)
			took = clock_monotonic_us() - start;
	}
	arena_free(arena);
	out->gave_up = out->gave_up || outcome == REGEX_GAVE_UP;
	if (took <= out->worst_us)
		return;
	out->worst_us = took;
	(void)snprintf(out->unit, sizeof out->unit, "%s", unit);
}

void
hostile_measure(const struct regex *regex, struct slice pattern,
	size_t subject_bytes, struct hostile *out)
{
	struct units *units = calloc(1, sizeof *units);
	char *subject = malloc(subject_bytes);
	size_t i;

	*out = (struct hostile){.worst_us = 0};
	if (units == NULL || subject == NULL || subject_bytes == 0) {
		free(units);
		free(subject);
		return;
	}
	add_walk(units, pattern);
	add_common(units);
	for (i = 0; i < units->count && out->worst_us <= HOSTILE_US_MAX; i++) {
		fill(subject, subject_bytes, units->at[i]);
		measure_unit(regex, (struct slice){subject, subject_bytes},
			units->at[i], out);
	}
	free(units);
	free(subject);
}
