/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * YAML as people may write it here. libyaml's events give every node its
 * place; what makes YAML surprising is refused as it goes by.
 */
#include "yaml/yaml.h"

#include "base/file.h"
#include "base/map.h"
#include "yaml/yaml_bytes.h"
#include "yaml/yaml_words.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <yaml.h>

/* Below this, a map's keys are compared with each other. */
#define KEYS_COMPARED_MAX 16

struct loader {
	struct arena *arena;
	struct diags *diags;
	const char *file;
	struct slice text;
	yaml_parser_t parser;
	unsigned depth;
	bool stopped; /* nothing more can be read */
};

static struct mark
mark_of(const struct loader *loader, yaml_mark_t start, yaml_mark_t end)
{
	struct mark mark = {loader->file, (unsigned)start.line + 1,
		(unsigned)start.column + 1, 1};

	if (end.line == start.line && end.column > start.column)
		mark.width = (unsigned)(end.column - start.column);
	return mark;
}

static struct mark
mark_at(const struct loader *loader, yaml_mark_t at)
{
	return mark_of(loader, at, at);
}

static struct mark
mark_file(const struct loader *loader)
{
	return (struct mark){loader->file, 0, 0, 1};
}

static bool
fail(struct loader *loader, struct mark mark, const char *what,
	const char *hint)
{
	return diags_add(loader->diags, DIAG_ERROR, mark, hint, "%s", what);
}

static bool
stop(struct loader *loader, struct mark mark, const char *what,
	const char *hint)
{
	loader->stopped = true;
	return fail(loader, mark, what, hint);
}

static bool
stop_memory(struct loader *loader)
{
	return stop(loader, mark_file(loader), "out of memory",
		"the files are too large together; split the directory");
}

/* Is a tab at the place, among nothing but blanks before it? */
static bool
is_tab(const struct loader *loader, yaml_mark_t at)
{
	struct slice rest = loader->text, line = {NULL, 0};

	for (size_t number = 0; number <= at.line; number++) {
		if (!slice_next(&rest, '\n', &line))
			return false;
	}
	for (size_t i = 0; i < at.column && i < line.len; i++) {
		if (line.p[i] != ' ' && line.p[i] != '\t')
			return false;
	}
	return at.column < line.len && line.p[at.column] == '\t';
}

/* libyaml gave up. */
static void
stop_syntax(struct loader *loader)
{
	const yaml_parser_t *parser = &loader->parser;
	const char *problem = parser->problem != NULL ? parser->problem : "";
	const char *context = parser->context != NULL ? parser->context : "";
	const struct yaml_words *words = yaml_words_find(problem, context);

	if (parser->error == YAML_MEMORY_ERROR) {
		(void)stop_memory(loader);
	} else if (is_tab(loader, parser->problem_mark)) {
		(void)stop(loader, mark_at(loader, parser->problem_mark),
			"a tab is used for indentation",
			"indent with spaces: YAML allows no tabs there");
	} else if (words == NULL) {
		(void)stop(loader, mark_at(loader, parser->problem_mark),
			problem, parser->context);
	} else {
		(void)stop(loader,
			mark_at(loader,
				words->at_context ? parser->context_mark
						  : parser->problem_mark),
			words->what, words->hint);
	}
}

static bool
next_event(struct loader *loader, yaml_event_t *event)
{
	if (loader->stopped)
		return false;
	if (yaml_parser_parse(&loader->parser, event))
		return true;
	stop_syntax(loader);
	return false;
}

static void
check_properties(struct loader *loader, struct mark mark,
	const yaml_char_t *anchor, const yaml_char_t *tag)
{
	if (anchor != NULL) {
		(void)fail(loader, mark, "YAML anchors (&name) are not read",
			"write the value out; quote it if the & belongs to "
			"it");
	}
	if (tag != NULL) {
		(void)fail(loader, mark, "YAML tags (!name) are not read",
			"leave the tag out; quote the value if the ! belongs "
			"to it");
	}
}

static bool
is_null_text(struct slice text)
{
	static const char *const names[] = {"", "~", "null", "Null", "NULL"};

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		if (slice_equal(text, slice_of(names[i])))
			return true;
	}
	return false;
}

static bool read_children(
	struct loader *, struct yaml_node *, yaml_event_type_t end);

static bool
read_scalar(
	struct loader *loader, const yaml_event_t *event, struct yaml_node *out)
{
	const struct slice text = {(const char *)event->data.scalar.value,
		event->data.scalar.length};

	check_properties(loader, out->mark, event->data.scalar.anchor,
		event->data.scalar.tag);
	out->plain = event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
	out->kind = YAML_SCALAR;
	if (out->plain && is_null_text(text))
		out->kind = YAML_NULL;
	out->text = arena_copy(loader->arena, text);
	return out->text.p != NULL || stop_memory(loader);
}

