/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Reading one document. What every kind has in common (title, id, level ...)
 * is one table; what it asks is read by detection, correlation or filter.
 */
#include "sigma/rule.h"

#include "sigma/condition.h"
#include "sigma/correlation.h"
#include "sigma/filter.h"
#include "sigma/selection.h"

#include <stdio.h>
#include <string.h>

#define TITLE_BYTES_MAX 256
#define SERVICES_MAX 8

static const char *const level_names[] = {
	[SIGMA_INFORMATIONAL] = "informational",
	[SIGMA_LOW] = "low",
	[SIGMA_MEDIUM] = "medium",
	[SIGMA_HIGH] = "high",
	[SIGMA_CRITICAL] = "critical",
};
static const char *const status_names[] = {
	[SIGMA_STABLE] = "stable",
	[SIGMA_TEST] = "test",
	[SIGMA_EXPERIMENTAL] = "experimental",
	[SIGMA_DEPRECATED] = "deprecated",
	[SIGMA_UNSUPPORTED] = "unsupported",
};
#define COUNT(array) (sizeof(array) / sizeof *(array))

const char *
sigma_level_name(enum sigma_level level)
{
	return level_names[level];
}

const char *
sigma_status_name(enum sigma_status status)
{
	return status_names[status];
}

struct attribute;
typedef bool read_fn(struct build *, struct rule *, const struct yaml_node *,
	const struct attribute *);

/* A key that any document may have. */
struct attribute {
	const char *name;
	read_fn *read;
	size_t offset; /* of the slice in struct rule, for read_text */
	size_t bytes_max;
};

static bool
want(struct build *build, const struct yaml_node *node, const char *what)
{
	return build_error(build, node->mark, NULL, "\"%.*s\" must be %s",
		SLICE_ARG(node->key), what);
}

static bool
read_text(struct build *build, struct rule *rule, const struct yaml_node *node,
	const struct attribute *attribute)
{
	struct slice *out =
		(struct slice *)(void *)((char *)rule + attribute->offset);

	if (node->kind != YAML_SCALAR)
		return want(build, node, "a text");
	if (slice_trim(node->text).len == 0)
		return want(build, node, "a text that is not empty");
	if (node->text.len > attribute->bytes_max)
		return build_error(build, node->mark, NULL,
			"\"%.*s\" is over %zu bytes", SLICE_ARG(node->key),
			attribute->bytes_max);
	*out = build_copy(build, node->text);
	return true;
}

static bool
is_uuid(struct slice text)
{
	static const char shape[] = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";
	size_t i;

	if (text.len != sizeof shape - 1)
		return false;
	for (i = 0; i < text.len; i++) {
		char c = text.p[i];
		bool hex = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') ||
			(c >= 'A' && c <= 'F');

		if (shape[i] == 'x' ? !hex : c != '-')
			return false;
	}
	return true;
}

static bool
read_id(struct build *build, struct rule *rule, const struct yaml_node *node,
	const struct attribute *attribute)
{
	if (node->kind == YAML_SCALAR && !is_uuid(node->text))
		return build_error(build, node->mark,
			"make one with `uuidgen`; a readable name goes into "
			"name:",
			"\"%.*s\" is no UUID", SLICE_ARG(node->text));
	return read_text(build, rule, node, attribute);
}

/* The number of the word among names, or -1 with an error. */
static int
read_word(struct build *build, const struct yaml_node *node,
	const char *const *names, size_t count)
{
	const char *nearest;
	char hint[200];
	size_t i, len;

	for (i = 0; i < count && node->kind == YAML_SCALAR; i++)
		if (slice_equal(node->text, slice_of(names[i])))
			return (int)i;
	nearest = diag_nearest(node->text, names, count);
	len = (size_t)snprintf(hint, sizeof hint,
		nearest != NULL ? "did you mean \"%s\"? there are"
				: "there "
				  "are",
		nearest);
	for (i = 0; i < count && len < sizeof hint; i++)
		len += (size_t)snprintf(hint + len, sizeof hint - len, "%s %s",
			i > 0 ? "," : "", names[i]);
	(void)build_error(build, node->mark, hint, "there is no %.*s \"%.*s\"",
		SLICE_ARG(node->key), SLICE_ARG(node->text));
	return -1;
}

static bool
read_level(struct build *build, struct rule *rule, const struct yaml_node *node,
	const struct attribute *attribute)
{
	int level = read_word(build, node, level_names, COUNT(level_names));

	(void)attribute;
	if (level >= 0)
		rule->said.level = (enum sigma_level)level;
	return level >= 0;
}

