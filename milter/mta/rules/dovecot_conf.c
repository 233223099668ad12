/* SPDX-License-Identifier: BSD-2-Clause */
/* dovecot.conf. */
#include "mta/rules/dovecot_conf.h"

#include "base/process.h"

#include <stdio.h>
#include <string.h>

#define BLOCKS_MAX 16
#define SECONDS 20U

static const char *const places[] = {
	"/etc/dovecot/", "/usr/local/etc/dovecot/"};

static void
add(struct survey *survey, struct dovecot_conf *conf,
	const struct dovecot_setting *setting)
{
	struct dovecot_setting *grown = arena_grow(survey->arena, conf->at,
		conf->count, &conf->room, sizeof(*grown));

	if (grown == NULL)
		return;
	conf->at = grown;
	grown[conf->count].block = arena_copy(survey->arena, setting->block);
	grown[conf->count].name = arena_copy(survey->arena, setting->name);
	grown[conf->count].value = arena_copy(survey->arena, setting->value);
	conf->count++;
}

static struct slice
without_quotes(struct slice text)
{
	if (text.len > 1 && (text.p[0] == '"' || text.p[0] == '\'') &&
		text.p[text.len - 1] == text.p[0])
		return slice_sub(text, 1, text.len - 1);
	return text;
}

/* A '#' after a blank begins a comment, not one in quotes. */
static struct slice
without_comment(struct slice line)
{
	char quote = '\0';

	for (size_t i = 0; i < line.len; i++) {
		if (quote != '\0') {
			quote = line.p[i] == quote ? '\0' : quote;
		} else if (line.p[i] == '"' || line.p[i] == '\'') {
			quote = line.p[i];
		} else if (line.p[i] == '#' &&
			(i == 0 || line.p[i - 1] == ' ' ||
				line.p[i - 1] == '\t')) {
			return slice_sub(line, 0, i);
		}
	}
	return line;
}

static void
include_one(struct survey *survey, struct dovecot_conf *conf, struct slice path,
	enum survey_absence absence)
{
	struct source file;

	if (!survey_include(survey, path, absence, &file))
		return;
	dovecot_conf_parse(survey, conf, file.text);
	survey_leave(survey);
}

/* One star, in the last part: all the .conf of a folder. */
static void
include(struct survey *survey, struct dovecot_conf *conf, struct slice path,
	enum survey_absence absence)
{
	size_t star, slash;
	struct tree_names names;

	if (path.len > 0 && path.p[0] != '/') {
		path = arena_printf(survey->arena, "%.*s%.*s",
			SLICE_ARG(conf->folder), SLICE_ARG(path));
	}
	star = slice_find_byte(path, '*', 0);
	if (star == SLICE_NONE) {
		include_one(survey, conf, path, absence);
		return;
	}
	for (slash = star; slash > 0 && path.p[slash - 1] != '/';)
		slash--;
	struct slice head = slice_sub(path, slash, star);
	struct slice tail = slice_sub(path, star + 1, path.len);
	if (!survey_list(survey, slice_sub(path, 0, slash), &names))
		return;
	for (size_t i = 0; i < names.count; i++) {
		struct slice name = slice_of(names.at[i]);

		if (slice_starts_fold(name, head) &&
			slice_ends_fold(name, tail) && name.p[0] != '.') {
			include_one(survey, conf,
				arena_printf(survey->arena, "%.*s%.*s",
					SLICE_ARG(slice_sub(path, 0, slash)),
					SLICE_ARG(name)),
				absence);
		}
	}
	tree_list_free(&names);
}

struct blocks {
	struct slice names[BLOCKS_MAX];
	size_t depth;
};

static struct slice
block_name(struct survey *survey, const struct blocks *blocks)
{
	struct slice all = SLICE("");

	for (size_t i = 0; i < blocks->depth && i < BLOCKS_MAX; i++) {
		all = all.len == 0
			? blocks->names[i]
			: arena_printf(survey->arena, "%.*s/%.*s",
				  SLICE_ARG(all), SLICE_ARG(blocks->names[i]));
	}
	return all;
}

static void
parse_line(struct survey *survey, struct dovecot_conf *conf,
	struct blocks *blocks, struct slice line)
{
	size_t sign = slice_find_byte(line, '=', 0);

