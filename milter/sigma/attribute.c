/* SPDX-License-Identifier: BSD-2-Clause */
/* What every document may say: one table of keys. */
#include "sigma/attribute.h"

#include "yaml/yaml_scalar.h"

#include <string.h>

#define TITLE_BYTES_MAX 256

static bool
want(struct reader *r, const struct yaml_node *node, const char *what)
{
	return build_error(r, node->mark, NULL, "\"%.*s\" must be %s",
		SLICE_ARG(node->key), what);
}

static bool
read_text(struct reader *r, const struct yaml_node *node, void *target)
{
	struct slice *out = reader_member(r, target);

	if (node->kind != YAML_SCALAR)
		return want(r, node, "a text");
	if (slice_trim(node->text).len == 0)
		return want(r, node, "a text that is not empty");
	if (node->text.len > (size_t)r->key->most) {
		return build_error(r, node->mark, NULL,
			"\"%.*s\" is over %lld bytes", SLICE_ARG(node->key),
			r->key->most);
	}
	*out = build_copy(r->ctx, node->text);
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
read_id(struct reader *r, const struct yaml_node *node, void *target)
{
	if (node->kind == YAML_SCALAR && !is_uuid(node->text)) {
		return build_error(r, node->mark,
			"make one with `uuidgen`; a readable name goes into "
			"name:",
			"\"%.*s\" is no UUID", SLICE_ARG(node->text));
	}
	return read_text(r, node, target);
}

static const char *
level_name(int i)
{
	return sigma_level_name((enum sigma_level)i);
}

static const char *
status_name(int i)
{
	return sigma_status_name((enum sigma_status)i);
}

static bool
read_level(struct reader *r, const struct yaml_node *node, void *target)
{
	int level = reader_word_number(r, node, "level", level_name);
	struct rule *rule = target;

	if (level >= 0)
		rule->said.level = (enum sigma_level)level;
	return level >= 0;
}

static bool
read_status(struct reader *r, const struct yaml_node *node, void *target)
{
	int status = reader_word_number(r, node, "status", status_name);
	struct rule *rule = target;

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
read_list(struct reader *r, const struct yaml_node *node, void *target)
{
	(void)target;
	if (is_list_of_texts(node))
		return true;
	return build_error(r, node->mark, "write one a line: - text",
		"\"%.*s\" must be a list of texts", SLICE_ARG(node->key));
}

/* A correlation may have one text there, by the official schema. */
static bool
read_list_or_text(struct reader *r, const struct yaml_node *node, void *target)
{
	if (node->kind == YAML_SCALAR)
		return true;
	return read_list(r, node, target);
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
read_tags(struct reader *r, const struct yaml_node *node, void *target)
{
	struct rule *rule = target;
	struct slice *tags;

	if (!read_list(r, node, target))
		return false;
	tags = build_alloc(r->ctx, (node->count + 1) * sizeof(*tags));
	if (tags == NULL)
		return false;
	rule->said.tags = tags;
	rule->said.tag_count = 0; /* a duplicate key is read, too */
	for (const struct yaml_node *child = node->children; child != NULL;
		child = child->next) {
		if (!is_tag(child->text)) {
			(void)build_error(r, child->mark,
				"write namespace.name in lower case: "
				"attack.t1114.003",
				"\"%.*s\" is not a tag",
				SLICE_ARG(child->text));
		}
		tags[rule->said.tag_count++] = build_copy(r->ctx, child->text);
	}
	return true;
}

static bool
read_related(struct reader *r, const struct yaml_node *node, void *target)
{
	(void)target;
	if (node->kind == YAML_LIST)
		return true;
	return want(r, node, "a list of maps with id and type");
}

static bool
read_action(struct reader *r, const struct yaml_node *node, void *target)
{
	const struct build *build = r->ctx;
	const char *const *names = build->options->actions;

	if (names != NULL && names[0] != NULL &&
		reader_word_of(r, node, r->key->name, names) < 0)
		return false;
	return read_text(r, node, target);
}

static bool
read_date(struct reader *r, const struct yaml_node *node, void *target)
{
	(void)target;
	if (node->kind == YAML_SCALAR)
		return true;
	return want(r, node, "a date such as 2026-11-21");
}

static bool
read_generate(struct reader *r, const struct yaml_node *node, void *target)
{
	bool generate;

	(void)target;
	if (!yaml_scalar_bool(node, &generate))
		return want(r, node, "true or false");
	return true;
}

#define AT(member) offsetof(struct rule, member)
#define ANY_BYTES 65535

static const struct reader_key keys[] = {
	{"title", .offset = AT(said.title), .most = TITLE_BYTES_MAX,
		.read = read_text},
	{"id", .offset = AT(said.id), .most = TITLE_BYTES_MAX, .read = read_id},
	{"name", .offset = AT(said.name), .most = TITLE_BYTES_MAX,
		.read = read_text},
	{"description", .offset = AT(said.description), .most = ANY_BYTES,
		.read = read_text},
	{"author", .offset = AT(said.author), .most = ANY_BYTES,
		.read = read_text},
	{"x-forwarden-action", .offset = AT(said.action), .most = 64,
		.read = read_action},
	{"level", .read = read_level},
	{"status", .read = read_status},
	{"tags", .read = read_tags},
	{"references", .read = read_list},
	{"fields", .read = read_list},
	{"scope", .read = read_list},
	{"falsepositives", .read = read_list_or_text},
	{"related", .read = read_related},
	{"date", .read = read_date},
	{"modified", .read = read_date},
	{"license", .read = read_date},
	{"taxonomy", .type = &reader_any},
	{"logsource", .type = &reader_any},
	{"detection", .type = &reader_any},
	{"correlation", .type = &reader_any},
	{"filter", .type = &reader_any},
	{"generate", .read = read_generate},
};

/* Keys of others may be anything; one that is nearly a known one is a slip. */
static const struct reader_table table = {
	.keys = keys,
	.count = sizeof(keys) / sizeof(*keys),
	.where = "",
	.open = true,
};

void
attribute_read(
	struct build *build, struct rule *rule, const struct yaml_node *root)
{
	struct reader r = build_reader(build);

	(void)reader_map(&r, &table, root, rule);
}
