/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the daemon has of the machine it runs on: a directory for its state,
 * log files, descriptors, a door for the MTA alone; and the lists it was
 * given. The worker is looked at by proc(5), where there is one.
 */
#include "cli/doctor.h"

#include <dirent.h>
#include <grp.h>
#include <limits.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>

#define STATE_BYTES_LEAST (64UL * 1024 * 1024)
#define DESCRIPTORS_BESIDE 64U /* what is open beside connections */
#define SESSIONS_USUAL 256U /* an MTA may well have so many */

/* Is it among the process's supplementary groups? */
static bool
has_group(long long pid, gid_t wanted)
{
	char path[64], line[4096];
	bool found = false;
	FILE *in;

	(void)snprintf(path, sizeof(path), "/proc/%lld/status", pid);
	in = fopen(path, "r");
	if (in == NULL)
		return false;
	while (!found && fgets(line, sizeof(line), in) != NULL) {
		struct slice rest = slice_trim(slice_of(line)), word;
		uint64_t group;
		if (!slice_starts_fold(rest, SLICE("Groups:")))
			continue;
		rest = slice_trim(slice_sub(rest, 7, rest.len));
		while (!found && slice_next(&rest, ' ', &word))
			found = slice_to_u64(word, &group) && group == wanted;
	}
	(void)fclose(in);
	return found;
}

/* May the process make files there? */
static bool
can_write(long long pid, const struct stat *where, const struct stat *process)
{
	if (process->st_uid == 0)
		return true;
	if (where->st_uid == process->st_uid)
		return (where->st_mode & S_IWUSR) != 0;
	if (where->st_gid == process->st_gid || has_group(pid, where->st_gid))
		return (where->st_mode & S_IWGRP) != 0;
	return (where->st_mode & S_IWOTH) != 0;
}

static void
add_not_writable(
	struct doctor *doctor, const char *state, const struct stat *process)
{
	struct buf command = {0};

	buf_printf(&command, "install -d -m 0700 -o %u -g %u ",
		(unsigned)process->st_uid, (unsigned)process->st_gid);
	checkup_add_word(&command, slice_of(state));
	checkup_add(doctor->checkup,
		&(struct remedy){.level = CHECKUP_WRONG,
			.subject = "state",
			.command = command.p},
		"user id %u cannot write %s: what is counted is lost at a "
		"restart",
		(unsigned)process->st_uid, state);
	buf_fini(&command);
}

/* Where the snapshot and the journal are. */
static void
check_state(struct doctor *doctor, long long pid, const struct stat *process)
{
	const char *state = doctor->generation->config->state;
	struct statvfs space;
	struct stat where;

	if (stat(state, &where) != 0 || !S_ISDIR(where.st_mode) ||
		!can_write(pid, &where, process)) {
		add_not_writable(doctor, state, process);
		return;
	}
	if (statvfs(state, &space) == 0 &&
		(uint64_t)space.f_bavail * space.f_frsize < STATE_BYTES_LEAST) {
		checkup_add(doctor->checkup,
			&(struct remedy){.level = CHECKUP_WRONG,
				.subject = "state",
				.text = "make room there, or lead `state` "
					"elsewhere"},
			"%s has less than 64 MB left", state);
		return;
	}
	checkup_add_fine(doctor->checkup, "state", "%s can be written", state);
}

/* Has the process that very file open? */
static bool
has_open(long long pid, const struct stat *file)
{
	char path[64];
	const struct dirent *entry;
	bool found = false;
	DIR *open;

	(void)snprintf(path, sizeof(path), "/proc/%lld/fd", pid);
	open = opendir(path);
	if (open == NULL)
		return true;
	while (!found && (entry = readdir(open)) != NULL) {
		char name[PATH_MAX];
		struct stat info;
		(void)snprintf(
			name, sizeof(name), "%s/%s", path, entry->d_name);
		found = stat(name, &info) == 0 && info.st_dev == file->st_dev &&
			info.st_ino == file->st_ino;
	}
	(void)closedir(open);
	return found;
}

/* The supervisor opens log files, and hands them to the worker. */
static long long
parent_of(long long pid)
{
	char path[64], line[128];
	long long parent = pid;
	FILE *in;

	(void)snprintf(path, sizeof(path), "/proc/%lld/status", pid);
	in = fopen(path, "r");
	if (in == NULL)
		return pid;
	while (fgets(line, sizeof(line), in) != NULL) {
		if (sscanf(line, "PPid: %lld", &parent) == 1)
			break;
	}
	(void)fclose(in);
	return parent;
}

