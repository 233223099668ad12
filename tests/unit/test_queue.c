/* SPDX-License-Identifier: BSD-2-Clause */
/* In what order a node's queue gives what it was given. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/arena.h"
#include "store/redis/queue.h"
#include "store/redis/request.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NOW_MS 1000
#define LATER_MS (NOW_MS + 1000)
#define OUT_BYTES 4096

struct line {
	struct queue *queue;
	struct arena *arena;
	struct request told, awaited, question;
};

static int
setup(void **state)
{
	struct line *line = calloc(1, sizeof(*line));

	line->queue = queue_new();
	line->arena = arena_new((size_t)64 << 20);
	assert_non_null(line->queue);
	assert_non_null(line->arena);
	line->told = (struct request){.op_count = 1};
	line->awaited = (struct request){.op_count = 1, .awaited = true};
	line->question = (struct request){.awaited = true};
	*state = line;
	return 0;
}

static int
teardown(void **state)
{
	struct line *line = *state;

	(void)queue_take_all(line->queue);
	queue_free(line->queue);
	arena_free(line->arena);
	free(line);
	return 0;
}

/* A script's call on keys, "a b c"; its name is told by its last word. */
static struct command *
make(struct line *line, enum script script, struct request *request,
	const char *keys, const char *name)
{
	struct slice rest = slice_of(keys), key, all[8];
	struct command *command;
	size_t count = 0;

	while (slice_next(&rest, ' ', &key))
		all[count++] = key;
	command = command_new(line->arena, script, count, count + 1);
	assert_non_null(command);
	for (size_t i = 0; i < count; i++)
		command_word(command, all[i]);
	command_word(command, arena_copy(line->arena, slice_of(name)));
	command->request = request;
	assert_true(command_order(command));
	return command;
}

static bool
put(struct line *line, struct command *command)
{
	bool wakes;

	return queue_put(line->queue, command, NOW_MS, &wakes);
}

static void
tell(struct line *line, const char *keys, const char *name)
{
	assert_true(put(
		line, make(line, SCRIPT_REMEMBER, &line->told, keys, name)));
}

static void
await(struct line *line, const char *keys, const char *name)
{
	assert_true(put(
		line, make(line, SCRIPT_RECALL, &line->awaited, keys, name)));
}

/* The names of a pipeline. */
static const char *
taken(struct line *line, int64_t now_ms, size_t most)
{
	static char out[OUT_BYTES];
	size_t used = 0;

	out[0] = '\0';
	for (const struct command *at = queue_take(line->queue, now_ms);
		at != NULL && most > 0; at = at->next, most--) {
		used += (size_t)snprintf(out + used, sizeof(out) - used,
			"%s%.*s", used > 0 ? " " : "",
			SLICE_ARG(at->words[at->count - 1]));
	}
	return out;
}

static void
flood(struct line *line, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		char key[32];

		snprintf(key, sizeof(key), "flood%zu", i);
		tell(line, key, "f");
	}
}

static void
an_answer_does_not_wait_for_what_is_told(void **state)
{
	struct line *line = *state;
	int64_t at_ms = LATER_MS;

	flood(line, QUEUE_TOLD_MAX);
	await(line, "x", "x");
	assert_true(queue_is_due(line->queue, NOW_MS, &at_ms));
	assert_string_equal(taken(line, NOW_MS, 9), "x");
}

static void
what_is_told_of_the_same_key_goes_before_it(void **state)
{
	struct line *line = *state;

	tell(line, "x", "x1");
	flood(line, 1000);
	tell(line, "x", "x2");
	await(line, "x", "x");
	await(line, "y", "y");
	assert_string_equal(taken(line, NOW_MS, 9), "x1 x2 x y");
	assert_string_equal(taken(line, NOW_MS + 5, 2), "f f");
}

static void
and_what_was_told_of_its_keys_before_that(void **state)
{
	struct line *line = *state;

	assert_true(
		put(line, make(line, SCRIPT_NOTE, &line->told, "a b", "ab")));
	assert_true(
		put(line, make(line, SCRIPT_NOTE, &line->told, "b c", "bc")));
	tell(line, "d", "d");
	assert_true(
		put(line, make(line, SCRIPT_NOTE, &line->told, "c e", "ce")));
	tell(line, "c", "later");
	await(line, "e", "e");
	assert_string_equal(taken(line, NOW_MS, 9), "ab bc ce e");
	assert_string_equal(taken(line, NOW_MS + 5, 9), "d later");
}

/* They add up in any order, and there may be no end of them. */
static void
counts_for_people_bring_nothing(void **state)
{
	struct line *line = *state;

	assert_true(put(line,
		make(line, SCRIPT_TALLY, &line->told, "box once", "tally")));
	assert_true(put(line,
		make(line, SCRIPT_FACTS, &line->awaited, "box route peers",
			"facts")));
	assert_string_equal(taken(line, NOW_MS, 9), "facts");
}

