/* SPDX-License-Identifier: BSD-2-Clause */
/* Lookup tables. */
#include "mta/rules/table.h"

#include "base/map.h"
#include "base/process.h"
#include "mta/postfix.h"
#include "mta/rules/aliases.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#define ASK_SECONDS 20U
#define NAME_BYTES 2048

enum how {
	BY_LIST, /* postmap -s, from a file beside the text */
	BY_TEXT, /* the text itself is in force */
	BY_PATTERN, /* the text is in force, and its keys are patterns */
	BY_PARTS, /* made of other tables */
	BY_VALUE, /* its name is all there is of it */
	BY_QUESTION
};

static const struct type {
	const char *name;
	enum how how;
	const char *suffix; /* of the file beside the text */
} types[] = {
	{"hash", BY_LIST, ".db"},
	{"btree", BY_LIST, ".db"},
	{"dbm", BY_LIST, ".pag"},
	{"sdbm", BY_LIST, ".pag"},
	{"lmdb", BY_LIST, ".lmdb"},
	{"cdb", BY_LIST, ".cdb"},
	{"texthash", BY_TEXT, NULL},
	{"cidr", BY_TEXT, NULL},
	{"regexp", BY_PATTERN, NULL},
	{"pcre", BY_PATTERN, NULL},
	{"unionmap", BY_PARTS, NULL},
	{"pipemap", BY_PARTS, NULL},
	{"randmap", BY_VALUE, NULL},
	{"static", BY_VALUE, NULL},
	{"inline", BY_VALUE, NULL},
};

static bool
is_aliases(const struct table_use *use)
{
	return use->lister == TABLE_POSTALIAS ||
		use->lister == TABLE_MAKEMAP_ALIASES;
}

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t';
}

/* Where a key ends: at a blank, not within quotes. */
static size_t
key_end(struct slice line)
{
	bool quoted = false;
	size_t i = 0;

	for (; i < line.len; i++) {
		if (line.p[i] == '"')
			quoted = !quoted;
		if (line.p[i] == '\\' && quoted)
			i++;
		else if (!quoted && is_blank(line.p[i]))
			break;
	}
	return i < line.len ? i : line.len;
}

/* "/pattern/flags", "!/pattern/" */
static size_t
pattern_end(struct slice line)
{
	size_t i = line.len > 0 && line.p[0] == '!' ? 1 : 0;
	char sign;

	if (i >= line.len)
		return line.len;
	for (sign = line.p[i++]; i < line.len && line.p[i] != sign; i++)
		i += line.p[i] == '\\';
	return i < line.len ? i + key_end(slice_sub(line, i, line.len))
			    : line.len;
}

static struct slice
without_quotes(struct slice key)
{
	if (key.len > 1 && key.p[0] == '"' && key.p[key.len - 1] == '"')
		return slice_sub(key, 1, key.len - 1);
	return key;
}

static void
read_entries(struct survey *survey, const struct table_use *use,
	const struct source *source, bool patterns)
{
	struct slice rest = source->text;
	struct buf entry = {0};
	unsigned line = 0;
	struct table_row row;

	while (survey_next_entry(&rest, &line, &entry, &row.line)) {
		struct slice text =
			arena_copy(survey->arena, buf_slice(&entry));
		bool branch = patterns &&
			(slice_starts_fold(text, SLICE("if ")) ||
				slice_starts_fold(text, SLICE("endif")));
		size_t end = patterns ? pattern_end(text) : key_end(text);

		row.key = slice_sub(text, 0, end);
		if (!patterns)
			row.key = without_quotes(row.key);
		row.value = slice_trim(slice_sub(text, end, text.len));
		if (!branch && row.key.len > 0 && row.value.len > 0)
			use->each(survey, source, &row, use->ctx);
	}
	buf_fini(&entry);
}

static void
read_aliases(struct survey *survey, const struct table_use *use,
	const struct source *source)
{
	struct aliases it = {.rest = source->text};

	aliases_read(survey, source);
	for (struct alias alias; aliases_next(&it, survey->arena, &alias);) {
		use->each(survey, source,
			&(struct table_row){
				alias.name, alias.value, alias.line},
			use->ctx);
	}
}

void
table_read_text(struct survey *survey, const struct table_use *use,
	const struct source *source)
{
	if (is_aliases(use)) {
		read_aliases(survey, use, source);
	} else {
		read_entries(survey, use, source, false);
	}
}

