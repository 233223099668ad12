/* SPDX-License-Identifier: BSD-2-Clause */
/* forwarden audit: every rule at rest that sends mail outside. */
#include "base/clock.h"
#include "cli/ask.h"
#include "cli/audit_kept.h"
#include "cli/audit_mail.h"
#include "cli/audit_show.h"
#include "cli/audit_told.h"
#include "cli/command.h"
#include "cli/options.h"
#include "cli/screen.h"
#include "daemon/generation.h"
#include "mta/rules/audit.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define TROUBLE 2 /* what was asked could not be done */

struct audit_command {
	const char *config, *root, *postfix, *sendmail, *save, *compare, *mail,
		*socket;
	struct options_words domains, read;
	bool json, csv, events, strict, all, full, no_ask;
	/* Made of them. */
	struct audit_given given[OPTIONS_WORDS_MAX];
	const struct generation *generation;
	struct realm *own_realm;
};

static const char about[] =
	"Every rule at rest that sends mail outside: aliases, maps, .forward, "
	"Sieve,\nprocmail and the like, with its place, owner and time. "
	"Changes nothing.";

static bool
parse_options(int argc, char **argv, struct audit_command *command, int *status)
{
	const struct options_row rows[] = {
		{"root", 0, "DIR", &options_text, &command->root,
			"a copy of a system instead of this one"},
		{"config", 'c', "FILE", &options_text, &command->config,
			"its domains are inside (the installed one)"},
		{"local", 'l', "DOMAIN", &options_words, &command->domains,
			"that domain is inside, and no other but those given"},
		{"postfix", 0, "DIR", &options_text, &command->postfix,
			"where main.cf is"},
		{"sendmail", 0, "DIR", &options_text, &command->sendmail,
			"where sendmail.cf is"},
		{"read", 0, "MAILBOX=FILE", &options_words, &command->read,
			"that file, too, as that mailbox's"},
		{"mail", 0, "FILE", &options_text, &command->mail,
			"joins with what scan wrote as JSON (the daemon's "
			"routes)"},
		{"socket", 0, "PATH", &options_text, &command->socket,
			"unix:/path: the daemon's, whatever is configured"},
		{"save", 0, "FILE", &options_text, &command->save,
			"keeps the findings there, for --compare"},
		{"compare", 0, "FILE", &options_text, &command->compare,
			"only what is new, changed or gone since"},
		{"all", 0, NULL, &options_flag, &command->all,
			"with --compare: what has not changed, too"},
		{"strict", 0, NULL, &options_flag, &command->strict,
			"exit status 1 if any rule sends mail outside, or a "
			"place was not read"},
		{"full", 0, NULL, &options_flag, &command->full,
			"commands in full; they may hold passwords"},
		{"no-ask", 0, NULL, &options_flag, &command->no_ask,
			"does not ask Sendmail or Exim for each address"},
		{"json", 'j', NULL, &options_flag, &command->json,
			"a line of JSON a rule"},
		{"csv", 0, NULL, &options_flag, &command->csv, "a table"},
		{"events", 0, NULL, &options_flag, &command->events,
			"with --compare: an event for each that is new or "
			"changed"},
	};
	const struct options table = {.about = about,
		.example = "audit --all --json",
		.rows = rows,
		.count = sizeof(rows) / sizeof(*rows)};

	*command = (struct audit_command){0};
	return options_read(&table, argc, argv, NULL, status);
}

static int
refuse(const char *why)
{
	return options_refuse("audit", why);
}

/* "nina@example.com=/etc/exim4/filter" */
static bool
split_given(struct audit_command *command)
{
	for (size_t i = 0; i < command->read.count; i++) {
		struct slice word = slice_of(command->read.at[i]);
		size_t sign = slice_find(word, SLICE("=/"));

		if (sign == SLICE_NONE || sign == 0) {
			(void)fprintf(stderr,
				"forwarden audit: --read %s: write it as "
				"MAILBOX=/path/of/the/file\n",
				command->read.at[i]);
			return false;
		}
		command->given[i] =
			(struct audit_given){slice_sub(word, 0, sign),
				slice_sub(word, sign + 1, word.len)};
	}
	return true;
}

