/* SPDX-License-Identifier: BSD-2-Clause */
/* The YAML loader: trees, places, refusals, attacks. */
#include "yaml/yaml.h"
#include "yaml/yaml_scalar.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#define ARENA_BYTES ((size_t)64 * 1024 * 1024)

/* A tree as one line: {a:"x",b:[1,~]} with quoted scalars in quotes. */
static void
write_node(const struct yaml_node *node, struct buf *out)
{
	const char *gap = "";

	if (node->kind == YAML_NULL) {
		buf_puts(out, "~");
	} else if (node->kind == YAML_SCALAR) {
		buf_printf(out, node->plain ? "%.*s" : "\"%.*s\"",
			SLICE_ARG(node->text));
	} else {
		buf_puts(out, node->kind == YAML_MAP ? "{" : "[");
	}
	for (const struct yaml_node *child = node->children; child != NULL;
		child = child->next) {
		buf_puts(out, gap);
		gap = ",";
		if (node->kind == YAML_MAP)
			buf_printf(out, "%.*s:", SLICE_ARG(child->key));
		write_node(child, out);
	}
	if (node->kind == YAML_LIST || node->kind == YAML_MAP)
		buf_puts(out, node->kind == YAML_MAP ? "}" : "]");
}

struct row {
	const char *name, *text;
	const char *tree; /* documents joined by " | "; NULL: none */
	const char *error; /* beginning of the first error, or NULL */
};

static const struct row rows[] = {
	{"nothing", "", NULL, NULL},
	{"only a comment", "# x\n", NULL, NULL},
	{"a map", "a: 1\nb: 'x'\nc:\n", "{a:1,b:\"x\",c:~}", NULL},
	{"lists", "- a\n- [b, ~]\n- null\n", "[a,[b,~],~]", NULL},
	{"two documents", "a: 1\n---\nb: 2\n", "{a:1} | {b:2}", NULL},
	{"a quoted null is text", "a: 'null'\n", "{a:\"null\"}", NULL},
	{"a byte order mark",
		"\xEF\xBB\xBF"
		"a: 1\n",
		"{a:1}", NULL},
	{"a byte order mark before a comment", "\xEF\xBB\xBF# x\na: 1\n",
		"{a:1}", NULL},
	{"a byte order mark before a document",
		"\xEF\xBB\xBF---\na: 1\n---\nb: 2\n", "{a:1} | {b:2}", NULL},
	{"a byte order mark is no column",
		"\xEF\xBB\xBF"
		"a: &x 1\n",
		"{a:1}", "f:1:4: error: YAML anchors"},
	{"CR LF", "a: 1\r\nb: 2\r\n", "{a:1,b:2}", NULL},
	{"an alias", "a: *x\n", "{a:~}", "f:1:4: error: YAML aliases"},
	{"an anchor", "a: &x 1\n", "{a:1}", "f:1:4: error: YAML anchors"},
	{"a tag", "a: !!str 1\n", "{a:1}", "f:1:4: error: YAML tags"},
	{"a directive", "%YAML 1.1\n---\na: 1\n", "{a:1}",
		"f:1:1: error: YAML directives"},
	{"a merge key", "a:\n  <<: {b: 1}\n", "{a:{<<:{b:1}}}",
		"f:2:3: error: YAML merge keys"},
	{"a duplicate key", "a: 1\nb: 2\na: 3\n", "{a:1,b:2,a:3}",
		"f:3:1: error: the key \"a\" is here twice"},
	{"a list as key", "? [a]\n: b\n", NULL, "f:1:3: error: a key must be"},
	{"a template", "a: {{ x }}\n", NULL, "f:1:5: error: a key must be"},
	{"a wildcard that wants quotes", "a: *@example.com\n", NULL,
		"f:1:4: error: a * at the start of a value"},
	{"a placeholder that wants quotes", "a: %x%\n", NULL,
		"f:1:4: error: a value cannot start"},
	{"tabs", "a:\n\tb: 1\n", NULL, "f:2:1: error: a tab is used"},
	{"colon in a value", "a: b: c\n", NULL,
		"f:1:5: error: a \": \" is out of place"},
	{"an open quote", "a: 'b\nc: d\n", NULL,
		"f:1:4: error: a quote is opened"},
	{"an open bracket", "a: [b, c\nd: e\n", NULL,
		"f:1:4: error: a [...] or {...} is not closed"},
	{"no colon", "a: 1\nb\nc: 2\n", NULL, "f:3:1: error: this line is"},
	{"not UTF-8", "a: 1\nb: x\xFFy\n", NULL,
		"f:2:5: error: the byte 0xFF is not UTF-8"},
	{"overlong UTF-8", "a: \xC0\xAF\n", NULL,
		"f:1:4: error: the byte 0xC0 is not UTF-8"},
	{"after umlauts", "\xC3\xA4: \xFE\n", NULL,
		"f:1:4: error: the byte 0xFE"},
	{"a control character", "a: b\x01\n", NULL,
		"f:1:5: error: the control character 0x01"},
	{"a good document before a broken one", "a: 1\n---\nb: [\n", "{a:1}",
		"f:4:1: error: a value is missing"},
};

