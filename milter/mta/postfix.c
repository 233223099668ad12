/* SPDX-License-Identifier: BSD-2-Clause */
/* An installed Postfix in its own words. */
#include "mta/postfix.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/process.h"

#include <stdlib.h>
#include <string.h>

#define ARENA_BYTES (8 * 1024 * 1024)
#define COLUMNS 8 /* of master.cf(5), the command's arguments aside */

struct setting {
	struct slice name, value;
};

struct settings {
	struct setting *at;
	size_t count;
};

struct postfix {
	struct arena *arena;
	struct slice directory;
	struct settings main;
	struct settings given;
	struct settings overrides; /* "service/type/name" */
	struct postfix_service *services;
	size_t service_count;
};

static size_t
count_lines(struct slice text)
{
	size_t lines = 1;

	for (size_t i = 0; i < text.len; i++)
		lines += text.p[i] == '\n';
	return lines;
}

/* Lines of "name = value". */
static bool
parse_settings(struct arena *arena, struct slice text, struct settings *out)
{
	out->at = arena_array(arena, count_lines(text), sizeof(*out->at));
	if (out->at == NULL)
		return false;
	for (struct slice line; slice_next(&text, '\n', &line);) {
		size_t sign = slice_find(line, SLICE(" ="));
		if (sign == SLICE_NONE)
			continue;
		out->at[out->count++] = (struct setting){
			slice_sub(line, 0, sign),
			slice_trim(slice_sub(line, sign + 2, line.len))};
	}
	return true;
}

static const struct slice *
find_setting(const struct settings *settings, struct slice name)
{
	for (size_t i = 0; i < settings->count; i++) {
		if (slice_equal(settings->at[i].name, name))
			return &settings->at[i].value;
	}
	return NULL;
}

/* The next word; false at the end of the line. */
static bool
next_word(struct slice *rest, struct slice *word)
{
	*rest = slice_trim(*rest);
	if (rest->len == 0)
		return false;
	size_t end = 0;
	while (end < rest->len && rest->p[end] != ' ' && rest->p[end] != '\t')
		end++;
	*word = slice_sub(*rest, 0, end);
	*rest = slice_sub(*rest, end, rest->len);
	return true;
}

static bool
parse_service(struct slice line, struct postfix_service *out)
{
	struct slice column[COLUMNS];

	for (size_t i = 0; i < COLUMNS; i++) {
		if (!next_word(&line, &column[i]))
			return false;
	}
	/* Since Postfix 3.0 "-" means no. */
	*out = (struct postfix_service){column[0], column[1], column[7],
		slice_equal(column[4], SLICE("y"))};
	return true;
}

static bool
parse_services(struct postfix *postfix, struct slice text)
{
	postfix->services = arena_array(
		postfix->arena, count_lines(text), sizeof(*postfix->services));
	if (postfix->services == NULL)
		return false;
	for (struct slice line; slice_next(&text, '\n', &line);) {
		if (parse_service(
			    line, &postfix->services[postfix->service_count]))
			postfix->service_count++;
	}
	return true;
}

static bool
parse_texts(struct postfix *postfix, const struct postfix_texts *texts)
{
	struct arena *arena = postfix->arena;

	return parse_settings(arena, arena_copy(arena, texts->settings),
		       &postfix->main) &&
		parse_settings(arena, arena_copy(arena, texts->given),
			&postfix->given) &&
		parse_settings(arena, arena_copy(arena, texts->overrides),
			&postfix->overrides) &&
		parse_services(postfix, arena_copy(arena, texts->services));
}

struct postfix *
postfix_parse(const struct postfix_texts *texts)
{
	struct arena *arena = arena_new(ARENA_BYTES);
	struct postfix *postfix;

	if (arena == NULL)
		return NULL;
	postfix = arena_alloc(arena, sizeof(*postfix));
	if (postfix != NULL)
		postfix->arena = arena;
	if (postfix == NULL || !parse_texts(postfix, texts)) {
		arena_free(arena);
		return NULL;
	}
	return postfix;
}

static bool
ask_postconf(const char *directory, const char *option, struct buf *out,
	struct err *err)
{
	const char *argv[] = {"postconf", option, NULL, NULL, NULL};
	const struct process_job job = {argv, {0}, PROCESS_READ_SECONDS};

	if (directory != NULL) {
		argv[2] = "-c";
		argv[3] = directory;
	}
	return process_run(&job, out, err);
}