static bool
load_generation(struct audit_command *command, const char *file)
{
	struct diags *diags = diags_new();

	if (diags != NULL)
		command->generation = generation_load(file, NULL, diags);
	if (command->generation == NULL) {
		(void)fprintf(stderr,
			"forwarden audit: %s cannot be used; `forwarden check "
			"-c %s` says why; -l DOMAIN does without\n",
			file, file);
	}
	diags_free(diags);
	return command->generation != NULL;
}

/* A copy's domains are not this machine's. */
static bool
find_realm(struct audit_command *command, const struct realm **realm)
{
	struct err err = {0};

	*realm = NULL;
	if (command->domains.count > 0) {
		command->own_realm = realm_new();
		*realm = command->own_realm;
		for (size_t i = 0; i < command->domains.count; i++) {
			if (*realm == NULL ||
				!realm_add_domain(command->own_realm,
					slice_of(command->domains.at[i]),
					&err)) {
				(void)fprintf(stderr, "forwarden audit: %s\n",
					err.text);
				return false;
			}
		}
		return true;
	}
	const char *file = command->config;
	if (file == NULL && command->root == NULL &&
		access(COMMAND_CONFIG_FILE, R_OK) == 0)
		file = COMMAND_CONFIG_FILE;
	if (file == NULL)
		return true;
	if (!load_generation(command, file))
		return false;
	*realm = command->generation->realm;
	return true;
}

/* False with what is wrong said. The first audit has none before it. */
static bool
hold_against(const struct audit_command *command, struct audit *audit,
	struct audit_view *view)
{
	struct ruleset *before = NULL;
	struct err err = {0};

	if (command->compare == NULL)
		return true;
	switch (audit_kept_read(command->compare, &before, NULL, &err)) {
	case AUDIT_KEPT:
		ruleset_compare(audit->set, before);
		view->compared = true;
		break;
	case AUDIT_KEPT_ABSENT:
		if (command->save != NULL) {
			(void)fprintf(stderr,
				"forwarden audit: %s is not there yet: this "
				"audit is the first, and what it finds is not "
				"new\n",
				command->compare);
			return true;
		}
		(void)fprintf(stderr,
			"forwarden audit: %s is not there; --save %s makes "
			"it\n",
			command->compare, command->compare);
		return false;
	case AUDIT_KEPT_BROKEN:
		(void)fprintf(stderr, "forwarden audit: %s\n", err.text);
		return false;
	}
	ruleset_free(before);
	return true;
}

/* The daemon's; NULL: nobody says where it is. */
static const char *
socket_of(const struct audit_command *command)
{
	if (command->socket == NULL && command->generation != NULL)
		return command->generation->config->control;
	return command->socket;
}

/* The daemon's routes, where it answers; an audit needs none. */
static void
ask_daemon(
	const struct audit_command *command, struct audit_mail *mail, bool *any)
{
	const char *socket = socket_of(command);
	struct err err = {0};
	struct ask *ask;
	struct json *answer;

	if (socket == NULL)
		return;
	ask = ask_open(socket, &err);
	answer = ask != NULL
		? ask_json(ask, ASK_GET, "/v1/routes?limit=100000", &err)
		: NULL;
	*any = answer != NULL;
	if (answer != NULL) {
		audit_mail_add(mail, json_find(answer, "routes"));
	} else if (command->socket != NULL) {
		(void)fprintf(stderr, "forwarden audit: %s\n", err.text);
	}
	json_free(answer);
	ask_close(ask);
}

/* False with what is wrong said; *mail is NULL where there is none to join. */
static bool
join_mail(const struct audit_command *command, const struct audit *audit,
	struct audit_mail **mail)
{
	struct err err = {0};
	bool any = command->mail != NULL, good = true;

