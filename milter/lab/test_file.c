/* SPDX-License-Identifier: BSD-2-Clause */
/* Reading *.test.yaml. */
#include "lab/test_file.h"

#include "lab/test_step.h"
#include "yaml/reader_type.h"

/* The message of a step that says "again" is that of the last one before it
 * which had any. */
static bool
repeat_message(struct reader *r, const struct yaml_node *node,
	const struct trial_step *first, struct trial_step *step)
{
	const struct trial_step *before = step;

	if (!step->again)
		return true;
	if (step->repeat > 0) {
		return reader_refuse(r, node->mark, NULL,
			"either a message, or the one before again");
	}
	while (before > first && before->repeat == 0)
		before--;
	if (before->repeat == 0) {
		return reader_refuse(r, node->mark, NULL,
			"no message that could come again");
	}
	step->letter = before->letter;
	step->repeat = 1;
	return true;
}

static bool
case_steps(struct reader *r, const struct yaml_node *node, void *target)
{
	struct test_case *test = target;
	struct trial_step *steps;
	bool good = true;

	if (node->kind != YAML_LIST || node->count == 0)
		return reader_refuse(r, node->mark, NULL, "a list of steps");
	steps = arena_array(r->arena, node->count, sizeof(*steps));
	if (steps == NULL)
		return reader_refuse(r, node->mark, NULL, "too many steps");
	for (const struct yaml_node *item = node->children; item != NULL;
		item = item->next) {
		struct trial_step *step = &steps[test->trial.count++];

		step->line = item->mark.line;
		good &= reader_map(r, &test_step_table, item, step) &&
			repeat_message(r, item, steps, step);
	}
	test->trial.steps = steps;
	return good;
}

/* A test of one message has the step's keys itself. */
static bool
read_single(
	struct reader *r, const struct yaml_node *node, struct test_case *test)
{
	struct trial_step *step = arena_alloc(r->arena, sizeof(*step));
	bool good = true;

	if (step == NULL)
		return reader_refuse(r, node->mark, NULL, "out of memory");
	step->line = node->mark.line;
	for (const struct yaml_node *pair = node->children; pair != NULL;
		pair = pair->next) {
		const struct reader_key *key =
			reader_find(&test_step_table, pair->key);

		if (key != NULL)
			good &= reader_value(r, key, pair, step);
	}
	test->trial.steps = step;
	test->trial.count = 1;
	return good;
}

static const struct reader_key case_keys[] = {
	{"name", &reader_slice, .offset = offsetof(struct test_case, name)},
	{"steps", .read = case_steps},
};
static const struct reader_table case_table = {
	.keys = case_keys,
	.count = sizeof(case_keys) / sizeof(*case_keys),
	.where = "",
};

static bool
expects_anything(const struct trial *trial)
{
	for (size_t i = 0; i < trial->count; i++) {
		if (trial->steps[i].expect_count > 0)
			return true;
	}
	return false;
}

/* Of what no message was judged for, everything holds. */
static bool
has_messages(struct reader *r, const struct trial *trial)
{
	for (size_t i = 0; i < trial->count; i++) {
		const struct trial_step *step = &trial->steps[i];
		struct mark mark = {.file = r->file,
			.line = step->line,
			.column = 1,
			.width = 1};

		if (step->expect_count > 0 && step->repeat == 0) {
			return reader_refuse(r, mark,
				"write message: with what is sent, or repeat: "
				"where it is that of the step before",
				"this expects something, and there is no "
				"message: it cannot fail");
		}
	}
	return true;
}

static bool
read_case(
	struct reader *r, const struct yaml_node *node, struct test_case *test)
{
	bool good = true, single = yaml_find(node, "steps") == NULL;

