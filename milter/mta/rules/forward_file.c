/* SPDX-License-Identifier: BSD-2-Clause */
/* .forward files. */
#include "mta/rules/forward_file.h"

#include "mta/rules/constants.h"
#include "mta/rules/exim_filter.h"
#include "mta/rules/sieve_rules.h"

#include <stdio.h>
#include <sys/stat.h>

/* Postfix's names and Sendmail's letters. */
static const struct {
	const char *name;
	char what; /* home, user, delimiter, this host, * anything */
} variables[] = {
	{"home", 'h'},
	{"user", 'u'},
	{"local", 'u'},
	{"recipient_delimiter", 'd'},
	{"extension", '*'},
	{"recipient", '*'},
	{"domain", '*'},
	{"shell", '*'},
	{"z", 'h'},
	{"u", 'u'},
	{"w", 'w'},
	{"h", '*'},
	{"r", '*'},
	{"s", '*'},
};

static char
what_is(struct slice name)
{
	for (size_t i = 0; i < sizeof(variables) / sizeof(*variables); i++) {
		if (slice_equal(name, slice_of(variables[i].name)))
			return variables[i].what;
	}
	return '*';
}

/* The name after a '$' at i, and where it ends. Sendmail's have one letter. */
static struct slice
variable_at(struct slice text, size_t i, size_t *end)
{
	size_t from = ++i;

	if (i < text.len && (text.p[i] == '{' || text.p[i] == '(')) {
		char closing = text.p[i] == '{' ? '}' : ')';
		size_t close = slice_find_byte(text, closing, i);

		close = close == SLICE_NONE ? text.len : close;
		*end = close < text.len ? close + 1 : close;
		for (i = ++from; i < close && constants_is_name(text.p[i]);)
			i++;
		return slice_sub(text, from, i);
	}
	while (i < text.len && constants_is_name(text.p[i]))
		i++;
	*end = i;
	return slice_sub(text, from, i);
}

/* Stands for one of the signs that part a user's name from its extension. */
#define DELIMITER '\001'
/* Where none is set, files that wait for one are told all the same. */
#define DELIMITERS "+-"

static void
add_variable(struct survey *survey, const struct person *person, char what,
	struct buf *out)
{
	switch (what) {
	case 'h':
		buf_add(out, person->home);
		break;
	case 'u':
		buf_add(out,
			slice_sub(person->name, 0,
				slice_find_byte(person->name, '@', 0)));
		break;
	case 'd':
		buf_add_byte(out, DELIMITER);
		break;
	case 'w':
		buf_add(out, survey->host);
		break;
	default:
		buf_add_byte(out, '*');
		break;
	}
}

/* With the person's home and name; whatever else varies becomes a '*'. */
static struct slice
expand(struct survey *survey, const struct person *person, struct slice pattern)
{
	struct buf out = {0};
	struct slice made;
	size_t i = 0;

	while (i < pattern.len) {
		size_t end = i + 1;

		if (pattern.p[i] != '$') {
			buf_add_byte(&out, pattern.p[i++]);
			continue;
		}
		add_variable(survey, person,
			what_is(variable_at(pattern, i, &end)), &out);
		i = end;
	}
	made = arena_copy(survey->arena, buf_slice(&out));
	buf_fini(&out);
	return made;
}

/* '*' stands for any bytes, none too. */
static bool
fits(struct slice name, struct slice pattern, struct slice delimiters)
{
	while (pattern.len > 0 && pattern.p[0] != '*') {
		if (name.len == 0 ||
			(pattern.p[0] == DELIMITER
					? slice_find_byte(delimiters, name.p[0],
						  0) == SLICE_NONE
					: pattern.p[0] != name.p[0]))
			return false;
		name = slice_sub(name, 1, name.len);
		pattern = slice_sub(pattern, 1, pattern.len);
	}
	if (pattern.len == 0)
		return name.len == 0;
	while (pattern.len > 0 && pattern.p[0] == '*')
		pattern = slice_sub(pattern, 1, pattern.len);
	for (size_t i = 0; i <= name.len; i++) {
		if (fits(slice_sub(name, i, name.len), pattern, delimiters))
			return true;
	}
	return false;
}

