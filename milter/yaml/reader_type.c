/* SPDX-License-Identifier: BSD-2-Clause */
/* How values of each type are read. */
#include "yaml/reader_type.h"

#include "base/amount.h"
#include "yaml/yaml_scalar.h"

#define WORDS_MAX 16

bool
reader_no_memory(struct reader *r, const struct yaml_node *node)
{
	return reader_refuse(r, node->mark, NULL, "out of memory");
}

bool
reader_keep_text(struct reader *r, const struct yaml_node *node, void *target)
{
	struct slice copy = arena_copy(r->arena, node->text);

	if (slice_is_absent(copy))
		return reader_no_memory(r, node);
	*(const char **)reader_member(r, target) = copy.p;
	return true;
}

static bool
read_any(struct reader *r, const struct yaml_node *node, void *target)
{
	(void)r;
	(void)node;
	(void)target;
	return true;
}

static bool
read_text(struct reader *r, const struct yaml_node *node, void *target)
{
	if (node->kind != YAML_SCALAR)
		return reader_refuse_type(r, node);
	if (slice_has_control(node->text)) {
		return diags_add(r->diags, DIAG_ERROR, node->mark, NULL,
			"%s must not hold control characters", r->key->name);
	}
	return reader_keep_text(r, node, target);
}

bool
reader_scalar(struct reader *r, const struct yaml_node *node, struct slice *out)
{
	if (node->kind != YAML_SCALAR) {
		return diags_add(r->diags, DIAG_ERROR, node->mark, NULL,
			"%s must be a text", r->key->name);
	}
	*out = node->text;
	return true;
}

static bool
read_slice(struct reader *r, const struct yaml_node *node, void *target)
{
	struct slice copy;

	if (node->kind != YAML_SCALAR)
		return reader_refuse_type(r, node);
	copy = arena_copy(r->arena, node->text);
	if (slice_is_absent(copy))
		return reader_no_memory(r, node);
	*(struct slice *)reader_member(r, target) = copy;
	return true;
}

static bool
fill_texts(struct reader *r, const struct yaml_node *first, size_t count,
	struct reader_text_list *out)
{
	struct slice *at = arena_array(r->arena, count, sizeof(*at));
	struct mark *marks = arena_array(r->arena, count, sizeof(*marks));
	bool ok = true;

	if (at == NULL || marks == NULL)
		return reader_no_memory(r, first);
	for (size_t i = 0; i < count; i++, first = first->next) {
		at[i] = arena_copy(r->arena, first->text);
		if (first->kind != YAML_SCALAR || first->text.len == 0 ||
			slice_has_control(first->text)) {
			ok = reader_refuse(r, first->mark, NULL,
				"an entry must be a text");
			at[i] = SLICE("");
		}
		if (slice_is_absent(at[i]))
			return reader_no_memory(r, first);
		marks[i] = first->mark;
	}
	*out = (struct reader_text_list){at, marks, count};
	return ok;
}

bool
reader_text_list(struct reader *r, const struct yaml_node *node,
	struct reader_text_list *out)
{
	*out = (struct reader_text_list){NULL, NULL, 0};
	if (node->kind == YAML_SCALAR)
		return fill_texts(r, node, 1, out);
	if (node->kind != YAML_LIST) {
		return diags_add(r->diags, DIAG_ERROR, node->mark,
			"write [a, b] or a", "%s must be a list of texts",
			r->key->name);
	}
	return node->count == 0 ||
		fill_texts(r, node->children, node->count, out);
}

static bool
read_texts(struct reader *r, const struct yaml_node *node, void *target)
{
	return reader_text_list(r, node, reader_member(r, target));
}

static bool
read_bool(struct reader *r, const struct yaml_node *node, void *target)
{
	return yaml_scalar_bool(node, reader_member(r, target)) ||
		reader_refuse_type(r, node);
}

