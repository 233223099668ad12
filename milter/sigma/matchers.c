/* SPDX-License-Identifier: BSD-2-Clause */
/* Compiling the values of an item into tests: one maker an operator. */
#include "sigma/matchers.h"

#include "base/amount.h"
#include "sigma/doubt.h"
#include "sigma/matchers_regex.h"
#include "yaml/yaml_scalar.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What %placeholders% of one item may come to. */
#define EXPANDED_MAX 1000000
#define MS_A_SECOND 1000

typedef bool make_fn(struct matchers *, const struct asked *);

static bool
wrong(struct matchers *tests, const struct asked *value, const char *hint,
	const char *what)
{
	return build_error(tests->build, value->mark, hint,
		value->listed ? "%s: \"%.*s\" (an entry of the list)"
			      : "%s: \"%.*s\"",
		what, SLICE_ARG(value->text));
}

static bool
keep(struct matchers *tests, const struct matcher *test)
{
	struct matcher *copy = build_alloc(tests->build, sizeof(*copy));

	if (copy == NULL)
		return false;
	*copy = *test;
	return pointers_add(&tests->made, copy) ||
		build_no_memory(tests->build);
}

static bool
to_number(struct slice text, bool plain, double *out)
{
	const struct yaml_node node = {
		.kind = YAML_SCALAR, .plain = plain, .text = text};

	return yaml_scalar_number(&node, out);
}

#define NUMBER_HINT_BYTES 96

/* Times are seconds here, whatever people write. */
static const char *
number_hint(struct slice text, char hint[NUMBER_HINT_BYTES])
{
	long long ms;

	if (!amount_duration_parse(text, &ms))
		return "write a number, such as 3 or 0.5";
	(void)snprintf(hint, NUMBER_HINT_BYTES,
		"times are in seconds: write %lld", ms / MS_A_SECOND);
	return hint;
}

static bool
make_number(struct matchers *tests, const struct asked *value)
{
	struct matcher test = {.kind = TEST_NUMBER};
	char hint[NUMBER_HINT_BYTES];
	struct slice text = build_copy(tests->build, value->text);

	if (text.p == NULL)
		return false;
	test.number.comparison = tests->modifiers.comparison;
	test.number.part = tests->modifiers.part;
	if (!value->node->plain && to_number(text, true, &test.number.least)) {
		return wrong(tests, value, "write it without quotes",
			"a number is wanted here, and this is text");
	}
	if (!to_number(text, true, &test.number.least)) {
		return wrong(tests, value, number_hint(text, hint),
			"a number is wanted here");
	}
	doubt_number(tests, value, &test);
	return keep(tests, &test);
}

static bool
make_comparison(struct matchers *tests, const struct asked *value)
{
	const struct sigma_field *field = tests->field;
	char hint[160];

	if (field != NULL && tests->modifiers.part == PART_NONE &&
		field->type != SIGMA_NUMBER && field->type != SIGMA_ANY) {
		(void)snprintf(hint, sizeof(hint),
			"gt, gte, lt and lte are for fields whose type is "
			"number; `forwarden fields` shows the types");
		return build_error(tests->build, tests->key, hint,
			"\"%.*s\" is not a number that can be compared",
			SLICE_ARG(field->name));
	}
	return make_number(tests, value);
}

/* A bool field: only true and false make sense. */
static bool
make_bool(struct matchers *tests, const struct asked *value)
{
	struct matcher test = {.kind = TEST_TEXT};
	struct draft draft;
	bool truth;

	if (!yaml_scalar_bool(value->node, &truth)) {
		return wrong(tests, value, "write true or false, unquoted",
			"this field is true or false");
	}
	if (!pattern_draft_literal(tests->build->arena,
		    slice_of(truth ? "true" : "false"), &draft) ||
		!pattern_compile(
			tests->build->arena, &draft, true, &test.pattern))
		return build_no_memory(tests->build);
	return keep(tests, &test);
}