/* "file:/path"; one that was moved aside is written to all the same. */
static void
check_file(struct doctor *doctor, const char *place, long long pid)
{
	const char *path = place + strlen("file:");
	struct buf command = {0};
	struct stat file;

	if (strncmp(place, "file:", strlen("file:")) != 0)
		return;
	if (stat(path, &file) == 0 && has_open(pid, &file)) {
		checkup_add_fine(
			doctor->checkup, "log", "%s is written to", path);
		return;
	}
	buf_printf(&command, "kill -HUP %lld", parent_of(pid));
	checkup_add(doctor->checkup,
		&(struct remedy){.level = CHECKUP_WRONG,
			.subject = "log",
			.text = "after what moves it aside",
			.command = command.p},
		"%s was moved aside or deleted, and the daemon still writes "
		"to the old file",
		path);
	buf_fini(&command);
}

/* Each session of an MTA takes one. */
static void
check_descriptors(struct doctor *doctor, long long pid)
{
	const struct config *config = doctor->generation->config;
	unsigned long sessions = config->limit_sessions > 0
		? (unsigned long)config->limit_sessions
		: SESSIONS_USUAL;
	char path[64], line[256];
	unsigned long most = 0;
	FILE *in;

	(void)snprintf(path, sizeof(path), "/proc/%lld/limits", pid);
	in = fopen(path, "r");
	if (in == NULL)
		return;
	while (most == 0 && fgets(line, sizeof(line), in) != NULL)
		(void)sscanf(line, "Max open files %lu", &most);
	(void)fclose(in);
	if (most == 0)
		return;
	if (most >= sessions + (unsigned long)config->limit_connections +
			DESCRIPTORS_BESIDE) {
		checkup_add_fine(doctor->checkup, "descriptors",
			"%lu, which do for %lu sessions", most, sessions);
		return;
	}
	checkup_add(doctor->checkup,
		&(struct remedy){.level = CHECKUP_NOTE,
			.subject = "descriptors",
			.text = "LimitNOFILE= in the unit (systemctl edit "
				"forwarden), or a lower limits.sessions"},
		"%lu descriptors do not do for %lu sessions: those past them "
		"are closed",
		most, sessions);
}

static void
add_group(const struct group *group, struct checkup_names *names)
{
	char text[256];

	(void)snprintf(text, sizeof(text), "group %s", group->gr_name);
	checkup_names_add(names, slice_of(text));
	for (char **name = group->gr_mem; *name != NULL; name++)
		checkup_names_add(names, slice_of(*name));
}

/* Whoever may write to a socket may connect (unix(7)). */
static void
check_socket(struct doctor *doctor)
{
	const char *path = doctor->listen.path;
	struct checkup_names names = {0};
	struct stat info;

	if (doctor->listen.family != SOCKET_NAME_UNIX || stat(path, &info) != 0)
		return;
	if ((info.st_mode & S_IWOTH) != 0) {
		struct buf command = {0};
		buf_puts(&command, "chmod o-rwx ");
		checkup_add_word(&command, slice_of(path));
		checkup_add(doctor->checkup,
			&(struct remedy){.level = CHECKUP_NOTE,
				.subject = "milter",
				.text = "socket: mode: \"0660\" in "
					"forwarden.yaml, and for now",
				.command = command.p},
			"every user of this machine who reaches %s may speak "
			"to it as an MTA",
			path);
		buf_fini(&command);
		return;
	}
	const struct passwd *owner = getpwuid(info.st_uid);
	checkup_names_add(&names,
		slice_of(owner != NULL ? owner->pw_name
				       : "a user without a name"));
	const struct group *group =
		(info.st_mode & S_IWGRP) != 0 ? getgrgid(info.st_gid) : NULL;
	if (group != NULL)
		add_group(group, &names);
	checkup_add_fine(doctor->checkup, "milter",
		"root and these may speak to it as an MTA: %s", names.text);
}

/* A list without entries makes no policy match. */
static void
check_lists(struct doctor *doctor)
{
	const struct config_lists *lists = &doctor->generation->config->lists;
	size_t entries = 0;

	for (size_t i = 0; i < lists->count; i++) {
		const struct sigma_list *list = &lists->at[i];
		entries += list->count;
		if (list->count > 0)
			continue;
		checkup_add(doctor->checkup,
			&(struct remedy){.level = CHECKUP_NOTE,
				.subject = "lists",
				.text = "fill it, then reload"},
			"the list %.*s is empty: no policy that asks it "
			"matches",
			SLICE_ARG(list->name));
	}
	if (lists->count > 0) {
		checkup_add_fine(doctor->checkup, "lists",
			"%zu entries in %zu lists", entries, lists->count);
	}
}

void
doctor_host(struct doctor *doctor, long long pid)
{
	const struct config *config = doctor->generation->config;
	char path[64];
	struct stat process;

	(void)snprintf(path, sizeof(path), "/proc/%lld", pid);
	if (stat(path, &process) == 0) {
		check_state(doctor, pid, &process);
		check_file(doctor, config->log_target, pid);
		check_file(doctor, config->events, pid);
		check_descriptors(doctor, pid);
	}
	check_socket(doctor);
	check_lists(doctor);
}
