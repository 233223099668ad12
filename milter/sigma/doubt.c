/* SPDX-License-Identifier: BSD-2-Clause */
/* Values that a field never has. */
#include "sigma/doubt.h"

#include <math.h>
#include <stdio.h>

#define CHOICES_MAX 80
#define HINT_BYTES 400

/* A name that lists have: what is between the percent signs. */
static bool
is_list_name(struct slice name)
{
	for (size_t i = 0; i < name.len; i++) {
		char c = name.p[i];

		if (!(c >= 'a' && c <= 'z') && !(c >= 'A' && c <= 'Z') &&
			!(c >= '0' && c <= '9') && c != '_' && c != '-')
			return false;
	}
	return name.len > 0;
}

static bool
is_list(const struct sigma_options *options, struct slice name)
{
	for (size_t i = 0; i < options->list_count; i++) {
		if (slice_equal(name, options->lists[i].name))
			return true;
	}
	return false;
}

/* %name% without |expand is a text with percent signs: surely not meant,
 * where no record is full of such names. */
static bool
doubt_placeholder(struct matchers *tests, const struct asked *value)
{
	const struct sigma_options *options = tests->build->options;
	struct slice text = value->text, name;
	char hint[HINT_BYTES];

	if (tests->modifiers.expand || tests->modifiers.op == OP_FIELDREF ||
		text.len < 3 || text.p[0] != '%' || text.p[text.len - 1] != '%')
		return false;
	name = slice_sub(text, 1, text.len - 1);
	if (!is_list(options, name) &&
		(options->category == NULL || !is_list_name(name)))
		return false;
	(void)snprintf(hint, sizeof(hint),
		"write %.*s|expand to have the list%s",
		tests->field != NULL ? (int)tests->field->name.len : 4,
		tests->field != NULL ? tests->field->name.p : "name",
		is_list(options, name)
			? ""
			: "; there is none of that name yet: lists: in the "
			  "configuration, or lists/NAME.txt beside the "
			  "policies");
	(void)build_warn(tests->build, value->mark, hint,
		"this is the text \"%.*s\", not the list of that name",
		SLICE_ARG(text));
	return true;
}

/* Is it to be told? An entry of a list is told once, whoever names it. */
static bool
is_news(const struct asked *value)
{
	if (value->told == NULL)
		return true;
	if (*value->told)
		return false;
	*value->told = true;
	return true;
}

/* A plain scalar over several lines is one text: its mark then has no
 * width. */
static bool
is_folded(const struct yaml_node *node)
{
	return node->plain && node->mark.width == 1 && node->text.len > 1;
}

void
doubt_value(struct matchers *tests, const struct asked *value)
{
	const struct sigma_schema *schema = tests->build->options->schema;
	const struct sigma_asked asked = {.field = tests->field,
		.modifiers = &tests->modifiers,
		.text = value->text,
		.plain = value->node->plain && !value->listed,
		.folded = is_folded(value->node) && !value->listed};
	struct sigma_doubt doubt = {.hint = ""};

	tests->doubted = doubt_placeholder(tests, value);
	if (tests->doubted || tests->field == NULL || schema->doubt == NULL ||
		!schema->doubt(schema->ctx, &asked, &doubt))
		return;
	tests->doubted = true;
	if (!is_news(value))
		return;
	(void)build_warn(tests->build, value->mark,
		doubt.hint[0] != '\0' ? doubt.hint : NULL, "%s", doubt.what);
}

static bool
passes(struct build *build, const struct matcher *test, struct slice text)
{
	struct regex_scratch *scratch;

	if (test->kind == TEST_TEXT)
		return pattern_test(&test->pattern, text);
	if (test->kind != TEST_REGEX)
		return true;
	scratch = regex_scratch_new(build->arena);
	return scratch == NULL ||
		regex_search(test->regex.code, text, scratch) != REGEX_NO;
}

bool
doubt_fits(struct build *build, sigma_choice_fn *choice,
	const struct matcher *test)
{
	const char *text;

	for (size_t i = 0; (text = choice(i)) != NULL; i++) {
		if (passes(build, test, slice_of(text)))
			return true;
	}
	return false;
}

/* "did you mean ...", or all there are where they are few. */
static void
hint_choices(sigma_choice_fn *choice, struct slice text, char hint[HINT_BYTES])
{
	const char *names[CHOICES_MAX], *nearest;
	size_t count = 0, len;

	while (count < CHOICES_MAX && choice(count) != NULL) {
		names[count] = choice(count);
		count++;
	}
	nearest = diag_nearest(text, names, count);
	if (nearest != NULL) {
		(void)snprintf(
			hint, HINT_BYTES, "did you mean \"%s\"?", nearest);
		return;
	}
	len = (size_t)snprintf(hint, HINT_BYTES, "it is one of");
	for (size_t i = 0; i < count && len < HINT_BYTES; i++) {
		len += (size_t)snprintf(hint + len, HINT_BYTES - len, "%s %s",
			i > 0 ? "," : "", names[i]);
	}
	if (len >= HINT_BYTES) {
		(void)snprintf(hint, HINT_BYTES,
			"`forwarden fields` shows what it can be");
	}
}

void
doubt_choice(struct matchers *tests, const struct asked *value,
	const struct matcher *test)
{
	const struct sigma_field *field = tests->field;
	char hint[HINT_BYTES];

	if (tests->doubted || field == NULL || field->choice == NULL ||
		doubt_fits(tests->build, field->choice, test) ||
		!is_news(value))
		return;
	hint_choices(field->choice, value->text, hint);
	(void)build_warn(tests->build, value->mark, hint,
		"\"%.*s\" never is \"%.*s\"", SLICE_ARG(field->name),
		SLICE_ARG(value->text));
}

static bool
is_out_of_range(const struct sigma_field *field, const struct matcher *test)
{
	double least = test->number.least;

	switch (test->number.comparison) {
	case COMPARE_LT:
		return least <= field->least;
	case COMPARE_LTE:
		return least < field->least;
	case COMPARE_GT:
		return least >= field->most;
	case COMPARE_GTE:
		return least > field->most;
	case COMPARE_EQUAL:
		break;
	}
	return least < field->least || least > field->most;
}

void
doubt_number(struct matchers *tests, const struct asked *value,
	const struct matcher *test)
{
	static const char *const words[] = {[COMPARE_EQUAL] = "",
		[COMPARE_LT] = "under ",
		[COMPARE_LTE] = "at most ",
		[COMPARE_GT] = "over ",
		[COMPARE_GTE] = "at least "};
	const struct sigma_field *field = tests->field;
	char hint[HINT_BYTES];

	if (tests->doubted || field == NULL || field->least >= field->most ||
		test->number.part != PART_NONE ||
		!is_out_of_range(field, test) || !is_news(value))
		return;
	if (isinf(field->most)) {
		(void)snprintf(
			hint, sizeof(hint), "it is %g or more", field->least);
	} else {
		(void)snprintf(hint, sizeof(hint), "it is %g to %g",
			field->least, field->most);
	}
	(void)build_warn(tests->build, value->mark, hint,
		"\"%.*s\" never is %s%.*s", SLICE_ARG(field->name),
		words[test->number.comparison], SLICE_ARG(value->text));
}
