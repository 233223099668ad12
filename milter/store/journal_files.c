/* SPDX-License-Identifier: BSD-2-Clause */
/* Files "store.journal-NUMBER" in the state directory. */
#include "store/journal_files.h"

#include "base/atomic_file.h"
#include "base/waiter.h"
#include "store/journal_file.h"

#include <dirent.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PREFIX "store.journal-"
#define NAME_BYTES 64
#define FILES_MAX 64
#define WRITE_MS 500
/* A file that holds more than so many times what the journal may hold is
 * mostly of what has been replayed: it is written anew. */
#define STALE_TIMES 2
#define NUMBERS_A_PROCESS 1000

struct journal_files {
	char *dir; /* NULL: nothing is kept */
	bool look_only; /* what is damaged stays where it is */
	uint64_t privacy, limit;
	struct journal *journal;
	store_say_fn *say;
	void *say_ctx;

	struct waiter waiter; /* its thread writes */
	char trouble[ERR_TEXT_BYTES]; /* under the waiter */

	pthread_mutex_t lock; /* one writes, reads or removes */
	struct journal_file *own, *turned;
	unsigned number;
	char names[FILES_MAX][NAME_BYTES]; /* read already */
	size_t count;
};

struct journal_files *
journal_files_new(const struct store_options *options, struct journal *journal)
{
	struct journal_files *files = calloc(1, sizeof(*files));

	if (files == NULL)
		return NULL;
	files->privacy = journal_file_privacy(options->hash_key);
	files->limit = options->journal_bytes;
	files->look_only = options->look_only;
	files->journal = journal;
	files->say = options->say;
	files->say_ctx = options->say_ctx;
	waiter_init(&files->waiter);
	pthread_mutex_init(&files->lock, NULL);
	if (options->state_dir == NULL)
		return files;
	files->dir = strdup(options->state_dir);
	if (files->dir != NULL)
		return files;
	journal_files_free(files);
	return NULL;
}

void
journal_files_free(struct journal_files *files)
{
	if (files == NULL)
		return;
	waiter_stop(&files->waiter);
	journal_file_close(files->own);
	journal_file_close(files->turned);
	waiter_fini(&files->waiter);
	pthread_mutex_destroy(&files->lock);
	free(files->dir);
	free(files);
}

