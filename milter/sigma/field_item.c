/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Compiling one item. Items that say the same are the same item, whatever
 * rule they are in: the text of key and values is what tells.
 */
#include "sigma/field_item.h"

#include "sigma/identity.h"
#include "sigma/matchers.h"
#include "sigma/needles.h"

#include <string.h>

/* From so many texts on, they are looked for all at once. */
#define BULK_MIN 8
#define VALUES_MAX 100000

static size_t
name_length(struct slice key)
{
	size_t bar = slice_find_byte(key, '|', 0);

	return bar != SLICE_NONE ? bar : key.len;
}

/* The modifier of that number in the key. */
static struct mark
mark_of_part(const struct yaml_node *pair, size_t part)
{
	const struct yaml_node key = {.mark = pair->key_mark,
		.text = pair->key,
		.plain = pair->key_mark.width <= pair->key.len};
	size_t at = name_length(pair->key) + 1, end;

	for (; part > 0; part--)
		at = slice_find_byte(pair->key, '|', at) + 1;
	end = slice_find_byte(pair->key, '|', at);
	if (end == SLICE_NONE)
		end = pair->key.len;
	return build_mark_in(&key, at, end - at);
}

static struct mark
mark_of_name(const struct yaml_node *pair)
{
	const struct yaml_node key = {.mark = pair->key_mark,
		.text = pair->key,
		.plain = pair->key_mark.width <= pair->key.len};

	return build_mark_in(&key, 0, name_length(pair->key));
}

static bool
parse_modifiers(struct build *build, const struct yaml_node *pair,
	struct modifiers *out)
{
	struct modifier_fault fault;
	size_t bar = name_length(pair->key);
	struct slice text = {NULL, 0};

	if (bar < pair->key.len)
		text = slice_sub(pair->key, bar + 1, pair->key.len);
	if (modifiers_parse(text, build->options->schema, out, &fault))
		return true;
	return build_error(build, mark_of_part(pair, fault.part),
		fault.hint[0] != '\0' ? fault.hint : NULL, "%s", fault.why);
}

static bool
add_null(struct matchers *tests, const struct yaml_node *node)
{
	const struct modifiers *modifiers = &tests->modifiers;
	struct matcher *test;

	if (modifiers->op != OP_EQUAL || modifiers->cased ||
		modifiers->expand || modifiers->transform_count > 0) {
		return build_error(tests->build, node->mark,
			"write name: null for \"absent\", name: '' for "
			"\"present and empty\"",
			"there is no value after the key");
	}
	if (tests->field == NULL) {
		return build_error(
			tests->build, node->mark, NULL, "a keyword is missing");
	}
	test = build_alloc(tests->build, sizeof(*test));
	if (test == NULL)
		return false;
	test->kind = TEST_NULL;
	return pointers_add(&tests->made, test) ||
		build_no_memory(tests->build);
}

static bool
add_listed(struct matchers *tests, const struct yaml_node *node)
{
	switch (node->kind) {
	case YAML_SCALAR:
		return matchers_add(tests, node);
	case YAML_NULL:
		return build_error(tests->build, node->mark,
			"for \"absent or one of\" use two selections and "
			"\"or\"; for the word itself quote it: 'null'",
			"null cannot be one of a list");
	case YAML_LIST:
	case YAML_MAP:
		break;
	}
	return build_error(tests->build, node->mark,
		"write one value a line: - value",
		"a list of values holds plain values only");
}

static bool
check_list(struct matchers *tests, const struct yaml_node *list)
{
	if (list->count == 0) {
		return build_error(tests->build, list->mark,
			"write a value, or leave the line out",
			"the list of values is empty");
	}
	if (list->count > VALUES_MAX) {
		return build_error(tests->build, list->mark,
			"put them into a list file and name it with |expand",
			"there are more than %d values", VALUES_MAX);
	}
	if (tests->modifiers.op == OP_EXISTS) {
		return build_error(tests->build, list->mark,
			"write true or false", "exists takes one value");
	}
	return true;
}

static bool
check_all(struct matchers *tests, const struct yaml_node *value)
{
	if (!tests->modifiers.all || tests->modifiers.expand ||
		(value->kind == YAML_LIST && value->count > 1))
		return true;
	return build_error(tests->build, tests->key,
		"leave |all out, or give a list of values",
		"|all wants several values: one is all of one");
}

static bool
add_values(struct matchers *tests, const struct yaml_node *value)
{
	bool ok = check_all(tests, value);

	switch (value->kind) {
	case YAML_NULL:
		return add_null(tests, value) && ok;
	case YAML_SCALAR:
		return matchers_add(tests, value) && ok;
	case YAML_MAP:
		return build_error(tests->build, value->mark,
			"fields of fields are written with dots: "
			"email.from.domain",
			"a value cannot be a map");
	case YAML_LIST:
		break;
	}
	if (!check_list(tests, value))
		return false;
	for (const struct yaml_node *child = value->children; child != NULL;
		child = child->next)
		ok = add_listed(tests, child) && ok;
	return ok;
}