static bool
make_network(struct matchers *tests, const struct asked *value)
{
	struct matcher test = {.kind = TEST_NETWORK};
	char hint[128], right[NETWORK_TEXT_BYTES];

	switch (network_parse(value->text, &test.network)) {
	case NETWORK_OK:
		return keep(tests, &test);
	case NETWORK_HOST_BITS:
		network_print(&test.network, right);
		(void)snprintf(hint, sizeof(hint),
			"the network is %s; a single address ends in /%s",
			right,
			slice_find_byte(value->text, ':', 0) == SLICE_NONE
				? "32"
				: "128");
		return wrong(tests, value, hint,
			"this is not a network, but an address in one");
	case NETWORK_LENGTH:
		return wrong(tests, value,
			"at most /32 for IPv4, /128 for IPv6",
			"the prefix length is wrong");
	case NETWORK_INVALID:
		break;
	}
	return wrong(tests, value,
		"write 192.0.2.0/24 or 2001:db8::/32; no wildcards",
		"this is not a network");
}

/* Wildcards that the operator itself stands for. */
static bool
open_ends(struct matchers *tests, struct draft *draft)
{
	enum modifier_op op = tests->modifiers.op;
	bool keyword = tests->field == NULL && op == OP_EQUAL;

	return pattern_draft_open(tests->build->arena,
		op == OP_CONTAINS || op == OP_ENDSWITH || keyword,
		op == OP_CONTAINS || op == OP_STARTSWITH || keyword, draft);
}

static bool
make_variant(
	struct matchers *tests, const struct asked *value, struct draft draft)
{
	struct matcher test = {.kind = TEST_TEXT};

	if (!open_ends(tests, &draft) ||
		!pattern_compile(tests->build->arena, &draft,
			!tests->modifiers.cased, &test.pattern))
		return build_no_memory(tests->build);
	if (!tests->modifiers.cased)
		doubt_choice(tests, value, &test);
	return keep(tests, &test);
}

static bool
transform(struct matchers *tests, struct draft *variants, size_t *count)
{
	for (size_t i = 0; i < tests->modifiers.transform_count; i++) {
		if (!tests->modifiers.transforms[i](
			    tests->build->arena, variants, count))
			return build_no_memory(tests->build);
	}
	return true;
}

static bool
check_encodable(struct matchers *tests, const struct asked *value,
	const struct draft *draft)
{
	const struct modifiers *modifiers = &tests->modifiers;

	if (modifiers->transform_count == 0 ||
		modifiers->transforms[0] == transform_windash)
		return true;
	if (pattern_draft_has_wildcards(draft)) {
		return wrong(tests, value,
			"write \\* and \\? for the characters themselves",
			"wildcards cannot be encoded");
	}
	if (draft->count == 0)
		return wrong(tests, value, NULL, "nothing to encode");
	return true;
}

static bool
check_not_empty(struct matchers *tests, const struct asked *value)
{
	if (value->text.len > 0 || tests->modifiers.op == OP_EQUAL)
		return true;
	return wrong(tests, value,
		"for \"present and empty\" write name: '' ; for \"present\" "
		"write name|exists: true",
		"every text contains the empty text");
}

static bool
make_text(struct matchers *tests, const struct asked *value)
{
	struct draft variants[TRANSFORM_VARIANTS_MAX];
	size_t count = 1, i;

	if (!check_not_empty(tests, value))
		return false;
	if (!pattern_draft_parse(
		    tests->build->arena, value->text, &variants[0]))
		return build_no_memory(tests->build);
	if (!check_encodable(tests, value, &variants[0]) ||
		!transform(tests, variants, &count))
		return false;
	for (i = 0; i < count; i++) {
		if (!make_variant(tests, value, variants[i]))
			return false;
	}
	return true;
}

/* An address is compared as an address, however it is written. */
static bool
make_address(struct matchers *tests, const struct asked *value)
{
	struct network network;

	if (slice_find_byte(value->text, '*', 0) != SLICE_NONE ||
		slice_find_byte(value->text, '?', 0) != SLICE_NONE)
		return make_text(tests, value);
	if (slice_find_byte(value->text, '/', 0) != SLICE_NONE) {
		return wrong(tests, value, "write name|cidr",
			"a network is compared with |cidr");
	}
	if (network_parse(value->text, &network) != NETWORK_OK) {
		return wrong(tests, value,
			"write an address such as 192.0.2.1 or 2001:db8::1",
			"this field is an IP address");
	}
	return make_network(tests, value);
}

