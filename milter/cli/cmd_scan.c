/* SPDX-License-Identifier: BSD-2-Clause */
/* forwarden scan: who forwards where, from the logs a site has. */
#include "base/clock.h"
#include "base/input.h"
#include "cli/command.h"
#include "cli/follow.h"
#include "cli/follow_state.h"
#include "cli/options.h"
#include "cli/scan_events.h"
#include "cli/scan_known.h"
#include "cli/scan_places.h"
#include "cli/scan_show.h"
#include "daemon/config.h"
#include "logs/scan.h"

#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#define SECOND_MS 1000
#define PERCENT 100
#define LINES_A_REPORT 100000U
#define EVENTS_OF_DAEMON "daemon"
#define EXIT_NEW 1 /* routes that are not known, mail that was not to leave */
#define EXIT_TROUBLE 2 /* something could not be read */

struct scan_command {
	const char *config, *known_file, *egress, *root;
	struct options_words domains, networks, events;
	unsigned year;
	long long since_ms;
	const char *state, *socket;
	bool json, csv, follow, journal;
	char **logs;
	struct buf control; /* the daemon's socket, as configured */
	struct buf events_file; /* where it keeps its events, as configured */
	struct ask *ask; /* to the daemon, or NULL */
	struct realm *realm;
	struct scan *scan;
	struct scan_known *known;
	bool troubled;
	int percent; /* shown last */
};

/* Rows of the table of options; command is a struct scan_command. */
/* clang-format off */
#define FORM_ROWS(command) \
	{"json", 'j', NULL, &options_flag, &(command).json, \
		"an object a route, one a line"}, \
	{"csv", 0, NULL, &options_flag, &(command).csv, "a row a route"}, \
	{"known", 0, "FILE", &options_text, &(command).known_file, \
		"only what is not in it: what --json or --csv wrote, " \
		"or lines of mailbox and destination"}, \
	{"since", 0, "AGE", &options_age, &(command).since_ms, \
		"lines of that time alone (90m, 24h, 7d)"}
#define LEFT_ROWS(command) \
	{"egress", 0, "NAME", &options_text, &(command).egress, \
		"the listener for mail that leaves, by its " \
		"syslog_name: what left without passing it"}, \
	{"events", 0, "FILE", &options_words, &(command).events, \
		"what the daemon told (log.events), or \"daemon\": ask " \
		"it: what left though it was held or refused, and " \
		"forwards of which no listener told"}
#define OURS_ROWS(command) \
	{"config", 'c', "FILE", &options_text, &(command).config, \
		"its local domains and networks (the installed one, " \
		"if it is there)"}, \
	{"local", 'l', "DOMAIN", &options_words, &(command).domains, \
		"a domain that is ours, besides those to which mail " \
		"was delivered here"}, \
	{"networks", 'n', "NET", &options_words, &(command).networks, \
		"a network that is ours, besides the private ones"}, \
	{"year", 0, "YEAR", &options_number, &(command).year, \
		"of the first line, where lines say none"}
#define FOLLOW_ROWS(command) \
	{"follow", 'f', NULL, &options_flag, &(command).follow, \
		"goes on with what is written from now on, and tells " \
		"the daemon of each forward"}, \
	{"journal", 0, NULL, &options_flag, &(command).journal, \
		"with --follow: the journal, whatever files there are"}, \
	{"state", 0, "FILE", &options_text, &(command).state, \
		"with --follow: where it keeps how far it " \
		"was (" FOLLOW_STATE_FILE ")"}, \
	{"socket", 0, "PATH", &options_text, &(command).socket, \
		"unix:/path: the daemon's, whatever is configured"}
/* clang-format on */