static bool
is_bulk(const struct matcher *test)
{
	return test->kind == TEST_TEXT &&
		test->pattern.kind != PATTERN_ANYTHING &&
		test->pattern.kind != PATTERN_GLOB &&
		(test->pattern.text.len > 0 ||
			test->pattern.kind == PATTERN_EQUAL);
}

/* Copies the tests of one sort behind each other. */
static size_t
gather(const struct matchers *tests, bool bulk, struct matcher *out)
{
	size_t count = 0, i;

	for (i = 0; i < tests->made.count; i++) {
		const struct matcher *test = tests->made.at[i];

		if (is_bulk(test) == bulk)
			out[count++] = *test;
	}
	return count;
}

static bool
make_bulk(struct build *build, struct field_item *item)
{
	size_t count = item->count - item->bulk_from, i;
	struct needle *needles;

	if (item->all || count < BULK_MIN)
		return true;
	needles = build_alloc(build, count * sizeof(*needles));
	if (needles == NULL)
		return false;
	for (i = 0; i < count; i++) {
		const struct pattern *pattern =
			&item->tests[item->bulk_from + i].pattern;

		needles[i] = (struct needle){
			.kind = pattern->kind, .text = pattern->text};
	}
	item->bulk = needles_new(build->arena, needles, count);
	return item->bulk != NULL || build_no_memory(build);
}

static bool
fill_item(struct build *build, const struct matchers *tests,
	struct field_item *item)
{
	struct matcher *all =
		build_alloc(build, (tests->made.count + 1) * sizeof(*all));

	if (all == NULL)
		return false;
	item->bulk_from = gather(tests, false, all);
	item->count =
		item->bulk_from + gather(tests, true, all + item->bulk_from);
	item->tests = all;
	item->field = tests->field;
	item->all = tests->modifiers.all;
	item->neq = tests->modifiers.neq;
	item->cased = tests->modifiers.cased;
	item->scope = tests->field != NULL ? tests->field->scope : SCOPE_FLOW;
	if (tests->reads_flow && item->scope == SCOPE_MESSAGE)
		item->scope = SCOPE_FLOW;
	if (tests->reads_store)
		item->scope = SCOPE_STORE;
	return make_bulk(build, item);
}

static const struct field_item *
compile(struct matchers *tests, const struct yaml_node *value, struct slice key)
{
	struct build *build = tests->build;
	struct field_item *item = NULL;

	if (add_values(tests, value)) {
		item = build_alloc(build, sizeof(*item));
		if (item != NULL && !fill_item(build, tests, item))
			item = NULL;
		if (item != NULL)
			item->text = build_copy(build, key);
	}
	pointers_fini(&tests->made);
	if (item != NULL && !pointers_add(&build->items, item)) {
		(void)build_no_memory(build);
		return NULL;
	}
	return item;
}

/* The item that says the same, or a new one. */
static const struct field_item *
share(struct matchers *tests, const struct yaml_node *value, struct slice key)
{
	struct build *build = tests->build;
	struct buf identity = {0};
	const struct field_item *item;

	buf_printf(&identity, "%zu:", key.len);
	buf_add(&identity, key);
	identity_write(value, &identity);
	item = map_find(build->item_by_key, buf_slice(&identity));
	if (item == NULL) {
		size_t doubts = diags_count(build->diags, DIAG_WARNING);

		item = compile(tests, value, key);
		/* What was doubted is told wherever it stands. */
		if (diags_count(build->diags, DIAG_WARNING) == doubts &&
			item != NULL &&
			(!buf_ok(&identity) ||
				!map_put(build->item_by_key,
					buf_slice(&identity),
					(void *)(uintptr_t)item, NULL)))
			(void)build_no_memory(build);
	}
	buf_fini(&identity);
	return item;
}

static bool
check_keywords(struct build *build, struct mark mark)
{
	if (build->options->schema->keywords)
		return true;
	return build_error(build, mark,
		"name the field: email.subject|contains: 'word'",
		"a word without a field would be searched everywhere");
}

const struct field_item *
field_item_parse(struct build *build, const struct yaml_node *pair)
{
	struct matchers tests = {.build = build, .key = mark_of_name(pair)};
	struct slice name = slice_sub(pair->key, 0, name_length(pair->key));
	bool ok = parse_modifiers(build, pair, &tests.modifiers);

	if (name.len > 0) {
		tests.field = build_field(build, name, tests.key);
	} else if (!check_keywords(build, pair->key_mark)) {
		return NULL;
	}
	if (!ok || (name.len > 0 && tests.field == NULL))
		return NULL;
	return share(&tests, pair, pair->key);
}

const struct field_item *
field_item_parse_keywords(struct build *build, const struct yaml_node *value)
{
	struct matchers tests = {.build = build, .key = value->mark};

	if (!check_keywords(build, value->mark))
		return NULL;
	return share(&tests, value, SLICE("keywords"));
}
