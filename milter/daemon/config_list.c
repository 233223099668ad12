/* SPDX-License-Identifier: BSD-2-Clause */
/* Named lists of texts, from the configuration itself or from files. */
#include "daemon/config_list.h"

#include "verdict/list_read.h"

#include <stdlib.h>
#include <string.h>

static bool
fail_memory(const struct yaml_node *node, struct diags *diags)
{
	return diags_add(diags, DIAG_ERROR, node->mark, NULL, "out of memory");
}

/* What a list is made of while its size is not known. */
struct values {
	struct slice *at;
	struct mark *marks; /* where each stands */
	size_t count, size;
};

static bool
values_grow(struct values *values)
{
	size_t size = values->size == 0 ? 16 : values->size * 2;
	struct slice *at = realloc(values->at, size * sizeof(*at));
	struct mark *marks = realloc(values->marks, size * sizeof(*marks));

	values->at = at != NULL ? at : values->at;
	values->marks = marks != NULL ? marks : values->marks;
	if (at == NULL || marks == NULL)
		return false;
	values->size = size;
	return true;
}

static bool
values_add(struct values *values, struct slice text, struct mark mark)
{
	if (values->count == values->size && !values_grow(values))
		return false;
	values->at[values->count] = text;
	values->marks[values->count++] = mark;
	return true;
}

static bool
values_add_file(struct arena *arena, struct values *values,
	const struct yaml_node *node, struct diags *diags)
{
	struct slice path = arena_copy(
		arena, slice_sub(node->text, strlen("file:"), node->text.len));
	struct sigma_list list;
	bool ok = true;

	if (slice_is_absent(path))
		return fail_memory(node, diags);
	if (!list_read_file(arena, path.p, node->mark, diags, &list))
		return false;
	for (size_t i = 0; i < list.count && ok; i++)
		ok = values_add(values, list.values[i], list.marks[i]);
	return ok || fail_memory(node, diags);
}

static bool
values_add_text(struct arena *arena, struct values *values,
	const struct yaml_node *node, struct diags *diags)
{
	struct slice text = arena_copy(arena, node->text);

	if (slice_is_absent(text))
		return fail_memory(node, diags);
	return list_read_entry(arena, text, node->mark, diags, &text) &&
		(values_add(values, text, node->mark) ||
			fail_memory(node, diags));
}

static bool
read_entries(struct arena *arena, const struct yaml_node *node,
	struct values *values, struct diags *diags)
{
	const struct yaml_node *entry =
		node->kind == YAML_LIST ? node->children : node;
	bool ok = true;

	for (; entry != NULL;
		entry = node->kind == YAML_LIST ? entry->next : NULL) {
		if (entry->kind != YAML_SCALAR) {
			ok = diags_add(diags, DIAG_ERROR, entry->mark,
				"write texts, or file:/path",
				"an entry of a list must be a text");
		} else if (slice_starts_fold(entry->text, SLICE("file:"))) {
			ok = values_add_file(arena, values, entry, diags) && ok;
		} else {
			ok = values_add_text(arena, values, entry, diags) && ok;
		}
	}
	return ok;
}

static bool
read_list(struct arena *arena, const struct yaml_node *node,
	struct sigma_list *out, struct diags *diags)
{
	struct values values = {0};
	struct slice *kept;
	struct mark *marks;
	bool ok = read_entries(arena, node, &values, diags);

	kept = arena_array(arena, values.count + 1, sizeof(*kept));
	marks = arena_array(arena, values.count + 1, sizeof(*marks));
	if (kept != NULL && marks != NULL && values.count > 0) {
		memcpy(kept, values.at, values.count * sizeof(*kept));
		memcpy(marks, values.marks, values.count * sizeof(*marks));
	}
	free(values.at);
	free(values.marks);
	out->name = arena_copy(arena, node->key);
	out->values = kept;
	out->marks = marks;
	out->told = arena_array(arena, values.count + 1, sizeof(*out->told));
	out->count = values.count;
	if (kept == NULL || marks == NULL || out->told == NULL ||
		slice_is_absent(out->name))
		return fail_memory(node, diags);
	return ok;
}

static bool
read_lists(struct reader *r, const struct yaml_node *node, void *target)
{
	struct config_lists *out = reader_member(r, target);
	bool ok = true;

	if (node->kind != YAML_MAP)
		return reader_refuse_type(r, node);
	out->at = arena_array(r->arena, node->count, sizeof(*out->at));
	if (out->at == NULL)
		return reader_no_memory(r, node);
	for (const struct yaml_node *child = node->children; child != NULL;
		child = child->next) {
		ok = read_list(r->arena, child, &out->at[out->count++],
			     r->diags) &&
			ok;
	}
	return ok;
}

const struct reader_type config_lists = {"map of lists", .read = read_lists,
	.hint = "write a name and its entries: freemail: [a, b]"};
