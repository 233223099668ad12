/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * YAML as people may write it here. libyaml's events give every node its
 * place; what makes YAML surprising is refused as it goes by. The bytes are
 * looked at first: libyaml says of a bad one only that it is there.
 */
#include "sigma/yaml.h"

#include "base/map.h"

#include <errno.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <yaml.h>

/* Below this, a map's keys are compared with each other. */
#define KEYS_COMPARED_MAX 16

struct loader {
	struct arena *arena;
	struct diags *diags;
	const char *file;
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

/* What libyaml says, what a person would say, and the remedy. The first row
 * whose text is in libyaml's problem or context wins. */
static const struct {
	const char *theirs, *what, *hint;
	bool at_context; /* the place is where the thing began */
} syntax_rows[] = {
	{"mapping values are not allowed", "a \": \" is out of place here",
		"quote the value if the colon belongs to it: 'like: this'; "
		"else look at the indentation of this line and the one above",
		false},
	{"found character '\\t'", "a tab is used for indentation",
		"indent with spaces; YAML allows no tabs there", false},
	{"found a tab", "a tab is used for indentation",
		"indent with spaces; YAML allows no tabs there", false},
	{"while scanning a quoted scalar", "a quote is opened and not closed",
		"close it on this line; inside '...' write ' as ''", true},
	{"found unknown escape character",
		"an unknown escape in a \"double-quoted\" text",
		"write it in 'single quotes': a backslash is itself there",
		false},
	{"did not find expected hexdecimal number",
		"a bad \\x or \\u in a \"double-quoted\" text",
		"write it in 'single quotes': a backslash is itself there",
		false},
	{"while scanning an alias", "a * at the start of a value",
		"quote it: '*@example.com' ; unquoted it would be a YAML "
		"alias",
		true},
	{"while scanning an anchor", "a & at the start of a value",
		"quote it: '&...' ; unquoted it would be a YAML anchor", true},
	{"while scanning a directive", "a % at the start of a line",
		"quote the value if it is one: '%name%'", true},
	{"while scanning a tag", "a ! at the start of a value",
		"quote it: '!...' ; unquoted it would be a YAML tag", true},
	{"cannot start any token", "a value cannot start with this character",
		"quote it: 'like this' (and indent with spaces, not tabs)",
		false},
	{"could not find expected ':'",
		"this line is neither \"key: value\" nor \"- value\"",
		"put a colon and a space after the key, or quote the text "
		"that goes over several lines",
		false},
	{"did not find expected key", "the indentation does not fit here",
		"lines that belong together begin in the same column; a quote "
		"inside a quoted text also does this",
		false},
	{"did not find expected '-' indicator",
		"the indentation does not fit in this list",
		"every \"- \" of one list begins in the same column", false},
	{"block sequence entries are not allowed",
		"a \"- \" is out of place here",
		"begin the list on a line of its own, below its key", false},
	{"did not find expected ',' or '", "a [...] or {...} is not closed",
		"close the bracket, put commas between, and quote what "
		"contains brackets",
		true},
	{"did not find expected node content", "a value is missing here",
		"close the bracket before this, or quote what contains "
		"brackets",
		false},
	{"did not find expected <document start>",
		"there is text after the end of the document",
		"put --- on a line of its own between two documents", false},
};

/* libyaml gave up. */
static void
stop_syntax(struct loader *loader)
{
	const yaml_parser_t *parser = &loader->parser;
	const char *problem = parser->problem != NULL ? parser->problem : "";
	const char *context = parser->context != NULL ? parser->context : "";
	struct mark mark = mark_at(loader, parser->problem_mark);
	size_t i;

	if (parser->error == YAML_MEMORY_ERROR) {
		(void)stop_memory(loader);
		return;
	}
	for (i = 0; i < sizeof syntax_rows / sizeof *syntax_rows; i++) {
		if (strstr(problem, syntax_rows[i].theirs) == NULL &&
			strstr(context, syntax_rows[i].theirs) == NULL)
			continue;
		if (syntax_rows[i].at_context)
			mark = mark_at(loader, parser->context_mark);
		(void)stop(
			loader, mark, syntax_rows[i].what, syntax_rows[i].hint);
		return;
	}
	(void)stop(loader, mark, problem, parser->context);
}

/* Where the byte at offset is, counted as libyaml does. */
static struct mark
mark_of_byte(const struct loader *loader, struct slice text, size_t offset)
{
	struct mark mark = {loader->file, 1, 1, 1};
	size_t i;

	for (i = 0; i < offset; i++) {
		if (text.p[i] == '\n') {
			mark.line++;
			mark.column = 1;
		} else if (((unsigned char)text.p[i] & 0xC0) != 0x80) {
			mark.column++;
		}
	}
	return mark;
}

/* Length of the well-formed character at s, or 0. */
static size_t
character_length(struct slice s)
{
	size_t len;

	for (len = 1; len <= 4 && len <= s.len; len++)
		if (slice_is_utf8(slice_sub(s, 0, len)))
			return len;
	return 0;
}

/* The control characters YAML 1.1 (5.1) leaves out, C1 among them. */
static bool
is_control(const unsigned char *p, size_t len)
{
	if (len == 1)
		return (p[0] < 0x20 && p[0] != '\t' && p[0] != '\n' &&
			       p[0] != '\r') ||
			p[0] == 0x7F;
	return len == 2 && p[0] == 0xC2 && p[1] < 0xA0 && p[1] != 0x85;
}

static bool
check_bytes(struct loader *loader, struct slice text)
{
	char what[80];
	size_t at = 0, len;

	if (text.len >= 3 && memcmp(text.p, "\xEF\xBB\xBF", 3) == 0)
		at = 3;
	while (at < text.len) {
		const unsigned char *p = (const unsigned char *)text.p + at;

		len = p[0] < 0x80
			? 1
			: character_length(slice_sub(text, at, text.len));
		if (len == 0) {
			(void)snprintf(what, sizeof what,
				"the byte 0x%02X is not UTF-8", p[0]);
			return stop(loader, mark_of_byte(loader, text, at),
				what, "save the file as UTF-8");
		}
		if (is_control(p, len)) {
			(void)snprintf(what, sizeof what,
				"the control character 0x%02X is not allowed",
				len == 1 ? p[0] : p[1]);
			return stop(loader, mark_of_byte(loader, text, at),
				what,
				"in a regular expression write \\x..; "
				"elsewhere take it out");
		}
		at += len;
	}
	return true;
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
	if (anchor != NULL)
		(void)fail(loader, mark, "YAML anchors (&name) are not read",
			"write the value out; quote it if the & belongs to "
			"it");
	if (tag != NULL)
		(void)fail(loader, mark, "YAML tags (!name) are not read",
			"leave the tag out; quote the value if the ! belongs "
			"to it");
}

static bool
is_null_text(struct slice text)
{
	static const char *const names[] = {"", "~", "null", "Null", "NULL"};
	size_t i;

	for (i = 0; i < sizeof names / sizeof *names; i++)
		if (slice_equal(text, slice_of(names[i])))
			return true;
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
		return stop(loader, out->mark, "this is no value", NULL);
	}
}

