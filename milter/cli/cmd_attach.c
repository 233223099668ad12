/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * forwarden attach: puts Forwarden before the mail server that is here, with
 * proof that it works, and takes it off again.
 */
#include "cli/ask.h"
#include "cli/attach_listen.h"
#include "cli/command.h"
#include "cli/options.h"
#include "daemon/config.h"
#include "mta/attach_postfix.h"
#include "mta/attach_sendmail.h"
#include "mta/milter_path.h"

#include <ctype.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define TRANSPORTS_BYTES 256

struct attach_options {
	struct ask_options ask;
	struct attach attach;
	struct attach_sendmail sendmail;
	bool is_sendmail;
	bool intake, non_smtpd, egress;
	bool dry_run, update, undo, probe; /* one of them, or none */
	char transports[TRANSPORTS_BYTES]; /* "smtp|relay" */
};

static bool
take_away(void *target, const char *value)
{
	*(const char **)target = value;
	return strcmp(value, "accept") == 0 || strcmp(value, "tempfail") == 0;
}

static const struct options_kind away_kind = {take_away,
	"write accept (while Forwarden is away mail passes unseen) or "
	"tempfail (it waits)"};

static bool
take_port(void *target, const char *value)
{
	uint64_t port;

	if (!slice_to_u64(slice_of(value), &port) || port == 0 || port > 65535)
		return false;
	*(uint16_t *)target = (uint16_t)port;
	return true;
}

static const struct options_kind port_kind = {
	take_port, "write a number from 1 to 65535"};

/* Names of services, with commas; a pattern of Postfix joins them otherwise. */
static bool
take_transports(void *target, const char *value)
{
	char *names = target;
	size_t n = 0;

	for (; *value != '\0' && n + 1 < TRANSPORTS_BYTES; value++) {
		unsigned char byte = (unsigned char)*value;
		if (byte == ',' && n > 0 && names[n - 1] != '|' &&
			value[1] != '\0') {
			names[n++] = '|';
		} else if (isalnum(byte) || byte == '-' || byte == '_') {
			names[n++] = (char)byte;
		} else {
			return false;
		}
	}
	names[n] = '\0';
	return n > 0 && *value == '\0';
}

static const struct options_kind transports_kind = {take_transports,
	"write names of services of master.cf, with commas: smtp,relay; or "
	"none"};

static const struct attach_options defaults = {.ask = ASK_DEFAULTS,
	.sendmail = {.mc = "/etc/mail/sendmail.mc",
		.cf_directory = "/usr/share/sendmail/cf",
		.program = "/usr/sbin/sendmail"}};

/* Why these options cannot go together; NULL if they can. */
static const char *
contradiction(const struct attach_options *options)
{
	if (options->dry_run + options->update + options->undo +
			options->probe >
		1)
		return "--dry-run, --update, --undo and --probe are one each";
	if (options->transports[0] != '\0' && !options->egress &&
		(options->intake || options->non_smtpd))
		return "--transports is for --egress";
	if (options->is_sendmail &&
		(options->intake || options->non_smtpd || options->egress ||
			options->update || options->transports[0] != '\0'))
		return "with --sendmail all mail is shown, and --update is "
		       "--undo, then attach";
	return NULL;
}

static const char about[] =
	"Shows the mail of Postfix, or of Sendmail, to Forwarden, and proves "
	"that it\ndoes before it says so. Whatever is not as it should be is "
	"put back.";