	*mail = audit_mail_new();
	if (*mail == NULL)
		return true;
	if (command->mail != NULL) {
		good = audit_mail_read(*mail, command->mail, &err);
		if (!good)
			(void)fprintf(
				stderr, "forwarden audit: %s\n", err.text);
	} else if (command->root == NULL || command->socket != NULL) {
		ask_daemon(command, *mail, &any);
	}
	if (any && good) {
		audit_mail_join(*mail, audit->set);
	} else {
		audit_mail_free(*mail);
		*mail = NULL;
	}
	return good;
}

/* They stand on the standard output as well, so that none is lost with a
 * daemon that is away. */
static void
tell_daemon(const struct audit_command *command, struct slice events)
{
	const char *socket = socket_of(command);
	struct err err = {0};

	if (socket == NULL || events.len == 0 ||
		(command->root != NULL && command->socket == NULL))
		return;
	if (!audit_told(socket, events, &err)) {
		(void)fprintf(stderr,
			"forwarden audit: the daemon was not told of all of "
			"them: %s\n",
			err.text);
	}
}

static void
print(const struct audit_command *command, const struct audit *audit,
	const struct audit_view *view)
{
	struct buf out = {0};

	if (command->events) {
		audit_show_events(audit, view, &out);
		tell_daemon(command, buf_slice(&out));
	} else if (command->json) {
		audit_show_json(audit, view, &out);
	} else if (command->csv) {
		audit_show_csv(audit, view, &out);
	} else {
		audit_show_text(audit, view, &out);
	}
	if (out.len > 0)
		screen_print(&out);
	buf_fini(&out);
}

/* 1: there is what was asked for. */
static int
status_of(const struct audit_command *command, const struct audit *audit,
	const struct audit_view *view)
{
	size_t count, unread;
	const struct rule *rules = ruleset_rules(audit->set, &count);
	bool any = false;

	(void)ruleset_unread(audit->set, &unread);
	for (size_t i = 0; i < count; i++) {
		any |= view->compared && !command->events &&
			(rules[i].change == RULE_NEW ||
				rules[i].change == RULE_CHANGED);
		any |= command->strict && rules[i].change != RULE_GONE &&
			rules[i].state == RULE_ACTIVE &&
			rule_is_external(&rules[i]);
	}
	any |= command->strict && unread > 0;
	return any ? COMMAND_FAILED : COMMAND_OK;
}

static int
run(struct audit_command *command)
{
	struct audit_view view = {
		.all = command->all, .now_ms = clock_now_ms(clock_real())};
	struct audit_options options = {.root = command->root,
		.postfix = command->postfix,
		.sendmail = command->sendmail,
		.full = command->full,
		.ask = !command->no_ask,
		.given = command->given,
		.given_count = command->read.count};
	struct audit audit = {0};
	struct audit_mail *mail = NULL;
	struct err err = {0};
	int status = TROUBLE;

	if (!find_realm(command, &options.realm))
		return TROUBLE;
	if (!audit_run(&options, &audit, &err)) {
		(void)fprintf(stderr, "forwarden audit: %s\n", err.text);
	} else if (join_mail(command, &audit, &mail) &&
		hold_against(command, &audit, &view)) {
		view.mail = mail;
		print(command, &audit, &view);
		status = status_of(command, &audit, &view);
		if (command->save != NULL &&
			!audit_kept_write(
				command->save, audit.set, view.now_ms, &err)) {
			(void)fprintf(
				stderr, "forwarden audit: %s\n", err.text);
			status = TROUBLE;
		}
	}
	audit_mail_free(mail);
	audit_fini(&audit);
	return status;
}

int
cmd_audit(int argc, char **argv)
{
	struct audit_command command;
	int status;

	if (!parse_options(argc, argv, &command, &status))
		return status;
	if (command.json + command.csv + command.events > 1)
		return refuse("one of --json, --csv and --events");
	if (command.events && command.compare == NULL)
		return refuse("--events needs --compare FILE: which rules are "
			      "new?");
	if (!split_given(&command))
		return COMMAND_USAGE;
	status = run(&command);
	realm_free(command.own_realm);
	generation_unref(command.generation);
	return status;
}