static void
check_key(struct loader *loader, const struct yaml_node *node)
{
	if (slice_equal(node->key, SLICE("<<")))
		(void)fail(loader, node->key_mark,
			"YAML merge keys (<<) are not read",
			"write the keys out");
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

	(void)snprintf(hint, sizeof hint,
		"it is already on line %u; put both under one, or rename one",
		first->key_mark.line);
	return diags_add(loader->diags, DIAG_ERROR, node->key_mark, hint,
		"the key \"%.*s\" is here twice", SLICE_ARG(node->key));
}

static void
check_duplicates_few(struct loader *loader, const struct yaml_node *map)
{
	const struct yaml_node *node, *earlier;

	for (node = map->children; node != NULL; node = node->next)
		for (earlier = map->children; earlier != node;
			earlier = earlier->next)
			if (slice_equal(node->key, earlier->key)) {
				(void)say_duplicate(loader, node, earlier);
				break;
			}
}

static void
check_duplicates(struct loader *loader, struct yaml_node *map)
{
	struct map *keys;
	struct yaml_node *node;

	if (map->count <= KEYS_COMPARED_MAX) {
		check_duplicates_few(loader, map);
		return;
	}
	keys = map_new();
	/* The loader made these nodes, and they are its to write. */
	for (node = (struct yaml_node *)(uintptr_t)map->children;
		keys != NULL && node != NULL;
		node = (struct yaml_node *)(uintptr_t)node->next) {
		const struct yaml_node *first = map_find(keys, node->key);

		if (first != NULL)
			(void)say_duplicate(loader, node, first);
		else if (!map_put(keys, node->key, node, NULL))
			(void)stop_memory(loader);
	}
	if (keys == NULL)
		(void)stop_memory(loader);
	map_free(keys, NULL);
}

