/* SPDX-License-Identifier: BSD-2-Clause */
/* Correlations over a real store: what each message of a story makes. */
#include "rows.h"

#include "counted.h"

#define START_MS INT64_C(1790000000000)
#define STEPS_MAX 14

/* "seconds | record | identity | hits"; see counted_message(). */
static const struct row {
	const char *name, *policies;
	const char *steps[STEPS_MAX];
} rows[] = {
#define A_RULE(name, value)                                            \
	"title: " name "\nname: " name                                 \
	"\nlogsource: {category: email}\ndetection: {s: {text: " value \
	"}, condition: s}\n---\n"
#define RULES A_RULE("a", "a") A_RULE("b", "b") A_RULE("d", "d")
#define COUNT(rest)                                             \
	RULES "title: c\nname: c\ncorrelation:\n  rules: [a]\n" \
	      "  group-by: [box]\n  timespan: 60s\n" rest

	{"the third is the first one caught",
		COUNT("  type: event_count\n  condition: {gte: 3}\n"),
		{"0 | text=a & box=x | 1 | ", "1 | text=a & box=x | 2 | ",
			"2 | text=a & box=x | 3 | c3*",
			"3 | text=a & box=x | 4 | c3"}},
	{"gt", COUNT("  type: event_count\n  condition: {gt: 1}\n"),
		{"0 | text=a & box=x | 1 | ", "1 | text=a & box=x | 2 | c2*",
			"2 | text=a & box=x | 3 | c2"}},
	{"eq", COUNT("  type: event_count\n  condition: {eq: 2}\n"),
		{"0 | text=a & box=x | 1 | ", "1 | text=a & box=x | 2 | c2*",
			"2 | text=a & box=x | 3 | "}},
	{"the boundary belongs to the window",
		COUNT("  type: event_count\n  condition: {gte: 2}\n"),
		{"0 | text=a & box=x | 1 | ", "60 | text=a & box=x | 2 | c2*"}},
	{"behind the boundary",
		COUNT("  type: event_count\n  condition: {gte: 2}\n"),
		{"0 | text=a & box=x | 1 | ",
			"60.001 | text=a & box=x | 2 | "}},
	{"a retry counts once",
		COUNT("  type: event_count\n  condition: {gte: 2}\n"),
		{"0 | text=a & box=x | 1 | ", "1 | text=a & box=x | 1 | ",
			"2 | text=a & box=x | 1 | ",
			"3 | text=a & box=x | 2 | c2*",
			"4 | text=a & box=x | 2 | c2"}},
	{"an edge again after the window",
		COUNT("  type: event_count\n  condition: {gte: 2}\n"),
		{"0 | text=a & box=x | 1 | ", "1 | text=a & box=x | 2 | c2*",
			"100 | text=a & box=x | 3 | ",
			"101 | text=a & box=x | 4 | c2*"}},
	{"groups are apart",
		COUNT("  type: event_count\n  condition: {gte: 2}\n"),
		{"0 | text=a & box=x | 1 | ", "1 | text=a & box=y | 2 | ",
			"2 | text=a & box=x | 3 | c2*"}},
	{"a message without its group does not count",
		COUNT("  type: event_count\n  condition: {gte: 2}\n"),
		{"0 | text=a | 1 | ", "1 | text=a | 2 | ",
			"2 | text=a & box=x | 3 | "}},
	{"out of order", COUNT("  type: event_count\n  condition: {gte: 3}\n"),
		{"50 | text=a & box=x | 1 | ", "10 | text=a & box=x | 2 | ",
			"55 | text=a & box=x | 3 | c3*"}},
	{"other rules do not count",
		COUNT("  type: event_count\n  condition: {gte: 2}\n"),
		{"0 | text=a & box=x | 1 | ", "1 | text=b & box=x | 2 | b",
			"2 | text=d & box=x | 3 | d"}},
	{"two group-by fields",
		RULES "title: c\nname: c\ncorrelation:\n  type: event_count\n"
		      "  rules: [a]\n  group-by: [box, rcpt]\n"
		      "  timespan: 1m\n  condition: {gte: 2}\n",
		{"0 | text=a & box=x & rcpt=1 | 1 | ",
			"1 | text=a & box=x & rcpt=2 | 2 | ",
			"2 | text=a & box=x & rcpt=1 | 3 | c2*"}},
	{"groups cannot be made up",
		RULES "title: c\nname: c\ncorrelation:\n  type: event_count\n"
		      "  rules: [a]\n  group-by: [box, rcpt]\n"
		      "  timespan: 1m\n  condition: {gte: 2}\n",
		{"0 | text=a & box=x\\|y & rcpt=z | 1 | ",
			"1 | text=a & box=x & rcpt=y\\|z | 2 | "}},
	{"several values are several groups",
		RULES "title: c\nname: c\ncorrelation:\n  type: event_count\n"
		      "  rules: [a]\n  group-by: [many]\n"
		      "  timespan: 1m\n  condition: {gte: 2}\n",
		{"0 | text=a & many=1 & many=2 | 1 | ",
			"1 | text=a & many=2 & many=3 | 2 | c2*"}},
	{"generate lets the rule speak",
		COUNT("  type: event_count\n  condition: {gte: 2}\n"
		      "  generate: true\n"),
		{"0 | text=a & box=x | 1 | a",
			"1 | text=a & box=x | 2 | a c2*"}},
	{"generate at the top",
		COUNT("  type: event_count\n  condition: {gte: 2}\n"
		      "generate: true\n"),
		{"0 | text=a & box=x | 1 | a",
			"1 | text=a & box=x | 2 | a c2*"}},

	{"distinct values",
		COUNT("  type: value_count\n"
		      "  condition: {gte: 2, field: rcpt}\n"),
		{"0 | text=a & box=x & rcpt=1 | 1 | ",
			"1 | text=a & box=x & rcpt=1 | 2 | ",
			"2 | text=a & box=x & rcpt=2 | 3 | c2*",
			"3 | text=a & box=x & rcpt=1 | 4 | c2",
			"4 | text=a & box=x | 5 | "}},
	{"tuples of values",
		COUNT("  type: value_count\n"
		      "  condition: {gte: 2, field: [rcpt, other]}\n"),
		{"0 | text=a & box=x & rcpt=1 & other=1 | 1 | ",
			"1 | text=a & box=x & rcpt=1 & other=1 | 2 | ",
			"2 | text=a & box=x & rcpt=1 & other=2 | 3 | c2*"}},
	{"several values in one message",
		COUNT("  type: value_count\n"
		      "  condition: {gte: 2, field: many}\n"),
		{"0 | text=a & box=x & many=1 & many=2 | 1 | c2*"}},

	{"temporal",
		RULES "title: c\nname: c\ncorrelation:\n  type: temporal\n"
		      "  rules: [a, b]\n  group-by: [box]\n"
		      "  timespan: 1m\n",
		{"0 | text=a & box=x | 1 | ", "1 | text=a & box=x | 2 | ",
			"2 | text=b & box=y | 3 | ",
			"3 | text=b & box=x | 4 | c2*",
			"80 | text=a & box=x | 5 | "}},
	{"temporal, some of the rules",
		RULES "title: c\nname: c\ncorrelation:\n  type: temporal\n"
		      "  rules: [a, b, d]\n  group-by: [box]\n"
		      "  timespan: 1m\n  condition: {gte: 2}\n",
		{"0 | text=d & box=x | 1 | ", "1 | text=a & box=x | 2 | c2*"}},
	{"in order",
		RULES "title: c\nname: c\ncorrelation:\n"
		      "  type: temporal_ordered\n  rules: [a, b]\n"
		      "  group-by: [box]\n  timespan: 1m\n",
		{"0 | text=b & box=x | 1 | ", "1 | text=a & box=x | 2 | ",
			"2 | text=b & box=x | 3 | c2*"}},
	{"in order, too slow",
		RULES "title: c\nname: c\ncorrelation:\n"
		      "  type: temporal_ordered\n  rules: [a, b]\n"
		      "  group-by: [box]\n  timespan: 1m\n",
		{"0 | text=a & box=x | 1 | ", "61 | text=b & box=x | 2 | "}},
	{"one message is not a sequence",
		"title: a\nname: a\nlogsource: {category: email}\n"
		"detection: {s: {text|contains: a}, condition: s}\n---\n"
		"title: b\nname: b\nlogsource: {category: email}\n"
		"detection: {s: {text|contains: b}, condition: s}\n---\n"
		"title: c\nname: c\ncorrelation:\n"
		"  type: temporal_ordered\n  rules: [a, b]\n"
		"  group-by: [box]\n  timespan: 1m\n",
		{"0 | text=ab & box=x | 1 | ",
			"1 | text=ab & box=x | 2 | c2*"}},
	{"aliases",
		RULES "title: c\nname: c\ncorrelation:\n  type: temporal\n"
		      "  rules: [a, b]\n"
		      "  aliases: {who: {a: box, b: rcpt}}\n"
		      "  group-by: [who]\n  timespan: 1m\n",
		{"0 | text=a & box=x & rcpt=y | 1 | ",
			"1 | text=b & box=y & rcpt=z | 2 | ",
			"2 | text=b & box=y & rcpt=x | 3 | c2*"}},

	{"a sum",
		COUNT("  type: value_sum\n"
		      "  condition: {gt: 100, field: bytes}\n"),
		{"0 | text=a & box=x & bytes=60 | 1 | ",
			"1 | text=a & box=x & bytes=60 | 1 | ",
			"2 | text=a & box=x & bytes=50 | 2 | c110*",
			"3 | text=a & box=x & bytes=1 | 3 | c111",
			"4 | text=a & box=x | 4 | "}},
	{"a mean",
		COUNT("  type: value_avg\n"
		      "  condition: {gte: 50, field: bytes}\n"),
		{"0 | text=a & box=x & bytes=20 | 1 | ",
			"1 | text=a & box=x & bytes=70 | 2 | ",
			"2 | text=a & box=x & bytes=60 | 3 | c50*"}},

	{"a chain",
		COUNT("  type: event_count\n  condition: {gte: 2}\n") "---"
								      "\ntitle:"
								      " e\nname"
								      ": "
								      "e\ncorre"
								      "lation:"
								      "\n  "
								      "type: "
								      "value_"
								      "count\n"
								      "  "
								      "rules: "
								      "[c]\n  "
								      "group-"
								      "by: "
								      "[rcpt]"
								      "\n  "
								      "timespan"
								      ": 1m\n"
								      "  "
								      "conditio"
								      "n: "
								      "{gte: "
								      "2, "
								      "field: "
								      "box}\n",
		{"0 | text=a & box=x & rcpt=r | 1 | ",
			"1 | text=a & box=x & rcpt=r | 2 | ",
			"2 | text=a & box=y & rcpt=r | 3 | ",
			"3 | text=a & box=y & rcpt=r | 4 | e2*"}},
	{"a filter takes away what would be counted",
		COUNT("  type: event_count\n  condition: {gte: 2}\n") "---"
								      "\ntitle:"
								      " f\nlogs"
								      "ource: "
								      "{categor"
								      "y: "
								      "email}"
								      "\nfilter"
								      ":\n"
								      "  "
								      "rules: "
								      "[a]\n  "
								      "ok: "
								      "{rcpt: "
								      "friend}"
								      "\n  "
								      "conditio"
								      "n: not "
								      "ok\n",
		{"0 | text=a & box=x & rcpt=friend | 1 | ",
			"1 | text=a & box=x & rcpt=friend | 2 | ",
			"2 | text=a & box=x | 3 | ",
			"3 | text=a & box=x & rcpt=foe | 4 | c2*"}},
	{"a filter of any rule",
		RULES "title: f\nlogsource: {category: email}\nfilter:\n"
		      "  rules: any\n  ok: {rcpt: friend}\n"
		      "  condition: not ok\n",
		{"0 | text=b & rcpt=friend | 1 | ", "1 | text=b | 2 | b"}},
};