/* "type:rest", the proxies before it taken off. */
static const struct type *
find_type(struct slice *name, struct slice *rest)
{
	while (slice_starts_fold(*name, SLICE("proxy:")) ||
		slice_starts_fold(*name, SLICE("debug:")))
		*name = slice_sub(*name, 6, name->len);
	size_t colon = slice_find_byte(*name, ':', 0);
	if (colon == SLICE_NONE)
		return NULL;
	*rest = slice_trim(slice_sub(*name, colon + 1, name->len));
	for (size_t i = 0; i < sizeof(types) / sizeof(*types); i++) {
		if (slice_equal(slice_sub(*name, 0, colon),
			    slice_of(types[i].name)))
			return &types[i];
	}
	return NULL;
}

/* Rows as postmap prints them, "key<TAB>value", as a source without lines. */
static void
read_rows(struct survey *survey, const struct table_use *use,
	const struct source *source, struct slice rows)
{
	struct buf text = {0};
	struct source made = *source;

	for (struct slice line, key; slice_next(&rows, '\n', &line);) {
		if (!slice_next(&line, '\t', &key) || key.len == 0)
			continue;
		if (is_aliases(use)) {
			/* postalias writes the colon after the name. */
			if (key.p[key.len - 1] == ':')
				key.len--;
			buf_printf(&text, "\"%.*s\": %.*s\n", SLICE_ARG(key),
				SLICE_ARG(line));
		} else {
			use->each(survey, source,
				&(struct table_row){
					arena_copy(survey->arena, key),
					slice_trim(arena_copy(
						survey->arena, line)),
					0},
				use->ctx);
		}
	}
	made.text = arena_copy(survey->arena, buf_slice(&text));
	if (is_aliases(use))
		read_aliases(survey, use, &made);
	buf_fini(&text);
}

/* What postmap or postalias is asked: a list (-s), or each of an input's
 * lines (-q). */
struct question {
	const char *option;
	struct slice name, input;
};

static bool
ask(struct survey *survey, const struct table_use *use,
	const struct question *question, struct buf *rows, struct err *err)
{
	char table[NAME_BYTES], directory[NAME_BYTES];
	struct slice folder = survey_outer_path(survey, use->directory);
	struct slice name = question->name, input = question->input;
	const char *argv[] = {is_aliases(use) ? "postalias" : "postmap", "-c",
		directory, question->option, NULL, NULL, NULL};

	if (name.len >= sizeof(table) || folder.len >= sizeof(directory))
		return err_set(err, ERR_LIMIT, "its name is too long");
	(void)snprintf(table, sizeof(table), "%.*s", SLICE_ARG(name));
	(void)snprintf(directory, sizeof(directory), "%.*s", SLICE_ARG(folder));
	argv[4] = input.len > 0 ? "-" : table;
	argv[5] = input.len > 0 ? table : NULL;
	return process_run(
		&(struct process_job){argv, input, ASK_SECONDS}, rows, err);
}

/* makemap(8) wants the type and the path apart. */
static bool
unmake(struct slice name, struct buf *rows, struct err *err)
{
	char table[NAME_BYTES], *path;
	const char *argv[] = {"makemap", "-u", table, NULL, NULL};

	if (name.len >= sizeof(table))
		return err_set(err, ERR_LIMIT, "its name is too long");
	(void)snprintf(table, sizeof(table), "%.*s", SLICE_ARG(name));
	path = strchr(table, ':');
	if (path != NULL)
		*path++ = '\0';
	argv[3] = path;
	return process_run(
		&(struct process_job){argv, {NULL, 0}, ASK_SECONDS}, rows, err);
}

static bool
list(struct survey *survey, const struct table_use *use, struct slice name,
	struct buf *rows, struct err *err)
{
	return use->lister >= TABLE_MAKEMAP
		? unmake(name, rows, err)
		: ask(survey, use, &(struct question){"-s", name, {NULL, 0}},
			  rows, err);
}

/* What stands in one of two and not in the other: by mailbox and
 * destination, as a text may be written in many ways. */
static struct map *
map_rules(struct survey *survey, struct ruleset *set)
{
	struct map *map = map_new();
	size_t count;
	struct rule *rules = ruleset_rules(set, &count);

	for (size_t i = 0; map != NULL && i < count; i++) {
		(void)map_put(map,
			arena_printf(survey->arena, "%.*s %.*s",
				SLICE_ARG(rules[i].mailbox),
				SLICE_ARG(rules[i].destination)),
			&rules[i], NULL);
	}
	return map;
}