static bool
parse_options(int argc, char **argv, struct scan_command *command, int *status)
{
	const struct options_row rows[] = {
		FORM_ROWS(*command),
		LEFT_ROWS(*command),
		OURS_ROWS(*command),
		FOLLOW_ROWS(*command),
		{"root", 0, "DIRECTORY", &options_text, &command->root, NULL},
	};
	const struct options table = {
		.about = "Who forwards where, from the mail logs of this "
			 "machine, or from those that are\ngiven: Postfix, "
			 "with Dovecot and Pigeonhole; syslog, RFC 3339, RFC "
			 "5424, the\njournal's JSON; plain or packed by gzip, "
			 "xz, bzip2; \"-\" is the standard input.\nNothing "
			 "needs to be configured, and no mail is touched.\n\n"
			 "Exits with 1 if there is a route that is not in the "
			 "file of --known, or if mail\nleft that was not to "
			 "(--egress, --events), with 2 if something could not "
			 "be read.",
		.example = "scan /var/log/mail.log*",
		.rows = rows,
		.count = sizeof(rows) / sizeof(*rows),
		.operands = "LOG...",
		.least = 0,
		.most = -1};

	*command = (struct scan_command){
		.root = "", .percent = -1, .state = FOLLOW_STATE_FILE};
	return options_read(&table, argc, argv, &command->logs, status);
}

static void
complain(struct scan_command *command, const char *text)
{
	if (isatty(STDERR_FILENO))
		fputs("\r\033[K", stderr);
	fprintf(stderr, "forwarden scan: %s\n", text);
	command->troubled = true;
}

static bool
add_words(struct scan_command *command, const struct options_words *words,
	bool (*add)(struct realm *, struct slice, struct err *))
{
	struct err err = {0};

	for (size_t i = 0; i < words->count; i++) {
		if (!add(command->realm, slice_of(words->at[i]), &err)) {
			complain(command, err.text);
			return false;
		}
	}
	return true;
}

static void
add_list(struct scan_command *command, const struct reader_text_list *list,
	bool (*add)(struct realm *, struct slice, struct err *))
{
	struct err err = {0};

	for (size_t i = 0; i < list->count; i++) {
		if (!add(command->realm, list->at[i], &err))
			complain(command, err.text);
	}
}

static const char *
text_of(const char *maybe)
{
	return maybe != NULL ? maybe : "";
}

/* A configuration that was asked for must be right; the installed one may
 * still be as it was installed. */
static bool
add_config(struct scan_command *command)
{
	const char *file =
		command->config != NULL ? command->config : COMMAND_CONFIG_FILE;
	struct diags *diags;
	struct config *config;
	struct err err = {0};
	bool good;

	if (command->config == NULL && access(file, R_OK) != 0)
		return true;
	diags = diags_new();
	config = config_load(file, diags);
	good = config != NULL && diags_count(diags, DIAG_ERROR) == 0;
	if (good) {
		add_list(command, &config->domains, realm_add_domain);
		add_list(command, &config->networks, realm_add_network);
		buf_puts(&command->control, config->control);
		buf_puts(&command->events_file,
			text_of(scan_events_file(
				config->events, config->log_target)));
		(void)realm_set_delimiters(
			command->realm, slice_of(config->delimiter), &err);
	} else if (command->config != NULL) {
		struct buf text = {0};

		diags_print(diags, &text);
		fputs(text.p != NULL ? text.p : "", stderr);
		buf_fini(&text);
	}
	config_free(config);
	diags_free(diags);
	return good || command->config == NULL;
}

static bool
make_realm(struct scan_command *command)
{
	command->realm = realm_new();
	return command->realm != NULL && add_config(command) &&
		add_words(command, &command->domains, realm_add_domain) &&
		add_words(command, &command->networks, realm_add_network);
}

static bool
open_scan(struct scan_command *command)
{
	struct scan_options options = {.egress = command->egress,
		.realm = command->realm,
		.judged = command->events.count > 0};
	struct err err = {0};

	if (command->since_ms > 0)
		options.since_ms =
			clock_now_ms(clock_real()) - command->since_ms;
	if (command->known_file != NULL) {
		command->known = scan_known_read(command->known_file, &err);
		if (command->known == NULL) {
			complain(command, err.text);
			return false;
		}
	}
	command->scan = scan_new(&options, &err);
	if (command->scan == NULL)
		complain(command, err.text);
	return command->scan != NULL;
}

static void
show_progress(struct scan_command *command, const char *path,
	const struct input *input)
{
	int64_t size = input_size(input);
	int percent =
		size > 0 ? (int)(input_consumed(input) * PERCENT / size) : 0;

	if (!isatty(STDERR_FILENO) || percent == command->percent)
		return;
	command->percent = percent;
	fprintf(stderr, "\r\033[K%s: %d %%", path, percent);
	fflush(stderr);
}

