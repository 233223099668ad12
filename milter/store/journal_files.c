/* SPDX-License-Identifier: BSD-2-Clause */
/* Files "store.journal-PID" in the state directory. */
#include "store/journal_files.h"

#include "base/atomic_file.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PREFIX "store.journal-"
#define NAME_BYTES 64
#define FILES_MAX 64

struct journal_files {
	char *dir; /* NULL: nothing is kept */
	char names[FILES_MAX][NAME_BYTES]; /* read already */
	size_t count;
};

struct journal_files *
journal_files_new(const char *dir)
{
	struct journal_files *files = calloc(1, sizeof(*files));

	if (files == NULL || dir == NULL)
		return files;
	files->dir = strdup(dir);
	if (files->dir == NULL) {
		free(files);
		return NULL;
	}
	return files;
}

void
journal_files_free(struct journal_files *files)
{
	if (files == NULL)
		return;
	free(files->dir);
	free(files);
}

/* To be freed; NULL when out of memory. */
static char *
path_of(const struct journal_files *files, const char *name)
{
	size_t bytes = strlen(files->dir) + strlen(name) + 2;
	char *path = malloc(bytes);

	if (path != NULL)
		(void)snprintf(path, bytes, "%s/%s", files->dir, name);
	return path;
}

/* The process' number alone follows the prefix: no half-written files. */
static bool
is_journal(const char *name)
{
	const char *number = name + sizeof(PREFIX) - 1;

	return strncmp(name, PREFIX, sizeof(PREFIX) - 1) == 0 &&
		strlen(name) < NAME_BYTES && *number != '\0' &&
		number[strspn(number, "0123456789")] == '\0';
}

static bool
was_read(const struct journal_files *files, const char *name)
{
	for (size_t i = 0; i < files->count; i++) {
		if (strcmp(files->names[i], name) == 0)
			return true;
	}
	return false;
}

static bool
read_file(struct journal_files *files, const char *name,
	struct journal *journal, struct err *err)
{
	char *path = path_of(files, name);
	bool ok = path != NULL && journal_load(journal, path, err);
	struct buf aside = {0};

	if (ok) {
		(void)snprintf(files->names[files->count++], NAME_BYTES, "%.*s",
			NAME_BYTES - 1, name);
	} else if (path != NULL) {
		(void)atomic_file_set_aside(path, &aside, NULL);
	} else {
		err_set(err, ERR_MEMORY, "journal: out of memory");
	}
	buf_fini(&aside);
	free(path);
	return ok;
}

bool
journal_files_read(
	struct journal_files *files, struct journal *journal, struct err *err)
{
	DIR *dir = files->dir != NULL ? opendir(files->dir) : NULL;
	const struct dirent *file;
	bool ok = true;

	while (dir != NULL && files->count < FILES_MAX &&
		(file = readdir(dir)) != NULL) {
		if (is_journal(file->d_name) &&
			!was_read(files, file->d_name) &&
			!read_file(files, file->d_name, journal, err))
			ok = false;
	}
	if (dir != NULL)
		(void)closedir(dir);
	return ok;
}

void
journal_files_replayed(struct journal_files *files)
{
	while (files->count > 0) {
		char *path = path_of(files, files->names[--files->count]);

		if (path != NULL)
			(void)unlink(path);
		free(path);
	}
}

static bool
write_own(struct journal_files *files, const char *name,
	struct journal *journal, struct err *err)
{
	char *path = path_of(files, name);
	bool ok = path != NULL
		? journal_save(journal, path, err)
		: err_set(err, ERR_MEMORY, "journal: out of memory");

	free(path);
	return ok;
}

bool
journal_files_write(
	struct journal_files *files, struct journal *journal, struct err *err)
{
	char own[NAME_BYTES];

	if (files->dir == NULL)
		return true;
	(void)snprintf(own, sizeof(own), PREFIX "%ld", (long)getpid());
	if (!write_own(files, own, journal, err))
		return false;
	for (size_t i = 0; i < files->count; i++) {
		if (strcmp(files->names[i], own) == 0) {
			memmove(files->names[i], files->names[--files->count],
				NAME_BYTES);
		}
	}
	journal_files_replayed(files);
	return true;
}
