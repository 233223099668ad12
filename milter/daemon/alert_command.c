/* SPDX-License-Identifier: BSD-2-Clause */
/* Spawned, watched, reaped. */
#include "daemon/alert_command.h"

#include "base/bundle.h"
#include "base/clock.h"
#include "base/whole.h"
#include "daemon/alert_board.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define HOST_BYTES 300
/* Past this nobody reads what it says; it is told by a signal. */
#define OUTPUT_BYTES (1024 * 1024)
#define NOT_READ (-1)

/* Its standard input: no pipe, so that nobody has to wait for it to read. */
static int
make_input(struct slice text)
{
	struct err err;
	int fd = bundle_memory("forwarden-event", &err);

	if (fd < 0)
		return -1;
	if (whole_write(fd, text) == text.len && lseek(fd, 0, SEEK_SET) == 0)
		return fd;
	(void)close(fd);
	return -1;
}

static bool
make_output(int ends[2])
{
	if (pipe(ends) != 0)
		return false;
	for (int i = 0; i < 2; i++)
		(void)fcntl(ends[i], F_SETFD, FD_CLOEXEC);
	(void)fcntl(ends[0], F_SETFL, O_NONBLOCK);
	return true;
}

static void
set_up(posix_spawnattr_t *attributes, posix_spawn_file_actions_t *actions,
	int in, int out)
{
	sigset_t none, all;

	(void)sigemptyset(&none);
	(void)sigfillset(&all);
	(void)posix_spawnattr_init(attributes);
	(void)posix_spawnattr_setflags(attributes,
		POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK |
			POSIX_SPAWN_SETSIGDEF);
	(void)posix_spawnattr_setpgroup(attributes, 0);
	(void)posix_spawnattr_setsigmask(attributes, &none);
	(void)posix_spawnattr_setsigdefault(attributes, &all);
	(void)posix_spawn_file_actions_init(actions);
	(void)posix_spawn_file_actions_adddup2(actions, in, STDIN_FILENO);
	(void)posix_spawn_file_actions_adddup2(actions, out, STDOUT_FILENO);
	(void)posix_spawn_file_actions_adddup2(actions, out, STDERR_FILENO);
}

/* 0 or an errno. */
static int
spawn(const struct alert_command_options *options, int in, int out, pid_t *pid)
{
	posix_spawnattr_t attributes;
	posix_spawn_file_actions_t actions;
	char host[HOST_BYTES];
	const char *words[ALERT_WORDS_MAX + 1] = {NULL};
	const char *const environment[] = {
		"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:"
		"/sbin:/bin",
		"LANG=C.UTF-8", "FORWARDEN=" PACKAGE_VERSION, host, NULL};
	int failed;

	if (options->count == 0 || options->count > ALERT_WORDS_MAX)
		return E2BIG;
	for (size_t i = 0; i < options->count; i++)
		words[i] = options->words[i].p;
	(void)snprintf(host, sizeof(host), "FORWARDEN_HOST=%s", options->host);
	set_up(&attributes, &actions, in, out);
	/* posix_spawn() does not write to the texts (POSIX.1-2017). */
	failed = posix_spawn(pid, words[0], &actions, &attributes,
		(char *const *)(uintptr_t)words,
		(char *const *)(uintptr_t)environment);
	(void)posix_spawn_file_actions_destroy(&actions);
	(void)posix_spawnattr_destroy(&attributes);
	return failed;
}

static struct alert_command *
find_free(struct alert_commands *commands)
{
	for (size_t i = 0; i < ALERT_COMMANDS_MAX; i++) {
		if (commands->at[i].pid == 0)
			return &commands->at[i];
	}
	return NULL;
}

bool
alert_command_begin(struct alert_commands *commands,
	const struct alert_command_options *options, struct slice input,
	void *about, unsigned *why)
{
	struct alert_command *command = find_free(commands);
	int in = -1, out[2] = {-1, -1}, failed = EAGAIN;
	pid_t pid = 0;

	if (command != NULL) {
		in = make_input(input);
		failed = in >= 0 && make_output(out)
			? spawn(options, in, out[1], &pid)
			: errno;
	}
	if (in >= 0)
		(void)close(in);
	if (out[1] >= 0)
		(void)close(out[1]);
	if (failed == 0) {
		*command = (struct alert_command){.pid = pid,
			.out = out[0],
			.until_ms = clock_monotonic_ms() + options->time_ms,
			.about = about};
		return true;
	}
	if (out[0] >= 0)
		(void)close(out[0]);
	*why = alert_why(ALERT_CAUSE_SYSTEM, (unsigned)failed);
	return false;
}