static bool
parse_options(
	int argc, char **argv, struct attach_options *options, int *status)
{
	const struct options_row rows[] = {
		ASK_OPTIONS(options->ask),
		{"intake", 0, NULL, &options_flag, &options->intake,
			"mail that comes in by SMTP"},
		{"non-smtpd", 0, NULL, &options_flag, &options->non_smtpd,
			"mail of sendmail(1): Sieve, procmail, cron"},
		{"egress", 0, NULL, &options_flag, &options->egress,
			"mail that leaves, hence what the server itself "
			"forwards; none of the three: all of them"},
		{"away", 0, "WHAT", &away_kind, &options->attach.wish.away,
			"while Forwarden is away: accept or tempfail"},
		{"transports", 0, "NAMES", &transports_kind,
			options->transports,
			"entries of transport_maps with these (smtp,relay) "
			"lead outside: they are shown, too; none: no more"},
		{"port", 0, "PORT", &port_kind, &options->attach.wish.port,
			"of the listener for mail that leaves"},
		{"postfix", 0, "DIRECTORY", &options_text,
			&options->attach.directory, "where main.cf is"},
		{"sendmail", 0, NULL, &options_flag, &options->is_sendmail,
			"it is Sendmail, not Postfix"},
		{"sendmail-mc", 0, "FILE", &options_text, &options->sendmail.mc,
			"/etc/mail/sendmail.mc"},
		{"sendmail-cf", 0, "DIRECTORY", &options_text,
			&options->sendmail.cf_directory,
			"Sendmail's own m4 files"},
		{"sendmail-program", 0, "FILE", &options_text,
			&options->sendmail.program, "sendmail(8)"},
		{"dry-run", 0, NULL, &options_flag, &options->dry_run,
			"show what would change and what would be proved"},
		{"update", 0, NULL, &options_flag, &options->update,
			"put today's recipe in the place of what is there, "
			"with its options where none are given"},
		{"undo", 0, NULL, &options_flag, &options->undo, "take it off"},
		{"probe", 0, NULL, &options_flag, &options->probe,
			"prove what is attached, change nothing"},
	};
	const struct options table = {.about = about,
		.example = "attach --dry-run",
		.rows = rows,
		.count = sizeof(rows) / sizeof(*rows)};

	*options = defaults;
	return options_read(&table, argc, argv, NULL, status);
}

static bool
is_plain(const char *text)
{
	for (; *text != '\0'; text++) {
		if ((*text < ' ' && *text != '\t') || *text > '~')
			return false;
	}
	return true;
}

/* Lines of files are shown as they are: a backslash is one there. */
static void
say(void *ctx, const char *text)
{
	struct buf line = {0};

	(void)ctx;
	if (is_plain(text)) {
		buf_puts(&line, text);
	} else {
		buf_add_visible(&line, slice_of(text));
	}
	if (buf_ok(&line))
		(void)puts(buf_slice(&line).p);
	(void)fflush(stdout);
	buf_fini(&line);
}

static bool
has_text(const struct json *list, struct slice text)
{
	for (size_t i = 0; i < json_count(list); i++) {
		if (slice_equal(json_own_text(json_at(list, i)), text))
			return true;
	}
	return false;
}

static bool
ask_daemon(void *ctx, const char *word, struct slice listener, bool *seen,
	struct err *err)
{
	struct buf path = {0};

	buf_printf(&path, "/v1/probe/%s", word);
	struct json *answer = buf_ok(&path)
		? ask_json(ctx, ASK_GET, buf_slice(&path).p, err)
		: NULL;
	buf_fini(&path);
	if (answer == NULL)
		return false;
	*seen = has_text(json_find(answer, "listeners"), listener);
	json_free(answer);
	return true;
}

/* Where Postfix finds the daemon. */
static bool
find_milter(void *ctx, const struct postfix *postfix, struct buf *milter,
	struct err *err)
{
	struct buf listen = {0};
	struct socket_name name;
	bool done = attach_listen(ctx, postfix, &listen, err) &&
		(socket_name_parse(buf_slice(&listen), &name, err) ||
			err_wrap(err, "listen")) &&
		milter_path_spell(postfix, &name, milter, err);

	buf_fini(&listen);
	return done;
}

static bool
do_postfix(const struct attach_options *options, const struct attach *attach,
	struct err *err)
{
	if (options->dry_run)
		return attach_postfix_show(attach, err);
	if (options->probe)
		return attach_postfix_probe(attach, err);
	return attach_postfix(attach, err);
}

static unsigned
wanted_parts(const struct attach_options *options)
{
	return (options->intake ? RECIPE_INTAKE : 0U) |
		(options->non_smtpd ? RECIPE_NON_SMTPD : 0U) |
		(options->egress ? RECIPE_EGRESS : 0U);
}

static bool
attach_to_postfix(struct attach_options *options, const struct config *config,
	struct ask *ask, struct err *err)
{
	struct attach *attach = &options->attach;
	struct attach_listen listen = {
		ask, config, &attach->help, options->dry_run};

	attach->wish.parts = wanted_parts(options);
	if (strcmp(options->transports, "none") == 0) {
		attach->wish.outside = "";
	} else if (options->transports[0] != '\0') {
		attach->wish.outside = options->transports;
	}
	attach->wish.reject_text = config->reject_text;
	attach->find_milter = find_milter;
	attach->find_ctx = &listen;
	attach->update = options->update;
	return do_postfix(options, attach, err);
}