static bool
read_child(struct loader *loader, const struct yaml_node *parent,
	yaml_event_t *event, struct yaml_node **out)
{
	struct yaml_node *node = arena_alloc(loader->arena, sizeof *node);
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
	if (loader->depth == YAML_DEPTH_MAX)
		return stop(loader, parent->mark,
			"this is nested deeper than 32 levels",
			"nothing here needs that; look for brackets that are "
			"not closed");
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
	struct yaml_node *root = arena_alloc(loader->arena, sizeof *root);
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
			event->data.document_start.tag_directives.end)
		(void)fail(loader, mark_at(loader, event->start_mark),
			"YAML directives (%YAML, %TAG) are not read",
			"leave the line that begins with % out");
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
		document = arena_alloc(loader->arena, sizeof *document);
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
	if (!check_size(&loader, text.len))
		return NULL;
	diags_add_source(diags, loader.file, text);
	if (!check_bytes(&loader, text))
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

/* Reads at most one byte more than is allowed, which check_size() refuses. */
static char *
read_file(const char *file, size_t *len, const char **what)
{
	FILE *stream = fopen(file, "rbe");
	char *text;

	*what = "cannot open";
	if (stream == NULL)
		return NULL;
	errno = 0;
	text = malloc(YAML_FILE_BYTES_MAX + 1);
	if (text != NULL)
		*len = fread(text, 1, YAML_FILE_BYTES_MAX + 1, stream);
	if (text != NULL && ferror(stream)) {
		free(text);
		text = NULL;
	}
	*what = "cannot read";
	(void)fclose(stream);
	return text;
}

const struct yaml_document *
yaml_load_file(struct arena *arena, const char *file, struct diags *diags)
{
	const struct yaml_document *first;
	const char *what;
	size_t len = 0;
	char *text = read_file(file, &len, &what);

	if (text == NULL) {
		(void)diags_add(diags, DIAG_ERROR, (struct mark){file, 0, 0, 1},
			NULL, "%s the file: %s", what, strerror(errno));
		return NULL;
	}
	first = yaml_load(arena, file, (struct slice){text, len}, diags);
	free(text);
	return first;
}

const struct yaml_node *
yaml_find(const struct yaml_node *map, const char *key)
{
	const struct slice wanted = slice_of(key);
	const struct yaml_node *node;

	if (map == NULL || map->kind != YAML_MAP)
		return NULL;
	for (node = map->children; node != NULL; node = node->next)
		if (slice_equal(node->key, wanted))
			return node;
	return NULL;
}

static bool
is_one_of(const struct yaml_node *node, const char *const names[3])
{
	size_t i;

	for (i = 0; i < 3; i++)
		if (slice_equal(node->text, slice_of(names[i])))
			return true;
	return false;
}