/* Why an MTA does not read it; absent: it does. */
static struct slice
refusal(const struct survey *survey, const struct source *source)
{
	if ((source->mode & S_IWOTH) != 0)
		return SLICE("world-writable: Postfix ignores it");
	if (!survey->tree.is_copy && source->uid != 0 &&
		source->uid != survey->uid)
		return SLICE("of another owner: Postfix ignores it");
	return slice_of(NULL);
}

void
forward_file_read(struct survey *survey, const struct source *source,
	struct slice mailbox)
{
	struct slice rest = source->text, text;
	unsigned line = 0;
	bool kept = false;
	size_t since;

	if (slice_starts_fold(rest, SLICE("# Exim filter"))) {
		exim_filter_read(survey, source, mailbox);
		return;
	}
	if (slice_starts_fold(rest, SLICE("# Sieve filter"))) {
		sieve_rules_read(survey, source, mailbox, NULL);
		return;
	}
	(void)ruleset_rules(survey->set, &since);
	while (survey_next_line(&rest, &line, &text)) {
		struct sender sender = {
			.source = source,
			.line = line,
			.mailbox = mailbox,
			.mechanism = RULE_FORWARD,
			.bare_commands = survey->mta != NULL,
		};
		if (text.len > 0 && text.p[0] != '#')
			survey_recipients(survey, &sender, text);
		kept |= sender.kept;
	}
	if (kept)
		survey_keep(survey, since);
}

/* Of addresses with an extension, by its name. */
static bool
is_extended(struct slice path)
{
	return slice_find(path, SLICE("/.forward+")) != SLICE_NONE ||
		slice_find(path, SLICE("/.forward-")) != SLICE_NONE;
}

static void
read_one(struct survey *survey, const struct person *person, struct slice path)
{
	struct slice mailbox = person_mailbox(survey, person);
	struct source source;
	bool is_link;

	if (!survey_read_plain(survey, path, &source, &is_link)) {
		if (!is_link)
			return;
		source = (struct source){.path = path};
		survey_add(survey, &source,
			&(struct rule){.mailbox = mailbox,
				.destination = RULE_UNKNOWN,
				.mechanism = RULE_FORWARD,
				.state = RULE_IGNORED,
				.note = SLICE("symbolic link: not read by "
					      "Postfix either")});
		return;
	}
	source.note = refusal(survey, &source);
	if (slice_is_absent(source.note) && survey->delimiters.len == 0 &&
		is_extended(path))
		source.note = SLICE("there is no recipient_delimiter");
	if (!slice_is_absent(source.note))
		source.state = RULE_IGNORED;
	forward_file_read(survey, &source, mailbox);
}

void
forward_file_find(struct survey *survey, const struct person *person,
	struct slice pattern)
{
	struct slice path = expand(survey, person, pattern);
	size_t slash = path.len;
	struct tree_names names;

	if (path.len == 0 || path.p[0] != '/')
		return;
	if (slice_find_byte(path, '*', 0) == SLICE_NONE) {
		read_one(survey, person, path);
		return;
	}
	while (slash > 0 && path.p[slash - 1] != '/')
		slash--;
	struct slice folder = slice_sub(path, 0, slash);
	if (slice_find_byte(folder, '*', 0) != SLICE_NONE ||
		!survey_list(survey, folder, &names))
		return;
	for (size_t i = 0; i < names.count; i++) {
		struct slice name = slice_of(names.at[i]);

		if (fits(name, slice_sub(path, slash, path.len),
			    survey->delimiters.len > 0 ? survey->delimiters
						       : SLICE(DELIMITERS))) {
			read_one(survey, person,
				arena_printf(survey->arena, "%.*s%.*s",
					SLICE_ARG(folder), SLICE_ARG(name)));
		}
	}
	tree_list_free(&names);
}
