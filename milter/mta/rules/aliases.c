/* SPDX-License-Identifier: BSD-2-Clause */
/* aliases(5). */
#include "mta/rules/aliases.h"

#include "base/map.h"

#include <string.h>

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t';
}

/* A line that begins an entry, or belongs to one. */
static bool
is_comment(struct slice line)
{
	return slice_trim(line).len == 0 || line.p[0] == '#';
}

/* The logical line: what follows, indented, belongs to it; comments between
 * them do not end it. */
static struct slice
join_lines(struct aliases *it, struct arena *arena, struct slice first)
{
	struct aliases ahead = *it;
	struct buf whole = {0};
	struct slice line, made;

	buf_add(&whole, first);
	while (survey_next_line(&ahead.rest, &ahead.line, &line)) {
		if (is_comment(line))
			continue;
		if (!is_blank(line.p[0]))
			break;
		buf_add_byte(&whole, ' ');
		buf_add(&whole, slice_trim(line));
		*it = ahead;
	}
	made = buf_ok(&whole) ? arena_copy(arena, buf_slice(&whole))
			      : slice_of(NULL);
	buf_fini(&whole);
	return made;
}

/* Where the left side ends. */
static size_t
name_end(struct slice line)
{
	bool quoted = false;

	for (size_t i = 0; i < line.len; i++) {
		if (line.p[i] == '\\' && i + 1 < line.len) {
			i++;
		} else if (line.p[i] == '"') {
			quoted = !quoted;
		} else if (!quoted &&
			(line.p[i] == ':' || is_blank(line.p[i]))) {
			return i;
		}
	}
	return line.len;
}

/* Without quotes and backslashes. */
static struct slice
plain_name(struct arena *arena, struct slice written)
{
	char *p = arena_bytes(arena, written.len + 1);
	size_t len = 0;

	if (p == NULL)
		return slice_of(NULL);
	for (size_t i = 0; i < written.len; i++) {
		if (written.p[i] == '"')
			continue;
		if (written.p[i] == '\\' && i + 1 < written.len)
			i++;
		p[len++] = written.p[i];
	}
	return slice_trim((struct slice){p, len});
}

bool
aliases_next(struct aliases *it, struct arena *arena, struct alias *out)
{
	for (struct slice line;
		survey_next_line(&it->rest, &it->line, &line);) {
		size_t end;

		if (is_comment(line) || is_blank(line.p[0]))
			continue;
		out->line = it->line;
		line = join_lines(it, arena, line);
		if (slice_is_absent(line))
			return false;
		end = name_end(line);
		out->name = plain_name(arena, slice_sub(line, 0, end));
		if (slice_is_absent(out->name))
			return false;
		while (end < line.len && is_blank(line.p[end]))
			end++;
		if (end < line.len && line.p[end] == ':')
			end++;
		out->value = slice_trim(slice_sub(line, end, line.len));
		return true;
	}
	return false;
}

/* Names are told apart without regard to case. */
static struct slice
fold_name(struct arena *arena, const char *before, struct slice name)
{
	size_t len = strlen(before);
	char *p = arena_bytes(arena, len + name.len + 1);

	if (p == NULL)
		return slice_of(NULL);
	memcpy(p, before, len);
	for (size_t i = 0; i < name.len; i++) {
		char c = name.p[i];
		p[len + i] = c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c;
	}
	return (struct slice){p, len + name.len};
}

/* Every name, and the line of its first entry, which is the one that counts. */
static struct map *
map_names(struct slice text, struct arena *arena)
{
	struct map *names = map_new();
	struct aliases it = {.rest = text};

	for (struct alias alias;
		names != NULL && aliases_next(&it, arena, &alias);) {
		struct slice key = fold_name(arena, "", alias.name);
		unsigned *line = arena_alloc(arena, sizeof(*line));

		if (line == NULL || map_find(names, key) != NULL)
			continue;
		*line = alias.line;
		(void)map_put(names, key, line, NULL);
	}
	return names;
}

static bool
is_first(
	const struct map *names, struct arena *arena, const struct alias *alias)
{
	const unsigned *line =
		map_find(names, fold_name(arena, "", alias->name));

	return line == NULL || *line == alias->line;
}

void
aliases_read(struct survey *survey, const struct source *source)
{
	struct map *names = map_names(source->text, survey->arena);
	struct aliases it = {.rest = source->text};

	if (names == NULL)
		return;
	for (struct alias alias; aliases_next(&it, survey->arena, &alias);) {
		struct source own = *source;
		struct sender sender = {
			.source = &own,
			.line = alias.line,
			.mailbox = inside_mailbox(
				survey->inside, survey->arena, alias.name),
			.mechanism = map_find(names,
					     fold_name(survey->arena, "owner-",
						     alias.name)) != NULL
				? RULE_LIST
				: RULE_ALIAS,
			.bare_commands = survey->mta != NULL,
		};
		if (!is_first(names, survey->arena, &alias)) {
			own.state = RULE_IGNORED;
			own.note = SLICE("the first entry of that name counts");
		}
		survey_recipients(survey, &sender, alias.value);
	}
	map_free(names, NULL);
}
