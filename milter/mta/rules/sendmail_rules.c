/* SPDX-License-Identifier: BSD-2-Clause */
/* Rules of a Sendmail's own. */
#include "mta/rules/sendmail_rules.h"

#include "mta/mc_text.h"
#include "mta/rules/table.h"
#include "mta/sendmail_class.h"

#include <stdio.h>
#include <string.h>

#define FORWARD_PATH \
	"$z/.forward.$w+$h:$z/.forward+$h:$z/.forward.$w:$z/.forward"

static struct slice
path_in(struct survey *survey, struct slice directory, const char *name)
{
	return arena_printf(
		survey->arena, "%.*s/%s", SLICE_ARG(directory), name);
}

static bool
is_in(struct survey *survey, const struct sendmail_rules *site,
	const char *name)
{
	struct source any;

	return survey_read(survey, path_in(survey, site->directory, name),
		SURVEY_MAY_BE_ABSENT, &any);
}

bool
sendmail_rules_is_used(
	const struct survey *survey, const struct sendmail_rules *site)
{
	return site->cf.text.len > 0 || survey->tree.is_copy;
}

bool
sendmail_rules_open(struct survey *survey, struct sendmail_rules *site,
	struct slice directory)
{
	*site = (struct sendmail_rules){.directory = directory.len > 0
			? arena_copy(survey->arena, directory)
			: SLICE("/etc/mail")};
	if (survey_read(survey, path_in(survey, site->directory, "sendmail.cf"),
		    SURVEY_MAY_BE_ABSENT, &site->cf))
		return true;
	site->cf.text = SLICE("");
	/* A copy need not hold all of it, and what is left of one that was
	 * taken away is to be known; aliases alone are other MTAs' too. */
	if (is_in(survey, site, "virtusertable") ||
		is_in(survey, site, "mailertable"))
		return true;
	site->only_aliases = true;
	return survey->tree.is_copy && is_in(survey, site, "aliases");
}

static void
learn_domain(void *ctx, struct slice entry)
{
	inside_learn(ctx, entry);
}

static void
learn_path(struct survey *survey, struct slice path)
{
	struct source file;
	unsigned line = 0;

	if (!survey_read(survey, path, SURVEY_MAY_BE_ABSENT, &file))
		return;
	for (struct slice rest = file.text, text;
		survey_next_line(&rest, &line, &text);) {
		text = slice_sub(text, 0, slice_find_byte(text, '#', 0));
		inside_learn(survey->inside, slice_trim(text));
	}
}

/* "DMexample.com", "Djmx.example.com" */
static struct slice
macro_of(struct slice cf, struct slice name)
{
	for (struct slice line; slice_next(&cf, '\n', &line);) {
		if (line.len > 2 && slice_equal(slice_sub(line, 0, 2), name))
			return slice_trim(slice_sub(line, 2, line.len));
	}
	return slice_of(NULL);
}

/* What its users' addresses end in: the masquerade's name, the first domain
 * that is named, the host's. */
static void
find_origin(struct survey *survey, const struct sendmail_rules *site)
{
	struct slice names[2] = {{NULL, 0}, {NULL, 0}};
	size_t count = inside_domains(survey->inside, names, 2);

	inside_set_origin(survey->inside, macro_of(site->cf.text, SLICE("DM")));
	for (size_t i = 0; i < count; i++) {
		if (!slice_equal(names[i], SLICE("localhost")))
			inside_set_origin(survey->inside, names[i]);
	}
	inside_set_origin(survey->inside, macro_of(site->cf.text, SLICE("Dj")));
}

/* "Fw/etc/mail/local-host-names", "Fw-o /etc/mail/names %[^#]" */
static void
learn_files(struct survey *survey, const struct sendmail_rules *site)
{
	struct slice rest = site->cf.text;

	for (struct slice line; slice_next(&rest, '\n', &line);) {
		size_t slash = slice_find_byte(line, '/', 0);

		if (slash == SLICE_NONE ||
			!(slice_starts_fold(line, SLICE("Fw")) ||
				slice_starts_fold(line, SLICE("F{VirtHost}"))))
			continue;
		line = slice_sub(line, slash, line.len);
		learn_path(survey,
			slice_trim(slice_sub(
				line, 0, slice_find_byte(line, ' ', 0))));
	}
}

