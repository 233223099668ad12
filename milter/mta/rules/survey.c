/* SPDX-License-Identifier: BSD-2-Clause */
/* One audit under way. */
#include "mta/rules/survey.h"

#include "mta/rules/command_line.h"
#include "mta/rules/guarded.h"

#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define ERRAND_MS 10000
#define KNOWN_MAX 200000
#define TAKEN_MAX 1000 /* rules of one user */

/* Names of a copy's owners are not known here. */
static struct slice
owner_name(struct survey *survey, uid_t uid)
{
	const struct passwd *user;

	if (survey->tree.is_copy)
		return slice_of(NULL);
	user = getpwuid(uid);
	return user != NULL
		? arena_copy(survey->arena, slice_of(user->pw_name))
		: arena_printf(survey->arena, "%lu", (unsigned long)uid);
}

void
survey_unread(struct survey *survey, struct slice path, const char *why)
{
	ruleset_add_unread(survey->set, path, slice_of(why));
}

bool
survey_is_given(const struct survey *survey, struct slice path)
{
	for (size_t i = 0; i < survey->given_count; i++) {
		if (slice_equal(survey->given[i], path))
			return true;
	}
	return false;
}

void
survey_know(struct survey *survey, struct slice address)
{
	struct slice *grown;

	if (survey->known_count >= KNOWN_MAX || address.len == 0 ||
		slice_has_control(address))
		return;
	grown = arena_grow(survey->arena, survey->known, survey->known_count,
		&survey->known_room, sizeof(*grown));
	if (grown == NULL)
		return;
	survey->known = grown;
	grown[survey->known_count] = arena_copy(survey->arena, address);
	survey->known_count++;
}

struct slice
survey_outer_path(struct survey *survey, struct slice path)
{
	return arena_printf(survey->arena, "%s%.*s",
		survey->root != NULL ? survey->root : "", SLICE_ARG(path));
}

static bool
take(struct survey *survey, struct slice path, const struct tree_file *file,
	struct source *source)
{
	*source = (struct source){
		.path = arena_copy(survey->arena, path),
		.text = arena_copy(survey->arena, buf_slice(&file->text)),
		.target = arena_copy(survey->arena, buf_slice(&file->path)),
		.uid = file->owner,
		.mode = file->mode,
		.written_ms = file->written_ms,
	};
	if (slice_is_absent(source->path) || slice_is_absent(source->text)) {
		survey_unread(survey, path, "out of memory");
		return false;
	}
	source->owner = owner_name(survey, file->owner);
	return true;
}

bool
survey_enter(struct survey *survey, struct slice path)
{
	const char *why = NULL;

	if (survey->depth >= SURVEY_DEPTH_MAX)
		why = "it is included too deeply";
	if (survey->included >= SURVEY_FILES_MAX)
		why = "more files are included than an audit reads";
	for (unsigned i = 0; i < survey->depth; i++) {
		if (slice_equal(survey->including[i], path))
			why = "it includes itself";
	}
	if (why != NULL) {
		survey_unread(survey, path, why);
		return false;
	}
	survey->included++;
	survey->including[survey->depth++] = path;
	return true;
}

void
survey_leave(struct survey *survey)
{
	survey->depth--;
}

static bool
read_file(struct survey *survey, const struct tree_wish *wish,
	struct source *source, enum tree_outcome *outcome)
{
	struct tree_file file = {0};
	struct err err = {0};
	bool taken = false;

	*source = (struct source){0};
	if (survey->in_home && survey->files++ >= SURVEY_FILES_MAX) {
		*outcome = TREE_REFUSED;
		survey_unread(survey, wish->path,
			"more files of one user than an audit reads");
		return false;
	}
	*outcome = tree_read(&survey->tree, wish, &file, &err);
	if (*outcome == TREE_READ)
		taken = take(survey, wish->path, &file, source);
	if (*outcome == TREE_REFUSED)
		survey_unread(survey, wish->path, err.text);
	tree_file_fini(&file);
	return taken;
}

bool
survey_read(struct survey *survey, struct slice path,
	enum survey_absence absence, struct source *source)
{
	const struct tree_wish wish = {
		.path = path, .uid = survey->uid, .most = survey->most};
	enum tree_outcome outcome;
	bool done = read_file(survey, &wish, source, &outcome);

	if (outcome == TREE_ABSENT && absence == SURVEY_MUST_BE_THERE)
		survey_unread(survey, path, "it is not there");
	return done;
}

bool
survey_include(struct survey *survey, struct slice path,
	enum survey_absence absence, struct source *source)
{
	if (!survey_enter(survey, path))
		return false;
	if (survey_read(survey, path, absence, source))
		return true;
	survey_leave(survey);
	return false;
}