static bool
read_lines(struct scan_command *command, const char *path, struct input *input,
	struct err *err)
{
	struct slice line;

	for (unsigned lines = 0; input_next(input, &line, err);) {
		if (!scan_line(command->scan, line))
			return err_set(err, ERR_MEMORY, "out of memory");
		if (++lines % LINES_A_REPORT == 0)
			show_progress(command, path, input);
	}
	return err->code == ERR_NONE;
}

/* One that cannot be read to its end is told, and the others are read. */
static void
read_log(struct scan_command *command, const char *path)
{
	struct err err = {0};
	struct input *input = input_open(path, &err);
	int64_t written;

	if (input == NULL) {
		complain(command, err.text);
		return;
	}
	written = input_written(input) * SECOND_MS;
	if (written == 0)
		written = clock_now_ms(clock_real());
	scan_begin_file(command->scan, written, (int)command->year);
	if (!read_lines(command, path, input, &err)) {
		err_wrap(&err, "%s", path);
		complain(command, err.text);
	}
	scan_note_cut(command->scan, input_cut(input));
	input_close(input);
}

static bool
read_all(struct scan_command *command, char **paths, size_t count)
{
	scan_places_sort(paths, count);
	for (size_t i = 0; i < count; i++)
		read_log(command, paths[i]);
	if (isatty(STDERR_FILENO))
		fputs("\r\033[K", stderr);
	if (!scan_finish(command->scan)) {
		complain(command, "out of memory");
		return false;
	}
	return true;
}

static bool
read_own_logs(struct scan_command *command)
{
	struct scan_places places;
	struct buf tried = {0};
	bool good = scan_places_find(&places, command->root, &tried);

	if (good) {
		good = read_all(command, places.paths, places.count);
	} else {
		fprintf(stderr,
			"forwarden scan: this machine has no mail log that "
			"could be found (%s); give it: forwarden scan LOG\n",
			tried.p != NULL ? tried.p : "");
	}
	buf_fini(&tried);
	scan_places_free(&places);
	return good;
}

/* "mail.log mail.log*" means each once. */
static bool
is_given_before(char **paths, size_t count, const char *path)
{
	struct stat one, other;

	if (stat(path, &one) != 0 || !S_ISREG(one.st_mode))
		return false;
	for (size_t i = 0; i < count; i++) {
		if (stat(paths[i], &other) == 0 && one.st_dev == other.st_dev &&
			one.st_ino == other.st_ino)
			return true;
	}
	return false;
}

static bool
read_given_logs(struct scan_command *command)
{
	char **logs = command->logs;
	size_t count = 0;

	for (size_t i = 0; logs[i] != NULL; i++) {
		if (!is_given_before(logs, count, logs[i]))
			logs[count++] = logs[i];
	}
	return read_all(command, logs, count);
}

/* What the sum says of whether anything was understood. */
static void
check_sum(struct scan_command *command)
{
	struct scan_sum sum = scan_sum(command->scan);

	if (sum.mail_lines == 0) {
		complain(command,
			"no line of a mail server in it that is in time; does "
			"`forwarden scan --help` name what writes it?");
	} else if (command->egress != NULL && sum.egress == 0) {
		complain(command,
			"no queue id was begun by a listener of that name; "
			"syslog_name in master.cf says it, and RFC 5424 loses "
			"it");
	}
}

static int
show(struct scan_command *command)
{
	uint64_t wrong = 0;
	size_t fresh;

	check_sum(command);
	if (scan_sum(command->scan).mail_lines == 0)
		return EXIT_TROUBLE;
	fresh = scan_show(&(struct scan_show){.scan = command->scan,
				  .known = command->known,
				  .egress = command->egress,
				  .form = command->json  ? SCAN_SHOW_JSON
					  : command->csv ? SCAN_SHOW_CSV
							 : SCAN_SHOW_TEXT},
		&wrong);
	if (command->troubled)
		return EXIT_TROUBLE;
	return wrong > 0 || (command->known != NULL && fresh > 0) ? EXIT_NEW
								  : COMMAND_OK;
}