/* The lines of a .cf that name their entries themselves: files of F lines
 * are read as the tree has them. */
static struct slice
class_lines(struct survey *survey, const struct sendmail_rules *site)
{
	struct slice rest = site->cf.text, made;
	struct buf lines = {0};

	for (struct slice line; slice_next(&rest, '\n', &line);) {
		if (line.len > 0 && line.p[0] == 'C') {
			buf_add(&lines, line);
			buf_add_byte(&lines, '\n');
		}
	}
	made = arena_copy(survey->arena, buf_slice(&lines));
	buf_fini(&lines);
	return made;
}

void
sendmail_rules_learn(struct survey *survey, const struct sendmail_rules *site)
{
	static const char *const classes[] = {"w", "VirtHost", "R"};
	static const char *const files[] = {
		"local-host-names", "relay-domains", "virtuser-domains"};
	struct slice lines = class_lines(survey, site);

	learn_files(survey, site);
	for (size_t i = 0; i < sizeof(classes) / sizeof(*classes); i++) {
		sendmail_class_read(
			lines, classes[i], learn_domain, survey->inside);
	}
	for (size_t i = 0; i < sizeof(files) / sizeof(*files); i++)
		learn_path(survey, path_in(survey, site->directory, files[i]));
	inside_learn(survey->inside, macro_of(site->cf.text, SLICE("Dj")));
	find_origin(survey, site);
	if (survey->delimiters.len == 0)
		survey->delimiters = SLICE("+");
}

/* "Kvirtuser hash -o /etc/mail/virtusertable" -> "hash:/etc/mail/..." */
static struct slice
map_name(struct survey *survey, const struct sendmail_rules *site,
	const char *name, const char *file)
{
	struct slice rest = site->cf.text, path = {NULL, 0}, type = {NULL, 0};

	for (struct slice line, word; slice_next(&rest, '\n', &line);) {
		if (line.len < 2 || line.p[0] != 'K')
			continue;
		line = slice_sub(line, 1, line.len);
		if (!slice_next(&line, ' ', &word) ||
			!slice_equal(word, slice_of(name)))
			continue;
		(void)slice_next(&line, ' ', &type);
		while (slice_next(&line, ' ', &word)) {
			if (word.len > 0 && word.p[0] == '/')
				path = slice_trim(word);
		}
	}
	if (slice_is_absent(path)) {
		return arena_printf(survey->arena, "hash:%.*s/%s",
			SLICE_ARG(site->directory), file);
	}
	return arena_printf(
		survey->arena, "%.*s:%.*s", SLICE_ARG(type), SLICE_ARG(path));
}

static void
take_virtuser(struct survey *survey, const struct source *source,
	const struct table_row *row, void *ctx)
{
	struct source own = *source;
	struct sender sender = {
		.source = &own,
		.line = row->line,
		.mailbox =
			inside_mailbox(survey->inside, survey->arena, row->key),
		.mechanism = RULE_VIRTUAL,
	};

	(void)ctx;
	if (slice_starts_fold(row->value, SLICE("error:")))
		return;
	if (row->key.p[0] == '@') {
		own.note = SLICE("a whole domain");
	} else {
		survey_know(survey, row->key);
	}
	survey_recipients(survey, &sender, row->value);
}

/* "example.com  esmtp:[host]" */
static void
take_mailer(struct survey *survey, const struct source *source,
	const struct table_row *row, void *ctx)
{
	size_t colon = slice_find_byte(row->value, ':', 0);
	struct slice domain = row->key;
	struct slice host = colon == SLICE_NONE
		? SLICE("")
		: slice_sub(row->value, colon + 1, row->value.len);
	size_t at = slice_find_byte(domain, '@', 0);

	(void)ctx;
	if (at != SLICE_NONE)
		domain = slice_sub(domain, at + 1, domain.len);
	if (domain.len > 1 && domain.p[0] == '.')
		domain = slice_sub(domain, 1, domain.len);
	if (!inside_has_domain(
		    survey->inside, address_domain(survey->arena, domain)) ||
		slice_starts_fold(row->value, SLICE("error:")) ||
		slice_starts_fold(row->value, SLICE("local:")) ||
		inside_has_host(survey->inside, survey->arena, host))
		return;
	survey_add(survey, source,
		&(struct rule){.line = row->line,
			.mailbox = arena_printf(survey->arena, "%s%.*s",
				at == SLICE_NONE ? "@" : "",
				SLICE_ARG(row->key)),
			.destination = row->value,
			.mechanism = RULE_TRANSPORT});
}