/* Fills kind, text and children from an event that begins a node. */
static bool
read_node(
	struct loader *loader, const yaml_event_t *event, struct yaml_node *out)
{
	out->mark = mark_of(loader, event->start_mark, event->end_mark);
	switch ((int)event->type) {
	case YAML_ALIAS_EVENT:
		out->kind = YAML_NULL;
		return fail(loader, out->mark,
			       "YAML aliases (*name) are not read",
			       "write the value out; quote it if the * belongs "
			       "to it: '*@example.com'") ||
			true;
	case YAML_SCALAR_EVENT:
		return read_scalar(loader, event, out);
	case YAML_SEQUENCE_START_EVENT:
		check_properties(loader, out->mark,
			event->data.sequence_start.anchor,
			event->data.sequence_start.tag);
		out->kind = YAML_LIST;
		return read_children(loader, out, YAML_SEQUENCE_END_EVENT);
	case YAML_MAPPING_START_EVENT:
		check_properties(loader, out->mark,
			event->data.mapping_start.anchor,
			event->data.mapping_start.tag);
		out->kind = YAML_MAP;
		return read_children(loader, out, YAML_MAPPING_END_EVENT);
	default:
		return stop(loader, out->mark, "this is not a value", NULL);
	}
}

static void
check_key(struct loader *loader, const struct yaml_node *node)
{
	if (slice_equal(node->key, SLICE("<<"))) {
		(void)fail(loader, node->key_mark,
			"YAML merge keys (<<) are not read",
			"write the keys out");
	}
}

/* A key must be a scalar; reads it and then the value's first event. */
static bool
read_key(struct loader *loader, yaml_event_t *event, struct yaml_node *node)
{
	struct slice text;

	node->key_mark = mark_of(loader, event->start_mark, event->end_mark);
	if (event->type != YAML_SCALAR_EVENT) {
		yaml_event_delete(event);
		return stop(loader, node->key_mark,
			"a key must be a plain word or a quoted text",
			"if this is a placeholder of a template, put the real "
			"value in; else quote it");
	}
	check_properties(loader, node->key_mark, event->data.scalar.anchor,
		event->data.scalar.tag);
	text = (struct slice){(const char *)event->data.scalar.value,
		event->data.scalar.length};
	node->key = arena_copy(loader->arena, text);
	yaml_event_delete(event);
	if (node->key.p == NULL)
		return stop_memory(loader);
	check_key(loader, node);
	return next_event(loader, event);
}

static bool
say_duplicate(struct loader *loader, const struct yaml_node *node,
	const struct yaml_node *first)
{
	char hint[96];

	(void)snprintf(hint, sizeof(hint),
		"it is already on line %u; put both under one, or rename one",
		first->key_mark.line);
	return diags_add(loader->diags, DIAG_ERROR, node->key_mark, hint,
		"the key \"%.*s\" is here twice", SLICE_ARG(node->key));
}

static void
check_duplicates_few(struct loader *loader, const struct yaml_node *map)
{
	for (const struct yaml_node *node = map->children; node != NULL;
		node = node->next) {
		for (const struct yaml_node *earlier = map->children;
			earlier != node; earlier = earlier->next) {
			if (slice_equal(node->key, earlier->key)) {
				(void)say_duplicate(loader, node, earlier);
				break;
			}
		}
	}
}

static void
check_duplicates(struct loader *loader, struct yaml_node *map)
{
	struct map *keys;

	if (map->count <= KEYS_COMPARED_MAX) {
		check_duplicates_few(loader, map);
		return;
	}
	keys = map_new();
	/* The loader made these nodes, and they are its to write. */
	for (struct yaml_node *node =
			(struct yaml_node *)(uintptr_t)map->children;
		keys != NULL && node != NULL;
		node = (struct yaml_node *)(uintptr_t)node->next) {
		const struct yaml_node *first = map_find(keys, node->key);

		if (first != NULL) {
			(void)say_duplicate(loader, node, first);
		} else if (!map_put(keys, node->key, node, NULL)) {
			(void)stop_memory(loader);
		}
	}
	if (keys == NULL)
		(void)stop_memory(loader);
	map_free(keys, NULL);
}

static bool
read_child(struct loader *loader, const struct yaml_node *parent,
	yaml_event_t *event, struct yaml_node **out)
{
	struct yaml_node *node = arena_alloc(loader->arena, sizeof(*node));
	bool ok;

	*out = node;
	if (node == NULL) {
		yaml_event_delete(event);
		return stop_memory(loader);
	}
	if (parent->kind == YAML_MAP && !read_key(loader, event, node))
		return false;
	ok = read_node(loader, event, node);
	yaml_event_delete(event);
	return ok;
}

static bool
read_children(
	struct loader *loader, struct yaml_node *parent, yaml_event_type_t end)
{
	const struct yaml_node **tail = &parent->children;
	yaml_event_t event;

