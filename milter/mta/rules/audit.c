/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The order matters: first whose domains are ours, by every MTA that is here;
 * then tables and homes, each home by a child with its owner's rights; at last
 * the MTAs are asked what none of it explains.
 */
#include "mta/rules/audit.h"

#include "mta/rules/aliases.h"
#include "mta/rules/dovecot_rules.h"
#include "mta/rules/exim_filter.h"
#include "mta/rules/exim_rules.h"
#include "mta/rules/forward_file.h"
#include "mta/rules/maildrop.h"
#include "mta/rules/oracle.h"
#include "mta/rules/panels.h"
#include "mta/rules/postfix_rules.h"
#include "mta/rules/procmail.h"
#include "mta/rules/sendmail_rules.h"
#include "mta/rules/sieve_rules.h"

#include <stdlib.h>
#include <sys/stat.h>

#define ARENA_BYTES ((size_t)1 << 30)
#define ARENA_SPARE ((size_t)1 << 20)
#define INSTANCES_MAX 8
#define SILENT_MAX 3 /* homes of one folder that do not answer */

struct host {
	struct survey survey;
	struct postfix_rules postfix[INSTANCES_MAX];
	size_t instances;
	struct sendmail_rules sendmail;
	struct exim_rules exim;
	struct dovecot_conf dovecot;
	bool has_sendmail, has_exim, has_dovecot;
	struct people people;
};

static void
open_postfix(struct host *host, struct slice directory)
{
	struct postfix_rules *site = &host->postfix[host->instances];
	struct slice others;

	if (host->instances == INSTANCES_MAX) {
		survey_unread(&host->survey, directory,
			"more instances of Postfix than an audit looks at");
		return;
	}
	if (!postfix_rules_open(&host->survey, site, directory))
		return;
	host->instances++;
	if (host->instances > 1)
		return;
	others = postfix_value(site->postfix, "multi_instance_directories");
	for (struct slice one; postfix_next(&others, &one);)
		open_postfix(host, one);
}

static void
find_servers(struct host *host, const struct audit_options *options)
{
	struct survey *survey = &host->survey;

	open_postfix(host, slice_of(options->postfix));
	host->has_sendmail = sendmail_rules_open(
		survey, &host->sendmail, slice_of(options->sendmail));
	if (host->instances > 0 && host->sendmail.only_aliases)
		host->has_sendmail = false;
	host->has_exim = exim_rules_open(survey, &host->exim);
	host->has_dovecot = dovecot_conf_read(survey, &host->dovecot);
}

static void
learn(struct host *host)
{
	struct survey *survey = &host->survey;

	for (size_t i = 0; i < host->instances; i++)
		postfix_rules_learn(survey, &host->postfix[i]);
	if (host->has_sendmail)
		sendmail_rules_learn(survey, &host->sendmail);
	if (host->has_exim)
		exim_rules_learn(survey, &host->exim);
}

static void
find_people(struct host *host)
{
	struct survey *survey = &host->survey;

	people_read(survey, &host->people);
	if (host->has_dovecot)
		dovecot_rules_people(survey, &host->dovecot, &host->people);
	for (size_t i = 0; i < host->people.count; i++) {
		survey_know(
			survey, person_mailbox(survey, &host->people.at[i]));
	}
}

/* Of other MTAs, where none of those that are known tells. */
static void
read_plain_aliases(struct host *host)
{
	struct source source;

	if (host->instances == 0 && !host->has_exim &&
		survey_read(&host->survey, SLICE("/etc/aliases"),
			SURVEY_MAY_BE_ABSENT, &source))
		aliases_read(&host->survey, &source);
}

/* Filters of the site, that run before or instead of a user's own. */
static void
read_site_filters(struct survey *survey)
{
	static const char *const maildrop[] = {"/etc/maildroprc",
		"/etc/courier/maildroprc", "/usr/local/etc/maildroprc"};
	struct source source;

	if (survey_read(survey, SLICE("/etc/procmailrc"), SURVEY_MAY_BE_ABSENT,
		    &source))
		procmail_read(survey, &source, SLICE("*"), SLICE("$HOME"));
	for (size_t i = 0; i < sizeof(maildrop) / sizeof(*maildrop); i++) {
		if (survey_read(survey, slice_of(maildrop[i]),
			    SURVEY_MAY_BE_ABSENT, &source)) {
			maildrop_read(
				survey, &source, SLICE("*"), SLICE("$HOME"));
		}
	}
}