/* "name:maildrop  address" */
static void
take_user(struct survey *survey, const struct source *source,
	const struct table_row *row, void *ctx)
{
	struct slice name =
		slice_sub(row->key, 0, slice_find_byte(row->key, ':', 0));
	struct sender sender = {
		.source = source,
		.line = row->line,
		.mailbox = inside_mailbox(survey->inside, survey->arena, name),
		.mechanism = RULE_ALIAS,
	};

	(void)ctx;
	if (slice_ends_fold(row->key, SLICE(":maildrop")))
		survey_recipients(survey, &sender, row->value);
}

static void
take_alias(struct survey *survey, const struct source *source,
	const struct table_row *row, void *ctx)
{
	(void)source;
	(void)ctx;
	survey_know(survey, row->key);
}

/* A table that is not there is not used, unless the .cf names it. */
static bool
is_there(struct survey *survey, struct slice name)
{
	size_t colon = slice_find_byte(name, ':', 0);
	struct slice path = slice_sub(name, colon + 1, name.len);
	struct source any;

	return path.len > 0 && path.p[0] == '/' &&
		survey_read(survey, path, SURVEY_MAY_BE_ABSENT, &any);
}

static void
read_aliases(struct survey *survey, const struct sendmail_rules *site)
{
	const struct table_use use = {.directory = site->directory,
		.lister = TABLE_MAKEMAP_ALIASES,
		.each = take_alias};
	struct slice files = mc_text_option(site->cf.text, "AliasFile");

	if (files.len == 0) {
		files = arena_printf(survey->arena, "%.*s/aliases",
			SLICE_ARG(site->directory));
	}
	for (struct slice one; slice_next(&files, ',', &one);) {
		size_t slash = slice_find_byte(one, '/', 0);
		struct slice name = arena_printf(survey->arena, "hash:%.*s",
			SLICE_ARG(slice_sub(one, slash, one.len)));

		if (slash != SLICE_NONE)
			table_read(survey, &use, name);
	}
}

/* Tables that nobody reads. */
static void
leave_aside(struct survey *survey, size_t since)
{
	size_t count;
	struct rule *rules = ruleset_rules(survey->set, &count);

	for (size_t i = since; i < count; i++) {
		if (rules[i].state == RULE_ACTIVE)
			rules[i].state = RULE_INACTIVE;
		rules[i].note = rules[i].note.len > 8
			? rules[i].note
			: SLICE("Sendmail, and no sendmail.cf is here");
	}
}

void
sendmail_rules_read(struct survey *survey, const struct sendmail_rules *site)
{
	static const struct {
		const char *name, *file;
		void (*each)(struct survey *, const struct source *,
			const struct table_row *, void *ctx);
	} tables[] = {
		{"virtuser", "virtusertable", take_virtuser},
		{"mailertable", "mailertable", take_mailer},
		{"userdb", "userdb", take_user},
	};
	size_t since;

	survey->runs_procmail |=
		slice_find(site->cf.text, SLICE("/procmail")) != SLICE_NONE;
	(void)ruleset_rules(survey->set, &since);
	survey->mta = "Sendmail";
	read_aliases(survey, site);
	for (size_t i = 0; i < sizeof(tables) / sizeof(*tables); i++) {
		const struct table_use use = {.directory = site->directory,
			.lister = TABLE_MAKEMAP,
			.each = tables[i].each};
		struct slice name =
			map_name(survey, site, tables[i].name, tables[i].file);

		if (is_there(survey, name))
			table_read(survey, &use, name);
	}
	survey->mta = NULL;
	if (!sendmail_rules_is_used(survey, site))
		leave_aside(survey, since);
}

struct slice
sendmail_rules_forward_path(const struct sendmail_rules *site)
{
	struct slice given = mc_text_option(site->cf.text, "ForwardPath");

	return given.len > 0 ? given : SLICE(FORWARD_PATH);
}
