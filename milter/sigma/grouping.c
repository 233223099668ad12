/* SPDX-License-Identifier: BSD-2-Clause */
/* The fields a correlation names. */
#include "sigma/grouping.h"

/* The field that an alias names for one rule. */
static const struct yaml_node *
aliased(const struct yaml_node *alias, const struct reference *reference)
{
	for (const struct yaml_node *node = alias->children; node != NULL;
		node = node->next) {
		if (slice_equal(node->key, reference->name))
			return node;
	}
	return NULL;
}

static const struct sigma_field *
resolve_for(struct build *build, const struct yaml_node *alias,
	const struct yaml_node *name, const struct reference *reference)
{
	const struct yaml_node *field;

	if (alias == NULL)
		return build_field(build, name->text, name->mark);
	field = aliased(alias, reference);
	if (field == NULL || field->kind != YAML_SCALAR) {
		(void)build_error(build, alias->key_mark,
			"an alias names a field for every rule under rules:",
			"the alias \"%.*s\" has no field for \"%.*s\"",
			SLICE_ARG(alias->key), SLICE_ARG(reference->name));
		return NULL;
	}
	return build_field(build, field->text, field->mark);
}

static const struct yaml_node *
alias_of(const struct correlating *ctx, struct slice name)
{
	const struct yaml_node *aliases = yaml_find(ctx->map, "aliases"), *node;

	if (aliases == NULL)
		return NULL;
	for (node = aliases->children; node != NULL; node = node->next) {
		if (slice_equal(node->key, name))
			return node;
	}
	return NULL;
}

/* A name, for each referenced rule. */
static bool
read_name(const struct correlating *ctx, const struct yaml_node *name,
	struct correlated *out)
{
	const struct references *rules = &ctx->correlation->rules;
	const struct yaml_node *alias;

	if (name->kind != YAML_SCALAR) {
		return build_error(ctx->build, name->mark,
			"write a field's name", "a field is missing here");
	}
	alias = alias_of(ctx, name->text);
	out->name = build_copy(ctx->build, name->text);
	out->of =
		build_alloc(ctx->build, (rules->count + 1) * sizeof(*out->of));
	if (out->of == NULL)
		return false;
	for (size_t i = 0; i < rules->count; i++) {
		out->of[i] =
			resolve_for(ctx->build, alias, name, &rules->at[i]);
		if (out->of[i] == NULL)
			return false;
	}
	return true;
}

bool
grouping_read(const struct correlating *ctx, const struct yaml_node *names,
	struct grouping *out)
{
	const struct yaml_node *name =
		names->kind == YAML_LIST ? names->children : names;
	bool ok = true;

	out->count = 0;
	if (name == NULL) {
		return build_error(ctx->build, names->mark, "name a field",
			"the list of fields is empty");
	}
	for (; name != NULL; name = name != names ? name->next : NULL) {
		if (out->count == out->most) {
			return build_error(ctx->build, name->mark, NULL,
				"there are more than %zu fields", out->most);
		}
		ok = read_name(ctx, name, &out->at[out->count++]) && ok;
	}
	return ok;
}