static void
read_site(struct host *host)
{
	struct survey *survey = &host->survey;

	for (size_t i = 0; i < host->instances; i++)
		postfix_rules_read(survey, &host->postfix[i]);
	if (host->has_sendmail)
		sendmail_rules_read(survey, &host->sendmail);
	if (host->has_exim)
		exim_rules_read(survey, &host->exim);
	read_plain_aliases(host);
	panels_read(survey);
	read_site_filters(survey);
	if (host->has_dovecot)
		dovecot_rules_site(survey, &host->dovecot);
}

struct visit {
	struct host *host;
	const struct person *person;
};

static void
read_forwards(struct host *host, const struct person *person)
{
	struct survey *survey = &host->survey;
	struct slice list, one;
	size_t at = 0;

	for (size_t i = 0; i < host->instances; i++) {
		list = postfix_rules_forward_path(&host->postfix[i]);
		while (postfix_next(&list, &one))
			forward_file_find(survey, person, one);
	}
	if (host->has_sendmail &&
		sendmail_rules_is_used(survey, &host->sendmail)) {
		list = sendmail_rules_forward_path(&host->sendmail);
		while (slice_next(&list, ':', &one))
			forward_file_find(survey, person, one);
	}
	while (host->has_exim &&
		!slice_is_absent(
			one = exim_rules_next_file(survey, &host->exim, &at)))
		forward_file_find(survey, person, one);
	if (host->instances == 0 && !host->has_sendmail && !host->has_exim)
		forward_file_find(survey, person, SLICE("$home/.forward"));
}

/* Did one of the rules just read hand mail to that program? */
static bool
is_run(struct survey *survey, size_t since, struct slice program)
{
	size_t count;
	const struct rule *rules = ruleset_rules(survey->set, &count);

	for (size_t i = since; i < count; i++) {
		if (rules[i].mechanism == RULE_PROGRAM &&
			slice_find(rules[i].note, program) != SLICE_NONE)
			return true;
	}
	return false;
}

static bool
read_home_file(struct survey *survey, const struct person *person,
	const char *name, struct source *source)
{
	return survey_read(survey,
		arena_printf(survey->arena, "%.*s/%s", SLICE_ARG(person->home),
			name),
		SURVEY_MAY_BE_ABSENT, source);
}

static void
leave_aside(struct source *source, bool runs, const char *note)
{
	if (!runs) {
		source->state = RULE_INACTIVE;
		source->note = slice_of(note);
	}
}

static void
read_filters(struct survey *survey, const struct person *person, size_t since)
{
	struct slice mailbox = person_mailbox(survey, person);
	struct source source;

	if (read_home_file(survey, person, ".procmailrc", &source)) {
		leave_aside(&source,
			survey->runs_procmail ||
				is_run(survey, since, SLICE("procmail")),
			"nothing that was seen runs procmail");
		procmail_read(survey, &source, mailbox, person->home);
	}
	if (read_home_file(survey, person, ".mailfilter", &source)) {
		leave_aside(&source,
			survey->runs_maildrop ||
				is_run(survey, since, SLICE("maildrop")),
			"nothing that was seen runs maildrop");
		maildrop_read(survey, &source, mailbox, person->home);
	}
}

static void
read_courier(struct survey *survey, const struct person *person)
{
	static const char *const names[] = {".qmail", ".courier"};
	struct source source;

	for (size_t i = 0; i < 2; i++) {
		if (read_home_file(survey, person, names[i], &source)) {
			maildrop_read_lines(survey, &source,
				person_mailbox(survey, person));
		}
	}
}

