/* SPDX-License-Identifier: BSD-2-Clause */
/* The rules that a correlation or a filter names. */
#include "sigma/reference.h"

#include <stdio.h>
#include <string.h>

bool
references_parse(struct build *build, const struct yaml_node *list,
	struct references *out)
{
	const struct yaml_node *first;

	if (list->kind == YAML_MAP || list->kind == YAML_NULL) {
		return build_error(build, list->mark,
			"write rules: and a list of names or ids",
			"there are no rules that this refers to");
	}
	first = list->kind == YAML_LIST ? list->children : list;
	out->count = 0; /* a duplicate key was told, and is read, too */
	out->at = build_alloc(build, (list->count + 1) * sizeof(*out->at));
	if (out->at == NULL)
		return false;
	for (const struct yaml_node *child = first; child != NULL;
		child = list->kind == YAML_LIST ? child->next : NULL) {
		if (child->kind != YAML_SCALAR) {
			return build_error(build, child->mark,
				"write the name or the id of a rule",
				"this is not a name of a rule");
		}
		out->at[out->count++] = (struct reference){
			.name = build_copy(build, child->text),
			.mark = build_mark(build, child->mark)};
	}
	return out->count > 0 ||
		build_error(build, list->mark,
			"name at least one rule by its name or id",
			"the list of rules is empty");
}

struct nearest_search {
	struct slice wanted;
	char found[80];
};

static bool
consider(struct slice name, void *value, void *ctx)
{
	struct nearest_search *search = ctx;
	char copy[sizeof(search->found)];
	const char *names[1] = {copy};

	(void)value;
	if (name.len >= sizeof(copy))
		return true;
	memcpy(copy, name.p, name.len);
	copy[name.len] = '\0';
	if (diag_nearest(search->wanted, names, 1) == NULL)
		return true;
	memcpy(search->found, copy, sizeof(copy));
	return false;
}

bool
reference_unknown(struct build *build, const struct reference *reference)
{
	struct nearest_search search = {.wanted = reference->name};
	char hint[160] = "rules are named by their name: or id:";

	map_each(build->rule_by_name, consider, &search);
	if (search.found[0] != '\0') {
		(void)snprintf(hint, sizeof(hint), "did you mean \"%s\"?",
			search.found);
	}
	return build_error(build, reference->mark, hint,
		"no rule is called \"%.*s\"", SLICE_ARG(reference->name));
}
