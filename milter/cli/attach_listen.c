/* SPDX-License-Identifier: BSD-2-Clause */
/* The daemon's socket moved to where Postfix alone reaches it. */
#include "cli/attach_listen.h"

#include "base/clock.h"
#include "daemon/listener.h"
#include "mta/attach_help.h"
#include "mta/cf_file.h"
#include "mta/difference.h"
#include "mta/milter_place.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/types.h>
#include <time.h>
#include <unistd.h>

#define OPEN_SECONDS 10
#define LOOK_MS 50
#define KEY "listen:"
#define SHOWN_KEY "#listen:"

/* A move under way. */
struct move {
	const struct attach_listen *wanted;
	const struct postfix *postfix;
	struct buf path; /* the socket to come */
	struct buf old, new; /* forwarden.yaml */
};

static bool
has_line(struct slice text, const char *key)
{
	for (struct slice line; slice_next(&text, '\n', &line);) {
		if (slice_starts_fold(line, slice_of(key)))
			return true;
	}
	return false;
}

/* Below the line that shows the default, or at the end. */
static void
write_new(struct move *move)
{
	struct slice rest = buf_slice(&move->old);
	bool written = false;

	for (struct slice line; slice_next(&rest, '\n', &line);) {
		buf_add(&move->new, line);
		buf_add_byte(&move->new, '\n');
		if (written || !slice_starts_fold(line, SLICE(SHOWN_KEY)))
			continue;
		buf_printf(&move->new, KEY " \"unix:%s\"\n",
			buf_slice(&move->path).p);
		written = true;
	}
	if (!written) {
		buf_printf(&move->new, KEY " \"unix:%s\"\n",
			buf_slice(&move->path).p);
	}
}

/* Is it nobody's choice, and used by nobody yet? */
static bool
is_free(const struct move *move)
{
	struct socket_name now;

	return (geteuid() == 0 || move->wanted->only_show) &&
		!has_line(buf_slice(&move->old), KEY) &&
		socket_name_parse(
			slice_of(move->wanted->config->listen), &now, NULL) &&
		now.family != SOCKET_NAME_UNIX &&
		!milter_place_is_used(move->postfix, &now) &&
		buf_slice(&move->path).len < SOCKET_NAME_PATH_BYTES;
}

/* What answers is a worker, which asks its supervisor for it. */
static bool
ask_to_reload(const struct move *move, struct err *err)
{
	struct json *status =
		ask_json(move->wanted->ask, ASK_GET, "/v1/status", err);

	if (status == NULL)
		return false;
	pid_t pid = (pid_t)json_number(status, "pid");
	json_free(status);
	return (pid > 1 && kill(pid, SIGUSR1) == 0) ||
		err_system(err, "cannot ask the daemon to reload");
}

static void
say_why(const struct move *move, struct err *err)
{
	struct json *status =
		ask_json(move->wanted->ask, ASK_GET, "/v1/status", err);
	const struct json *troubles = json_find(status, "troubles");

	(void)err_set(err, ERR_SYSTEM, "the daemon does not listen there%s",
		json_count(troubles) == 0 ? " in time" : "");
	for (size_t i = 0; i < json_count(troubles); i++) {
		struct slice text = json_text(json_at(troubles, i), "text");
		(void)err_set(err, ERR_SYSTEM, "%.*s", SLICE_ARG(text));
	}
	json_free(status);
}

static bool
await_socket(const struct move *move, struct err *err)
{
	const struct timespec pause = {0, LOOK_MS * 1000000L};
	int64_t until = clock_monotonic_ms() + OPEN_SECONDS * 1000L;
	struct socket_name name = {.family = SOCKET_NAME_UNIX};

	(void)snprintf(
		name.path, sizeof(name.path), "%s", buf_slice(&move->path).p);
	do {
		if (listener_answers(&name))
			return true;
		(void)nanosleep(&pause, NULL);
	} while (clock_monotonic_ms() < until);
	say_why(move, err);
	return false;
}

static bool
carry_out(struct move *move, struct err *err)
{
	const struct config *config = move->wanted->config;
	struct err ignored;

	if (!milter_place_make(move->postfix, config->user, err))
		return false;
	if (!cf_file_write(config->file, buf_slice(&move->new), err)) {
		milter_place_remove(move->postfix);
		return false;
	}
	if (ask_to_reload(move, err) && await_socket(move, err))
		return true;
	if (cf_file_write(config->file, buf_slice(&move->old), &ignored))
		(void)ask_to_reload(move, &ignored);
	milter_place_remove(move->postfix);
	return false;
}

static void
show(const struct move *move)
{
	difference_show(move->wanted->help,
		&(struct difference){move->wanted->config->file,
			buf_slice(&move->old), buf_slice(&move->new)});
}

/* What is not to be had is no reason not to attach. */
static void
move_there(struct move *move, struct buf *listen)
{
	const struct attach_help *help = move->wanted->help;
	const char *now = move->wanted->config->listen;
	struct err err = {0};

	write_new(move);
	if (move->wanted->only_show) {
		show(move);
	} else if (!carry_out(move, &err)) {
		attach_say(help,
			"note: Forwarden stays at %s, to which every user of "
			"this machine may speak; unix:%s, to which Postfix "
			"alone may, is not to be had: %s",
			now, buf_slice(&move->path).p, err.text);
		return;
	} else {
		attach_say(help,
			"Forwarden listens at unix:%s now, which Postfix alone "
			"may open; %s says so",
			buf_slice(&move->path).p, move->wanted->config->file);
	}
	buf_reset(listen);
	buf_printf(listen, "unix:%s", buf_slice(&move->path).p);
}

bool
attach_listen(const struct attach_listen *wanted, const struct postfix *postfix,
	struct buf *listen, struct err *err)
{
	struct move move = {wanted, postfix, {0}, {0}, {0}};

	buf_puts(listen, wanted->config->listen);
	milter_place_path(postfix, &move.path);
	bool done = cf_file_read(wanted->config->file, &move.old, err);
	if (done && is_free(&move))
		move_there(&move, listen);
	buf_fini(&move.path);
	buf_fini(&move.old);
	buf_fini(&move.new);
	return done;
}