struct postfix *
postfix_read(const char *directory, struct err *err)
{
	struct buf settings = {0}, given = {0}, services = {0}, overrides = {0};
	struct postfix *postfix = NULL;

	if (ask_postconf(directory, "-x", &settings, err) &&
		ask_postconf(directory, "-n", &given, err) &&
		ask_postconf(directory, "-M", &services, err) &&
		ask_postconf(directory, "-xP", &overrides, err)) {
		postfix = postfix_parse(&(struct postfix_texts){
			buf_slice(&settings), buf_slice(&given),
			buf_slice(&services), buf_slice(&overrides)});
		if (postfix == NULL) {
			(void)err_set(err, ERR_MEMORY, "out of memory");
		} else if (directory != NULL) {
			postfix->directory =
				arena_copy(postfix->arena, slice_of(directory));
		}
	}
	buf_fini(&settings);
	buf_fini(&given);
	buf_fini(&services);
	buf_fini(&overrides);
	return postfix;
}

void
postfix_free(struct postfix *postfix)
{
	if (postfix != NULL)
		arena_free(postfix->arena);
}

const char *
postfix_directory(const struct postfix *postfix)
{
	if (postfix->directory.p != NULL)
		return postfix->directory.p;
	const struct slice *directory =
		find_setting(&postfix->main, SLICE("config_directory"));
	struct slice copy = directory != NULL
		? arena_copy(postfix->arena, *directory)
		: SLICE("");
	return copy.p != NULL ? copy.p : "";
}

struct slice
postfix_value(const struct postfix *postfix, const char *name)
{
	const struct slice *value =
		find_setting(&postfix->main, slice_of(name));

	return value != NULL ? *value : SLICE("");
}

struct slice
postfix_given(const struct postfix *postfix, const char *name)
{
	const struct slice *value =
		find_setting(&postfix->given, slice_of(name));

	return value != NULL ? *value : slice_of(NULL);
}

const struct postfix_service *
postfix_services(const struct postfix *postfix, size_t *count)
{
	*count = postfix->service_count;
	return postfix->services;
}

struct slice
postfix_service_override(const struct postfix *postfix,
	const struct postfix_service *service, const char *name)
{
	struct buf key = {0};
	const struct slice *value = NULL;

	buf_printf(&key, "%.*s/%.*s/%s", SLICE_ARG(service->name),
		SLICE_ARG(service->type), name);
	if (buf_ok(&key))
		value = find_setting(&postfix->overrides, buf_slice(&key));
	buf_fini(&key);
	return value != NULL ? *value : slice_of(NULL);
}

struct slice
postfix_service_value(const struct postfix *postfix,
	const struct postfix_service *service, const char *name)
{
	struct slice own = postfix_service_override(postfix, service, name);

	return !slice_is_absent(own) ? own : postfix_value(postfix, name);
}

const struct postfix_service *
postfix_find_service(
	const struct postfix *postfix, const char *name, const char *type)
{
	for (size_t i = 0; i < postfix->service_count; i++) {
		const struct postfix_service *service = &postfix->services[i];
		if (slice_equal(service->name, slice_of(name)) &&
			slice_equal(service->type, slice_of(type)))
			return service;
	}
	return NULL;
}

bool
postfix_service_is(const struct postfix_service *service, const char *type,
	const char *program)
{
	return slice_equal(service->type, slice_of(type)) &&
		slice_equal(service->program, slice_of(program));
}

static bool
is_separator(char byte)
{
	return byte == ' ' || byte == '\t' || byte == ',' || byte == '\n' ||
		byte == '\r';
}

/* The brace that closes the one at the beginning, or the end. */
static size_t
closing_brace(struct slice text)
{
	size_t depth = 0;

	for (size_t i = 0; i < text.len; i++) {
		if (text.p[i] == '{')
			depth++;
		if (text.p[i] == '}' && --depth == 0)
			return i;
	}
	return text.len;
}

/* Up to a separator that is in no braces: "inline:{a=b, c=d}". */
static size_t
plain_length(struct slice text)
{
	size_t depth = 0, end = 0;

	for (; end < text.len; end++) {
		if (depth == 0 && is_separator(text.p[end]))
			break;
		depth += text.p[end] == '{';
		depth -= text.p[end] == '}' && depth > 0;
	}
	return end;
}

bool
postfix_next(struct slice *rest, struct slice *element)
{
	size_t begin = 0, end;

	while (begin < rest->len && is_separator(rest->p[begin]))
		begin++;
	if (begin == rest->len)
		return false;
	struct slice text = slice_sub(*rest, begin, rest->len);
	if (text.p[0] == '{') {
		end = closing_brace(text);
		*element = slice_trim(slice_sub(text, 1, end));
		*rest = slice_sub(text, end + 1, text.len);
		return true;
	}
	end = plain_length(text);
	*element = slice_sub(text, 0, end);
	*rest = slice_sub(text, end, text.len);
	return true;
}
