/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Reading one document. What every kind has in common is read by attribute.c;
 * what it asks is read by the kind: detection, correlation or filter.
 */
#include "sigma/document.h"

#include "sigma/attribute.h"
#include "sigma/condition.h"
#include "sigma/correlation.h"
#include "sigma/filter.h"
#include "sigma/logsource.h"
#include "sigma/rule.h"
#include "sigma/selection.h"
#include "yaml/yaml_scalar.h"

#include <stdio.h>

#define COUNT(array) (sizeof(array) / sizeof *(array))

static void
warn_unused(struct build *build, const struct selections *selections)
{
	for (size_t i = 0; i < selections->count; i++) {
		const struct selection *selection = &selections->at[i];

		if (selection->used || build->options->category == NULL ||
			(selection->name.len > 0 &&
				selection->name.p[0] == '_'))
			continue;
		(void)build_warn(build, selection->mark,
			"use it in the condition, or take it out",
			"the condition does not use \"%.*s\"",
			SLICE_ARG(selection->name));
	}
}

#define TIMEFRAME_HINT                                                       \
	"a time span belongs to a correlation, a document of its own after " \
	"---:\n" CORRELATION_EXAMPLE

static bool
refuse_timeframe(struct reader *r, const struct yaml_node *node, void *target)
{
	(void)target;
	return build_error(r, node->key_mark, TIMEFRAME_HINT,
		"\"timeframe\" is gone since Sigma 2");
}

static const struct reader_key keys[] = {
	{"condition", &reader_any, .missing = "write condition: selection"},
	{"timeframe", .read = refuse_timeframe},
};

static const struct reader_table table = {
	.keys = keys,
	.count = COUNT(keys),
	.where = " in the detection",
	.shape = "write selections and a condition below it",
	.other = selection_read,
};

static bool
read_detection(
	struct build *build, struct rule *rule, const struct yaml_node *map)
{
	struct selections selections;

	if (!selections_parse(build, &table, map, &selections))
		return false;
	rule->expr = condition_parse(build, selections.condition, &selections);
	if (rule->expr->op != EXPR_FALSE)
		warn_unused(build, &selections);
	return true;
}

/* The kinds of documents, by the key that makes one. */
static const struct {
	const char *key;
	enum sigma_rule_kind kind;
	bool (*read)(struct build *, struct rule *, const struct yaml_node *);
} kinds[] = {
	{"detection", SIGMA_DETECTION, read_detection},
	{"correlation", SIGMA_CORRELATION, correlation_parse},
	{"filter", SIGMA_FILTER, filter_parse},
};

static const struct yaml_node *
find_kind(struct build *build, struct rule *rule, const struct yaml_node *root,
	size_t *kind)
{
	const struct yaml_node *found = NULL;

	for (size_t i = 0; i < COUNT(kinds); i++) {
		const struct yaml_node *node = yaml_find(root, kinds[i].key);

		if (node == NULL)
			continue;
		if (found != NULL) {
			(void)build_error(build, node->key_mark,
				"put each into a document of its own, with "
				"--- between",
				"a document is one of detection, correlation "
				"and filter");
			return NULL;
		}
		found = node;
		*kind = i;
	}
	if (found == NULL) {
		(void)build_error(build, rule->mark,
			"a rule has detection:, a correlation correlation:, a "
			"filter filter:",
			"this document is not a rule");
	}
	return found;
}

static void
skip(struct build *build, struct rule *rule, const char *why)
{
	struct sigma_skipped *skipped = build_alloc(build, sizeof(*skipped));

	if (skipped == NULL)
		return;
	*skipped = (struct sigma_skipped){.file = rule->said.file,
		.title = rule->said.title,
		.line = rule->said.line,
		.why = why};
	if (!pointers_add(&build->skipped, skipped))
		(void)build_no_memory(build);
	(void)build_note(build, rule->mark, NULL, "\"%.*s\" is not loaded: %s",
		SLICE_ARG(rule->said.title), why);
}

