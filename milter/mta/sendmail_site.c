/* SPDX-License-Identifier: BSD-2-Clause */
/* Sendmail's files and daemons. */
#include "mta/sendmail_site.h"

#include "base/clock.h"
#include "base/process.h"
#include "mta/cf_file.h"
#include "mta/mc_text.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define LIMIT_SECONDS 30U
#define DRAIN_SECONDS 120U
#define QUIET_SECONDS 60
#define QUIET_LOOK_MS 50
#define QUIET_LOOKS 10
#define BACK_SECONDS 20

static void
copy_option(const struct sendmail_site *site, const char *name,
	const char *otherwise, char path[PATH_MAX])
{
	struct slice value = mc_text_option(buf_slice(&site->cf), name);

	(void)snprintf(path, PATH_MAX, "%.*s",
		(int)(value.len > 0 ? value.len : strlen(otherwise)),
		value.len > 0 ? value.p : otherwise);
}

static void
name_paths(struct sendmail_site *site)
{
	char statistics[PATH_MAX];

	copy_option(site, "PidFile", "/var/run/sendmail.pid", site->pid_file);
	copy_option(site, "QueueDirectory", "/var/spool/mqueue", site->queue);
	copy_option(
		site, "StatusFile", "/var/lib/sendmail/statistics", statistics);
	(void)snprintf(site->egress_pid_file, PATH_MAX, "%.*s-egress",
		PATH_MAX - 16, site->pid_file);
	(void)snprintf(site->egress_queue, PATH_MAX, "%.*s-egress",
		PATH_MAX - 16, site->queue);
	(void)snprintf(site->egress_statistics, PATH_MAX, "%.*s-egress",
		PATH_MAX - 16, statistics);
}

bool
sendmail_site_open(struct sendmail_site *site, const char *mc,
	const char *cf_directory, const char *program, struct err *err)
{
	*site = (struct sendmail_site){.mc_path = mc,
		.cf_directory = cf_directory,
		.program = program,
		.lock = -1};
	const char *slash = strrchr(mc, '/');
	if (slash == NULL || slash == mc) {
		return err_set(err, ERR_INVALID,
			"%s: write the whole path, /etc/mail/sendmail.mc", mc);
	}
	(void)snprintf(
		site->directory, PATH_MAX, "%.*s", (int)(slash - mc), mc);
	(void)snprintf(site->cf_path, PATH_MAX, "%.*s/sendmail.cf",
		PATH_MAX - 16, site->directory);
	(void)snprintf(site->egress_path, PATH_MAX, "%.*s/egress.cf",
		PATH_MAX - 16, site->directory);
	if (!cf_file_read(mc, &site->mc, err) ||
		!cf_file_read(site->cf_path, &site->cf, err))
		return false;
	name_paths(site);
	return true;
}

void
sendmail_site_close(struct sendmail_site *site)
{
	cf_unlock(site->lock);
	buf_fini(&site->mc);
	buf_fini(&site->cf);
}

bool
sendmail_site_lock(struct sendmail_site *site, struct err *err)
{
	site->lock = cf_lock(site->directory, err);
	return site->lock >= 0;
}

/* A .mc of Debian's includes cf.m4 itself; others leave that to make. */
bool
sendmail_site_make(const struct sendmail_site *site, struct slice mc,
	bool egress, struct buf *cf, struct err *err)
{
	char directory[PATH_MAX + 16], first[PATH_MAX + 16];
	const char *argv[6] = {"m4", directory};
	size_t n = 2;

	(void)snprintf(directory, sizeof(directory), "-D_CF_DIR_=%s/",
		site->cf_directory);
	(void)snprintf(first, sizeof(first), "%s/m4/cf.m4", site->cf_directory);
	if (egress)
		argv[n++] = "-DFORWARDEN_EGRESS";
	if (slice_find(mc, SLICE("m4/cf.m4")) == SLICE_NONE)
		argv[n++] = first;
	argv[n++] = "-";
	const struct process_job job = {argv, mc, LIMIT_SECONDS};
	if (!process_run(&job, cf, err))
		return err_wrap(err, "%s", site->mc_path);
	/* m4 only warns of what it cannot include. */
	return !slice_is_absent(
		       mc_text_option(buf_slice(cf), "QueueDirectory")) ||
		err_set(err, ERR_INVALID,
			"m4 makes no sendmail.cf of %s; are Sendmail's own "
			"files in %s? (--sendmail-cf DIRECTORY)",
			site->mc_path, site->cf_directory);
}

static bool
make_queue(const struct sendmail_site *site, struct err *err)
{
	struct stat like;

	if (stat(site->queue, &like) != 0)
		return err_system(err, "cannot look at %s", site->queue);
	if (mkdir(site->egress_queue, 0700) != 0 && errno != EEXIST)
		return err_system(err, "cannot make %s", site->egress_queue);
	if (chown(site->egress_queue, like.st_uid, like.st_gid) != 0 ||
		chmod(site->egress_queue, like.st_mode & 07777) != 0) {
		return err_system(
			err, "cannot give away %s", site->egress_queue);
	}
	return true;
}

static bool
run_egress(const struct sendmail_site *site, const char *const options[],
	unsigned seconds, struct buf *out, struct err *err)
{
	const char *argv[10] = {
		site->program, "-C", site->egress_path, "-L", "sm-egress"};
	size_t n = 5;

	for (; *options != NULL && n < 9; options++)
		argv[n++] = *options;
	return process_run(&(struct process_job){argv, {0}, seconds}, out, err);
}