bool
reader_integer(struct reader *r, const struct yaml_node *node, long long *out)
{
	const struct reader_key *key = r->key;
	struct buf range = {0};
	long long value;

	if (node->kind != YAML_SCALAR || !key->type->parse(node->text, &value))
		return reader_refuse_type(r, node);
	if (value < key->least || value > key->most) {
		reader_print_range(key, &range);
		(void)diags_add(r->diags, DIAG_ERROR, node->mark, NULL,
			"%s must be %s", key->name, buf_slice(&range).p);
		buf_fini(&range);
		return false;
	}
	*out = value;
	return true;
}

static bool
read_integer(struct reader *r, const struct yaml_node *node, void *target)
{
	return reader_integer(r, node, reader_member(r, target));
}

static bool
read_span(struct reader *r, const struct yaml_node *node, void *target)
{
	return (node->kind == YAML_SCALAR &&
		       amount_seconds_parse(
			       node->text, reader_member(r, target))) ||
		reader_refuse_type(r, node);
}

int
reader_word_of(struct reader *r, const struct yaml_node *node,
	const char *called, const char *const *words)
{
	const char *nearest = NULL;
	struct buf what = {0}, hint = {0};
	size_t count = 0;

	for (; words[count] != NULL; count++) {
		if (node->kind == YAML_SCALAR &&
			slice_equal(node->text, slice_of(words[count])))
			return (int)count;
	}
	buf_printf(&what, "%s must be ", called);
	for (size_t i = 0; i < count; i++) {
		buf_printf(&what, "%s%s",
			i == 0                  ? ""
				: i + 1 < count ? ", "
						: " or ",
			words[i]);
	}
	if (node->kind == YAML_SCALAR)
		nearest = diag_nearest(node->text, words, count);
	if (nearest != NULL)
		buf_printf(&hint, "did you mean \"%s\"?", nearest);
	(void)reader_refuse(r, node->mark,
		nearest != NULL ? buf_slice(&hint).p : NULL,
		buf_slice(&what).p);
	buf_fini(&what);
	buf_fini(&hint);
	return -1;
}

int
reader_word_number(struct reader *r, const struct yaml_node *node,
	const char *called, reader_word_fn *word)
{
	const char *words[WORDS_MAX + 1] = {NULL};

	for (int i = 0; i < WORDS_MAX && word(i) != NULL; i++)
		words[i] = word(i);
	return reader_word_of(r, node, called, words);
}

static bool
read_word(struct reader *r, const struct yaml_node *node, void *target)
{
	int number = reader_word_number(r, node, r->key->name, r->key->word);

	if (number >= 0)
		*(long long *)reader_member(r, target) = number;
	return number >= 0;
}

const struct reader_type reader_any = {"value", .read = read_any};
const struct reader_type reader_text = {"text", .read = read_text};
const struct reader_type reader_slice = {"text", .read = read_slice};
const struct reader_type reader_texts = {"list of texts", .read = read_texts,
	.hint = "write [a, b] or a", .list = true};
const struct reader_type reader_bool = {
	"boolean", .read = read_bool, .hint = "write true or false"};
const struct reader_type reader_number = {"number", read_integer,
	amount_number_parse, amount_number_print, .hint = "write digits only"};
const struct reader_type reader_size = {"size", read_integer, amount_size_parse,
	amount_size_print, .hint = "write 65536, 64k, 16M or 1G"};
const struct reader_type reader_duration = {"duration", read_integer,
	amount_duration_parse, amount_duration_print,
	.hint = "write 250ms, 30s, 10m, 12h or 7d"};
const struct reader_type reader_mode = {"file mode", read_integer,
	amount_mode_parse, amount_mode_print,
	.hint = "write octal digits: 0660"};
const struct reader_type reader_span = {
	"duration", .read = read_span, .hint = "write 30s, 5m, 1h or 7d"};
const struct reader_type reader_word = {"word", .read = read_word};
