/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The mail log, in short: its last hours, as far as a few seconds suffice, and
 * of them what came after the MTA was last set up. What left before there was
 * a listener did not pass it, and nothing is wrong with that.
 */
#include "base/clock.h"
#include "base/date.h"
#include "base/input.h"
#include "cli/audit_kept.h"
#include "cli/doctor.h"
#include "cli/follow_state.h"
#include "cli/scan_cause.h"
#include "cli/scan_events.h"
#include "cli/scan_left.h"
#include "cli/scan_places.h"
#include "logs/scan.h"
#include "mta/postfix_egress.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define SECOND_MS INT64_C(1000)
#define HOUR_MS (60 * 60 * SECOND_MS)
#define DAY_MS (24 * HOUR_MS)
#define SETTLE_MS (60 * SECOND_MS) /* until what was set up is in force */
#define READ_BYTES ((off_t)64 * 1024 * 1024)
#define READ_MS 3000
#define LINES_A_LOOK 4096U
#define JOURNAL_LINES 200000U
#define JOURNAL "the journal"
#define FOLLOWER_MS (5 * 60 * SECOND_MS) /* it keeps its place each minute */
#define AUDIT_MS (2 * DAY_MS) /* it is made each day */
#define NAME_BYTES 64

struct look {
	struct doctor *doctor;
	const struct postfix *postfix; /* or NULL */
	char path[PATH_MAX];
	char egress[NAME_BYTES]; /* empty: there is none */
	int64_t since_ms, now_ms;
	struct scan *scan;
	struct scan_places journal; /* where no file is */
	bool late; /* it was not read to its end */
};

static void
note_unread(struct doctor *doctor, const char *path, const char *why)
{
	checkup_add(doctor->checkup,
		&(struct remedy){.level = CHECKUP_NOTE,
			.subject = "log",
			.text = "run it as a user who may read mail logs",
			.command = "sudo forwarden doctor"},
		"the mail log was not looked at: %s: %s", path, why);
}

/* False: there is none in a file. */
static bool
find_file(struct look *look)
{
	struct slice path = look->postfix != NULL
		? postfix_value(look->postfix, "maillog_file")
		: slice_of(NULL);
	struct scan_places places;

	if (path.len > 1 && path.p[0] == '/' &&
		!slice_equal(path, SLICE("/dev/stdout"))) {
		(void)snprintf(look->path, sizeof(look->path), "%.*s",
			SLICE_ARG(path));
		return true;
	}
	scan_places_find_live(&places);
	if (places.count > 0) {
		(void)snprintf(
			look->path, sizeof(look->path), "%s", places.paths[0]);
	}
	scan_places_free(&places);
	return look->path[0] != '\0';
}

/* The journal may have what no file has. */
static bool
find_log(struct look *look)
{
	if (find_file(look))
		return true;
	scan_places_find_journal(&look->journal, look->since_ms, JOURNAL_LINES);
	(void)snprintf(look->path, sizeof(look->path), JOURNAL);
	return look->journal.count > 0;
}

/* The listener's name in the log, and since when it is there. */
static void
find_listener(struct look *look)
{
	const struct postfix_service *service =
		postfix_egress_find(look->postfix);
	struct slice name;
	char path[PATH_MAX];
	struct stat st;

	if (service == NULL)
		return;
	name = postfix_service_value(look->postfix, service, "syslog_name");
	for (size_t slash;
		(slash = slice_find_byte(name, '/', 0)) != SLICE_NONE;)
		name = slice_sub(name, slash + 1, name.len);
	(void)snprintf(
		look->egress, sizeof(look->egress), "%.*s", SLICE_ARG(name));
	(void)snprintf(path, sizeof(path), "%s/master.cf",
		postfix_directory(look->postfix));
	if (stat(path, &st) == 0 &&
		(int64_t)st.st_mtime * SECOND_MS + SETTLE_MS > look->since_ms)
		look->since_ms = (int64_t)st.st_mtime * SECOND_MS + SETTLE_MS;
}

static void
read_lines(struct look *look, struct input *input)
{
	int64_t until_ms = clock_monotonic_ms() + READ_MS;
	struct slice line;

	scan_begin_file(look->scan, look->now_ms, 0);
	for (unsigned lines = 1; input_next(input, &line, NULL); lines++) {
		if (!scan_line(look->scan, line) ||
			(lines % LINES_A_LOOK == 0 &&
				clock_monotonic_ms() > until_ms)) {
			look->late = true;
			break;
		}
	}
	(void)scan_finish(look->scan);
}

/* False with it said. */
static bool
read_journal(struct look *look)
{
	struct err err = {0};
	struct input *input = input_open(look->journal.paths[0], &err);

	if (input == NULL)
		note_unread(look->doctor, JOURNAL, err.text);
	else
		read_lines(look, input);
	input_close(input);
	return input != NULL;
}