/* Cuts at " | " (a | with spaces); "\|" stands for a |. */
static char *
cut(char **rest)
{
	char *field = *rest, *bar = strstr(field, " |");

	if (bar != NULL) {
		*bar = '\0';
		*rest = bar + 2 + (bar[2] == ' ');
	}
	return field;
}

static void
unescape(char *text)
{
	char *to = text;

	for (; *text != '\0'; text++) {
		if (text[0] != '\\' || text[1] != '|')
			*to++ = *text;
	}
	*to = '\0';
}

static struct sigma_program *
load(const char *text)
{
	struct diags *diags = diags_new();
	struct sigma_options options;
	struct sigma_program *program;
	struct buf errors = {0};

	policy_options(&options);
	program = sigma_program_parse("p", slice_of(text), &options, diags);
	diags_print(diags, &errors);
	if (program == NULL)
		fail_msg("%s\n%s", text, errors.p);
	buf_fini(&errors);
	diags_free(diags);
	return program;
}

static void
take_step(const struct sigma_program *program, struct store *store,
	const char *step)
{
	char *copy = strdup(step), *rest = copy;
	const char *pairs[16];
	struct buf hits = {0};
	int64_t at_ms =
		START_MS + (int64_t)(strtod(cut(&rest), NULL) * 1000 + 0.5);
	char *record = cut(&rest), *identity = cut(&rest);

	unescape(record);
	policy_split(record, pairs, 16);
	counted_message(program, store, at_ms, pairs, identity, &hits);
	if (strcmp(hits.p != NULL ? hits.p : "", rest) != 0)
		fail_msg("%s: got \"%s\"", step, hits.p);
	buf_fini(&hits);
	free(copy);
}

