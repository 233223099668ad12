/* SPDX-License-Identifier: BSD-2-Clause */
/* Reading maps. */
#include "yaml/reader.h"

#include "base/amount.h"

#define KEYS_MAX 32

bool
reader_refuse(
	struct reader *r, struct mark mark, const char *hint, const char *what)
{
	return diags_add(r->diags, DIAG_ERROR, mark, hint, "%s", what);
}

bool
reader_unknown(struct reader *r, const struct yaml_node *node,
	const struct reader_key *keys, size_t count)
{
	const char *names[KEYS_MAX], *nearest;
	struct buf hint = {0};

	for (size_t i = 0; i < count; i++)
		names[i] = keys[i].name;
	nearest = diag_nearest(node->key, names, count);
	if (nearest != NULL)
		buf_printf(&hint, "did you mean \"%s\"? ", nearest);
	buf_puts(&hint, "`forwarden test --help` lists the keys");
	diags_add(r->diags, DIAG_ERROR, node->key_mark, hint.p,
		"no key is called \"%.*s\" here", SLICE_ARG(node->key));
	buf_fini(&hint);
	return false;
}

const struct reader_key *
reader_find(const struct reader_key *keys, size_t count, struct slice name)
{
	for (size_t i = 0; i < count; i++) {
		if (slice_equal(name, slice_of(keys[i].name)))
			return &keys[i];
	}
	return NULL;
}

bool
reader_map(struct reader *r, const struct yaml_node *map,
	const struct reader_key *keys, size_t count, void *target)
{
	bool good = true;

	if (map->kind != YAML_MAP)
		return reader_refuse(r, map->mark, NULL, "a map belongs here");
	for (const struct yaml_node *node = map->children; node != NULL;
		node = node->next) {
		const struct reader_key *key =
			reader_find(keys, count, node->key);

		if (key == NULL) {
			good = reader_unknown(r, node, keys, count);
		} else {
			good &= key->read(r, node, target);
		}
	}
	return good;
}

bool
reader_scalar(struct reader *r, const struct yaml_node *node, struct slice *out)
{
	if (node->kind != YAML_SCALAR) {
		return reader_refuse(
			r, node->mark, NULL, "a text belongs here");
	}
	*out = node->text;
	return true;
}

bool
reader_duration(struct reader *r, const struct yaml_node *node, int64_t *out)
{
	if (node->kind != YAML_SCALAR ||
		!amount_seconds_parse(node->text, out)) {
		return reader_refuse(r, node->mark, "write 30s, 5m, 1h or 7d",
			"a duration belongs here");
	}
	return true;
}

/* One scalar, or a list of them. */
bool
reader_texts(struct reader *r, const struct yaml_node *node,
	const struct slice **out, size_t *count)
{
	size_t room = node->kind == YAML_LIST ? node->count : 1;
	struct slice *values = arena_array(r->arena, room + 1, sizeof(*values));
	bool good = true;

	if (values == NULL) {
		return reader_refuse(
			r, node->mark, NULL, "the list is too long");
	}
	*count = 0;
	if (node->kind == YAML_LIST) {
		for (const struct yaml_node *item = node->children;
			item != NULL; item = item->next)
			good &= reader_scalar(r, item, &values[(*count)++]);
	} else {
		good = reader_scalar(r, node, &values[(*count)++]);
	}
	*out = values;
	return good;
}