static bool
read_status(struct build *build, struct rule *rule,
	const struct yaml_node *node, const struct attribute *attribute)
{
	int status = read_word(build, node, status_names, COUNT(status_names));

	(void)attribute;
	if (status >= 0)
		rule->said.status = (enum sigma_status)status;
	return status >= 0;
}

static bool
is_list_of_texts(const struct yaml_node *node)
{
	const struct yaml_node *child;

	if (node->kind != YAML_LIST)
		return false;
	for (child = node->children; child != NULL; child = child->next)
		if (child->kind != YAML_SCALAR)
			return false;
	return true;
}

static bool
read_list(struct build *build, struct rule *rule, const struct yaml_node *node,
	const struct attribute *attribute)
{
	(void)rule;
	(void)attribute;
	if (is_list_of_texts(node))
		return true;
	return build_error(build, node->mark, "write one a line: - text",
		"\"%.*s\" must be a list of texts", SLICE_ARG(node->key));
}

/* A correlation may have one text there, by the official schema. */
static bool
read_list_or_text(struct build *build, struct rule *rule,
	const struct yaml_node *node, const struct attribute *attribute)
{
	if (node->kind == YAML_SCALAR)
		return true;
	return read_list(build, rule, node, attribute);
}

/* ^[a-z0-9_-]+\.[a-z0-9._-]+$ in the official schema */
static bool
is_tag(struct slice tag)
{
	size_t dot = slice_find_byte(tag, '.', 0), i;

	if (dot == SLICE_NONE || dot == 0 || dot + 1 == tag.len)
		return false;
	for (i = 0; i < tag.len; i++)
		if ((tag.p[i] < 'a' || tag.p[i] > 'z') &&
			(tag.p[i] < '0' || tag.p[i] > '9') &&
			(tag.p[i] == '\0' || strchr("._-", tag.p[i]) == NULL))
			return false;
	return true;
}

static bool
read_tags(struct build *build, struct rule *rule, const struct yaml_node *node,
	const struct attribute *attribute)
{
	const struct yaml_node *child;
	struct slice *tags;

	if (!read_list(build, rule, node, attribute))
		return false;
	tags = build_alloc(build, (node->count + 1) * sizeof *tags);
	if (tags == NULL)
		return false;
	rule->said.tags = tags;
	for (child = node->children; child != NULL; child = child->next) {
		if (!is_tag(child->text))
			(void)build_error(build, child->mark,
				"write namespace.name in lower case: "
				"attack.t1114.003",
				"\"%.*s\" is no tag", SLICE_ARG(child->text));
		tags[rule->said.tag_count++] = build_copy(build, child->text);
	}
	return true;
}

static bool
read_related(struct build *build, struct rule *rule,
	const struct yaml_node *node, const struct attribute *attribute)
{
	(void)rule;
	(void)attribute;
	if (node->kind == YAML_LIST)
		return true;
	return want(build, node, "a list of maps with id and type");
}

static bool
read_action(struct build *build, struct rule *rule,
	const struct yaml_node *node, const struct attribute *attribute)
{
	const char *const *names = build->options->actions;
	size_t count = 0;

	while (names != NULL && names[count] != NULL)
		count++;
	if (count > 0 && read_word(build, node, names, count) < 0)
		return false;
	return read_text(build, rule, node, attribute);
}

static bool
read_date(struct build *build, struct rule *rule, const struct yaml_node *node,
	const struct attribute *attribute)
{
	(void)rule;
	(void)attribute;
	if (node->kind == YAML_SCALAR)
		return true;
	return want(build, node, "a date such as 2026-11-21");
}

static bool
read_by_kind(struct build *build, struct rule *rule,
	const struct yaml_node *node, const struct attribute *attribute)
{
	(void)build;
	(void)rule;
	(void)node;
	(void)attribute;
	return true;
}

static bool
read_generate(struct build *build, struct rule *rule,
	const struct yaml_node *node, const struct attribute *attribute)
{
	bool generate;

	(void)attribute;
	if (!yaml_to_bool(node, &generate))
		return want(build, node, "true or false");
	if (rule->correlation != NULL)
		rule->correlation->generate = generate;
	return true;
}

#define AT(member) offsetof(struct rule, member)
#define ANY_BYTES 65535