static bool
has_rule(struct survey *survey, const struct map *map, const struct rule *rule)
{
	return map_find(map,
		       arena_printf(survey->arena, "%.*s %.*s",
			       SLICE_ARG(rule->mailbox),
			       SLICE_ARG(rule->destination))) != NULL;
}

static void
add_with_note(struct survey *survey, struct rule rule, const char *note)
{
	rule.note = rule.note.len > 0 ? arena_printf(survey->arena, "%.*s, %s",
						SLICE_ARG(rule.note), note)
				      : slice_of(note);
	ruleset_add(survey->set, &rule);
}

/* Takes over what the text says and what is in force. */
static void
merge(struct survey *survey, struct ruleset *text, struct ruleset *listed)
{
	struct map *in_text = map_rules(survey, text);
	struct map *in_list = map_rules(survey, listed);
	size_t count;
	struct rule *rules = ruleset_rules(text, &count);

	for (size_t i = 0; in_list != NULL && i < count; i++) {
		if (has_rule(survey, in_list, &rules[i])) {
			ruleset_add(survey->set, &rules[i]);
			continue;
		}
		if (rules[i].state == RULE_ACTIVE)
			rules[i].state = RULE_INACTIVE;
		add_with_note(survey, rules[i],
			"in the text alone, which was changed after the table "
			"was made of it");
	}
	rules = ruleset_rules(listed, &count);
	for (size_t i = 0; in_text != NULL && i < count; i++) {
		if (!has_rule(survey, in_text, &rules[i])) {
			add_with_note(survey, rules[i],
				"in the table alone: its text has no such "
				"line");
		}
	}
	if (in_text != NULL)
		map_free(in_text, NULL);
	if (in_list != NULL)
		map_free(in_list, NULL);
}

/* What was not read goes to the audit's own set. */
static void
keep_unread(struct survey *survey, const struct ruleset *from)
{
	size_t count;
	const struct unread *unread = ruleset_unread(from, &count);

	for (size_t i = 0; i < count; i++) {
		ruleset_add_unread(survey->set, unread[i].path, unread[i].why);
	}
}

/* Of the file that postmap made. */
static bool
look_at_made(struct survey *survey, struct slice path, struct source *made)
{
	const struct tree_wish wish = {.path = path};
	struct stat info;
	struct err err;

	if (tree_look(&survey->tree, &wish, &info, &err) != TREE_READ)
		return false;
	*made = (struct source){.path = path,
		.uid = info.st_uid,
		.mode = info.st_mode,
		.written_ms = (int64_t)info.st_mtime * 1000,
		.no_lines = true};
	return true;
}

static struct slice
outer_name(struct survey *survey, const struct type *type, struct slice path)
{
	return arena_printf(survey->arena, "%s:%.*s", type->name,
		SLICE_ARG(survey_outer_path(survey, path)));
}

static void
read_text_alone(struct survey *survey, const struct table_use *use,
	struct slice path, struct source *text)
{
	if (survey_read(survey, path, SURVEY_MUST_BE_THERE, text))
		table_read_text(survey, use, text);
}

static void
read_listed(struct survey *survey, const struct table_use *use,
	const struct type *type, struct slice path)
{
	struct source text, made;
	struct ruleset *own = survey->set, *in_text = ruleset_new(),
		       *listed = ruleset_new();
	struct slice file = arena_printf(
		survey->arena, "%.*s%s", SLICE_ARG(path), type->suffix);
	struct buf rows = {0};
	struct err err = {0};
	bool is_made = look_at_made(survey, file, &made);

	if (in_text == NULL || listed == NULL || !is_made) {
		if (!survey->tree.is_copy) {
			survey_unread(survey, file,
				"it is not there, so that nobody reads the "
				"table; its text was read instead");
		}
		read_text_alone(survey, use, path, &text);
	} else if (!list(survey, use, outer_name(survey, type, path), &rows,
			   &err)) {
		survey_unread(survey, file,
			arena_printf(survey->arena,
				"%s; its text was read instead", err.text)
				.p);
		read_text_alone(survey, use, path, &text);
	} else {
		survey->set = in_text;
		if (survey_read(survey, path, SURVEY_MAY_BE_ABSENT, &text))
			table_read_text(survey, use, &text);
		survey->set = listed;
		read_rows(survey, use, &made, buf_slice(&rows));
		survey->set = own;
		merge(survey, in_text, listed);
		keep_unread(survey, in_text);
		keep_unread(survey, listed);
	}
	survey->set = own;
	buf_fini(&rows);
	ruleset_free(in_text);
	ruleset_free(listed);
}

