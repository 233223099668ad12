/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Hostile subjects. What makes backtracking slow is a long text that nearly
 * matches, again and again. So the units that are repeated are: single
 * characters of each kind, the expression's literal parts, one example text
 * that walks through it (a member of each class, each literal), and that
 * text's beginnings. Each is repeated up to a byte that spoils the match;
 * once that is the end, once the example follows, and once its last letter,
 * once the rest of it goes before: an expression whose last letter is nowhere
 * to be found is not even tried, and one that begins otherwise is soon done.
 */
#include "sigma/redos.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define UNITS_MAX 48
#define FRAMES 4
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

/* What goes before the repeated unit, and what follows it. */
struct frame {
	struct slice head, tail;
};

/* The head, the unit again and again, the byte that spoils it, and the
 * tail. */
static void
fill(struct slice subject, const char *unit, const struct frame *frame)
{
	char *p = (char *)(uintptr_t)subject.p;
	size_t around = frame->head.len + frame->tail.len;
	size_t len = strlen(unit), end = 0, done;

	if (subject.len > around) {
		end = subject.len - around - 1;
		if (frame->head.len > 0)
			memcpy(p, frame->head.p, frame->head.len);
		p += frame->head.len;
	}
	for (done = 0; done < end && done < len; done++)
		p[done] = unit[done];
	for (size_t more; done < end; done += more) {
		more = done < end - done ? done : end - done;
		memcpy(p + done, p, more);
	}
	p[end] = '\x01';
	if (subject.len > around && frame->tail.len > 0)
		memcpy(p + end + 1, frame->tail.p, frame->tail.len);
}

static int64_t
cpu_us(void)
{
	return (int64_t)clock() * 1000000 / CLOCKS_PER_SEC;
}

/* What is used for every subject of one expression. */
struct trial {
	const struct regex *regex;
	struct arena *arena;
	struct regex_scratch *scratch;
	struct slice subject;
	struct redos *out;
};

static enum regex_outcome
run(struct trial *trial, const char *unit, const struct frame *frame,
	size_t bytes)
{
	const struct slice subject = {trial->subject.p, bytes};

	fill(subject, unit, frame);
	return regex_search(trial->regex, subject, trial->scratch);
}

static void
note_unit(struct redos *out, const char *unit)
{
	(void)snprintf(out->unit, sizeof(out->unit), "%s", unit);
}

static void
measure_unit(struct trial *trial, const char *unit, const struct frame *frame)
{
	struct redos *out = trial->out;
	size_t bytes = trial->subject.len;
	int64_t start = cpu_us(), took;
	enum regex_outcome outcome = run(trial, unit, frame, bytes);

	took = cpu_us() - start;
	if (took > out->worst_us) {
		out->worst_us = took;
		if (!out->gave_up)
			note_unit(out, unit);
	}
	if (outcome != REGEX_GAVE_UP || out->at_once)
		return;
	if (!out->gave_up)
		note_unit(out, unit);
	out->gave_up = true;
	if (bytes > REDOS_SHORT_BYTES)
		bytes = REDOS_SHORT_BYTES;
	if (run(trial, unit, frame, bytes) == REGEX_GAVE_UP) {
		out->at_once = true;
		note_unit(out, unit);
	}
}

/* Without an unbounded repetition no subject is worth more than its length:
 * there is nothing to measure. */
static bool
repeats(struct slice pattern)
{
	for (size_t i = 0; i < pattern.len; i++) {
		if (strchr("*+{", pattern.p[i]) != NULL)
			return true;
	}
	return false;
}

static void
measure(struct trial *trial, struct slice pattern, struct units *units)
{
	struct frame frames[FRAMES] = {{{NULL, 0}, {NULL, 0}}};
	struct redos *out = trial->out;
	struct slice walk;

	add_walk(units, pattern);
	add_common(units);
	walk = (struct slice){units->walk, units->walk_len};
	frames[1].tail = walk;
	if (walk.len > 0) {
		frames[2].head = slice_sub(walk, walk.len - 1, walk.len);
		frames[3].head = slice_sub(walk, 0, walk.len - 1);
	}
	for (size_t i = 0; i < units->count * FRAMES &&
		out->worst_us <= REDOS_US_MAX && !out->at_once;
		i++)
		measure_unit(trial, units->at[i / FRAMES], &frames[i % FRAMES]);
}

void
redos_measure(const struct regex *regex, struct slice pattern,
	size_t subject_bytes, struct redos *out)
{
	struct units *units;
	struct trial trial = {.regex = regex, .out = out};
	char *text;

	*out = (struct redos){.worst_us = 0};
	if (subject_bytes == 0 || !repeats(pattern))
		return;
	units = calloc(1, sizeof(*units));
	text = malloc(subject_bytes);
	trial.arena = arena_new(ARENA_BYTES);
	if (trial.arena != NULL)
		trial.scratch = regex_scratch_new(trial.arena);
	trial.subject = (struct slice){text, subject_bytes};
	if (units != NULL && text != NULL && trial.scratch != NULL)
		measure(&trial, pattern, units);
	free(units);
	free(text);
	arena_free(trial.arena);
}
