/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The queues incoming, active and deferred of all instances of one Postfix. A
 * queue file that is wholly written may be executed (Postfix, mail_stream(3)).
 */
#include "base/process.h"
#include "mta/postfix.h"
#include "mta/queue_file.h"
#include "mta/underway.h"

#include <dirent.h>
#include <limits.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#define LIMIT_SECONDS 60U
#define DEPTH_MAX 4 /* of folders in folders (hash_queue_depth) */

/* One instance. */
struct place {
	struct underway_search *search;
	const char *directory, *queue;
};

static void
take_file(const struct place *place, const char *path, const char *id)
{
	struct buf header = {0};
	struct err err;

	if (!queue_file_read(path, &header, &err) || !buf_ok(&header)) {
		/* Delivered, or moved to another queue, a moment ago. */
		if (access(path, F_OK) == 0)
			place->search->unread++;
	} else if (header.len > 0) {
		const struct underway found = {.place = place->directory,
			.queue = place->queue,
			.id = id,
			.header = buf_slice(&header)};

		place->search->visit(place->search->ctx, &found);
	}
	buf_fini(&header);
}

static bool
read_folder(const struct place *place, const char *folder, int depth,
	struct err *err)
{
	DIR *queue = opendir(folder);
	const struct dirent *entry;
	bool done = true;

	if (queue == NULL)
		return err_system(err, "%s: the queue cannot be read", folder);
	while (done && (entry = readdir(queue)) != NULL) {
		char path[PATH_MAX];
		struct stat status;

		if (!held_is_id(slice_of(entry->d_name)) ||
			snprintf(path, sizeof(path), "%s/%s", folder,
				entry->d_name) >= (int)sizeof(path) ||
			lstat(path, &status) != 0)
			continue;
		if (S_ISDIR(status.st_mode) && depth < DEPTH_MAX) {
			done = read_folder(place, path, depth + 1, err);
		} else if (S_ISREG(status.st_mode) &&
			(status.st_mode & S_IXUSR) != 0) {
			take_file(place, path, entry->d_name);
		}
	}
	(void)closedir(queue);
	return done;
}

static bool
read_instance(struct underway_search *search, const struct postfix *postfix,
	struct err *err)
{
	static const char *const queues[] = {"incoming", "active", "deferred"};
	char root[PATH_MAX], folder[PATH_MAX];
	const struct place place = {search, postfix_directory(postfix), root};
	bool done = true;

	(void)snprintf(root, sizeof(root), "%.*s",
		SLICE_ARG(postfix_value(postfix, "queue_directory")));
	for (size_t i = 0; done && i < sizeof(queues) / sizeof(*queues); i++) {
		done = snprintf(folder, sizeof(folder), "%s/%s", root,
			       queues[i]) < (int)sizeof(folder) &&
			read_folder(&place, folder, 0, err);
	}
	return done;
}

static bool
read_other(struct underway_search *search, struct slice name, struct err *err)
{
	char directory[PATH_MAX];
	struct postfix *postfix;
	bool done;

	(void)snprintf(directory, sizeof(directory), "%.*s", SLICE_ARG(name));
	postfix = postfix_read(directory, err);
	done = postfix != NULL &&
		(!slice_equal(postfix_value(postfix, "multi_instance_enable"),
			 SLICE("yes")) ||
			read_instance(search, postfix, err));
	postfix_free(postfix);
	return done;
}

bool
underway_postfix_each(struct underway_search *search, struct err *err)
{
	struct postfix *postfix = postfix_read(search->where->postfix, err);
	struct slice others;
	bool done = postfix != NULL && read_instance(search, postfix, err);

	if (postfix == NULL)
		return false;
	others = postfix_value(postfix, "multi_instance_directories");
	for (struct slice one; done && postfix_next(&others, &one);)
		done = read_other(search, one, err);
	postfix_free(postfix);
	return done;
}

static bool
is_in(const char *folder, const char *id, int depth)
{
	DIR *queue = opendir(folder);
	const struct dirent *entry;
	char path[PATH_MAX];
	struct stat status;
	bool found = false;

	while (queue != NULL && !found && (entry = readdir(queue)) != NULL) {
		if (entry->d_name[0] == '.' ||
			snprintf(path, sizeof(path), "%s/%s", folder,
				entry->d_name) >= (int)sizeof(path) ||
			lstat(path, &status) != 0)
			continue;
		found = S_ISDIR(status.st_mode)
			? depth < DEPTH_MAX && is_in(path, id, depth + 1)
			: slice_equal(slice_of(entry->d_name), slice_of(id));
	}
	if (queue != NULL)
		(void)closedir(queue);
	return found;
}

/* postsuper(1) does not say of one message that it was not there. */
enum underway_hold
underway_postfix_hold(const struct underway *message, struct err *err)
{
	const char *argv[] = {
		"postsuper", "-c", message->place, "-h", message->id, NULL};
	const struct process_job job = {argv, {0}, LIMIT_SECONDS};
	char folder[PATH_MAX];

	if (!process_run(&job, NULL, err))
		return UNDERWAY_FAILED;
	(void)snprintf(folder, sizeof(folder), "%s/hold", message->queue);
	return is_in(folder, message->id, 0) ? UNDERWAY_HELD : UNDERWAY_GONE;
}