static const struct attribute attributes[] = {
	{"title", read_text, AT(said.title), TITLE_BYTES_MAX},
	{"id", read_id, AT(said.id), TITLE_BYTES_MAX},
	{"name", read_text, AT(said.name), TITLE_BYTES_MAX},
	{"description", read_text, AT(said.description), ANY_BYTES},
	{"author", read_text, AT(said.author), ANY_BYTES},
	{"x-forwarden-action", read_action, AT(said.action), 64},
	{"level", read_level, 0, 0},
	{"status", read_status, 0, 0},
	{"tags", read_tags, 0, 0},
	{"references", read_list, 0, 0},
	{"fields", read_list, 0, 0},
	{"scope", read_list, 0, 0},
	{"falsepositives", read_list_or_text, 0, 0},
	{"related", read_related, 0, 0},
	{"date", read_date, 0, 0},
	{"modified", read_date, 0, 0},
	{"license", read_date, 0, 0},
	{"taxonomy", read_by_kind, 0, 0},
	{"logsource", read_by_kind, 0, 0},
	{"detection", read_by_kind, 0, 0},
	{"correlation", read_by_kind, 0, 0},
	{"filter", read_by_kind, 0, 0},
	{"generate", read_generate, 0, 0},
};

/* Keys of ours may be anything; one that is nearly a known one is a slip. */
static void
warn_unknown_key(struct build *build, const struct yaml_node *node)
{
	const char *names[COUNT(attributes)], *nearest;
	char hint[96];
	size_t i;

	for (i = 0; i < COUNT(attributes); i++)
		names[i] = attributes[i].name;
	nearest = diag_nearest(node->key, names, COUNT(attributes));
	if (nearest == NULL)
		return;
	(void)snprintf(hint, sizeof hint, "did you mean \"%s\"?", nearest);
	(void)build_warn(build, node->key_mark, hint,
		"the key \"%.*s\" means nothing here", SLICE_ARG(node->key));
}

static void
read_attributes(
	struct build *build, struct rule *rule, const struct yaml_node *root)
{
	const struct yaml_node *node;
	size_t i;

	for (node = root->children; node != NULL; node = node->next) {
		for (i = 0; i < COUNT(attributes); i++)
			if (slice_equal(
				    node->key, slice_of(attributes[i].name)))
				break;
		if (i == COUNT(attributes))
			warn_unknown_key(build, node);
		else
			(void)attributes[i].read(
				build, rule, node, &attributes[i]);
	}
}

static bool
read_logsource_part(struct build *build, const struct yaml_node *map,
	const char *key, struct slice *out)
{
	const struct yaml_node *node = yaml_find(map, key);

	if (node == NULL || node->kind == YAML_NULL)
		return true;
	if (node->kind != YAML_SCALAR)
		return want(build, node, "a text");
	*out = build_copy(build, node->text);
	return true;
}

static bool
is_source(struct slice part, const char *ours)
{
	return ours == NULL ||
		(part.p != NULL && slice_equal(part, slice_of(ours)));
}

static bool
read_service(
	struct build *build, struct rule *rule, const struct yaml_node *map)
{
	const char *const *services = build->options->services;
	size_t count = 0;
	int service;

	rule->services = SIGMA_SERVICE_ANY;
	rule->said.service = rule->logsource.service;
	if (services == NULL || rule->logsource.service.p == NULL)
		return true;
	while (count < SERVICES_MAX && services[count] != NULL)
		count++;
	service = read_word(build, yaml_find(map, "service"), services, count);
	if (service >= 0)
		rule->services = 1U << service;
	return service >= 0;
}

static bool
read_logsource(
	struct build *build, struct rule *rule, const struct yaml_node *root)
{
	const struct sigma_options *options = build->options;
	const struct yaml_node *map = yaml_find(root, "logsource");
	struct logsource *source = &rule->logsource;
	char hint[128] = "write logsource: and what it is of below it";

	if (options->category != NULL && options->product != NULL)
		(void)snprintf(hint, sizeof hint,
			"write logsource: {category: %s, product: %s}",
			options->category, options->product);
	if (map == NULL)
		return build_error(
			build, rule->mark, hint, "there is no logsource");
	if (map->kind != YAML_MAP)
		return build_error(
			build, map->mark, hint, "logsource must be a map");
	if (!read_logsource_part(build, map, "category", &source->category) ||
		!read_logsource_part(build, map, "product", &source->product) ||
		!read_logsource_part(build, map, "service", &source->service))
		return false;
	rule->foreign = !is_source(source->category, options->category) ||
		!is_source(source->product, options->product);
	return rule->foreign || read_service(build, rule, map);
}