static void
check_row(void **state)
{
	const struct row *row = *state;
	struct sigma_program *program = load(row->policies);
	struct store *store = counted_store();

	for (size_t i = 0; i < STEPS_MAX && row->steps[i] != NULL; i++)
		take_step(program, store, row->steps[i]);
	store_close(store);
	sigma_program_free(program);
}

static void
test_nothing_counts_when_the_arena_is_full(void **state)
{
	struct sigma_program *program = load(rows[0].policies);
	const char *const pairs[] = {"text=a", "box=x", NULL};
	const struct sigma_record record = policy_record(pairs);
	size_t count;
	bool ok = false;

	(void)state;
	for (size_t limit = 512; !ok; limit += 64) {
		struct arena *arena = arena_new(limit);
		struct sigma_run *run = sigma_run_new(program, arena, &record);

		ok = run != NULL && sigma_run_flow(run, &record, SLICE("i"));
		if (run != NULL && !ok) {
			(void)sigma_run_notes(run, &count);
			assert_int_equal(count, 0);
			(void)sigma_run_finish(run, &count);
			assert_int_equal(count, 0);
		}
		arena_free(arena);
		assert_true(limit < 65536);
	}
	sigma_program_free(program);
}

int
main(void)
{
	static const struct CMUnitTest rest[] = {
		cmocka_unit_test(test_nothing_counts_when_the_arena_is_full),
	};
	struct rows all = {0};

	ROWS_ADD(&all, rows, check_row);
	ROWS_TESTS(&all, rest);
	return rows_run(&all, "correlation");
}
