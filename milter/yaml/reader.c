/* SPDX-License-Identifier: BSD-2-Clause */
/* Reading maps by their tables. */
#include "yaml/reader.h"

#include <assert.h>
#include <string.h>

#define NAME_BYTES 128
#define INITIAL_TEXTS_MAX 8

/* One map and its sections while they are read. */
struct pass {
	struct reader *reader;
	const struct reader_table *table;
	void *target;
	bool given[READER_KEYS_MAX];
	bool good;
};

bool
reader_refuse(
	struct reader *r, struct mark mark, const char *hint, const char *what)
{
	return diags_add(r->diags, DIAG_ERROR, mark, hint, "%s", what);
}

bool
reader_refuse_type(struct reader *r, const struct yaml_node *node)
{
	return diags_add(r->diags, DIAG_ERROR, node->mark, r->key->type->hint,
		"%s must be a %s", r->key->name, r->key->type->name);
}

const struct reader_type reader_refused = {.name = "refused key"};

const struct reader_key *
reader_find(const struct reader_table *table, struct slice name)
{
	for (size_t i = 0; i < table->count; i++) {
		if (slice_equal(name, slice_of(table->keys[i].name)))
			return &table->keys[i];
	}
	return NULL;
}

/* "local" is a section: some key begins with "local.". */
static bool
is_section(const struct reader_table *table, struct slice name)
{
	for (size_t i = 0; i < table->count; i++) {
		const char *key = table->keys[i].name;

		if (strncmp(key, name.p, name.len) == 0 && key[name.len] == '.')
			return true;
	}
	return false;
}

/* The names of keys and sections within a section, as they are written
 * there; room keeps them. */
static size_t
names_within(const struct reader_table *table, struct slice section,
	const char *names[READER_KEYS_MAX], struct buf *room)
{
	size_t starts[READER_KEYS_MAX], count = 0;

	assert(table->count <= READER_KEYS_MAX);
	for (size_t i = 0; i < table->count; i++) {
		const char *name = table->keys[i].name;

		if (strncmp(name, section.p, section.len) != 0 ||
			table->keys[i].type == &reader_refused)
			continue;
		name += section.len;
		starts[count++] = room->len;
		buf_add(room, (struct slice){name, strcspn(name, ".")});
		buf_add_byte(room, '\0');
	}
	if (buf_slice(room).p == NULL || room->len == 0)
		return 0;
	for (size_t i = 0; i < count; i++)
		names[i] = buf_slice(room).p + starts[i];
	return count;
}

/* "there are a, b and c". */
static void
print_names(const char *const *names, size_t count, struct buf *out)
{
	buf_puts(out, "there are ");
	for (size_t i = 0; i < count; i++) {
		if (i > 0 && strcmp(names[i], names[i - 1]) == 0)
			continue;
		buf_printf(out, "%s%s", i > 0 ? ", " : "", names[i]);
	}
}

/* Tells what is wrong with a key in a section; nearest is the name that may
 * have been meant, or NULL. */
static bool
say_unknown(struct reader *r, const struct reader_table *table,
	const struct yaml_node *node, struct slice section)
{
	const char *names[READER_KEYS_MAX], *nearest;
	struct buf room = {0}, hint = {0};
	size_t count = names_within(table, section, names, &room);
	bool good = table->open;

	nearest = diag_nearest(node->key, names, count);
	if (nearest != NULL) {
		buf_printf(&hint, "did you mean \"%s\"?", nearest);
	} else if (table->listed != NULL) {
		buf_puts(&hint, table->listed);
	} else {
		print_names(names, count, &hint);
	}
	if (!table->open) {
		(void)diags_add(r->diags, DIAG_ERROR, node->key_mark,
			buf_slice(&hint).p, "no key is called \"%.*s%.*s\"%s",
			SLICE_ARG(section), SLICE_ARG(node->key), table->where);
	} else if (nearest != NULL) {
		(void)diags_add(r->diags, DIAG_WARNING, node->key_mark,
			buf_slice(&hint).p,
			"the key \"%.*s\" means nothing here",
			SLICE_ARG(node->key));
	}
	buf_fini(&room);
	buf_fini(&hint);
	return good;
}

bool
reader_unknown(struct reader *r, const struct reader_table *table,
	const struct yaml_node *node)
{
	return say_unknown(r, table, node, SLICE(""));
}

void *
reader_member(const struct reader *r, void *target)
{
	return (char *)target + r->key->offset;
}

bool
reader_value(struct reader *r, const struct reader_key *key,
	const struct yaml_node *node, void *target)
{
	const struct reader_key *outer = r->key;
	bool good;

	r->key = key;
	good = (key->read != NULL ? key->read : key->type->read)(
		r, node, target);
	r->key = outer;
	return good;
}

/* A required key that is misspelt is one mistake, not two. */
static void
forgive_missing(struct pass *pass, struct slice section, struct slice word)
{
	for (size_t i = 0; i < pass->table->count; i++) {
		const struct reader_key *key = &pass->table->keys[i];
		const char *name = key->name + section.len;

		if (key->missing != NULL &&
			strncmp(key->name, section.p, section.len) == 0 &&
			diag_nearest(word, &name, 1) != NULL)
			pass->given[i] = true;
	}
}