static bool
do_sendmail(const struct attach_options *options, struct err *err)
{
	if (options->dry_run)
		return attach_sendmail_show(&options->sendmail, err);
	if (options->probe)
		return attach_sendmail_probe(&options->sendmail, err);
	return attach_sendmail(&options->sendmail, err);
}

/* libmilter's spelling is Sendmail's. */
static bool
attach_to_sendmail(struct attach_options *options, const struct config *config,
	struct err *err)
{
	struct attach_sendmail *sendmail = &options->sendmail;
	struct socket_name name;
	struct buf milter = {0};

	if (!socket_name_parse(slice_of(config->listen), &name, err))
		return err_wrap(err, "listen");
	if (name.family != SOCKET_NAME_UNIX && name.host[0] == '\0') {
		(void)strcpy(name.host,
			name.family == SOCKET_NAME_INET6 ? "::1" : "127.0.0.1");
	}
	socket_name_print(&name, &milter);
	sendmail->milter = buf_ok(&milter) ? milter.p : "";
	sendmail->away = options->attach.wish.away != NULL
		? options->attach.wish.away
		: "accept";
	sendmail->port = options->attach.wish.port;
	sendmail->help = options->attach.help;
	bool done = do_sendmail(options, err);
	buf_fini(&milter);
	return done;
}

/* Told to stop, it puts back what it has begun. */
static volatile sig_atomic_t stopped;

static void
on_stop(int number)
{
	(void)number;
	stopped = 1;
}

static bool
is_stopped(void)
{
	return stopped != 0;
}

static void
await_stop(void)
{
	static const int numbers[] = {SIGINT, SIGTERM, SIGHUP};
	struct sigaction action = {
		.sa_handler = on_stop, .sa_flags = SA_RESTART};

	(void)sigemptyset(&action.sa_mask);
	for (size_t i = 0; i < sizeof(numbers) / sizeof(*numbers); i++) {
		struct sigaction before;

		/* nohup(1) means it. */
		if (sigaction(numbers[i], &action, &before) == 0 &&
			before.sa_handler == SIG_IGN)
			(void)sigaction(numbers[i], &before, NULL);
	}
}

static bool
attach_configured(struct attach_options *options, const struct config *config,
	struct err *err)
{
	struct ask *ask =
		ask_open(options->ask.socket != NULL ? options->ask.socket
						     : config->control,
			err);

	if (ask == NULL)
		return false;
	options->attach.help =
		(struct attach_help){ask, say, ask_daemon, is_stopped};
	await_stop();
	bool done = options->is_sendmail
		? attach_to_sendmail(options, config, err)
		: attach_to_postfix(options, config, ask, err);
	ask_close(ask);
	return done;
}

static struct config *
load_config(const char *file, struct err *err)
{
	struct diags *diags = diags_new();
	struct config *config = NULL;

	if (diags != NULL)
		config = config_load(file, diags);
	if (config == NULL || diags_count(diags, DIAG_ERROR) > 0) {
		(void)err_set(err, ERR_INVALID,
			"%s cannot be used%s; `forwarden check -c %s` says "
			"why, and comes first",
			file, geteuid() != 0 ? " (run this as root)" : "",
			file);
		config_free(config);
		config = NULL;
	}
	diags_free(diags);
	return config;
}

/* Undoing needs neither a sound configuration nor a daemon. */
static bool
run(struct attach_options *options, struct err *err)
{
	struct config *config;

	options->attach.help.say = say;
	options->sendmail.help.say = say;
	if (options->undo)
		return options->is_sendmail
			? attach_sendmail_undo(&options->sendmail, err)
			: attach_postfix_undo(&options->attach, err);
	config = load_config(options->ask.file, err);
	if (config == NULL)
		return false;
	bool done = attach_configured(options, config, err);
	config_free(config);
	return done;
}

int
cmd_attach(int argc, char **argv)
{
	struct attach_options options;
	const char *why;
	struct err err = {0};
	int status;

	if (!parse_options(argc, argv, &options, &status))
		return status;
	why = contradiction(&options);
	if (why != NULL)
		return options_refuse(argv[0], why);
	if (run(&options, &err))
		return COMMAND_OK;
	(void)fprintf(stderr, "forwarden: %s\n", err.text);
	return COMMAND_FAILED;
}
