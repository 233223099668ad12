/* SPDX-License-Identifier: BSD-2-Clause */
/* A survey of nothing: for readers of rules at rest. No file is there, so
 * that what they include cannot be read. */
#ifndef TESTS_FUZZ_SURVEY_H
#define TESTS_FUZZ_SURVEY_H

#include "fuzz.h"

#include "mta/rules/survey.h"

#define SURVEY_ARENA_BYTES ((size_t)64 << 20)

static inline struct survey
survey_begin(void)
{
	struct survey survey = {
		.tree = {.fd = -1, .is_copy = true},
		.set = ruleset_new(),
		.inside = inside_new(NULL),
		.arena = arena_new(SURVEY_ARENA_BYTES),
		.delimiters = SLICE("+"),
		.most = TREE_USER_BYTES,
	};

	FUZZ_ASSERT(survey.set != NULL && survey.inside != NULL &&
		survey.arena != NULL);
	inside_learn(survey.inside, SLICE("example.com"));
	inside_set_origin(survey.inside, SLICE("example.com"));
	return survey;
}

static inline struct source
survey_source(struct slice text)
{
	return (struct source){.path = SLICE("/rules"), .text = text};
}

/* What has an at sign in its domain is no address, and told all the same. */
static inline bool
survey_is_ours(struct slice destination)
{
	size_t at = slice_find_byte(destination, '@', 0);

	return at != SLICE_NONE &&
		slice_equal(slice_sub(destination, at, destination.len),
			SLICE("@example.com"));
}

/* What was found is outside, in lines that are there, and comes back from its
 * JSON as it went. */
static inline void
survey_end(struct survey *survey, struct slice text)
{
	size_t count, lines = 1;
	const struct rule *rules = ruleset_rules(survey->set, &count);
	struct ruleset *again = ruleset_new();
	struct buf out = {0};

	for (size_t i = 0; i < text.len; i++)
		lines += text.p[i] == '\n';
	for (size_t i = 0; i < count; i++) {
		FUZZ_ASSERT(rules[i].line <= lines);
		FUZZ_ASSERT(rules[i].destination.len > 0);
		FUZZ_ASSERT(!survey_is_ours(rules[i].destination));
	}
	ruleset_write(survey->set, 0, 0, &out);
	for (struct slice rest = buf_slice(&out), line;
		slice_next(&rest, '\n', &line);)
		FUZZ_ASSERT(line.len == 0 || ruleset_read_line(again, line));
	buf_fini(&out);
	ruleset_free(again);
	ruleset_free(survey->set);
	inside_free(survey->inside);
	arena_free(survey->arena);
}

#endif