bool
survey_read_plain(struct survey *survey, struct slice path,
	struct source *source, bool *is_link)
{
	const struct tree_wish wish = {.path = path,
		.uid = survey->uid,
		.no_link = true,
		.most = survey->most};
	enum tree_outcome outcome;
	bool done = read_file(survey, &wish, source, &outcome);

	*is_link = outcome == TREE_LINK;
	return done;
}

bool
survey_list(struct survey *survey, struct slice path, struct tree_names *names)
{
	const struct tree_wish wish = {.path = path, .uid = survey->uid};
	struct err err = {0};
	enum tree_outcome outcome =
		tree_list(&survey->tree, &wish, names, &err);

	if (outcome == TREE_REFUSED)
		survey_unread(survey, path, err.text);
	if (names->cut)
		survey_unread(survey, path, "it has too many names");
	return outcome == TREE_READ;
}

/* "a, b"; either may be absent. */
static struct slice
join(struct arena *arena, struct slice a, struct slice b, const char *with)
{
	if (a.len == 0 || b.len == 0)
		return a.len > 0 ? a : b;
	return arena_printf(
		arena, "%.*s%s%.*s", SLICE_ARG(a), with, SLICE_ARG(b));
}

void
survey_add(struct survey *survey, const struct source *source,
	const struct rule *rule)
{
	struct rule whole = *rule;

	whole.path = source->path;
	if (source->no_lines)
		whole.line = 0;
	whole.owner = source->owner;
	whole.written_ms = source->written_ms;
	if (source->state > whole.state)
		whole.state = source->state;
	whole.note = join(survey->arena, whole.note, source->note, ", ");
	if (survey->mta != NULL) {
		whole.note = join(
			survey->arena, slice_of(survey->mta), whole.note, ", ");
	}
	whole.condition = join(
		survey->arena, source->condition, whole.condition, " and ");
	ruleset_add(survey->set, &whole);
}

bool
survey_next_line(struct slice *rest, unsigned *line, struct slice *out)
{
	if (!slice_next(rest, '\n', out))
		return false;
	(*line)++;
	if (out->len > 0 && out->p[out->len - 1] == '\r')
		out->len--;
	return true;
}

bool
survey_next_entry(
	struct slice *rest, unsigned *line, struct buf *entry, unsigned *begun)
{
	struct slice ahead = *rest, text;
	unsigned at = *line;
	bool any = false;

	buf_reset(entry);
	while (survey_next_line(&ahead, &at, &text)) {
		struct slice words = slice_trim(text);

		if (words.len > 0 && words.p[0] != '#') {
			if (any && text.p[0] != ' ' && text.p[0] != '\t')
				break;
			if (!any)
				*begun = at;
			any = true;
			if (entry->len > 0)
				buf_add_byte(entry, ' ');
			buf_add(entry, words);
		}
		*rest = ahead;
		*line = at;
	}
	return any && buf_ok(entry);
}

struct slice
survey_conditions(
	struct survey *survey, const struct slice *conditions, size_t count)
{
	struct slice all = {NULL, 0};

	for (size_t i = 0; i < count; i++) {
		if (slice_is_absent(conditions[i]))
			continue;
		all = slice_is_absent(all)
			? conditions[i]
			: arena_printf(survey->arena, "%.*s and %.*s",
				  SLICE_ARG(all), SLICE_ARG(conditions[i]));
	}
	return slice_sub(all, 0, SURVEY_CONDITION_BYTES);
}

bool
survey_destination(struct survey *survey, struct sender *sender,
	const struct recipient *recipient)
{
	struct target target;
	struct slice note = {NULL, 0};

	/* "@elsewhere": the same name in another domain. */
	if (recipient->local.len == 0 && recipient->domain.len > 0) {
		struct slice domain =
			address_domain(survey->arena, recipient->domain);
		if (inside_has_domain(survey->inside, domain))
			return false;
		survey_add(survey, sender->source,
			&(struct rule){.line = sender->line,
				.mailbox = sender->mailbox,
				.destination = arena_printf(survey->arena,
					"@%.*s", SLICE_ARG(domain)),
				.mechanism = sender->mechanism});
		return true;
	}
	if (!inside_resolve(survey->inside, survey->arena, recipient->local,
		    recipient->domain, &target))
		return false;
	if (!target.external || target.address.text.len == 0) {
		/* Back to the mailbox itself, or to another of ours. */
		sender->kept |= target.address.text.len > 0;
		return false;
	}
	if (target.rewritten || recipient->is_odd) {
		note = arena_printf(survey->arena, "written %.*s",
			SLICE_ARG(recipient->written));
	}
	survey_add(survey, sender->source,
		&(struct rule){.line = sender->line,
			.mailbox = sender->mailbox,
			.destination = target.address.text,
			.mechanism = sender->mechanism,
			.note = note});
	return true;
}