size_t
alert_command_fds(const struct alert_commands *commands, struct pollfd *fds)
{
	size_t count = 0;

	for (size_t i = 0; i < ALERT_COMMANDS_MAX; i++) {
		const struct alert_command *command = &commands->at[i];

		if (command->pid != 0 && command->out >= 0)
			fds[count++] = (struct pollfd){
				.fd = command->out, .events = POLLIN};
	}
	return count;
}

static void
stop_reading(struct alert_command *command)
{
	if (command->out >= 0)
		(void)close(command->out);
	command->out = NOT_READ;
}

static void
keep_said(struct alert_command *command, struct slice text)
{
	const size_t room = sizeof(command->said) - 1;
	struct slice last = text.len > room
		? slice_sub(text, text.len - room, text.len)
		: text;
	size_t kept = command->said_len < room - last.len ? command->said_len
							  : room - last.len;

	memmove(command->said, command->said + command->said_len - kept, kept);
	memcpy(command->said + kept, last.p, last.len);
	command->said_len = kept + last.len;
	command->read += text.len;
}

/* A little at a time: others wait. */
static void
read_output(struct alert_command *command)
{
	char piece[16384];
	ssize_t got;

	if (command->out < 0)
		return;
	got = read(command->out, piece, sizeof(piece));
	if (got > 0)
		keep_said(command, (struct slice){piece, (size_t)got});
	if (got == 0 || command->read > OUTPUT_BYTES)
		stop_reading(command);
}

void
alert_command_step(struct alert_commands *commands, int64_t now_ms)
{
	for (size_t i = 0; i < ALERT_COMMANDS_MAX; i++) {
		struct alert_command *command = &commands->at[i];

		if (command->pid == 0)
			continue;
		read_output(command);
		if (now_ms < command->until_ms || command->killed)
			continue;
		command->killed = true;
		(void)kill(-command->pid, SIGKILL);
	}
}

/* Its group goes with it, while its number still is its own. */
static bool
reap(struct alert_command *command, int *status)
{
	siginfo_t info = {.si_pid = 0};

	if (waitid(P_PID, (id_t)command->pid, &info,
		    WEXITED | WNOHANG | WNOWAIT) != 0 ||
		info.si_pid == 0)
		return false;
	(void)kill(-command->pid, SIGKILL);
	return waitpid(command->pid, status, 0) == command->pid;
}

static unsigned
why_of(const struct alert_command *command, int status)
{
	if (command->killed)
		return alert_why(ALERT_CAUSE_LATE, 0);
	if (WIFSIGNALED(status))
		return alert_why(
			ALERT_CAUSE_SIGNAL, (unsigned)WTERMSIG(status));
	if (WEXITSTATUS(status) != 0)
		return alert_why(
			ALERT_CAUSE_EXIT, (unsigned)WEXITSTATUS(status));
	return 0;
}

/* The last line, where programs say why; the log's sink makes it printable. */
static void
copy_said(const struct alert_command *command, char said[ALERT_SAID_BYTES])
{
	struct slice line =
		slice_trim((struct slice){command->said, command->said_len});

	for (size_t i = line.len; i > 0; i--) {
		if (line.p[i - 1] == '\n' || line.p[i - 1] == '\r') {
			line = slice_sub(line, i, line.len);
			break;
		}
	}
	memcpy(said, line.p, line.len);
	said[line.len] = '\0';
}

void *
alert_command_ended(struct alert_commands *commands, unsigned *why,
	char said[ALERT_SAID_BYTES])
{
	for (size_t i = 0; i < ALERT_COMMANDS_MAX; i++) {
		struct alert_command *command = &commands->at[i];
		int status;
		void *about = command->about;

		if (command->pid == 0 || !reap(command, &status))
			continue;
		read_output(command);
		stop_reading(command);
		*why = why_of(command, status);
		copy_said(command, said);
		command->pid = 0;
		return about;
	}
	return NULL;
}

int64_t
alert_command_next_ms(const struct alert_commands *commands)
{
	int64_t next = INT64_MAX;

	for (size_t i = 0; i < ALERT_COMMANDS_MAX; i++) {
		const struct alert_command *command = &commands->at[i];

		if (command->pid != 0 && !command->killed &&
			command->until_ms < next)
			next = command->until_ms;
	}
	return next;
}

void
alert_command_kill(struct alert_commands *commands)
{
	for (size_t i = 0; i < ALERT_COMMANDS_MAX; i++) {
		if (commands->at[i].pid != 0)
			(void)kill(-commands->at[i].pid, SIGKILL);
	}
}