	test->trial.file = r->file;
	if (node->kind != YAML_MAP)
		return reader_refuse(r, node->mark, NULL, "a test is a map");
	for (const struct yaml_node *pair = node->children; pair != NULL;
		pair = pair->next) {
		const struct reader_key *key =
			reader_find(&case_table, pair->key);

		if (key != NULL) {
			good &= reader_value(r, key, pair, test);
		} else if (!single ||
			reader_find(&test_step_table, pair->key) == NULL) {
			good = reader_unknown(r, &test_step_table, pair);
		}
	}
	if (single)
		good &= read_single(r, node, test);
	if (good && !expects_anything(&test->trial)) {
		good = reader_refuse(r, node->mark,
			"write expect: hit, expect: miss, or what comes out",
			"this test expects nothing: it cannot fail");
	}
	good = good && has_messages(r, &test->trial);
	if (slice_is_absent(test->name)) {
		good = reader_refuse(r, node->mark, "name: what it shows",
			"a test needs a name");
	}
	return good;
}

/* Where one fails, its name is to tell which. */
static bool
is_new_name(struct reader *r, const struct yaml_node *node,
	const struct test_case *cases, size_t number)
{
	for (size_t i = 0; i < number; i++) {
		if (slice_equal(cases[i].name, cases[number].name)) {
			return reader_refuse(r, node->mark,
				"call it by what it shows",
				"another test of this file has that name");
		}
	}
	return true;
}

static bool
file_tests(struct reader *r, const struct yaml_node *node, void *target)
{
	struct test_file *out = target;
	struct test_case *cases;
	bool good = true;

	if (node->kind != YAML_LIST)
		return reader_refuse(r, node->mark, NULL, "a list of tests");
	cases = arena_array(r->arena, node->count + 1, sizeof(*cases));
	if (cases == NULL)
		return reader_refuse(r, node->mark, NULL, "too many tests");
	for (const struct yaml_node *item = node->children; item != NULL;
		item = item->next) {
		struct test_case *test = &cases[out->count];

		good &= read_case(r, item, test) &&
			is_new_name(r, item, cases, out->count);
		out->count++;
	}
	out->cases = cases;
	return good;
}

static bool
add_to_realm(struct reader *r, const struct yaml_node *node,
	bool (*add)(struct realm *, struct slice, struct err *))
{
	const struct test_file *file = r->ctx;
	struct reader_text_list words;
	struct err err = {0};
	bool good = true;

	if (!reader_text_list(r, node, &words))
		return false;
	for (size_t i = 0; i < words.count; i++) {
		if (!add(file->realm, words.at[i], &err)) {
			good = reader_refuse(r, words.marks[i], NULL, err.text);
		}
	}
	return good;
}

static bool
file_local(struct reader *r, const struct yaml_node *node, void *target)
{
	(void)target;
	return add_to_realm(r, node, realm_add_domain);
}

static bool
file_networks(struct reader *r, const struct yaml_node *node, void *target)
{
	(void)target;
	return add_to_realm(r, node, realm_add_network);
}

static bool
file_mode(struct reader *r, const struct yaml_node *node, void *target)
{
	struct test_file *out = target;

	return test_step_mode(r, node, &out->respond.mode);
}

static bool
file_ceiling(struct reader *r, const struct yaml_node *node, void *target)
{
	struct test_file *out = target;

	return test_step_action(r, node, &out->respond.ceiling);
}

/* A test file is somebody's; the stores that could be named are not his. */
static bool
file_store(struct reader *r, const struct yaml_node *node, void *target)
{
	struct test_file *out = target;
	struct slice text;

	if (!reader_scalar(r, node, &text))
		return false;
	out->store_down = slice_equal(text, SLICE("down"));
	return out->store_down || slice_equal(text, SLICE("memory")) ||
		reader_refuse(r, node->mark, NULL, "memory or down");
}

static bool
file_letters(struct reader *r, const struct yaml_node *node, void *target)
{
	struct test_file *out = target;
	bool good = true;

	if (node->kind != YAML_MAP) {
		return reader_refuse(
			r, node->mark, NULL, "a map of names and messages");
	}
	for (const struct yaml_node *pair = node->children; pair != NULL;
		pair = pair->next) {
		struct test_letter *letter =
			arena_alloc(r->arena, sizeof(*letter));

		if (letter == NULL) {
			return reader_refuse(
				r, pair->mark, NULL, "too many letters");
		}
		letter->name = pair->key;
		good &= test_step_message(r, pair, &letter->letter);
		letter->next = out->letters;
		out->letters = letter;
	}
	return good;
}