void
survey_command(
	struct survey *survey, struct sender *sender, struct slice command)
{
	struct slice shown =
		command_line_shown(survey->arena, command, survey->full);
	struct command_line line = {.rest = command};
	struct rule rule = {.line = sender->line,
		.mailbox = sender->mailbox,
		.mechanism = sender->mechanism == RULE_PROCMAIL ||
				sender->mechanism == RULE_MAILDROP ||
				sender->mechanism == RULE_EXIM_FILTER
			? sender->mechanism
			: RULE_PROGRAM};
	bool found = false;

	while (command_line_next(
		&line, survey->inside, survey->arena, &rule.destination)) {
		rule.note = arena_printf(survey->arena, "in the command: %.*s",
			SLICE_ARG(shown));
		survey_add(survey, sender->source, &rule);
		found = true;
	}
	if (!found) {
		rule.destination = RULE_UNKNOWN;
		rule.note = shown;
		survey_add(survey, sender->source, &rule);
	}
}

/* A list in a file of its own, and those that it includes. */
static void
include_file(struct survey *survey, struct sender *sender, struct slice path)
{
	struct source source;
	unsigned line = 0;

	if (!survey_include(survey, path, SURVEY_MUST_BE_THERE, &source))
		return;
	source.state = sender->source->state;
	source.condition = sender->source->condition;
	source.note = sender->source->note;
	for (struct slice rest = source.text, text;
		survey_next_line(&rest, &line, &text);) {
		struct sender inner = *sender;

		if (text.len > 0 && text.p[0] == '#')
			continue;
		inner.source = &source;
		inner.line = line;
		if (inner.mechanism == RULE_ALIAS)
			inner.mechanism = RULE_LIST;
		survey_recipients(survey, &inner, text);
		sender->kept |= inner.kept;
	}
	survey_leave(survey);
}

void
survey_recipients(
	struct survey *survey, struct sender *sender, struct slice text)
{
	struct recipients it = {text, sender->bare_commands};
	size_t since;

	(void)ruleset_rules(survey->set, &since);
	for (struct recipient one; recipients_next(&it, survey->arena, &one);) {
		switch (one.kind) {
		case RECIPIENT_ADDRESS:
			(void)survey_destination(survey, sender, &one);
			break;
		case RECIPIENT_COMMAND:
			survey_command(survey, sender, one.text);
			break;
		case RECIPIENT_FILE:
			sender->kept = true;
			break;
		case RECIPIENT_INCLUDE:
			include_file(survey, sender, one.text);
			break;
		}
	}
	if (sender->kept)
		survey_keep(survey, since);
}

void
survey_keep(struct survey *survey, size_t since)
{
	size_t count;
	struct rule *rules = ruleset_rules(survey->set, &count);

	for (size_t i = since; i < count; i++)
		rules[i].keeps = true;
}

struct errand {
	struct survey *survey;
	const struct survey_errand *job;
};

/* In the child: what it adds goes through the pipe. */
static void
run(void *ctx, FILE *out)
{
	const struct errand *errand = ctx;
	struct survey *survey = errand->survey;
	struct buf lines = {0};
	size_t rules, unread;

	(void)ruleset_rules(survey->set, &rules);
	(void)ruleset_unread(survey->set, &unread);
	survey->uid = errand->job->uid;
	survey->in_home = true;
	survey->files = 0;
	survey->depth = 0;
	survey->included = 0;
	errand->job->deed(survey, errand->job->ctx);
	ruleset_write(survey->set, rules, unread, &lines);
	if (lines.len > 0)
		(void)fwrite(lines.p, 1, lines.len, out);
	buf_fini(&lines);
}

static void
take_over(struct survey *survey, struct slice what, struct slice lines)
{
	size_t taken = 0;

	for (struct slice line; slice_next(&lines, '\n', &line);) {
		if (line.len == 0)
			continue;
		if (taken++ == TAKEN_MAX) {
			survey_unread(survey, what,
				"more rules of one user than an audit takes; "
				"the rest of them is not told");
			return;
		}
		if (!ruleset_read_line(survey->set, line)) {
			survey_unread(survey, what,
				"one of its rules could not be taken over");
		}
	}
}

bool
survey_as(struct survey *survey, const struct survey_errand *job)
{
	struct errand errand = {survey, job};
	const struct guarded guarded = {
		.drop = geteuid() == 0 && job->uid != 0,
		.uid = job->uid,
		.gid = job->gid,
		.milliseconds = ERRAND_MS,
		.deed = run,
		.ctx = &errand,
	};
	struct buf lines = {0};
	struct err err = {0};
	bool done = guarded_run(&guarded, &lines, &err);

	if (done) {
		take_over(survey, job->what, buf_slice(&lines));
	} else {
		survey_unread(survey, job->what, err.text);
	}
	buf_fini(&lines);
	return done;
}
