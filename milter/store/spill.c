/* SPDX-License-Identifier: BSD-2-Clause */
/* Files "store.journal-PID" in the state directory. */
#include "store/spill.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PREFIX "store.journal-"
#define NAME_BYTES 64
#define FILES_MAX 64

struct spill {
	char *dir; /* NULL: nothing is kept */
	char names[FILES_MAX][NAME_BYTES]; /* read already */
	size_t count;
};

struct spill *
spill_new(const char *dir)
{
	struct spill *spill = calloc(1, sizeof *spill);

	if (spill == NULL || dir == NULL)
		return spill;
	spill->dir = strdup(dir);
	if (spill->dir == NULL) {
		free(spill);
		return NULL;
	}
	return spill;
}

void
spill_free(struct spill *spill)
{
	if (spill == NULL)
		return;
	free(spill->dir);
	free(spill);
}

/* To be freed; NULL when memory is short. */
static char *
path_of(const struct spill *spill, const char *name)
{
	size_t bytes = strlen(spill->dir) + strlen(name) + 2;
	char *path = malloc(bytes);

	if (path != NULL)
		(void)snprintf(path, bytes, "%s/%s", spill->dir, name);
	return path;
}

/* The process' number alone follows the prefix: no half-written files. */
static bool
is_journal(const char *name)
{
	const char *number = name + sizeof PREFIX - 1;

	return strncmp(name, PREFIX, sizeof PREFIX - 1) == 0 &&
		strlen(name) < NAME_BYTES && *number != '\0' &&
		number[strspn(number, "0123456789")] == '\0';
}

static bool
was_read(const struct spill *spill, const char *name)
{
	size_t i;

	for (i = 0; i < spill->count; i++)
		if (strcmp(spill->names[i], name) == 0)
			return true;
	return false;
}

static void
set_aside(const struct spill *spill, const char *name, const char *path)
{
	char damaged[NAME_BYTES + sizeof "damaged-"];
	char *target;

	(void)snprintf(
		damaged, sizeof damaged, "damaged-%.*s", NAME_BYTES - 1, name);
	target = path_of(spill, damaged);
	if (target != NULL)
		(void)rename(path, target);
	free(target);
}

static bool
read_file(struct spill *spill, const char *name, struct journal *journal,
	struct err *err)
{
	char *path = path_of(spill, name);
	bool ok = path != NULL && journal_load(journal, path, err);

	if (ok)
		(void)snprintf(spill->names[spill->count++], NAME_BYTES, "%.*s",
			NAME_BYTES - 1, name);
	else if (path != NULL)
		set_aside(spill, name, path);
	else
		err_set(err, ERR_MEMORY, "journal: out of memory");
	free(path);
	return ok;
}

bool
spill_read(struct spill *spill, struct journal *journal, struct err *err)
{
	DIR *dir = spill->dir != NULL ? opendir(spill->dir) : NULL;
	const struct dirent *file;
	bool ok = true;

	while (dir != NULL && spill->count < FILES_MAX &&
		(file = readdir(dir)) != NULL)
		if (is_journal(file->d_name) &&
			!was_read(spill, file->d_name) &&
			!read_file(spill, file->d_name, journal, err))
			ok = false;
	if (dir != NULL)
		(void)closedir(dir);
	return ok;
}

void
spill_replayed(struct spill *spill)
{
	while (spill->count > 0) {
		char *path = path_of(spill, spill->names[--spill->count]);

		if (path != NULL)
			(void)unlink(path);
		free(path);
	}
}

static bool
write_own(struct spill *spill, const char *name, struct journal *journal,
	struct err *err)
{
	char *path = path_of(spill, name);
	bool ok = path != NULL
		? journal_save(journal, path, err)
		: err_set(err, ERR_MEMORY, "journal: out of memory");

	free(path);
	return ok;
}

bool
spill_write(struct spill *spill, struct journal *journal, struct err *err)
{
	char own[NAME_BYTES];
	size_t i;

	if (spill->dir == NULL)
		return true;
	(void)snprintf(own, sizeof own, PREFIX "%ld", (long)getpid());
	if (!write_own(spill, own, journal, err))
		return false;
	for (i = 0; i < spill->count; i++)
		if (strcmp(spill->names[i], own) == 0)
			memmove(spill->names[i], spill->names[--spill->count],
				NAME_BYTES);
	spill_replayed(spill);
	return true;
}