/* What the tests speak of comes before them: the policy, the letters. */
static const struct reader_key file_keys[] = {
	{"policy", &reader_slice, offsetof(struct test_file, policy),
		.help = "what hit and miss are about; before tests"},
	{"local", .read = file_local,
		.help = "our domains; example.com is one"},
	{"networks", .read = file_networks,
		.help = "our networks; loopback and 10/8 are"},
	{"mode", .read = file_mode,
		.help = "observe or enforce (the default here)"},
	{"ceiling", .read = file_ceiling,
		.help = "the strongest action; quarantine here"},
	{"store", .read = file_store,
		.help = "memory, or down: one that nobody answers at"},
	{"letters", .read = file_letters,
		.help = "messages by name, for many; before tests"},
	{"tests", .read = file_tests,
		.help = "the tests: name, and one message or steps"},
};
static const struct reader_table file_table = {
	.keys = file_keys,
	.count = sizeof(file_keys) / sizeof(*file_keys),
	.where = " in a test file",
	.listed = "`forwarden test --help` lists the keys",
};

static struct test_file *
file_new(struct arena *arena, const struct respond *respond)
{
	struct test_file *out = arena_alloc(arena, sizeof(*out));

	if (out == NULL || (out->realm = realm_new()) == NULL)
		return NULL;
	out->respond = *respond;
	out->respond.mode = MODE_ENFORCE;
	if (realm_add_domain(out->realm, SLICE("example.com"), NULL) &&
		realm_add_domain(out->realm, SLICE(".example.com"), NULL) &&
		realm_add_network(out->realm, SLICE("127.0.0.0/8"), NULL) &&
		realm_add_network(out->realm, SLICE("10.0.0.0/8"), NULL))
		return out;
	realm_free(out->realm);
	return NULL;
}

/* Nothing that could fail is no success. */
static bool
no_tests(const char *file, struct diags *diags)
{
	return diags_add(diags, DIAG_ERROR, (struct mark){.file = file},
		"write tests: and one at least", "there is no test in here");
}

struct test_file *
test_file_read(struct arena *arena, const char *file,
	const struct respond *respond, struct diags *diags)
{
	struct reader r = {.arena = arena, .file = file, .diags = diags};
	const struct yaml_document *document =
		yaml_load_file(arena, file, diags);
	struct test_file *out =
		document != NULL ? file_new(arena, respond) : NULL;

	if (out == NULL && diags_count(diags, DIAG_ERROR) == 0)
		(void)no_tests(file, diags);
	if (out == NULL)
		return NULL;
	r.ctx = out;
	if (reader_map(&r, &file_table, document->root, out) &&
		(out->count > 0 || no_tests(file, diags)))
		return out;
	realm_free(out->realm);
	return NULL;
}

static void
help_keys(struct buf *out, const char *title, const struct reader_table *table)
{
	buf_printf(out, "%s\n", title);
	for (size_t i = 0; i < table->count; i++) {
		buf_printf(out, "  %-12s %s\n", table->keys[i].name,
			table->keys[i].help);
	}
}

void
test_file_help(struct buf *out)
{
	help_keys(out, "Keys of a test file:", &file_table);
	help_keys(out, "Of a test (it has a name), or of each of its steps:",
		&test_step_table);
	help_keys(out, "Of a message:", &test_step_message_table);
	buf_puts(out, "Of expect (or just: hit, miss):\n");
	buf_printf(out, "  %-12s %s\n", "hit",
		"true or false: does the file's policy match?");
	for (size_t i = 0; i < trial_key_count(); i++) {
		buf_printf(out, "  %-12s %s\n", trial_key(i),
			trial_key_meaning(i));
	}
}
