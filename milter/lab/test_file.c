/* SPDX-License-Identifier: BSD-2-Clause */
/* Reading *.test.yaml. */
#include "lab/test_file.h"

#include "lab/test_step.h"
#include "yaml/reader.h"

static struct test_file *
file_of(const struct reader *r)
{
	return r->out;
}

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
		good &= reader_map(r, item, test_step_keys, test_step_key_count,
				step) &&
			repeat_message(r, item, steps, step);
	}
	test->trial.steps = steps;
	return good;
}

static bool
case_name(struct reader *r, const struct yaml_node *node, void *target)
{
	struct test_case *test = target;

	return reader_scalar(r, node, &test->name);
}

static bool
is_step_key(const struct yaml_node *node)
{
	return reader_find(test_step_keys, test_step_key_count, node->key) !=
		NULL;
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
		const struct reader_key *key = reader_find(
			test_step_keys, test_step_key_count, pair->key);

		if (key != NULL)
			good &= key->read(r, pair, step);
	}
	test->trial.steps = step;
	test->trial.count = 1;
	return good;
}

static bool
read_case(
	struct reader *r, const struct yaml_node *node, struct test_case *test)
{
	static const struct reader_key keys[] = {
		{"name", case_name, NULL}, {"steps", case_steps, NULL}};
	bool good = true, single = yaml_find(node, "steps") == NULL;

	test->trial.file = r->file;
	if (node->kind != YAML_MAP)
		return reader_refuse(r, node->mark, NULL, "a test is a map");
	for (const struct yaml_node *pair = node->children; pair != NULL;
		pair = pair->next) {
		const struct reader_key *key = reader_find(keys, 2, pair->key);

		if (key != NULL) {
			good &= key->read(r, pair, test);
		} else if (!single || !is_step_key(pair)) {
			good = reader_unknown(
				r, pair, test_step_keys, test_step_key_count);
		}
	}
	if (single)
		good &= read_single(r, node, test);
	if (slice_is_absent(test->name)) {
		good = reader_refuse(r, node->mark, "name: what it shows",
			"a test needs a name");
	}
	return good;
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
		item = item->next)
		good &= read_case(r, item, &cases[out->count++]);
	out->cases = cases;
	return good;
}

static bool
file_policy(struct reader *r, const struct yaml_node *node, void *target)
{
	struct test_file *out = target;

	if (!reader_scalar(r, node, &out->policy))
		return false;
	r->subject = out->policy;
	return true;
}

static bool
add_to_realm(struct reader *r, const struct yaml_node *node,
	bool (*add)(struct realm *, struct slice, struct err *))
{
	const struct slice *words;
	struct err err = {0};
	size_t count;

	if (!reader_texts(r, node, &words, &count))
		return false;
	for (size_t i = 0; i < count; i++) {
		if (!add(file_of(r)->realm, words[i], &err))
			return reader_refuse(r, node->mark, NULL, err.text);
	}
	return true;
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
	{"policy", file_policy, "what hit and miss are about; before tests"},
	{"local", file_local, "our domains; example.com is one"},
	{"networks", file_networks, "our networks; loopback and 10/8 are"},
	{"mode", file_mode, "observe or enforce (the default here)"},
	{"ceiling", file_ceiling, "the strongest action; quarantine here"},
	{"store", file_store, "memory, or down: one that nobody answers at"},
	{"letters", file_letters, "messages by name, for many; before tests"},
	{"tests", file_tests, "the tests: name, and one message or steps"},
};
#define FILE_KEYS (sizeof(file_keys) / sizeof(file_keys[0]))

static bool
prepare(struct reader *r)
{
	struct test_file *out = arena_alloc(r->arena, sizeof(*out));

	if (out == NULL || (out->realm = realm_new()) == NULL)
		return false;
	r->out = out;
	respond_init(&out->respond);
	out->respond.mode = MODE_ENFORCE;
	return realm_add_domain(out->realm, SLICE("example.com"), NULL) &&
		realm_add_domain(out->realm, SLICE(".example.com"), NULL) &&
		realm_add_network(out->realm, SLICE("127.0.0.0/8"), NULL) &&
		realm_add_network(out->realm, SLICE("10.0.0.0/8"), NULL);
}

struct test_file *
test_file_read(struct arena *arena, const char *file, struct diags *diags)
{
	struct reader r = {.arena = arena, .file = file, .diags = diags};
	const struct yaml_document *document =
		yaml_load_file(arena, file, diags);

	if (document == NULL || !prepare(&r))
		return NULL;
	if (reader_map(&r, document->root, file_keys, FILE_KEYS, r.out))
		return r.out;
	realm_free(file_of(&r)->realm);
	return NULL;
}

static void
help_keys(struct buf *out, const char *title, const struct reader_key *keys,
	size_t count)
{
	buf_printf(out, "%s\n", title);
	for (size_t i = 0; i < count; i++)
		buf_printf(out, "  %-12s %s\n", keys[i].name, keys[i].help);
}

void
test_file_help(struct buf *out)
{
	help_keys(out, "Keys of a test file:", file_keys, FILE_KEYS);
	help_keys(out, "Of a test (it has a name), or of each of its steps:",
		test_step_keys, test_step_key_count);
	help_keys(out, "Of a message:", test_step_message_keys,
		test_step_message_key_count);
	buf_puts(out, "Of expect (or just: hit, miss):\n");
	buf_printf(out, "  %-12s %s\n", "hit",
		"true or false: does the file's policy match?");
	for (size_t i = 0; i < trial_key_count(); i++) {
		buf_printf(out, "  %-12s %s\n", trial_key(i),
			trial_key_meaning(i));
	}
}