/* The same of a file. */
static bool
read_file(struct look *look)
{
	int fd = open(look->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	struct input *input = NULL;
	struct stat st;

	if (fd >= 0 && fstat(fd, &st) == 0 && S_ISREG(st.st_mode)) {
		input = input_open_again(fd,
			st.st_size > READ_BYTES ? st.st_size - READ_BYTES : 0,
			NULL);
	}
	if (input == NULL)
		note_unread(look->doctor, look->path,
			fd < 0 ? strerror(errno) : "it is no file");
	else
		read_lines(look, input);
	input_close(input);
	if (fd >= 0)
		(void)close(fd);
	return input != NULL;
}

struct routes {
	const struct scan *scan;
	uint64_t routes, messages;
};

static void
count_route(void *ctx, const struct found_route *route)
{
	struct routes *routes = ctx;

	if (!scan_shows(routes->scan, route))
		return;
	routes->routes++;
	routes->messages += route->sent + route->waiting;
}

static void
tell_routes(struct look *look)
{
	struct routes routes = {.scan = look->scan};
	struct scan_sum sum = scan_sum(look->scan);
	char since[DATE_TEXT_BYTES];

	found_each(scan_found(look->scan), count_route, &routes);
	date_print(sum.first_ms != 0 ? sum.first_ms : look->since_ms, since);
	checkup_add_fine(look->doctor->checkup, "log",
		"%s: since %.16s%s %llu messages were sent on by %llu "
		"routes; `forwarden scan` lists them",
		look->path, since, look->late ? ", and not to its end," : "",
		(unsigned long long)routes.messages,
		(unsigned long long)routes.routes);
}

static void
tell_group(void *ctx, const struct passed_group *group)
{
	const struct look *look = ctx;
	struct buf text = {0}, command = {0};

	scan_cause_add(&text, group);
	buf_puts(&command, "forwarden scan --egress ");
	checkup_add_word(&command, slice_of(look->egress));
	buf_add_byte(&command, ' ');
	checkup_add_word(&command, slice_of(look->path));
	checkup_add(look->doctor->checkup,
		&(struct remedy){.level = CHECKUP_WRONG,
			.subject = "log",
			.text = scan_cause_setting(group->cause),
			.command = buf_ok(&command) ? command.p : NULL},
		"%llu messages left unseen: %.*s",
		(unsigned long long)group->count, SLICE_ARG(buf_slice(&text)));
	buf_fini(&text);
	buf_fini(&command);
}

static void
count_mail(void *ctx, const struct passed_mail *mail)
{
	uint64_t *count = ctx;

	(void)mail;
	++*count;
}

static void
tell_passed(struct look *look)
{
	const struct passed *passed = scan_passed(look->scan);
	uint64_t released = 0;

	/* Where nothing passed it, nothing is known of its name. */
	if (passed == NULL || scan_sum(look->scan).egress == 0)
		return;
	checkup_add_fine(look->doctor->checkup, "log",
		"%llu messages left by the listener \"%s\", %llu without "
		"passing it",
		(unsigned long long)passed_seen(passed), look->egress,
		(unsigned long long)passed_unseen(
			passed, scan_ours(look->scan)));
	passed_each_group(passed, scan_ours(look->scan), tell_group, look);
	passed_each_released(passed, count_mail, &released);
	/* Events know better who ended a hold. */
	if (released > 0 && judged_events(scan_judged(look->scan)) == 0) {
		checkup_add(look->doctor->checkup,
			&(struct remedy){.level = CHECKUP_NOTE,
				.subject = "log",
				.text = "if nobody released them, ask who "
					"runs postsuper",
				.command = "forwarden events"},
			"%llu messages were held at the listener, and left "
			"all the same",
			(unsigned long long)released);
	}
}

struct telling {
	const struct look *look;
	struct checkup_names names;
	const char *how; /* of the first */
};

static void
name_left(void *ctx, const struct judged_left *left)
{
	struct telling *telling = ctx;
	struct buf text = {0};

	buf_printf(&text, "%s to %s", left->mail.id, left->mail.recipient);
	checkup_names_add(&telling->names, buf_slice(&text));
	if (telling->how == NULL)
		telling->how = scan_left_how(left->how);
	buf_fini(&text);
}

static void
name_silent(void *ctx, struct judged_silent *silent)
{
	struct telling *telling = ctx;
	bool has_listener = telling->look->egress[0] != '\0';
	struct buf text = {0};

	/* What passes no listener was told of above. */
	if (silent->known != JUDGED_NOT_COUNTED || !silent->seen)
		return;
	buf_printf(&text, "%s of %s to %s", silent->id,
		silent->mailbox[0] != '\0' ? silent->mailbox : "?",
		silent->destination);
	checkup_names_add(&telling->names, buf_slice(&text));
	telling->how = scan_left_why(silent, has_listener);
	buf_fini(&text);
}

/* Mail that was held or refused, and forwards of which nothing was told,
 * though they passed the listener. */
static void
tell_judged(struct look *look)
{
	struct judged *judged = scan_judged(look->scan);
	struct telling left = {.look = look}, silent = {.look = look};

	judged_each_left(judged, name_left, &left);
	if (left.names.count > 0)
		checkup_add(look->doctor->checkup,
			&(struct remedy){.level = CHECKUP_WRONG,
				.subject = "log",
				.text = left.how,
				.command = "forwarden scan --events daemon"},
			"%zu messages left that had been held or refused: %s",
			left.names.count, left.names.text);
	judged_each_silent(judged, scan_ours(look->scan), name_silent, &silent);
	if (silent.names.count > 0)
		checkup_add(look->doctor->checkup,
			&(struct remedy){.level = CHECKUP_NOTE,
				.subject = "log",
				.text = silent.how,
				.command = "forwarden scan --events daemon"},
			"%zu forwards passed the listener, and none was "
			"counted: %s",
			silent.names.count, silent.names.text);
	if (left.names.count == 0 && judged_events(judged) > 0)
		checkup_add_fine(look->doctor->checkup, "log",
			"nothing left that had been held or refused, by "
			"%llu events",
			(unsigned long long)judged_events(judged));
}

/* A daemon that cannot be asked is told of elsewhere. */
static void
ask_events(struct look *look)
{
	struct err err = {0};

	if (look->doctor->ask != NULL)
		(void)scan_events_ask(look->scan, look->doctor->ask, &err);
}

static void
ask_counted(struct look *look)
{
	struct err err = {0};

	if (look->doctor->ask != NULL && look->egress[0] != '\0')
		(void)scan_events_count(look->scan, look->doctor->ask, &err);
}

static void
look_at_log(struct look *look)
{
	struct scan_options options = {
		.realm = look->doctor->generation->realm, .judged = true};
	struct err err = {0};
	bool read;

	if (look->postfix != NULL)
		find_listener(look);
	options.since_ms = look->since_ms;
	options.egress = look->egress[0] != '\0' ? look->egress : NULL;
	look->scan = scan_new(&options, &err);
	if (look->scan != NULL) {
		ask_events(look);
		read = look->journal.count > 0 ? read_journal(look)
					       : read_file(look);
		if (read) {
			ask_counted(look);
			tell_routes(look);
			tell_passed(look);
			tell_judged(look);
		}
	}
	scan_free(look->scan);
}

/* A file that a service writes for as long as it lives. */
static void
look_at_service(struct look *look, const char *file, int64_t most_ms,
	const struct remedy *remedy)
{
	struct stat st;
	char at[DATE_TEXT_BYTES];

	if (stat(file, &st) == 0) {
		int64_t at_ms = (int64_t)st.st_mtime * SECOND_MS;

		date_print(at_ms, at);
		if (look->now_ms - at_ms <= most_ms) {
			checkup_add_fine(look->doctor->checkup, remedy->subject,
				"%s lives: %s", remedy->text, file);
		} else {
			checkup_add(look->doctor->checkup,
				&(struct remedy){.level = CHECKUP_NOTE,
					.subject = remedy->subject,
					.command = remedy->command},
				"%s has not kept anything since %.16s: %s",
				remedy->text, at, file);
		}
	} else {
		checkup_add_fine(look->doctor->checkup, remedy->subject,
			errno == ENOENT ? "%s does not run here%s"
					: "%s: %s cannot be looked at",
			remedy->text, errno == ENOENT ? "" : file);
	}
}

void
doctor_log(
	struct doctor *doctor, const char *path, const struct postfix *postfix)
{
	struct look *look = calloc(1, sizeof(*look));

	if (look == NULL)
		return;
	look->doctor = doctor;
	look->postfix = postfix;
	look->now_ms = clock_now_ms(clock_real());
	look->since_ms = look->now_ms - DAY_MS;
	if (path != NULL)
		(void)snprintf(look->path, sizeof(look->path), "%s", path);
	if (path != NULL || find_log(look)) {
		look_at_log(look);
	} else {
		checkup_add_fine(doctor->checkup, "log",
			"no mail log is here, neither a file nor a journal");
	}
	scan_places_free(&look->journal);
	look_at_service(look, FOLLOW_STATE_FILE, FOLLOWER_MS,
		&(struct remedy){.subject = "follower",
			.text = "the follower of the mail log",
			.command = "systemctl status forwarden-scan"});
	look_at_service(look, AUDIT_KEPT_FILE, AUDIT_MS,
		&(struct remedy){.subject = "audit",
			.text = "the daily audit",
			.command = "systemctl status forwarden-audit.timer"});
	free(look);
}
