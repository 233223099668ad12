/* SPDX-License-Identifier: BSD-2-Clause */
/* What every document may say: one table of keys and who reads them. */
#include "sigma/attribute.h"

#include <stdio.h>
#include <string.h>

#define TITLE_BYTES_MAX 256
#define COUNT(array) (sizeof(array) / sizeof *(array))

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
	if (node->text.len > attribute->bytes_max) {
		return build_error(build, node->mark, NULL,
			"\"%.*s\" is over %zu bytes", SLICE_ARG(node->key),
			attribute->bytes_max);
	}
	*out = build_copy(build, node->text);
	return true;
}

static bool
is_uuid(struct slice text)
{
	static const char shape[] = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";

	if (text.len != sizeof(shape) - 1)
		return false;
	for (size_t i = 0; i < text.len; i++) {
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
	if (node->kind == YAML_SCALAR && !is_uuid(node->text)) {
		return build_error(build, node->mark,
			"make one with `uuidgen`; a readable name goes into "
			"name:",
			"\"%.*s\" is no UUID", SLICE_ARG(node->text));
	}
	return read_text(build, rule, node, attribute);
}

#define NAMES_MAX 8

static const char *
level_name(size_t i)
{
	return sigma_level_name((enum sigma_level)i);
}

static const char *
status_name(size_t i)
{
	return sigma_status_name((enum sigma_status)i);
}

/* The number of the name among count ones, or -1 with an error. */
static int
read_name(struct build *build, const struct yaml_node *node,
	const char *(*name)(size_t), size_t count)
{
	const char *names[NAMES_MAX];
	size_t i;

	for (i = 0; i < count && i < NAMES_MAX; i++)
		names[i] = name(i);
	return build_word(build, node, names, i);
}

static bool
read_level(struct build *build, struct rule *rule, const struct yaml_node *node,
	const struct attribute *attribute)
{
	int level = read_name(build, node, level_name, SIGMA_LEVEL_COUNT);

	(void)attribute;
	if (level >= 0)
		rule->said.level = (enum sigma_level)level;
	return level >= 0;
}

static bool
read_status(struct build *build, struct rule *rule,
	const struct yaml_node *node, const struct attribute *attribute)
{
	int status = read_name(build, node, status_name, SIGMA_UNSUPPORTED + 1);

	(void)attribute;
	if (status >= 0)
		rule->said.status = (enum sigma_status)status;
	return status >= 0;
}

static bool
is_list_of_texts(const struct yaml_node *node)
{
	if (node->kind != YAML_LIST)
		return false;
	for (const struct yaml_node *child = node->children; child != NULL;
		child = child->next) {
		if (child->kind != YAML_SCALAR)
			return false;
	}
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
	for (i = 0; i < tag.len; i++) {
		if ((tag.p[i] < 'a' || tag.p[i] > 'z') &&
			(tag.p[i] < '0' || tag.p[i] > '9') &&
			(tag.p[i] == '\0' || strchr("._-", tag.p[i]) == NULL))
			return false;
	}
	return true;
}

static bool
read_tags(struct build *build, struct rule *rule, const struct yaml_node *node,
	const struct attribute *attribute)
{
	struct slice *tags;

	if (!read_list(build, rule, node, attribute))
		return false;
	tags = build_alloc(build, (node->count + 1) * sizeof(*tags));
	if (tags == NULL)
		return false;
	rule->said.tags = tags;
	rule->said.tag_count = 0; /* a duplicate key is read, too */
	for (const struct yaml_node *child = node->children; child != NULL;
		child = child->next) {
		if (!is_tag(child->text)) {
			(void)build_error(build, child->mark,
				"write namespace.name in lower case: "
				"attack.t1114.003",
				"\"%.*s\" is no tag", SLICE_ARG(child->text));
		}
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
	if (count > 0 && build_word(build, node, names, count) < 0)
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

	(void)rule;
	(void)attribute;
	if (!yaml_to_bool(node, &generate))
		return want(build, node, "true or false");
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

	for (size_t i = 0; i < COUNT(attributes); i++)
		names[i] = attributes[i].name;
	nearest = diag_nearest(node->key, names, COUNT(attributes));
	if (nearest == NULL)
		return;
	(void)snprintf(hint, sizeof(hint), "did you mean \"%s\"?", nearest);
	(void)build_warn(build, node->key_mark, hint,
		"the key \"%.*s\" means nothing here", SLICE_ARG(node->key));
}

void
attributes_read(
	struct build *build, struct rule *rule, const struct yaml_node *root)
{
	size_t i;

	for (const struct yaml_node *node = root->children; node != NULL;
		node = node->next) {
		for (i = 0; i < COUNT(attributes); i++) {
			if (slice_equal(
				    node->key, slice_of(attributes[i].name)))
				break;
		}
		if (i == COUNT(attributes)) {
			warn_unknown_key(build, node);
		} else {
			(void)attributes[i].read(
				build, rule, node, &attributes[i]);
		}
	}
}