/* How many go in the next pipeline. */
static size_t
take_some(struct line *line)
{
	size_t count = 0;

	for (struct command *at = queue_take(line->queue, LATER_MS); at != NULL;
		at = at->next)
		count++;
	return count;
}

static void
who_floods_one_key_holds_up_nobody(void **state)
{
	struct line *line = *state;

	for (int i = 0; i < 2000; i++)
		tell(line, "x", "f");
	await(line, "x", "x");
	assert_string_equal(taken(line, NOW_MS, 9), "x");
	for (size_t left = 2000; left > 0;)
		left -= take_some(line);
	assert_null(queue_take(line->queue, LATER_MS));
}

/* Few, that whoever comes waits for few; more only where they pile up. */
static void
what_is_told_goes_in_small_pipelines(void **state)
{
	struct line *line = *state;

	for (int i = 0; i < 400; i++)
		tell(line, "x", "f");
	assert_int_equal(take_some(line), 16);
	for (size_t left = 384; left > 47;)
		left -= take_some(line);
	assert_int_equal(take_some(line), 2);
	flood(line, QUEUE_TOLD_MAX / 2);
	assert_int_equal(take_some(line), 16);
}

static void
what_is_told_does_not_starve_either(void **state)
{
	struct line *line = *state;

	tell(line, "x", "told");
	await(line, "y", "y1");
	assert_string_equal(taken(line, NOW_MS, 9), "y1");
	await(line, "y", "y2");
	assert_string_equal(taken(line, LATER_MS, 9), "y2 told");
}

static void
what_is_told_is_gathered_for_a_moment(void **state)
{
	struct line *line = *state;
	int64_t at_ms = LATER_MS;

	tell(line, "x", "x");
	assert_false(queue_is_due(line->queue, NOW_MS, &at_ms));
	assert_in_range(at_ms, NOW_MS + 1, NOW_MS + 10);
	assert_true(queue_is_due(line->queue, at_ms, &at_ms));
}

static void
past_its_bound_it_takes_only_what_is_awaited(void **state)
{
	struct line *line = *state;
	struct command *more =
		make(line, SCRIPT_REMEMBER, &line->told, "more", "more");

	flood(line, QUEUE_TOLD_MAX);
	assert_false(put(line, more));
	await(line, "x", "x");
	assert_true(put(line,
		make(line, SCRIPT_NONE, &line->question, "q", "question")));
	(void)taken(line, LATER_MS, 9);
	assert_true(put(line, more));
}

/* A question is about all that was told. */
static void
a_question_waits_its_turn(void **state)
{
	struct line *line = *state;
	int64_t at_ms = LATER_MS;

	tell(line, "x", "x");
	assert_true(put(line,
		make(line, SCRIPT_NONE, &line->question, "q", "question")));
	assert_true(queue_is_due(line->queue, NOW_MS, &at_ms));
	assert_string_equal(taken(line, NOW_MS, 9), "x question");
}

static void
what_comes_back_is_first_again(void **state)
{
	struct line *line = *state;
	struct command *list;

	await(line, "x", "1");
	await(line, "x", "2");
	list = queue_take(line->queue, NOW_MS);
	await(line, "y", "3");
	queue_put_back(line->queue, list);
	queue_put_back(line->queue, NULL);
	assert_string_equal(taken(line, NOW_MS, 9), "1 2 3");
}

static void
what_is_for_later_comes_later(void **state)
{
	struct line *line = *state;
	int64_t at_ms = LATER_MS;

	queue_put_later(line->queue,
		make(line, SCRIPT_NOTE, &line->told, "b", "second"),
		NOW_MS + 20);
	queue_put_later(line->queue,
		make(line, SCRIPT_NOTE, &line->told, "a", "first"),
		NOW_MS + 10);
	assert_false(queue_is_due(line->queue, NOW_MS, &at_ms));
	assert_int_equal(at_ms, NOW_MS + 10);
	assert_true(queue_is_due(line->queue, NOW_MS + 10, &at_ms));
	assert_string_equal(taken(line, NOW_MS + 10, 9), "first");
	assert_true(queue_is_due(line->queue, NOW_MS + 20, &at_ms));
	assert_string_equal(taken(line, NOW_MS + 20, 9), "second");
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(an_answer_does_not_wait_for_what_is_told),
		CASE(what_is_told_of_the_same_key_goes_before_it),
		CASE(and_what_was_told_of_its_keys_before_that),
		CASE(counts_for_people_bring_nothing),
		CASE(who_floods_one_key_holds_up_nobody),
		CASE(what_is_told_goes_in_small_pipelines),
		CASE(what_is_told_does_not_starve_either),
		CASE(what_is_told_is_gathered_for_a_moment),
		CASE(past_its_bound_it_takes_only_what_is_awaited),
		CASE(a_question_waits_its_turn),
		CASE(what_comes_back_is_first_again),
		CASE(what_is_for_later_comes_later),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