static void
test_row(void **state)
{
	const struct row *row = *state;
	struct arena *arena = arena_new(ARENA_BYTES);
	struct diags *diags = diags_new();
	struct buf tree = {0}, errors = {0};
	const struct yaml_document *document;

	document = yaml_load(arena, "f", slice_of(row->text), diags);
	diags_print(diags, &errors);
	if (row->error == NULL) {
		assert_int_equal(diags_total(diags), 0);
	} else {
		assert_memory_equal(errors.p, row->error, strlen(row->error));
	}
	if (row->tree == NULL)
		assert_null(document);
	for (; document != NULL; document = document->next) {
		if (tree.len > 0)
			buf_puts(&tree, " | ");
		write_node(document->root, &tree);
	}
	if (row->tree != NULL)
		assert_string_equal(tree.p, row->tree);
	buf_fini(&tree);
	buf_fini(&errors);
	diags_free(diags);
	arena_free(arena);
}

static void
test_several_errors_in_one_run(void **state)
{
	struct arena *arena = arena_new(ARENA_BYTES);
	struct diags *diags = diags_new();

	(void)state;
	yaml_load(arena, "f", SLICE("a: &x 1\nb: *x\nb: !t 2\n"), diags);
	assert_int_equal(diags_count(diags, DIAG_ERROR), 4);
	diags_free(diags);
	arena_free(arena);
}

static void
test_places(void **state)
{
	struct arena *arena = arena_new(ARENA_BYTES);
	struct diags *diags = diags_new();
	const struct yaml_document *document = yaml_load(
		arena, "f", SLICE("a:\n  key|re: 'v\xC3\xA4lue'\n"), diags);
	const struct yaml_node *map = yaml_find(document->root, "a");
	const struct yaml_node *node = yaml_find(map, "key|re");

	(void)state;
	assert_null(yaml_find(document->root, "b"));
	assert_null(yaml_find(node, "b"));
	assert_string_equal(node->mark.file, "f");
	assert_int_equal(node->key_mark.line, 2);
	assert_int_equal(node->key_mark.column, 3);
	assert_int_equal(node->key_mark.width, 6);
	assert_int_equal(node->mark.line, 2);
	assert_int_equal(node->mark.column, 11);
	assert_int_equal(node->mark.width, 7);
	diags_free(diags);
	arena_free(arena);
}

static void
test_scalars(void **state)
{
	static const struct {
		const char *text;
		int is_bool, is_number;
		double number;
		bool ambiguous;
	} table[] = {
		{"true", 1, 0, 0, false},
		{"False", 1, 0, 0, false},
		{"yes", 0, 0, 0, true},
		{"Off", 0, 0, 0, true},
		{"12", 0, 1, 12, false},
		{"-3", 0, 1, -3, false},
		{"0x1F", 0, 0, 0, true},
		{"0o17", 0, 0, 0, true},
		{"0755", 0, 1, 755, true},
		{"0", 0, 1, 0, false},
		{"1.5", 0, 1, 1.5, false},
		{"1e3", 0, 1, 1000, false},
		{"12:30", 0, 0, 0, true},
		{"2026-11-21", 0, 0, 0, true},
		{"2026-11-21x", 0, 0, 0, false},
		{"1_000", 0, 0, 0, true},
		{"10.0.0.0", 0, 0, 0, false},
		{"inf", 0, 0, 0, false},
		{"99999999999999999999", 0, 1, 1e20, false},
		{"- 1", 0, 0, 0, false},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(table) / sizeof(*table); i++) {
		struct yaml_node node = {.kind = YAML_SCALAR,
			.plain = true,
			.text = slice_of(table[i].text)};
		double number = 0;
		bool truth;

		assert_int_equal(
			yaml_scalar_bool(&node, &truth), table[i].is_bool);
		assert_int_equal(
			yaml_scalar_number(&node, &number), table[i].is_number);
		if (table[i].is_number)
			assert_true(number == table[i].number);
		assert_int_equal(yaml_scalar_ambiguity(&node) != NULL,
			table[i].ambiguous);
		node.plain = false;
		assert_false(yaml_scalar_bool(&node, &truth));
		assert_null(yaml_scalar_ambiguity(&node));
	}
}