	/* Stop at once: libyaml's own work is quadratic in the depth. */
	if (loader->depth == YAML_DEPTH_MAX) {
		return stop(loader, parent->mark,
			"this is nested deeper than 32 levels",
			"nothing here needs that; look for brackets that are "
			"not closed");
	}
	loader->depth++;
	while (next_event(loader, &event)) {
		struct yaml_node *node;

		if (event.type == end) {
			yaml_event_delete(&event);
			break;
		}
		if (!read_child(loader, parent, &event, &node))
			return false;
		*tail = node;
		tail = &node->next;
		parent->count++;
	}
	loader->depth--;
	if (!loader->stopped && parent->kind == YAML_MAP)
		check_duplicates(loader, parent);
	return !loader->stopped;
}

/* The rest of a document after its start event. */
static const struct yaml_node *
read_document(struct loader *loader)
{
	struct yaml_node *root = arena_alloc(loader->arena, sizeof(*root));
	yaml_event_t event;

	if (root == NULL) {
		(void)stop_memory(loader);
		return NULL;
	}
	if (!next_event(loader, &event))
		return NULL;
	loader->depth = 0;
	(void)read_node(loader, &event, root);
	yaml_event_delete(&event);
	if (!next_event(loader, &event))
		return NULL;
	yaml_event_delete(&event); /* the end of the document */
	return root;
}

static void
check_directives(struct loader *loader, const yaml_event_t *event)
{
	if (event->data.document_start.version_directive != NULL ||
		event->data.document_start.tag_directives.start !=
			event->data.document_start.tag_directives.end) {
		(void)fail(loader, mark_at(loader, event->start_mark),
			"YAML directives (%YAML, %TAG) are not read",
			"leave the line that begins with % out");
	}
}

static const struct yaml_document *
read_documents(struct loader *loader)
{
	const struct yaml_document *first = NULL, **tail = &first;
	yaml_event_t event;
	yaml_event_type_t type;

	while (next_event(loader, &event)) {
		struct yaml_document *document;
		const struct yaml_node *root;

		type = event.type;
		if (type == YAML_DOCUMENT_START_EVENT)
			check_directives(loader, &event);
		yaml_event_delete(&event);
		if (type == YAML_STREAM_END_EVENT)
			break;
		if (type != YAML_DOCUMENT_START_EVENT)
			continue;
		root = read_document(loader);
		if (root == NULL)
			break;
		document = arena_alloc(loader->arena, sizeof(*document));
		if (document == NULL) {
			(void)stop_memory(loader);
			break;
		}
		document->root = root;
		*tail = document;
		tail = &document->next;
	}
	return first;
}

static bool
check_size(struct loader *loader, size_t bytes)
{
	if (bytes <= YAML_FILE_BYTES_MAX)
		return true;
	return stop(loader, mark_file(loader), "the file is over 1 MiB",
		"split it; long lists of values belong into a list file of "
		"their own, named by a %placeholder%");
}

const struct yaml_document *
yaml_load(struct arena *arena, const char *file, struct slice text,
	struct diags *diags)
{
	struct loader loader = {.arena = arena, .diags = diags};
	const struct yaml_document *first = NULL;

	loader.file = arena_copy(arena, slice_of(file)).p;
	if (loader.file == NULL) {
		loader.file = file;
		(void)stop_memory(&loader);
		return NULL;
	}
	/* libyaml, told the encoding, takes a byte order mark for a text. */
	text = file_skip_mark(text);
	loader.text = text;
	if (!check_size(&loader, text.len))
		return NULL;
	diags_add_source(diags, loader.file, text);
	if (!yaml_check_bytes(loader.file, text, diags))
		return NULL;
	if (!yaml_parser_initialize(&loader.parser)) {
		(void)stop_memory(&loader);
		return NULL;
	}
	yaml_parser_set_encoding(&loader.parser, YAML_UTF8_ENCODING);
	yaml_parser_set_input_string(&loader.parser,
		(const unsigned char *)(text.p != NULL ? text.p : ""),
		text.len);
	first = read_documents(&loader);
	yaml_parser_delete(&loader.parser);
	return first;
}

const struct yaml_document *
yaml_load_file(struct arena *arena, const char *file, struct diags *diags)
{
	const struct yaml_document *first = NULL;
	struct buf text = {0};
	struct err err = {0};

	/* One that is too long is refused below, with advice. */
	if (file_read(file, YAML_FILE_BYTES_MAX, &text, &err) ||
		err.code == ERR_LIMIT) {
		first = yaml_load(arena, file, buf_slice(&text), diags);
	} else {
		(void)diags_add(diags, DIAG_ERROR, (struct mark){file, 0, 0, 1},
			NULL, "%s", err.text);
	}
	buf_fini(&text);
	return first;
}

const struct yaml_node *
yaml_find(const struct yaml_node *map, const char *key)
{
	const struct slice wanted = slice_of(key);

	if (map == NULL || map->kind != YAML_MAP)
		return NULL;
	for (const struct yaml_node *node = map->children; node != NULL;
		node = node->next) {
		if (slice_equal(node->key, wanted))
			return node;
	}
	return NULL;
}