static void
remember_name(struct build *build, struct rule *rule, struct slice name,
	const char *what)
{
	const struct rule *other;
	char hint[320];

	if (name.p == NULL)
		return;
	other = map_find(build->rule_by_name, name);
	if (other == NULL) {
		if (!map_put(build->rule_by_name, name, rule, NULL))
			(void)build_no_memory(build);
		return;
	}
	(void)snprintf(hint, sizeof(hint), "%.*s:%u has it: \"%.*s\"",
		SLICE_ARG(slice_sub(other->said.file, 0, 120)),
		other->said.line,
		SLICE_ARG(slice_sub(other->said.title, 0, 120)));
	(void)build_error(build, rule->mark, hint,
		"the %s \"%.*s\" is already another rule's", what,
		SLICE_ARG(name));
}

static struct rule *
begin(struct build *build, const struct yaml_node *root)
{
	const struct yaml_node *title = yaml_find(root, "title");
	struct rule *rule = build_alloc(build, sizeof(*rule));

	if (rule == NULL)
		return NULL;
	rule->mark =
		build_mark(build, title != NULL ? title->key_mark : root->mark);
	rule->mark.width = title != NULL ? 5 : 1;
	rule->said.level = SIGMA_LOW;
	rule->said.status = SIGMA_STABLE;
	rule->said.file = slice_of(build->file);
	rule->said.line = rule->mark.line;
	rule->services = SIGMA_SERVICE_ANY;
	return rule;
}

static void
check_level(
	struct build *build, struct rule *rule, const struct yaml_node *root)
{
	if (rule->said.kind == SIGMA_FILTER ||
		build->options->category == NULL ||
		yaml_find(root, "level") != NULL)
		return;
	(void)build_warn(build, rule->mark,
		"write level: informational, low, medium, high or critical",
		"there is no level: it is taken as low");
}

/* Of a rule that is to be run: what it asks. */
static void
read_body(struct build *build, struct rule *rule, const struct yaml_node *root,
	const struct yaml_node *body, size_t kind)
{
	const struct yaml_node *generate;

	check_level(build, rule, root);
	(void)kinds[kind].read(build, rule, body);
	generate = yaml_find(root, "generate");
	if (rule->correlation != NULL && generate != NULL)
		(void)yaml_scalar_bool(generate, &rule->correlation->generate);
}

void
document_parse(struct build *build, const struct yaml_node *root)
{
	const struct yaml_node *body;
	struct rule *rule;
	size_t kind = 0;

	if (root->kind == YAML_NULL)
		return;
	rule = begin(build, root);
	if (rule == NULL)
		return;
	if (root->kind != YAML_MAP) {
		(void)build_error(build, root->mark,
			"a rule begins with title: and what it is called",
			"this document is not a rule");
		return;
	}
	body = find_kind(build, rule, root, &kind);
	attribute_read(build, rule, root);
	if (rule->said.title.p == NULL && yaml_find(root, "title") == NULL) {
		(void)build_error(build, rule->mark,
			"write title: and what it is called",
			"there is no title");
	}
	if (body == NULL)
		return;
	rule->said.kind = kinds[kind].kind;
	if (rule->said.kind != SIGMA_CORRELATION)
		(void)logsource_read(build, rule, root);
	rule->retired = rule->said.status >= SIGMA_DEPRECATED;
	remember_name(build, rule, rule->said.id, "id");
	remember_name(build, rule, rule->said.name, "name");
	build->foreign += rule->foreign;
	if (rule->foreign || rule->retired) {
		skip(build, rule,
			rule->foreign ? "another log source"
				      : sigma_status_name(rule->said.status));
	} else {
		read_body(build, rule, root, body, kind);
	}
	if (!rule->foreign && !rule->retired &&
		!pointers_add(&build->rules, rule))
		(void)build_no_memory(build);
}