static void
say(const struct journal_files *files, enum log_level level, const char *text)
{
	if (files->say != NULL)
		files->say(files->say_ctx, level, text);
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

/* A number alone follows the prefix: nothing that was set aside. */
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

static void
set_aside(const struct journal_files *files, const char *path,
	const struct err *why)
{
	struct buf name = {0};
	struct err err;
	char text[2 * ERR_TEXT_BYTES + 32];

	if (files->look_only) {
		(void)snprintf(text, sizeof(text), "%s", why->text);
	} else if (atomic_file_set_aside(path, &name, &err)) {
		(void)snprintf(text, sizeof(text), "%s; it is kept as %s",
			why->text, name.p);
	} else {
		(void)snprintf(
			text, sizeof(text), "%s; %s", why->text, err.text);
	}
	say(files, LOG_LEVEL_ERROR, text);
	buf_fini(&name);
}

/* Under the lock. */
static bool
read_file(
	struct journal_files *files, const char *name, struct journal *journal)
{
	char *path = path_of(files, name);
	enum journal_file_state state;
	struct err err = {0};

	if (path == NULL)
		return false;
	state = journal_file_read(path, files->privacy, journal, &err);
	if (state == JOURNAL_FILE_TORN) {
		say(files, LOG_LEVEL_WARNING, err.text);
	} else if (state == JOURNAL_FILE_DAMAGED ||
		state == JOURNAL_FILE_FOREIGN) {
		set_aside(files, path, &err);
	} else if (state == JOURNAL_FILE_UNREADABLE) {
		say(files, LOG_LEVEL_ERROR, err.text);
	} else if (state == JOURNAL_FILE_BUSY && files->look_only) {
		say(files, LOG_LEVEL_WARNING,
			"store: a daemon runs: what it has counted since its "
			"last snapshot, a minute at most, is not read");
	}
	free(path);
	/* Not to be told twice of one that stays where it is. */
	if (state == JOURNAL_FILE_WHOLE || state == JOURNAL_FILE_TORN) {
		(void)snprintf(files->names[files->count++], NAME_BYTES, "%.*s",
			NAME_BYTES - 1, name);
	}
	return state == JOURNAL_FILE_WHOLE || state == JOURNAL_FILE_TORN ||
		state == JOURNAL_FILE_DAMAGED;
}

/* It goes before what the journal has, as it was before: of what a mailbox was
 * counted for, no more than so many marks are there to know it by. */
bool
journal_files_read(struct journal_files *files, struct journal *journal)
{
	DIR *dir = files->dir != NULL ? opendir(files->dir) : NULL;
	struct journal *left = dir != NULL ? journal_new(SIZE_MAX) : NULL;
	const struct dirent *file;
	bool found = false;

	pthread_mutex_lock(&files->lock);
	while (left != NULL && files->count < FILES_MAX &&
		(file = readdir(dir)) != NULL) {
		if (is_journal(file->d_name) &&
			!was_read(files, file->d_name) &&
			read_file(files, file->d_name, left))
			found = true;
	}
	if (left != NULL)
		journal_move_before(left, journal);
	pthread_mutex_unlock(&files->lock);
	journal_free(left);
	if (dir != NULL)
		(void)closedir(dir);
	return found;
}

/* Under the lock. */
static void
remove_read(struct journal_files *files)
{
	while (files->count > 0) {
		char *path = path_of(files, files->names[--files->count]);

		if (path != NULL)
			(void)unlink(path);
		free(path);
	}
}

void
journal_files_replayed(struct journal_files *files)
{
	pthread_mutex_lock(&files->lock);
	remove_read(files);
	pthread_mutex_unlock(&files->lock);
}

/* What is added after the look is not written yet: that waits for the lock. */
void
journal_files_settled(struct journal_files *files)
{
	struct journal_counts counts;

	pthread_mutex_lock(&files->lock);
	journal_count(files->journal, &counts);
	if (counts.operations == 0) {
		remove_read(files);
		journal_file_remove(files->own);
		files->own = NULL;
	}
	pthread_mutex_unlock(&files->lock);
}

/* Under the lock. The name is of the process, and nobody's yet: one that died
 * may have had the same number. */
static struct journal_file *
make_own(struct journal_files *files, struct err *err)
{
	struct journal_file *file = NULL;

	for (int i = 0; file == NULL && i < FILES_MAX; i++) {
		char name[NAME_BYTES], *path;

		(void)snprintf(name, sizeof(name), PREFIX "%ld%03u",
			(long)getpid(), files->number++ % NUMBERS_A_PROCESS);
		path = path_of(files, name);
		if (path == NULL) {
			(void)err_set(err, ERR_MEMORY, "out of memory");
			return NULL;
		}
		if (access(path, F_OK) != 0) {
			file = journal_file_make(path, files->privacy, err);
			/* Tried again under the same name, and said once. */
			files->number -= file == NULL;
			i = FILES_MAX;
		}
		free(path);
	}
	return file;
}

/* Under the lock. */
static bool
write_own(struct journal_files *files, struct err *err)
{
	struct buf one = {0};
	uint64_t mark;
	bool any = journal_gather(files->journal, 1, &one, &mark);

	buf_fini(&one);
	if (!any || files->dir == NULL)
		return true;
	if (journal_is_passing(files->journal) && files->own != NULL &&
		journal_file_bytes(files->own) > STALE_TIMES * files->limit)
		return err_set(err, ERR_LIMIT, "its file is full");
	if (files->own == NULL)
		files->own = make_own(files, err);
	return files->own != NULL &&
		journal_file_append(files->own, files->journal, err);
}

/* Under the lock. */
static bool
rewrite(struct journal_files *files, struct err *err)
{
	struct journal_file *old = files->own;

	files->own = NULL;
	journal_unwrite(files->journal);
	if (!write_own(files, err)) {
		journal_file_remove(files->own);
		files->own = old;
		return false;
	}
	journal_file_remove(old);
	remove_read(files);
	return true;
}

static void
note_trouble(struct journal_files *files, const char *text)
{
	waiter_lock(&files->waiter);
	(void)snprintf(files->trouble, sizeof(files->trouble), "%.*s",
		(int)sizeof(files->trouble) - 1, text);
	waiter_unlock(&files->waiter);
}

bool
journal_files_write(struct journal_files *files, struct err *err)
{
	bool ok;

	pthread_mutex_lock(&files->lock);
	ok = write_own(files, err);
	if (ok && files->own != NULL && !journal_is_passing(files->journal) &&
		journal_file_bytes(files->own) > STALE_TIMES * files->limit)
		ok = rewrite(files, err);
	pthread_mutex_unlock(&files->lock);
	if (!ok) {
		(void)err_wrap(err,
			"journal: what is counted would not survive the "
			"process");
	}
	note_trouble(files, ok ? "" : err->text);
	return ok;
}

bool
journal_files_rewrite(struct journal_files *files, struct err *err)
{
	bool ok;

	if (files->dir == NULL)
		return true;
	pthread_mutex_lock(&files->lock);
	ok = rewrite(files, err);
	pthread_mutex_unlock(&files->lock);
	return ok || err_wrap(err, "journal");
}

static void *
write_thread(void *arg)
{
	struct journal_files *files = arg;
	struct err err;

	while (waiter_sleep(&files->waiter, WRITE_MS))
		(void)journal_files_write(files, &err);
	return NULL;
}

void
journal_files_start(struct journal_files *files)
{
	if (files->dir != NULL && !files->waiter.has_thread)
		(void)waiter_start(&files->waiter, write_thread, files);
}

void
journal_files_stop(struct journal_files *files)
{
	waiter_stop(&files->waiter);
}

/* With one that waits to be dropped already, both go on. */
void
journal_files_turn(struct journal_files *files)
{
	pthread_mutex_lock(&files->lock);
	if (files->turned == NULL) {
		files->turned = files->own;
		files->own = NULL;
	}
	pthread_mutex_unlock(&files->lock);
}

void
journal_files_drop_turned(struct journal_files *files)
{
	pthread_mutex_lock(&files->lock);
	journal_file_remove(files->turned);
	files->turned = NULL;
	pthread_mutex_unlock(&files->lock);
}

uint64_t
journal_files_bytes(struct journal_files *files)
{
	uint64_t bytes = 0;

	pthread_mutex_lock(&files->lock);
	if (files->own != NULL)
		bytes += journal_file_bytes(files->own);
	if (files->turned != NULL)
		bytes += journal_file_bytes(files->turned);
	pthread_mutex_unlock(&files->lock);
	return bytes;
}

void
journal_files_trouble(struct journal_files *files, char *text, size_t size)
{
	waiter_lock(&files->waiter);
	(void)snprintf(text, size, "%s", files->trouble);
	waiter_unlock(&files->waiter);
}
