/* SPDX-License-Identifier: BSD-2-Clause */
/* Named lists of texts, from the configuration itself or from files. */
#include "daemon/config_list.h"

#include "base/list_file.h"

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
	size_t count, size;
};

static bool
values_add(struct arena *arena, struct values *values, struct slice text)
{
	struct slice *grown;

	if (values->count == values->size) {
		values->size = values->size == 0 ? 16 : values->size * 2;
		grown = realloc(values->at, values->size * sizeof(*grown));
		if (grown == NULL)
			return false;
		values->at = grown;
	}
	values->at[values->count] = arena_copy(arena, text);
	return !slice_is_absent(values->at[values->count++]);
}

static bool
values_add_file(struct arena *arena, struct values *values,
	const struct yaml_node *node, struct diags *diags)
{
	struct slice path = arena_copy(
		arena, slice_sub(node->text, strlen("file:"), node->text.len));
	struct list_file list;
	struct slice text;
	struct err err;
	bool ok = true;

	if (slice_is_absent(path))
		return fail_memory(node, diags);
	if (!list_file_open(&list, path.p, &err)) {
		return diags_add(diags, DIAG_ERROR, node->mark, NULL,
			"cannot read the list: %s", err.text);
	}
	while (ok && list_file_next(&list, &text))
		ok = values_add(arena, values, text);
	list_file_close(&list);
	return ok || fail_memory(node, diags);
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
		} else if (!values_add(arena, values, entry->text)) {
			return fail_memory(entry, diags);
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
	bool ok = read_entries(arena, node, &values, diags);

	kept = arena_array(arena, values.count, sizeof(*kept));
	if (kept != NULL && values.count > 0)
		memcpy(kept, values.at, values.count * sizeof(*kept));
	free(values.at);
	out->name = arena_copy(arena, node->key);
	out->values = kept;
	out->count = values.count;
	if (kept == NULL || slice_is_absent(out->name))
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