static void read_pairs(
	struct pass *, struct slice section, const struct yaml_node *map);

static void
read_section(struct pass *pass, struct slice name, const struct yaml_node *node)
{
	if (node->kind == YAML_MAP) {
		read_pairs(pass, name, node);
	} else if (node->kind != YAML_NULL) {
		pass->good = diags_add(pass->reader->diags, DIAG_ERROR,
			node->mark, NULL,
			"\"%.*s\" is a section: keys and values, indented",
			(int)name.len - 1, name.p);
	}
}

static void
read_pair(struct pass *pass, struct slice section, const struct yaml_node *node)
{
	const struct reader_table *table = pass->table;
	char full[NAME_BYTES];
	struct slice name = {full, section.len + node->key.len};
	const struct reader_key *key = NULL;
	bool fits = name.len + 1 < sizeof(full);

	if (fits) {
		memcpy(full, section.p, section.len);
		memcpy(full + section.len, node->key.p, node->key.len);
		full[name.len] = '\0';
		key = reader_find(table, name);
	}
	if (key != NULL) {
		if (node->kind == YAML_NULL && table->null_is_default)
			return;
		pass->given[key - table->keys] = true;
		if (key->type == &reader_refused) {
			pass->good = diags_add(pass->reader->diags, DIAG_ERROR,
				node->key_mark, key->help,
				"\"%s\" is not supported%s", key->name,
				table->where);
		} else if (!reader_value(pass->reader, key, node, pass->target))
			pass->good = false;
	} else if (fits && is_section(table, name)) {
		full[name.len++] = '.';
		read_section(pass, name, node);
	} else if (table->other != NULL) {
		if (!table->other(pass->reader, node, pass->target))
			pass->good = false;
	} else {
		if (!say_unknown(pass->reader, table, node, section))
			pass->good = false;
		forgive_missing(pass, section, node->key);
	}
}

static void
read_pairs(struct pass *pass, struct slice section, const struct yaml_node *map)
{
	for (const struct yaml_node *node = map->children; node != NULL;
		node = node->next)
		read_pair(pass, section, node);
}

static void
check_given(struct pass *pass, const struct yaml_node *map)
{
	struct mark mark = {pass->reader->file, 0, 0, 1};

	if (map->key.p != NULL)
		mark = map->key_mark;
	for (size_t i = 0; i < pass->table->count; i++) {
		const struct reader_key *key = &pass->table->keys[i];

		if (key->missing != NULL && !pass->given[i]) {
			pass->good = diags_add(pass->reader->diags, DIAG_ERROR,
				mark, key->missing, "%s is missing%s",
				key->name, pass->table->where);
		}
	}
}

bool
reader_map(struct reader *r, const struct reader_table *table,
	const struct yaml_node *map, void *target)
{
	struct pass pass = {r, table, target, .good = true};

	if (map->kind != YAML_MAP && map->key.p != NULL) {
		return diags_add(r->diags, DIAG_ERROR, map->mark, table->shape,
			"%.*s must be a map", SLICE_ARG(map->key));
	}
	if (map->kind != YAML_MAP)
		return reader_refuse(r, map->mark, NULL, "a map belongs here");
	read_pairs(&pass, SLICE(""), map);
	check_given(&pass, map);
	return pass.good;
}

/* "a, b" as a list of two. */
static bool
init_texts(struct reader *r, const struct reader_key *key, void *target)
{
	struct yaml_node nodes[INITIAL_TEXTS_MAX] = {0};
	struct yaml_node list = {.kind = YAML_LIST, .children = nodes};
	struct slice rest = slice_of(key->initial), field;

	while (list.count < INITIAL_TEXTS_MAX &&
		slice_next(&rest, ',', &field)) {
		nodes[list.count].kind = YAML_SCALAR;
		nodes[list.count].text = slice_trim(field);
		if (list.count > 0)
			nodes[list.count - 1].next = &nodes[list.count];
		list.count++;
	}
	return reader_value(r, key, &list, target);
}

bool
reader_init(struct reader *r, const struct reader_table *table, void *target)
{
	bool good = true;

	for (size_t i = 0; i < table->count; i++) {
		const struct reader_key *key = &table->keys[i];
		struct yaml_node node = {.kind = YAML_SCALAR, .plain = true};

		if (key->initial == NULL)
			continue;
		node.text = slice_of(key->initial);
		good &= key->type->list ? init_texts(r, key, target)
					: reader_value(r, key, &node, target);
	}
	return good;
}

static void
print_words(reader_word_fn *word, struct buf *out)
{
	for (int i = 0; word(i) != NULL; i++) {
		if (i > 0)
			buf_puts(out, word(i + 1) != NULL ? ", " : " or ");
		buf_puts(out, word(i));
	}
}

void
reader_print_range(const struct reader_key *key, struct buf *out)
{
	if (key->word != NULL) {
		print_words(key->word, out);
	} else if (key->most != 0 && key->type->print != NULL) {
		key->type->print(key->least, out);
		buf_puts(out, " to ");
		key->type->print(key->most, out);
	}
}