	if (slice_starts_fold(line, SLICE("!include_try "))) {
		include(survey, conf, slice_trim(slice_sub(line, 13, line.len)),
			SURVEY_MAY_BE_ABSENT);
	} else if (slice_starts_fold(line, SLICE("!include "))) {
		include(survey, conf, slice_trim(slice_sub(line, 9, line.len)),
			SURVEY_MUST_BE_THERE);
	} else if (line.p[line.len - 1] == '{' &&
		(sign == SLICE_NONE || sign + 1 < line.len)) {
		if (blocks->depth < BLOCKS_MAX) {
			blocks->names[blocks->depth] = arena_copy(survey->arena,
				slice_trim(slice_sub(line, 0, line.len - 1)));
		}
		blocks->depth++;
	} else if (line.p[0] == '}') {
		blocks->depth -= blocks->depth > 0;
	} else if (sign != SLICE_NONE) {
		add(survey, conf,
			&(struct dovecot_setting){block_name(survey, blocks),
				slice_trim(slice_sub(line, 0, sign)),
				without_quotes(slice_trim(
					slice_sub(line, sign + 1, line.len)))});
	}
}

/* "name { a = b c = d }" on one line is cut into lines first. */
static void
parse_parts(struct survey *survey, struct dovecot_conf *conf,
	struct blocks *blocks, struct slice line)
{
	size_t open = slice_find_byte(line, '{', 0);
	size_t close = open == SLICE_NONE ? SLICE_NONE
					  : slice_find_byte(line, '}', open);

	if (close == SLICE_NONE || close + 1 != line.len ||
		slice_find_byte(line, '=', 0) < open) {
		parse_line(survey, conf, blocks, line);
		return;
	}
	parse_line(survey, conf, blocks, slice_sub(line, 0, open + 1));
	struct slice inside = slice_trim(slice_sub(line, open + 1, close));
	if (inside.len > 0)
		parse_line(survey, conf, blocks, inside);
	parse_line(survey, conf, blocks, SLICE("}"));
}

void
dovecot_conf_parse(
	struct survey *survey, struct dovecot_conf *conf, struct slice text)
{
	struct blocks blocks = {.depth = 0};
	struct buf whole = {0};

	for (struct slice line; slice_next(&text, '\n', &line);) {
		line = slice_trim(without_comment(line));
		/* A backslash at the end continues. */
		if (line.len > 0 && line.p[line.len - 1] == '\\') {
			buf_add(&whole, slice_sub(line, 0, line.len - 1));
			continue;
		}
		buf_add(&whole, line);
		if (whole.len > 0) {
			parse_parts(survey, conf, &blocks, buf_slice(&whole));
		}
		buf_reset(&whole);
	}
	buf_fini(&whole);
}

bool
dovecot_conf_read(struct survey *survey, struct dovecot_conf *conf)
{
	static const char *const argv[] = {"doveconf", "-n", NULL};
	struct source file;
	struct buf text = {0};
	struct err err = {0};
	bool is_there = false;

	*conf = (struct dovecot_conf){0};
	for (size_t i = 0; !is_there && i < 2; i++) {
		conf->folder = slice_of(places[i]);
		is_there = survey_read(survey,
			arena_printf(
				survey->arena, "%sdovecot.conf", places[i]),
			SURVEY_MAY_BE_ABSENT, &file);
	}
	if (!is_there)
		return false;
	if (!survey->tree.is_copy &&
		process_run(&(struct process_job){argv, {NULL, 0}, SECONDS},
			&text, &err)) {
		dovecot_conf_parse(survey, conf, buf_slice(&text));
	} else {
		if (!survey->tree.is_copy) {
			survey_unread(survey, file.path,
				arena_printf(survey->arena,
					"doveconf does not read it (%s); its "
					"text was read instead",
					err.text)
					.p);
		}
		dovecot_conf_parse(survey, conf, file.text);
	}
	buf_fini(&text);
	return true;
}

struct slice
dovecot_conf_value(
	const struct dovecot_conf *conf, const char *block, const char *name)
{
	struct slice value = {NULL, 0};

	for (size_t i = 0; i < conf->count; i++) {
		const struct dovecot_setting *one = &conf->at[i];

		if (slice_equal(one->name, slice_of(name)) &&
			(block == NULL ||
				slice_equal(one->block, slice_of(block))))
			value = one->value;
	}
	return value;
}