bool
yaml_to_bool(const struct yaml_node *node, bool *out)
{
	static const char *const yes[] = {"true", "True", "TRUE"};
	static const char *const no[] = {"false", "False", "FALSE"};

	if (node->kind != YAML_SCALAR || !node->plain)
		return false;
	*out = is_one_of(node, yes);
	return *out || is_one_of(node, no);
}

/* strtoll and strtod read more than YAML does: spaces, "inf", "0x1p3". */
static bool
only(struct slice text, const char *allowed)
{
	size_t i;

	if (text.len == 0 || text.len > 64)
		return false;
	for (i = 0; i < text.len; i++)
		if (text.p[i] == '\0' || strchr(allowed, text.p[i]) == NULL)
			return false;
	return true;
}

bool
yaml_to_int(const struct yaml_node *node, long long *out)
{
	struct slice digits = node->text;
	int base = 10;
	char *end;

	if (node->kind != YAML_SCALAR || !node->plain)
		return false;
	if (slice_starts_fold(digits, SLICE("0x")))
		base = 16;
	if (slice_starts_fold(digits, SLICE("0o")))
		base = 8;
	if (base != 10)
		digits = slice_sub(digits, 2, digits.len);
	if (!only(digits,
		    base == 16          ? "0123456789abcdefABCDEF"
			    : base == 8 ? "01234567"
					: "+-0123456789"))
		return false;
	errno = 0;
	*out = strtoll(digits.p, &end, base);
	return errno == 0 && end == digits.p + digits.len;
}

bool
yaml_to_number(const struct yaml_node *node, double *out)
{
	char *end;

	if (node->kind != YAML_SCALAR || !node->plain ||
		!only(node->text, "+-.0123456789eE"))
		return false;
	*out = strtod(node->text.p, &end);
	return end == node->text.p + node->text.len && isfinite(*out);
}

static bool
is_word_of(struct slice text, const char *const *words, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++)
		if (slice_equal_fold(text, slice_of(words[i])))
			return true;
	return false;
}

static size_t
count_of(struct slice text, const char *set)
{
	size_t i, count = 0;

	for (i = 0; i < text.len; i++)
		count += text.p[i] != '\0' && strchr(set, text.p[i]) != NULL;
	return count;
}

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* 2026-11-21, with or without a time after it. */
static bool
is_date(struct slice text)
{
	static const char shape[] = "dddd-dd-dd";
	size_t i;

	if (text.len < sizeof shape - 1)
		return false;
	for (i = 0; i < sizeof shape - 1; i++)
		if (shape[i] == 'd' ? !is_digit(text.p[i])
				    : text.p[i] != shape[i])
			return false;
	return text.len == i || text.p[i] == 'T' || text.p[i] == 't' ||
		text.p[i] == ' ';
}

const char *
yaml_ambiguity(const struct yaml_node *node)
{
	static const char *const words[] = {"yes", "no", "on", "off", "y", "n"};
	const struct slice text = node->text;

	if (node->kind != YAML_SCALAR || !node->plain || text.len == 0)
		return NULL;
	if (is_word_of(text, words, sizeof words / sizeof *words))
		return "YAML 1.1 reads it as true or false";
	if (is_date(text))
		return "YAML 1.1 reads it as a date";
	if (!is_digit(text.p[text.p[0] == '-' || text.p[0] == '+']))
		return NULL;
	if (only(text, "+-0123456789:") && count_of(text, ":") > 0)
		return "YAML 1.1 reads it as a number of base 60";
	if (text.len > 1 && text.p[0] == '0' && only(text, "0123456789_"))
		return "YAML 1.1 reads it as an octal number";
	if (slice_starts_fold(text, SLICE("0x")) ||
		slice_starts_fold(text, SLICE("0o")) ||
		slice_starts_fold(text, SLICE("0b")))
		return "YAML reads it as a number of another base";
	if (only(text, "+-0123456789_.") && count_of(text, "_") > 0)
		return "YAML 1.1 reads it as a number without the _";
	return NULL;
}