/* No operator: what equality means depends on the field. */
static bool
make_equal(struct matchers *tests, const struct asked *value)
{
	enum sigma_type type =
		tests->field != NULL ? tests->field->type : SIGMA_TEXT;

	switch (type) {
	case SIGMA_NUMBER:
		return make_number(tests, value);
	case SIGMA_BOOL:
		return make_bool(tests, value);
	case SIGMA_IP:
		return make_address(tests, value);
	case SIGMA_TEXT:
	case SIGMA_ANY:
		break;
	}
	return make_text(tests, value);
}

static bool
make_part_of_text(struct matchers *tests, const struct asked *value)
{
	const struct sigma_field *field = tests->field;

	if (field != NULL && field->type == SIGMA_NUMBER) {
		return build_error(tests->build, tests->key,
			"compare it with gt, gte, lt, lte, or write the number",
			"\"%.*s\" is a number, not a text",
			SLICE_ARG(field->name));
	}
	if (field != NULL && field->type == SIGMA_BOOL) {
		return build_error(tests->build, tests->key,
			"write name: true or name: false",
			"\"%.*s\" is true or false, not a text",
			SLICE_ARG(field->name));
	}
	return make_text(tests, value);
}

static bool
make_regex(struct matchers *tests, const struct asked *value)
{
	const struct matchers_regex from = {
		value->node, value->text, tests->modifiers.regex_flags};
	struct matcher test;

	if (!matchers_regex(tests->build, &from, &test))
		return false;
	if (value->text.len == 0) {
		return wrong(tests, value, NULL,
			"the empty expression is in every text");
	}
	doubt_choice(tests, value, &test);
	return keep(tests, &test);
}

static bool
make_exists(struct matchers *tests, const struct asked *value)
{
	struct matcher test = {.kind = TEST_EXISTS};

	if (!yaml_scalar_bool(value->node, &test.exists)) {
		return wrong(tests, value, "write true or false, unquoted",
			"exists is true or false");
	}
	return keep(tests, &test);
}

static bool
make_field(struct matchers *tests, const struct asked *value)
{
	struct matcher test = {.kind = TEST_FIELD};

	test.other.field =
		build_field(tests->build, value->text, value->node->mark);
	test.other.how = tests->modifiers.how;
	if (test.other.field == NULL)
		return false;
	if (test.other.field == tests->field) {
		return wrong(tests, value, "name another field",
			"the field is compared with itself");
	}
	tests->reads_flow =
		tests->reads_flow || test.other.field->scope != SCOPE_MESSAGE;
	tests->reads_store =
		tests->reads_store || test.other.field->scope == SCOPE_STORE;
	return keep(tests, &test);
}

static make_fn *const makers[] = {
	[OP_EQUAL] = make_equal,
	[OP_CONTAINS] = make_part_of_text,
	[OP_STARTSWITH] = make_part_of_text,
	[OP_ENDSWITH] = make_part_of_text,
	[OP_RE] = make_regex,
	[OP_CIDR] = make_network,
	[OP_EXISTS] = make_exists,
	[OP_FIELDREF] = make_field,
	[OP_COMPARE] = make_comparison,
};

static bool
make(struct matchers *tests, const struct asked *value)
{
	doubt_value(tests, value);
	return makers[tests->modifiers.op](tests, value);
}

static struct sigma_list *
list_of(const struct sigma_options *options, struct slice name)
{
	for (size_t i = 0; i < options->list_count; i++) {
		if (slice_equal(name, options->lists[i].name))
			return &options->lists[i];
	}
	return NULL;
}

static bool
unknown_list(
	struct matchers *tests, const struct asked *value, struct slice name)
{
	const struct sigma_options *options = tests->build->options;
	const char *nearest = NULL;
	char hint[200] = "define it under lists: in the configuration, or in "
			 "lists/NAME.txt beside the policies, an entry a line";

