/* SPDX-License-Identifier: BSD-2-Clause */
/* Search identifiers: a map is AND, a list is OR, a bare word a keyword. */
#include "sigma/selection.h"

#include "sigma/field_item.h"

#include <string.h>

static const struct expr false_expr = {.op = EXPR_FALSE};

const struct expr *
selection_expr_new(struct build *build, enum expr_op op,
	const struct expr *const *parts, size_t count)
{
	struct expr *expr = build_alloc(build, sizeof(*expr));
	const struct expr **copy =
		build_alloc(build, (count + 1) * sizeof(*copy));

	if (expr == NULL || copy == NULL)
		return &false_expr;
	if (count > 0)
		memcpy(copy, parts, count * sizeof(*copy));
	*expr = (struct expr){.op = op, .count = count, .parts = copy};
	return expr;
}

static const struct expr *
expr_of_item(struct build *build, const struct field_item *item,
	struct slice label, struct mark mark)
{
	struct expr *expr;

	if (item == NULL)
		return &false_expr;
	expr = build_alloc(build, sizeof(*expr));
	if (expr == NULL)
		return &false_expr;
	*expr = (struct expr){.op = EXPR_ITEM,
		.item = item,
		.label = label,
		.mark = build_mark(build, mark)};
	return expr;
}

typedef const struct expr *part_fn(
	struct build *, const struct yaml_node *, struct slice);

/* and/or over the children of node, each compiled by part. */
static const struct expr *
join(struct build *build, const struct yaml_node *node, struct slice label,
	enum expr_op op, part_fn *part)
{
	const struct expr **parts =
		build_alloc(build, (node->count + 1) * sizeof(*parts));
	struct expr *expr;
	size_t count = 0;

	if (parts == NULL)
		return &false_expr;
	for (const struct yaml_node *child = node->children; child != NULL;
		child = child->next)
		parts[count++] = part(build, child, label);
	if (count == 1)
		return parts[0];
	expr = build_alloc(build, sizeof(*expr));
	if (expr == NULL)
		return &false_expr;
	*expr = (struct expr){.op = op, .count = count, .parts = parts};
	return expr;
}

static const struct expr *
parse_pair(
	struct build *build, const struct yaml_node *pair, struct slice label)
{
	return expr_of_item(
		build, field_item_parse(build, pair), label, pair->key_mark);
}

static const struct expr *
parse_map(struct build *build, const struct yaml_node *map, struct slice label)
{
	if (map->count == 0) {
		(void)build_error(build, map->mark,
			"write field: value, or leave it out",
			"this map is empty");
		return &false_expr;
	}
	return join(build, map, label, EXPR_AND, parse_pair);
}

static const struct expr *
parse_element(
	struct build *build, const struct yaml_node *node, struct slice label)
{
	switch (node->kind) {
	case YAML_MAP:
		return parse_map(build, node, label);
	case YAML_SCALAR:
		return expr_of_item(build,
			field_item_parse_keywords(build, node), label,
			node->mark);
	case YAML_LIST:
	case YAML_NULL:
		break;
	}
	(void)build_error(build, node->mark,
		"write - field: value; several lines under one dash belong "
		"together",
		"an element of this list is neither a map nor a word");
	return &false_expr;
}

static bool
is_words(const struct yaml_node *list)
{
	for (const struct yaml_node *node = list->children; node != NULL;
		node = node->next) {
		if (node->kind != YAML_SCALAR)
			return false;
	}
	return list->count > 0;
}

static const struct expr *
parse_selection(
	struct build *build, const struct yaml_node *node, struct slice label)
{
	if (node->kind == YAML_MAP)
		return parse_map(build, node, label);
	if (node->kind == YAML_SCALAR)
		return parse_element(build, node, label);
	if (node->kind == YAML_LIST && is_words(node)) {
		return expr_of_item(build,
			field_item_parse_keywords(build, node), label,
			node->mark);
	}
	if (node->kind == YAML_LIST && node->count > 0)
		return join(build, node, label, EXPR_OR, parse_element);
	(void)build_error(build, node->key_mark,
		"write field: value below it, indented", "\"%.*s\" is empty",
		SLICE_ARG(node->key));
	return &false_expr;
}

bool
selection_read(struct reader *r, const struct yaml_node *node, void *target)
{
	struct selections *out = target;
	struct selection *selection = &out->at[out->count++];

	selection->name = build_copy(r->ctx, node->key);
	selection->mark = node->key_mark;
	selection->expr = parse_selection(r->ctx, node, selection->name);
	return true;
}

bool
selections_parse(struct build *build, const struct reader_table *table,
	const struct yaml_node *map, struct selections *out)
{
	struct reader r = build_reader(build);

	out->count = 0;
	out->at = build_alloc(build, (map->count + 1) * sizeof(*out->at));
	if (out->at == NULL)
		return false;
	(void)reader_map(&r, table, map, out);
	out->condition = yaml_find(map, "condition");
	return out->condition != NULL && !build->no_memory;
}
