/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * forwarden doctor: looks at the running system and says what is blind or
 * wrong, each with its remedy.
 */
#include "cli/doctor.h"
#include "cli/screen.h"
#include "mta/cf_file.h"
#include "mta/postfix_checkup.h"
#include "mta/postfix_mx.h"
#include "mta/sendmail_check.h"
#include "mta/sendmail_life.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>

/* Of a plugin; the others are those of enum checkup_level. */
#define NAGIOS_UNKNOWN 3

struct doctor_options {
	struct ask_options ask;
	const char *postfix; /* directory of main.cf; NULL: Postfix's own */
	bool no_postfix;
	const char *log; /* NULL: the machine's own */
	const char *sendmail; /* directory of sendmail.cf; NULL: not Sendmail */
	bool nagios;
	bool dns;
};

static bool
parse_options(
	int argc, char **argv, struct doctor_options *options, int *status)
{
	const struct options_row rows[] = {
		ASK_OPTIONS(options->ask),
		{"postfix", 0, "DIRECTORY", &options_text, &options->postfix,
			"where main.cf is"},
		{"no-postfix", 0, NULL, &options_flag, &options->no_postfix,
			"there is none to look at"},
		{"sendmail", 0, "DIRECTORY", &options_text, &options->sendmail,
			"it is Sendmail: where sendmail.cf is"},
		{"log", 0, "FILE", &options_text, &options->log,
			"the mail log, whatever Postfix says"},
		{"dns", 0, NULL, &options_flag, &options->dns,
			"asks where mail for our own domains goes (MX)"},
		{"nagios", 0, NULL, &options_flag, &options->nagios,
			"one line, and the exit status of a plugin: 0, 1 "
			"(to know), 2 (wrong), 3 (unknown)"},
	};
	const struct options table = {
		.about = "What is blind or wrong in the running system, each "
			 "with its remedy.",
		.example = "doctor --no-postfix --json",
		.rows = rows,
		.count = sizeof(rows) / sizeof(*rows)};

	*options = (struct doctor_options){.ask = ASK_DEFAULTS};
	return options_read(&table, argc, argv, NULL, status);
}

/* Text that an option gave, if it is not the usual one. */
static const char *
unless(const char *text, const char *usual)
{
	return strcmp(text, usual) != 0 ? text : NULL;
}

/* directory: of main.cf, for commands; NULL for the usual one. */
static void
look_at_instance(struct doctor *doctor, const struct doctor_options *options,
	const struct postfix *postfix, const char *directory)
{
	const struct generation *generation = doctor->generation;
	const struct postfix_check check = {
		.postfix = postfix,
		.listen = &doctor->listen,
		.realm = generation->realm,
		.enforces = generation->config->mode == MODE_ENFORCE,
		.checkup = doctor->checkup,
		.directory = directory,
		.file = unless(options->ask.file, COMMAND_CONFIG_FILE),
	};

	postfix_checkup(&check);
	if (options->dns) {
		postfix_mx_check(&check, generation->config->domains.at,
			generation->config->domains.count);
	}
}

/* One that is not enabled does not run. */
static void
look_at_other(struct doctor *doctor, const struct doctor_options *options,
	const char *directory)
{
	struct err err = {0};
	struct postfix *postfix = postfix_read(directory, &err);

	checkup_set_place(doctor->checkup, directory);
	if (postfix == NULL) {
		checkup_add(doctor->checkup,
			&(struct remedy){.level = CHECKUP_NOTE,
				.subject = "postfix",
				.text = "take it out of "
					"multi_instance_directories"},
			"cannot look at this instance: %s", err.text);
	} else if (slice_equal(postfix_value(postfix, "multi_instance_enable"),
			   SLICE("yes"))) {
		look_at_instance(doctor, options, postfix, directory);
	} else {
		checkup_add_fine(doctor->checkup, "postfix",
			"this instance is not enabled");
	}
	postfix_free(postfix);
	checkup_set_place(doctor->checkup, NULL);
}

static void
look_at_others(struct doctor *doctor, const struct doctor_options *options,
	const struct postfix *postfix)
{
	struct slice list =
		postfix_value(postfix, "multi_instance_directories");
	char directory[PATH_MAX];

	for (struct slice one; postfix_next(&list, &one);) {
		(void)snprintf(
			directory, sizeof(directory), "%.*s", SLICE_ARG(one));
		look_at_other(doctor, options, directory);
	}
}

static void
look_at_postfix(struct doctor *doctor, const struct doctor_options *options)
{
	struct err err = {0};
	struct postfix *postfix;

	if (options->no_postfix || options->sendmail != NULL) {
		doctor_log(doctor, options->log, NULL);
		return;
	}
	postfix = postfix_read(options->postfix, &err);
	if (postfix == NULL) {
		doctor_log(doctor, options->log, NULL);
		checkup_add(doctor->checkup,
			&(struct remedy){.level = CHECKUP_NOTE,
				.subject = "postfix",
				.text = "--postfix DIRECTORY says where "
					"main.cf "
					"is; --no-postfix if there is none"},
			"cannot look at Postfix: %s", err.text);
		return;
	}
	look_at_instance(doctor, options, postfix, options->postfix);
	look_at_others(doctor, options, postfix);
	doctor_log(doctor, options->log, postfix);
	postfix_free(postfix);
}

