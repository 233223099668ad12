/* SPDX-License-Identifier: BSD-2-Clause */
/* The YAML loader: any bytes give documents or errors with places. */
#include "fuzz.h"

#include "yaml/yaml.h"

#define ARENA_BYTES ((size_t)64 << 20)

static void
check_node(const struct yaml_node *node, unsigned depth)
{
	size_t count = 0;

	FUZZ_ASSERT(depth <= YAML_DEPTH_MAX);
	FUZZ_ASSERT(node->mark.line > 0 && node->mark.column > 0);
	if (node->kind == YAML_SCALAR)
		FUZZ_ASSERT(slice_is_utf8(node->text));
	for (const struct yaml_node *child = node->children; child != NULL;
		child = child->next) {
		FUZZ_ASSERT(node->kind != YAML_MAP || child->key.p != NULL);
		check_node(child, depth + 1);
		count++;
	}
	FUZZ_ASSERT(count == node->count);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *arena = arena_new(ARENA_BYTES);
	struct diags *diags = diags_new();
	const struct yaml_document *document =
		yaml_load(arena, "f", fuzz_slice(data, size), diags);
	struct buf out = {0};

	for (; document != NULL; document = document->next)
		check_node(document->root, 0);
	diags_print(diags, &out);
	FUZZ_ASSERT(slice_is_utf8(buf_slice(&out)));
	buf_fini(&out);
	diags_free(diags);
	arena_free(arena);
	return 0;
}