	for (size_t i = 0; i < options->list_count && nearest == NULL; i++) {
		struct slice copy =
			build_copy(tests->build, options->lists[i].name);

		if (copy.p != NULL)
			nearest = diag_nearest(name, &copy.p, 1);
	}
	if (nearest != NULL) {
		(void)snprintf(hint, sizeof(hint),
			"did you mean %%%s%%? lists: in the configuration, or "
			"lists/NAME.txt beside the policies, defines them",
			nearest);
	}
	return build_error(tests->build, value->node->mark, hint,
		"no list is called \"%.*s\"", SLICE_ARG(name));
}

/* The first %name% of text: what is before, the name, and what follows. */
static bool
find_placeholder(struct slice text, struct slice parts[3])
{
	size_t open = slice_find_byte(text, '%', 0), close;

	if (open == SLICE_NONE)
		return false;
	close = slice_find_byte(text, '%', open + 1);
	if (close == SLICE_NONE || close == open + 1)
		return false;
	parts[0] = slice_sub(text, 0, open);
	parts[1] = slice_sub(text, open + 1, close);
	parts[2] = slice_sub(text, close + 1, text.len);
	return true;
}

static bool expand(struct matchers *, const struct asked *);

static bool
expand_entry(struct matchers *tests, const struct asked *value,
	const struct slice parts[3], const struct sigma_list *list, size_t at)
{
	struct asked next = {
		.node = value->node, .mark = value->node->mark, .listed = true};

	if (list->marks != NULL)
		next.mark = list->marks[at];
	if (list->told != NULL)
		next.told = &list->told[at];
	next.text = arena_printf(tests->build->arena, "%.*s%.*s%.*s",
		SLICE_ARG(parts[0]), SLICE_ARG(list->values[at]),
		SLICE_ARG(parts[2]));
	if (next.text.p == NULL)
		return build_no_memory(tests->build);
	if (tests->made.count >= EXPANDED_MAX) {
		return wrong(tests, value, "use fewer or shorter lists",
			"the lists make over a million values together");
	}
	return expand(tests, &next);
}

/* All values that the first placeholder makes, and so on for the rest. */
static bool
expand(struct matchers *tests, const struct asked *value)
{
	struct sigma_list *list;
	struct slice parts[3];
	bool ok = true;

	if (!find_placeholder(value->text, parts))
		return make(tests, value);
	list = list_of(tests->build->options, parts[1]);
	if (list == NULL)
		return unknown_list(tests, value, parts[1]);
	list->used = true;
	if (list->count == 0 && !tests->build->options->allow_empty) {
		return wrong(tests, value,
			"put an entry into it, or take the policy out",
			"the list has no entry: this never matches");
	}
	for (size_t i = 0; i < list->count && ok; i++)
		ok = expand_entry(tests, value, parts, list, i);
	return ok;
}

static bool
expand_first(struct matchers *tests, const struct asked *value)
{
	struct slice parts[3];

	if (!find_placeholder(value->text, parts)) {
		return wrong(tests, value,
			"write the list's name between percent signs: "
			"'%name%'",
			"there is no placeholder to expand");
	}
	return expand(tests, value);
}

/* It says what it wants itself. */
static bool
is_bool(const struct matchers *tests)
{
	return tests->field != NULL && tests->field->type == SIGMA_BOOL;
}

bool
matchers_add(struct matchers *tests, const struct yaml_node *node)
{
	const struct asked value = {
		.node = node, .text = node->text, .mark = node->mark};
	const char *why = yaml_scalar_ambiguity(node);
	char hint[160];

	if (why != NULL && node->text.len < 64 && !is_bool(tests)) {
		(void)snprintf(hint, sizeof(hint), "%s; quote it: '%.*s'", why,
			SLICE_ARG(node->text));
		return build_error(tests->build, node->mark, hint,
			"it is not clear what %.*s means here",
			SLICE_ARG(node->text));
	}
	return tests->modifiers.expand ? expand_first(tests, &value)
				       : make(tests, &value);
}