static const char *
socket_of(const struct scan_command *command)
{
	return command->socket != NULL ? command->socket : command->control.p;
}

static bool
ask_daemon(struct scan_command *command, struct err *err)
{
	if (socket_of(command) == NULL)
		return err_set(err, ERR_INVALID,
			"no configuration names the daemon's socket: "
			"--socket does");
	command->ask = ask_open(socket_of(command), err);
	return command->ask != NULL &&
		scan_events_ask(command->scan, command->ask, err);
}

/* What cannot be read is told, and the logs are read all the same. */
static void
read_events(struct scan_command *command)
{
	uint64_t odd = 0;

	for (size_t i = 0; i < command->events.count; i++) {
		const char *name = command->events.at[i];
		struct err err = {0};

		if (!(strcmp(name, EVENTS_OF_DAEMON) == 0
				    ? ask_daemon(command, &err)
				    : scan_events_read(
					      command->scan, name, &odd, &err)))
			complain(command, err.text);
	}
	if (odd > 0)
		complain(command,
			"some lines of the events are none that can be read");
}

/* Of its own log this machine's daemon can tell. */
static void
choose_events(struct scan_command *command)
{
	struct options_words *events = &command->events;

	if (command->logs[0] != NULL || command->egress == NULL ||
		command->root[0] != '\0' || events->count > 0)
		return;
	if (command->events_file.len > 0)
		events->at[events->count++] = command->events_file.p;
	if (socket_of(command) != NULL)
		events->at[events->count++] = EVENTS_OF_DAEMON;
}

/* The daemon knows what it counted without a word. */
static void
count_forwards(struct scan_command *command)
{
	struct err err = {0};

	if (command->ask != NULL &&
		!scan_events_count(command->scan, command->ask, &err))
		complain(command, err.text);
}

static int
scan(struct scan_command *command)
{
	choose_events(command);
	if (!open_scan(command))
		return EXIT_TROUBLE;
	read_events(command);
	if (!(command->logs[0] != NULL ? read_given_logs(command)
				       : read_own_logs(command)))
		return EXIT_TROUBLE;
	count_forwards(command);
	return show(command);
}

/* What is ours must be said: a line of the log, which anybody may have
 * written, says it to nobody who acts on it. */
static int
follow(struct scan_command *command)
{
	const struct follow_options options = {.logs = command->logs,
		.journal = command->journal,
		.socket = socket_of(command),
		.state = command->state,
		.egress = command->egress != NULL ? command->egress : "egress",
		.realm = command->realm};

	if (options.socket == NULL || realm_domains(command->realm) == 0) {
		complain(command,
			"--follow needs a configuration that can be used "
			"(`forwarden check` says why), or --socket and "
			"--local");
		return EXIT_TROUBLE;
	}
	return follow_run(&options) ? COMMAND_OK : EXIT_TROUBLE;
}

/* Why the options do not go together; NULL: they do. */
static const char *
contradiction(const struct scan_command *command)
{
	if (command->json && command->csv)
		return "either --json or --csv";
	if (command->follow &&
		(command->json || command->csv || command->year > 0 ||
			command->known_file != NULL || command->since_ms > 0 ||
			command->events.count > 0))
		return "with --follow nothing is shown: none of --json, "
		       "--csv, --known, --since, --events and --year";
	if (command->journal && (!command->follow || command->logs[0] != NULL))
		return "--journal goes with --follow, and without a log";
	return NULL;
}

int
cmd_scan(int argc, char **argv)
{
	struct scan_command command;
	int status;

	if (!parse_options(argc, argv, &command, &status))
		return status;
	if (contradiction(&command) != NULL)
		return options_refuse(argv[0], contradiction(&command));
	status = EXIT_TROUBLE;
	if (make_realm(&command))
		status = command.follow ? follow(&command) : scan(&command);
	scan_free(command.scan);
	scan_known_free(command.known);
	realm_free(command.realm);
	ask_close(command.ask);
	buf_fini(&command.control);
	buf_fini(&command.events_file);
	return status;
}