/* Repeats text until it fills bytes; the caller frees it. */
static char *
repeat(const char *text, size_t bytes)
{
	char *p = malloc(bytes + 1);
	size_t i, len = strlen(text);

	for (i = 0; i < bytes; i++)
		p[i] = text[i % len];
	p[bytes] = '\0';
	return p;
}

/* Attacks that make libyaml work in the square of their size. */
static void
test_attack(void **state)
{
	struct arena *arena = arena_new(ARENA_BYTES);
	struct diags *diags = diags_new();
	char *text = repeat(*state, 295 * 1024);
	clock_t start = clock();

	(void)yaml_load(arena, "f", slice_of(text), diags);
	assert_true(diags_count(diags, DIAG_ERROR) > 0);
	assert_true(clock() - start < 2 * CLOCKS_PER_SEC);
	free(text);
	diags_free(diags);
	arena_free(arena);
}

static void
test_many_keys(void **state)
{
	struct arena *arena = arena_new(ARENA_BYTES);
	struct diags *diags = diags_new();
	struct buf text = {0};
	clock_t start = clock();

	(void)state;
	for (int i = 0; i < 30000; i++)
		buf_printf(&text, "key%d: 1\n", i);
	buf_puts(&text, "key7: 2\n");
	(void)yaml_load(arena, "f", buf_slice(&text), diags);
	assert_int_equal(diags_count(diags, DIAG_ERROR), 1);
	assert_int_equal(diags_at(diags, 0)->mark.line, 30001);
	assert_true(clock() - start < 2 * CLOCKS_PER_SEC);
	buf_fini(&text);
	diags_free(diags);
	arena_free(arena);
}

static void
test_a_file_over_a_mebibyte(void **state)
{
	struct arena *arena = arena_new(ARENA_BYTES);
	struct diags *diags = diags_new();
	char *text = repeat("a", YAML_FILE_BYTES_MAX + 1);

	(void)state;
	assert_null(yaml_load(arena, "f", slice_of(text), diags));
	assert_string_equal(diags_at(diags, 0)->what, "the file is over 1 MiB");
	free(text);
	diags_free(diags);
	arena_free(arena);
}

static void
test_a_file_that_is_not_there(void **state)
{
	struct arena *arena = arena_new(ARENA_BYTES);
	struct diags *diags = diags_new();

	(void)state;
	assert_null(yaml_load_file(arena, "/nonexistent/p.yaml", diags));
	assert_string_equal(diags_at(diags, 0)->what,
		"cannot open the file: No such file or directory");
	assert_null(yaml_load_file(arena, "/", diags));
	assert_int_equal(diags_count(diags, DIAG_ERROR), 2);
	diags_free(diags);
	arena_free(arena);
}

#define ROWS (sizeof(rows) / sizeof(*rows))

int
main(void)
{
	static char brackets[] = "[", braces[] = "{a: ", dashes[] = "- ",
		    aliases[] = "- &a [*a, *a]\n", questions[] = "? ";
	const struct CMUnitTest rest[] = {
		cmocka_unit_test(test_several_errors_in_one_run),
		cmocka_unit_test(test_places),
		cmocka_unit_test(test_scalars),
		cmocka_unit_test_prestate(test_attack, brackets),
		cmocka_unit_test_prestate(test_attack, braces),
		cmocka_unit_test_prestate(test_attack, dashes),
		cmocka_unit_test_prestate(test_attack, aliases),
		cmocka_unit_test_prestate(test_attack, questions),
		cmocka_unit_test(test_many_keys),
		cmocka_unit_test(test_a_file_over_a_mebibyte),
		cmocka_unit_test(test_a_file_that_is_not_there),
	};
	struct CMUnitTest tests[ROWS + sizeof(rest) / sizeof(*rest)];

	for (size_t i = 0; i < ROWS; i++) {
		tests[i] = (struct CMUnitTest){rows[i].name, test_row, NULL,
			NULL, (void *)(uintptr_t)&rows[i]};
	}
	memcpy(&tests[ROWS], rest, sizeof(rest));
	return cmocka_run_group_tests(tests, NULL, NULL);
}