bool
sendmail_site_start_egress(const struct sendmail_site *site, struct err *err)
{
	static const char *const options[] = {"-bd", "-q10m", NULL};

	return make_queue(site, err) &&
		run_egress(site, options, LIMIT_SECONDS, NULL, err);
}

static pid_t
read_pid(const char *path)
{
	struct buf text = {0};
	struct slice line = {0};
	struct err err;
	uint64_t pid = 0;

	if (cf_file_read(path, &text, &err)) {
		struct slice rest = buf_slice(&text);
		(void)slice_next(&rest, '\n', &line);
		(void)slice_to_u64(slice_trim(line), &pid);
	}
	buf_fini(&text);
	return pid > 1 && pid < INT_MAX ? (pid_t)pid : -1;
}

/* Children at work finish what they have begun. */
void
sendmail_site_stop_egress(const struct sendmail_site *site)
{
	pid_t pid = read_pid(site->egress_pid_file);

	if (pid > 1)
		(void)kill(pid, SIGTERM);
	(void)unlink(site->egress_pid_file);
	(void)unlink(site->egress_path);
	(void)rmdir(site->egress_queue);
}

static bool
tell(const struct sendmail_site *site, int number, struct err *err)
{
	pid_t pid = read_pid(site->pid_file);

	if (pid > 1 && kill(pid, number) == 0)
		return true;
	return err_set(err, ERR_DOWN,
		"Sendmail does not run (%s names no process that lives); "
		"start it first, for what is attached is proved at once",
		site->pid_file);
}

bool
sendmail_site_is_running(const struct sendmail_site *site, struct err *err)
{
	return tell(site, 0, err);
}

/* As those who run the queue call themselves, by what they do just now. */
static bool
says_queue(struct slice title)
{
	static const char *const words[] = {
		"running queue", "from queue", ": client ", ": user open"};

	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++) {
		if (slice_find(title, slice_of(words[i])) != SLICE_NONE)
			return true;
	}
	return false;
}

/* False when ps(1) does not tell. */
static bool
find_runs(pid_t pid, bool *runs)
{
	static const char *const argv[] = {
		"ps", "-A", "-o", "ppid=", "-o", "args=", NULL};
	struct buf text = {0};
	struct slice rest, line, parent;
	struct err err;
	uint64_t number;
	bool told = process_read(argv, &text, &err);

	*runs = false;
	rest = buf_slice(&text);
	while (!*runs && slice_next(&rest, '\n', &line)) {
		line = slice_trim(line);
		*runs = slice_next(&line, ' ', &parent) &&
			slice_to_u64(parent, &number) &&
			number == (uint64_t)pid && says_queue(line);
	}
	buf_fini(&text);
	return told;
}

/* One that has just been restarted begins such a run at once, hence the looks
 * in a row. */
bool
sendmail_site_await_pause(const struct sendmail_site *site)
{
	const struct timespec pause = {0, QUIET_LOOK_MS * 1000000L};
	int64_t until = clock_monotonic_ms() + QUIET_SECONDS * 1000L;
	pid_t pid = read_pid(site->pid_file);
	bool runs;

	for (unsigned quiet = 0; pid > 1 && quiet < QUIET_LOOKS;
		quiet = runs ? 0 : quiet + 1) {
		(void)nanosleep(&pause, NULL);
		if (clock_monotonic_ms() >= until || !find_runs(pid, &runs))
			return false;
	}
	return true;
}

/* It writes the file anew once it listens. */
static bool
is_back(const char *pid_file, const struct stat *before)
{
	struct stat now;

	return stat(pid_file, &now) == 0 &&
		(now.st_ino != before->st_ino ||
			now.st_mtim.tv_sec != before->st_mtim.tv_sec ||
			now.st_mtim.tv_nsec != before->st_mtim.tv_nsec);
}

bool
sendmail_site_restart(const struct sendmail_site *site, struct err *err)
{
	const struct timespec pause = {0, QUIET_LOOK_MS * 1000000L};
	int64_t until = clock_monotonic_ms() + BACK_SECONDS * 1000L;
	struct stat before;

	if (stat(site->pid_file, &before) != 0)
		return err_system(err, "%s", site->pid_file);
	if (!tell(site, SIGHUP, err))
		return false;
	while (!is_back(site->pid_file, &before)) {
		if (clock_monotonic_ms() > until) {
			return err_set(err, ERR_DOWN,
				"Sendmail was told to restart, and does not "
				"listen after %d s (its log says why)",
				BACK_SECONDS);
		}
		(void)nanosleep(&pause, NULL);
	}
	return true;
}

static bool
is_empty(const struct sendmail_site *site, const char *const options[])
{
	struct buf text = {0};
	struct err err;
	bool empty = run_egress(site, options, LIMIT_SECONDS, &text, &err) &&
		slice_find(buf_slice(&text), SLICE("is empty")) != SLICE_NONE;

	buf_fini(&text);
	return empty;
}

bool
sendmail_site_is_drained(const struct sendmail_site *site)
{
	static const char *const run[] = {"-q", NULL};
	static const char *const waiting[] = {"-bp", NULL};
	static const char *const held[] = {"-bp", "-qQ", NULL};
	struct err err;

	(void)run_egress(site, run, DRAIN_SECONDS, NULL, &err);
	return is_empty(site, waiting) && is_empty(site, held);
}