static void
warn_unused(struct build *build, const struct selections *selections)
{
	size_t i;

	for (i = 0; i < selections->count; i++) {
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
	"---:\n"                                                             \
	"  correlation:\n"                                                   \
	"    type: event_count\n"                                            \
	"    rules: [this-rules-name]\n"                                     \
	"    group-by: [mailbox.address]\n"                                  \
	"    timespan: 1h\n"                                                 \
	"    condition: {gte: 10}"

static bool
read_detection(
	struct build *build, struct rule *rule, const struct yaml_node *map)
{
	static const char *const skip[] = {"condition", "timeframe", NULL};
	const struct yaml_node *condition, *timeframe;
	struct selections selections;

	if (map->kind != YAML_MAP)
		return build_error(build, map->mark,
			"write selections and a condition below it",
			"detection must be a map");
	timeframe = yaml_find(map, "timeframe");
	if (timeframe != NULL)
		(void)build_error(build, timeframe->key_mark, TIMEFRAME_HINT,
			"\"timeframe\" is gone since Sigma 2");
	if (!selections_parse(build, map, skip, &selections))
		return false;
	condition = yaml_find(map, "condition");
	if (condition == NULL)
		return build_error(build, map->key_mark,
			"write condition: selection",
			"the detection has no condition");
	rule->expr = condition_parse(build, condition, &selections);
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
	size_t i;

	for (i = 0; i < COUNT(kinds); i++) {
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
	if (found == NULL)
		(void)build_error(build, rule->mark,
			"a rule has detection:, a correlation correlation:, a "
			"filter filter:",
			"this document is no rule");
	return found;
}

static void
skip(struct build *build, struct rule *rule, const char *why)
{
	struct sigma_skipped *skipped = build_alloc(build, sizeof *skipped);

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
	(void)snprintf(hint, sizeof hint, "%.*s:%u has it: \"%.*s\"",
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
	struct rule *rule = build_alloc(build, sizeof *rule);

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
	check_level(build, rule, root);
	(void)kinds[kind].read(build, rule, body);
	if (rule->correlation != NULL && yaml_find(root, "generate") != NULL)
		(void)read_generate(
			build, rule, yaml_find(root, "generate"), NULL);
}

void
rule_parse(struct build *build, const struct yaml_node *root)
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
			"this document is no rule");
		return;
	}
	build->rule = rule;
	body = find_kind(build, rule, root, &kind);
	read_attributes(build, rule, root);
	if (rule->said.title.p == NULL && yaml_find(root, "title") == NULL)
		(void)build_error(build, rule->mark,
			"write title: and what it is called",
			"there is no title");
	if (body == NULL)
		return;
	rule->said.kind = kinds[kind].kind;
	if (rule->said.kind != SIGMA_CORRELATION)
		(void)read_logsource(build, rule, root);
	rule->retired = rule->said.status >= SIGMA_DEPRECATED;
	remember_name(build, rule, rule->said.id, "id");
	remember_name(build, rule, rule->said.name, "name");
	build->foreign += rule->foreign;
	if (rule->foreign || rule->retired)
		skip(build, rule,
			rule->foreign ? "another log source"
				      : sigma_status_name(rule->said.status));
	else
		read_body(build, rule, root, body, kind);
	if (!rule->foreign && !rule->retired &&
		!pointers_add(&build->rules, rule))
		(void)build_no_memory(build);
	build->rule = NULL;
}

bool
references_parse(struct build *build, const struct yaml_node *list,
	struct mark owner, struct references *out)
{
	const struct yaml_node *child;
	const struct yaml_node *first;

	if (list == NULL || list->kind == YAML_MAP || list->kind == YAML_NULL)
		return build_error(build, list != NULL ? list->mark : owner,
			"write rules: and a list of names or ids",
			"there are no rules that this refers to");
	first = list->kind == YAML_LIST ? list->children : list;
	out->at = build_alloc(build, (list->count + 1) * sizeof *out->at);
	if (out->at == NULL)
		return false;
	for (child = first; child != NULL;
		child = list->kind == YAML_LIST ? child->next : NULL) {
		if (child->kind != YAML_SCALAR)
			return build_error(build, child->mark,
				"write the name or the id of a rule",
				"this is no name of a rule");
		out->at[out->count++] = (struct reference){
			.name = build_copy(build, child->text),
			.mark = build_mark(build, child->mark)};
	}
	return out->count > 0 ||
		build_error(build, list->mark,
			"name at least one rule by its name or id",
			"the list of rules is empty");
}