static void
look_at_sendmail(struct doctor *doctor, const struct doctor_options *options)
{
	const struct generation *generation = doctor->generation;
	const char *directory = options->sendmail;
	char path[PATH_MAX];
	struct buf cf = {0}, egress = {0};
	struct err err = {0};

	(void)snprintf(path, sizeof(path), "%s/sendmail.cf", directory);
	if (!cf_file_read(path, &cf, &err)) {
		checkup_add(doctor->checkup,
			&(struct remedy){.level = CHECKUP_NOTE,
				.subject = "sendmail",
				.text = "--sendmail DIRECTORY says where "
					"sendmail.cf is"},
			"cannot look at Sendmail: %s", err.text);
		return;
	}
	(void)snprintf(path, sizeof(path), "%s/egress.cf", directory);
	bool there = cf_file_read(path, &egress, &err);
	const struct sendmail_check check = {
		.cf = buf_slice(&cf),
		.egress = there ? buf_slice(&egress) : slice_of(NULL),
		.directory = directory,
		.listen = &doctor->listen,
		.realm = generation->realm,
		.enforces = generation->config->mode == MODE_ENFORCE,
		.checkup = doctor->checkup,
		.file = unless(options->ask.file, COMMAND_CONFIG_FILE),
	};
	sendmail_check(&check);
	if (there)
		sendmail_life_check(&check);
	buf_fini(&cf);
	buf_fini(&egress);
}

static void
look_at_rules(struct doctor *doctor, const struct doctor_options *options)
{
	if (!options->no_postfix || options->sendmail != NULL)
		doctor_rules(doctor, options->postfix, options->sendmail);
}

static struct ask *
open_daemon(const struct doctor *doctor, const struct doctor_options *options)
{
	return ask_open(options->ask.socket != NULL
			? options->ask.socket
			: doctor->generation->config->control,
		&(struct err){0});
}

static void
print_checkup(const struct doctor *doctor, bool json)
{
	struct buf text = {0};

	if (json) {
		screen_print_json(doctor_json(doctor));
	} else {
		doctor_add_text(doctor, &text);
		screen_print(&text);
	}
	buf_fini(&text);
}

/* What follows a bar is figures, to Nagios. */
static void
add_without_bar(struct buf *line, struct slice text)
{
	struct buf visible = {0};

	buf_add_visible(&visible, text);
	for (size_t i = 0; i < visible.len; i++)
		buf_add_byte(line, visible.p[i] == '|' ? '/' : visible.p[i]);
	buf_fini(&visible);
}

/* "CRITICAL - intake: no smtpd asks Forwarden": the worst there is. */
static int
print_for_nagios(const struct checkup *checkup)
{
	static const char *const words[] = {"OK", "WARNING", "CRITICAL"};
	const struct symptom *worst = checkup_first(checkup);
	struct buf line = {0};

	for (const struct symptom *s = worst; s != NULL; s = s->next) {
		if (s->level > worst->level)
			worst = s;
	}
	buf_printf(&line,
		"%s - %u wrong, %u to know; %.*s: ", words[worst->level],
		checkup_count(checkup, CHECKUP_WRONG),
		checkup_count(checkup, CHECKUP_NOTE),
		SLICE_ARG(worst->subject));
	add_without_bar(&line, worst->text);
	buf_printf(&line, " | wrong=%u note=%u\n",
		checkup_count(checkup, CHECKUP_WRONG),
		checkup_count(checkup, CHECKUP_NOTE));
	screen_print(&line);
	buf_fini(&line);
	return (int)worst->level;
}

/* Monitoring takes the status of a wrong command line for CRITICAL. */
static int
usage_status(int argc, char **argv, int status)
{
	for (int i = 1; i < argc && status == COMMAND_USAGE; i++) {
		if (strcmp(argv[i], "--nagios") == 0) {
			(void)puts("UNKNOWN - the command line is wrong");
			return NAGIOS_UNKNOWN;
		}
	}
	return status;
}

static int
examine(const struct generation *generation,
	const struct doctor_options *options)
{
	struct doctor doctor;
	int status = options->nagios ? NAGIOS_UNKNOWN : COMMAND_FAILED;

	if (doctor_init(&doctor, generation)) {
		checkup_add_fine(doctor.checkup, "files",
			"%s and its policies are sound", options->ask.file);
		doctor.ask = open_daemon(&doctor, options);
		doctor_daemon(&doctor);
		look_at_postfix(&doctor, options);
		if (options->sendmail != NULL)
			look_at_sendmail(&doctor, options);
		look_at_rules(&doctor, options);
		checkup_add_fine(doctor.checkup, "unseen",
			"by IMAP, POP, webmail and SMTP past this MTA mail "
			"leaves unseen here");
		if (options->nagios) {
			status = print_for_nagios(doctor.checkup);
		} else {
			print_checkup(&doctor, options->ask.json);
			if (checkup_count(doctor.checkup, CHECKUP_WRONG) == 0)
				status = COMMAND_OK;
		}
	}
	ask_close(doctor.ask);
	doctor_fini(&doctor);
	if (status == NAGIOS_UNKNOWN)
		(void)puts("UNKNOWN - out of memory");
	return status;
}

int
cmd_doctor(int argc, char **argv)
{
	const struct generation *generation = NULL;
	struct doctor_options options;
	struct diags *diags;
	int status;

	if (!parse_options(argc, argv, &options, &status))
		return usage_status(argc, argv, status);
	diags = diags_new();
	if (diags != NULL)
		generation = generation_load(options.ask.file, NULL, diags);
	if (generation == NULL) {
		(void)fprintf(options.nagios ? stdout : stderr,
			"%s%s cannot be used; `forwarden check -c %s` says "
			"why, and comes first\n",
			options.nagios ? "CRITICAL - " : "forwarden: ",
			options.ask.file, options.ask.file);
	}
	status = generation != NULL ? examine(generation, &options)
		: options.nagios    ? (int)CHECKUP_WRONG
				    : COMMAND_FAILED;
	generation_unref(generation);
	diags_free(diags);
	return status;
}
