/* SPDX-License-Identifier: BSD-2-Clause */
/* Digests of what policies say. */
#include "sigma/identity.h"

#include "base/codec.h"
#include "base/digest.h"

#include <stdlib.h>
#include <string.h>

#define SHOWN_BYTES 8

void
identity_write(const struct yaml_node *node, struct buf *out)
{
	buf_printf(out, "%d%d%zu:", (int)node->kind, (int)node->plain,
		node->text.len);
	buf_add(out, node->text);
	for (const struct yaml_node *child = node->children; child != NULL;
		child = child->next) {
		buf_printf(out, "%zu:", child->key.len);
		buf_add(out, child->key);
		identity_write(child, out);
	}
}

static bool
keep(struct build *build, const struct buf *text)
{
	unsigned char *digest = build_alloc(build, DIGEST_BYTES);
	struct slice all = buf_slice(text);

	if (digest == NULL || !buf_ok(text) || !digest_parts(&all, 1, digest) ||
		!pointers_add(&build->digests, digest))
		return build_no_memory(build);
	return true;
}

bool
identity_add(struct build *build, const struct yaml_node *root)
{
	struct buf text = {0};
	bool good;

	identity_write(root, &text);
	good = keep(build, &text);
	buf_fini(&text);
	return good;
}

static bool
add_list(struct build *build, const struct sigma_list *list)
{
	struct buf text = {0};
	bool good;

	buf_add(&text, list->name);
	for (size_t i = 0; i < list->count; i++) {
		buf_printf(&text, "\n%zu:", list->values[i].len);
		buf_add(&text, list->values[i]);
	}
	good = keep(build, &text);
	buf_fini(&text);
	return good;
}

static int
by_bytes(const void *a, const void *b)
{
	const void *const *one = a, *const *two = b;

	return memcmp(*one, *two, DIGEST_BYTES);
}

const char *
identity_digest(struct build *build)
{
	unsigned char digest[DIGEST_BYTES];
	char *hex = build_alloc(build, 2 * SHOWN_BYTES + 1);
	struct buf all = {0};
	struct slice bytes;
	bool good = hex != NULL;

	for (size_t i = 0; i < build->options->list_count && good; i++) {
		if (build->options->lists[i].used)
			good = add_list(build, &build->options->lists[i]);
	}
	if (build->digests.count > 1) {
		qsort(build->digests.at, build->digests.count,
			sizeof(*build->digests.at), by_bytes);
	}
	for (size_t i = 0; i < build->digests.count; i++) {
		buf_add(&all,
			(struct slice){build->digests.at[i], DIGEST_BYTES});
	}
	bytes = buf_slice(&all);
	good = good && buf_ok(&all) && digest_parts(&bytes, 1, digest);
	buf_fini(&all);
	if (!good)
		return NULL;
	codec_hex(digest, SHOWN_BYTES, hex);
	return hex;
}