/* May it be entered? One that is not there has no rules. */
static bool
may_enter(struct survey *survey, struct slice home)
{
	const struct tree_wish wish = {
		.path = arena_printf(survey->arena, "%.*s/.", SLICE_ARG(home)),
		.uid = survey->uid};
	struct stat info;
	struct err err;
	enum tree_outcome outcome =
		tree_look(&survey->tree, &wish, &info, &err);

	if (outcome == TREE_REFUSED)
		survey_unread(survey, home, err.text);
	return outcome == TREE_READ;
}

static void
read_home(struct survey *survey, void *ctx)
{
	const struct visit *visit = ctx;
	size_t since;

	if (!may_enter(survey, visit->person->home))
		return;
	(void)ruleset_rules(survey->set, &since);
	survey->most = TREE_USER_BYTES;
	if (visit->person->is_system) {
		read_forwards(visit->host, visit->person);
		read_filters(survey, visit->person, since);
		if (visit->host->instances == 0)
			read_courier(survey, visit->person);
	}
	if (visit->host->has_dovecot) {
		dovecot_rules_person(
			survey, &visit->host->dovecot, visit->person);
	}
	if (arena_left(survey->arena) < ARENA_SPARE) {
		survey_unread(survey, visit->person->home,
			"too much for an audit; it was not read to its end");
	}
}

/* Whose rights a home is read with: its owner's, where the numbers are the
 * copy's, or Dovecot's own; a user's else. */
static void
find_owner(struct survey *survey, const struct person *person, uid_t *uid,
	gid_t *gid)
{
	const struct tree_wish wish = {.path = person->home};
	struct stat info;
	struct err err;

	*uid = person->uid;
	*gid = person->gid;
	if ((survey->tree.is_copy || !person->is_system) &&
		tree_look(&survey->tree, &wish, &info, &err) == TREE_READ) {
		*uid = info.st_uid;
		*gid = info.st_gid;
	}
}

static struct slice
parent_of(struct slice path)
{
	size_t slash = path.len;

	while (slash > 0 && path.p[slash - 1] != '/')
		slash--;
	return slice_sub(path, 0, slash);
}

/* A server that is gone is not asked for each of its homes. */
static void
visit_homes(struct host *host)
{
	struct slice silent = {NULL, 0};
	unsigned times = 0;

	for (size_t i = 0; i < host->people.count; i++) {
		const struct person *person = &host->people.at[i];
		struct slice parent = parent_of(person->home);
		struct visit visit = {host, person};
		struct survey_errand errand = {
			.what = person->home, .deed = read_home, .ctx = &visit};

		if (times >= SILENT_MAX && slice_equal(parent, silent)) {
			survey_unread(&host->survey, person->home,
				"not tried: the homes beside it do not answer");
			continue;
		}
		if (!slice_equal(parent, silent))
			times = 0;
		find_owner(&host->survey, person, &errand.uid, &errand.gid);
		if (!survey_as(&host->survey, &errand)) {
			silent = parent;
			times++;
		}
	}
}

static void
read_given(struct survey *survey, const struct audit_given *given)
{
	struct slice mailbox =
		inside_mailbox(survey->inside, survey->arena, given->mailbox);
	struct source source;

	if (!survey_read(survey, given->path, SURVEY_MUST_BE_THERE, &source))
		return;
	if (slice_ends_fold(given->path, SLICE(".sieve"))) {
		sieve_rules_read(survey, &source, mailbox, NULL);
	} else if (slice_starts_fold(source.text, SLICE("# Exim filter"))) {
		survey->mta = "Exim";
		exim_filter_read(survey, &source, mailbox);
		survey->mta = NULL;
	} else if (slice_ends_fold(given->path, SLICE("procmailrc"))) {
		procmail_read(survey, &source, mailbox, SLICE(""));
	} else {
		forward_file_read(survey, &source, mailbox);
	}
}

static void
ask_servers(struct host *host)
{
	/* Postfix has a sendmail(1), too, which answers -bv by mail. */
	if (host->has_sendmail && host->instances == 0 &&
		sendmail_rules_is_used(&host->survey, &host->sendmail))
		oracle_ask_sendmail(&host->survey, "sendmail");
	/* Debian's has a name of its own. */
	if (host->has_exim) {
		oracle_ask_exim(&host->survey,
			slice_find(host->exim.conf.path, SLICE("exim4")) !=
					SLICE_NONE
				? "exim4"
				: "exim");
	}
}