/* "inline:{a=b, {c = d e}}", "static:a", "randmap:{a,b}" */
static void
read_value(struct survey *survey, const struct table_use *use,
	const struct type *type, struct slice rest)
{
	bool is_inline = strcmp(type->name, "inline") == 0;
	struct slice parts = rest;

	if (rest.len > 1 && rest.p[0] == '{' && rest.p[rest.len - 1] == '}')
		parts = slice_sub(rest, 1, rest.len - 1);
	if (strcmp(type->name, "static") == 0) {
		use->each(survey, use->main,
			&(struct table_row){SLICE("*"), parts, use->main_line},
			use->ctx);
		return;
	}
	for (struct slice one; postfix_next(&parts, &one);) {
		struct table_row row = {SLICE("*"), one, use->main_line};
		size_t sign = slice_find_byte(one, '=', 0);

		if (is_inline && sign == SLICE_NONE)
			continue;
		if (is_inline) {
			row.key = slice_trim(slice_sub(one, 0, sign));
			row.value =
				slice_trim(slice_sub(one, sign + 1, one.len));
		}
		use->each(survey, use->main, &row, use->ctx);
	}
}

/* The forms under which Postfix asks for an address. */
static void
add_questions(struct survey *survey, struct buf *questions)
{
	struct slice names[256];
	size_t count = inside_domains(survey->inside, names, 256);

	for (size_t i = 0; i < survey->known_count; i++) {
		struct slice one = survey->known[i];
		size_t at = slice_find_byte(one, '@', 0);

		buf_add(questions, one);
		buf_add_byte(questions, '\n');
		if (at != SLICE_NONE && at > 0) {
			buf_add(questions, slice_sub(one, 0, at));
			buf_add_byte(questions, '\n');
		}
	}
	for (size_t i = 0; i < count; i++) {
		buf_printf(questions, "@%.*s\n%.*s\n", SLICE_ARG(names[i]),
			SLICE_ARG(names[i]));
	}
}

/* postmap(1) ends with 1, and says nothing, when it knows none of them. */
static bool
found_nothing(const struct err *err)
{
	return slice_ends_fold(slice_of(err->text), SLICE("(status 1)"));
}

static void
read_by_questions(
	struct survey *survey, const struct table_use *use, struct slice name)
{
	struct buf questions = {0}, rows = {0};
	struct source source = {.path = name, .no_lines = true};
	struct err err = {0};

	add_questions(survey, &questions);
	const struct question question = {"-q", name, buf_slice(&questions)};
	if (survey->tree.is_copy) {
		survey_unread(survey, name,
			"it can only be asked, where it is in use");
	} else if (!ask(survey, use, &question, &rows, &err) &&
		!found_nothing(&err)) {
		survey_unread(survey, name, err.text);
	} else {
		read_rows(survey, use, &source, buf_slice(&rows));
		survey_unread(survey, name,
			arena_printf(survey->arena,
				"it has no list: it was asked for %zu "
				"addresses, and not for others",
				survey->known_count)
				.p);
	}
	buf_fini(&questions);
	buf_fini(&rows);
}

void
table_read(
	struct survey *survey, const struct table_use *use, struct slice name)
{
	struct slice rest = name, parts;
	const struct type *type = find_type(&name, &rest);
	struct source source;

	if (type == NULL) {
		read_by_questions(survey, use, name);
		return;
	}
	switch (type->how) {
	case BY_LIST:
		read_listed(survey, use, type, rest);
		break;
	case BY_TEXT:
		read_text_alone(survey, use, rest, &source);
		break;
	case BY_PATTERN:
		if (survey_read(survey, rest, SURVEY_MUST_BE_THERE, &source))
			read_entries(survey, use, &source, true);
		break;
	case BY_VALUE:
		read_value(survey, use, type, rest);
		break;
	case BY_PARTS:
		parts = rest.len > 1 ? slice_sub(rest, 1, rest.len - 1) : rest;
		for (struct slice one; postfix_next(&parts, &one);)
			table_read(survey, use, one);
		break;
	case BY_QUESTION:
		read_by_questions(survey, use, name);
		break;
	}
}