static void
note_host(struct survey *survey)
{
	struct source file;

	if (survey_read(survey, SLICE("/etc/hostname"), SURVEY_MAY_BE_ABSENT,
		    &file)) {
		struct slice name = slice_trim(file.text);

		survey->host =
			slice_sub(name, 0, slice_find_byte(name, '.', 0));
	}
}

static void
summarise(const struct host *host, struct audit *audit)
{
	struct buf *out = &audit->looked_at;

	inside_add_names(host->survey.inside, &audit->domains);
	audit->domains_given = inside_is_given(host->survey.inside);
	if (host->instances > 0)
		buf_puts(out, "Postfix, ");
	if (host->has_sendmail)
		buf_puts(out, "Sendmail, ");
	if (host->has_exim)
		buf_puts(out, "Exim, ");
	if (host->has_dovecot)
		buf_puts(out, "Dovecot, ");
	buf_printf(out, "%zu homes", host->people.count);
}

static void
examine(struct host *host, const struct audit_options *options)
{
	struct survey *survey = &host->survey;

	note_host(survey);
	find_servers(host, options);
	learn(host);
	find_people(host);
	for (size_t i = 0; i < options->given_count; i++)
		read_given(survey, &options->given[i]);
	read_site(host);
	visit_homes(host);
	if (options->ask && !survey->tree.is_copy)
		ask_servers(host);
	if (host->instances == 0 && !host->has_sendmail && !host->has_exim) {
		survey_unread(survey, SLICE("/"),
			"no Postfix, Sendmail or Exim was found: aliases and "
			".forward files alone were read");
	}
	if (arena_left(survey->arena) < ARENA_SPARE) {
		survey_unread(survey, SLICE("/"),
			"too much for an audit; not all was read");
	}
}

/* Paths that were given are the tree's, too. */
static bool
note_given(struct survey *survey, const struct audit_options *options)
{
	struct slice *paths = arena_array(
		survey->arena, options->given_count + 1, sizeof(*paths));

	if (paths == NULL)
		return false;
	for (size_t i = 0; i < options->given_count; i++)
		paths[i] = options->given[i].path;
	survey->given = paths;
	survey->given_count = options->given_count;
	return true;
}

static struct host *
host_new(const struct audit_options *options, struct ruleset *set,
	struct err *err)
{
	struct host *host = calloc(1, sizeof(*host));

	if (host == NULL) {
		(void)err_set(err, ERR_MEMORY, "out of memory");
		return NULL;
	}
	host->survey = (struct survey){
		.root = options->root,
		.set = set,
		.inside = inside_new(options->realm),
		.arena = arena_new(ARENA_BYTES),
		.full = options->full,
		.most = TREE_SITE_BYTES,
		.tree = {.fd = -1},
	};
	return host;
}

static void
host_free(struct host *host)
{
	if (host == NULL)
		return;
	for (size_t i = 0; i < host->instances; i++)
		postfix_rules_close(&host->postfix[i]);
	tree_close(&host->survey.tree);
	inside_free(host->survey.inside);
	arena_free(host->survey.arena);
	free(host);
}

bool
audit_run(const struct audit_options *options, struct audit *audit,
	struct err *err)
{
	struct host *host;
	bool done;

	*audit = (struct audit){.set = ruleset_new()};
	host = host_new(options, audit->set, err);
	if (host == NULL)
		return false;
	if (audit->set == NULL || host->survey.inside == NULL ||
		host->survey.arena == NULL ||
		!note_given(&host->survey, options)) {
		done = err_set(err, ERR_MEMORY, "out of memory");
	} else {
		done = tree_open(&host->survey.tree, options->root, err);
	}
	if (done) {
		examine(host, options);
		summarise(host, audit);
	}
	host_free(host);
	return done;
}

void
audit_fini(struct audit *audit)
{
	ruleset_free(audit->set);
	buf_fini(&audit->domains);
	buf_fini(&audit->looked_at);
	*audit = (struct audit){0};
}
