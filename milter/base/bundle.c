/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Entries by path, each a file with its bytes or a directory with its names,
 * one after the other with a NUL between. Saved as a header and, for each,
 * the kind, two lengths and the bytes, in this machine's order: it never
 * leaves it.
 */
#include "base/bundle.h"

#include "base/buf.h"
#include "base/map.h"
#include "base/whole.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define MAGIC "fwbundl\1"
#define MAGIC_BYTES 8
/* More than any reader here takes of one file. */
#define FILE_BYTES_MAX ((size_t)64 << 20)
#define BUNDLE_BYTES_MAX ((size_t)1 << 30)
#define PIPE_MS 3000 /* for its first byte */

enum kind {
	KIND_FILE = 1,
	KIND_DIRECTORY = 2,
	/* It was looked at, not read. */
	KIND_SEEN_FILE = 3,
	KIND_SEEN_DIRECTORY = 4
};

struct entry {
	enum kind kind;
	struct buf bytes;
};

struct bundle {
	bool keeps; /* else it is read from */
	struct map *entries;
	bool failed; /* memory was short: it is not whole */
};

struct bundle_directory {
	struct buf names;
	size_t at;
};

struct head {
	uint32_t kind, path_len, len;
};

static _Thread_local struct bundle *in_use;

struct bundle *
bundle_new(void)
{
	struct bundle *bundle = calloc(1, sizeof(*bundle));

	if (bundle == NULL)
		return NULL;
	bundle->keeps = true;
	bundle->entries = map_new();
	if (bundle->entries != NULL)
		return bundle;
	free(bundle);
	return NULL;
}

static void
entry_free(void *value)
{
	struct entry *entry = value;

	buf_fini(&entry->bytes);
	free(entry);
}

void
bundle_free(struct bundle *bundle)
{
	if (bundle == NULL)
		return;
	map_free(bundle->entries, entry_free);
	free(bundle);
}

void
bundle_use(struct bundle *bundle)
{
	in_use = bundle;
}

static struct entry *
find(const struct bundle *bundle, const char *path)
{
	return map_find(bundle->entries, slice_of(path));
}

static struct entry *
add(struct bundle *bundle, enum kind kind, struct slice path,
	struct slice bytes)
{
	struct entry *entry = calloc(1, sizeof(*entry));
	void *old = NULL;

	if (entry != NULL) {
		entry->kind = kind;
		buf_add(&entry->bytes, bytes);
		if (buf_ok(&entry->bytes) &&
			map_put(bundle->entries, path, entry, &old)) {
			if (old != NULL)
				entry_free(old);
			return entry;
		}
		entry_free(entry);
	}
	bundle->failed = true;
	errno = ENOMEM;
	return NULL;
}

static FILE *
open_bytes(const struct entry *entry)
{
	/* An empty buffer is none to fmemopen(). */
	if (entry->bytes.len == 0)
		return fopen("/dev/null", "re");
	return fmemopen(entry->bytes.p, entry->bytes.len, "r");
}

/*
 * A pipe with a name is one that nobody may ever write to: whoever opens it as
 * a file waits for ever, and with him all reloads. One that has a writer
 * ("-c <(...)" of a shell) is read as any file.
 */
static FILE *
open_file(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	struct pollfd waits = {.fd = fd, .events = POLLIN};
	struct stat status;
	FILE *file = NULL;

	if (fd < 0)
		return NULL;
	if (fstat(fd, &status) == 0 && S_ISFIFO(status.st_mode) &&
		poll(&waits, 1, PIPE_MS) <= 0) {
		errno = EPIPE;
	} else if (fcntl(fd, F_SETFL, 0) == 0) {
		file = fdopen(fd, "r");
	}
	if (file == NULL)
		(void)close(fd);
	return file;
}

static bool
slurp(const char *path, struct buf *out)
{
	char block[16384];
	FILE *file = open_file(path);
	size_t got;
	bool ok;

	if (file == NULL)
		return false;
	errno = 0;
	while (out->len <= FILE_BYTES_MAX &&
		(got = fread(block, 1, sizeof(block), file)) > 0)
		buf_add(out, (struct slice){block, got});
	ok = ferror(file) == 0;
	(void)fclose(file);
	if (ok && out->len > FILE_BYTES_MAX) {
		errno = EFBIG;
	} else if (ok && !buf_ok(out)) {
		errno = ENOMEM;
	}
	return ok && out->len <= FILE_BYTES_MAX && buf_ok(out);
}

/* Reads it once, keeps it, and gives what was kept: so that what is used and
 * what is kept are the same bytes. */
static FILE *
keep_file(struct bundle *bundle, const char *path)
{
	struct entry *entry = find(bundle, path);
	struct buf bytes = {0};

	if (entry != NULL && entry->kind != KIND_FILE)
		entry = NULL;
	if (entry == NULL && slurp(path, &bytes)) {
		entry = add(
			bundle, KIND_FILE, slice_of(path), buf_slice(&bytes));
	}
	buf_fini(&bytes);
	return entry != NULL ? open_bytes(entry) : NULL;
}

FILE *
bundle_fopen(const char *path)
{
	const struct entry *entry;

	if (in_use == NULL)
		return open_file(path);
	if (in_use->keeps)
		return keep_file(in_use, path);
	entry = find(in_use, path);
	if (entry != NULL && entry->kind == KIND_FILE)
		return open_bytes(entry);
	errno = entry != NULL ? EISDIR : ENOENT;
	return NULL;
}

bool
bundle_stat(const char *path, bool *is_directory)
{
	const struct entry *entry;
	struct stat status;

	if (in_use == NULL || in_use->keeps) {
		if (stat(path, &status) != 0)
			return false;
		*is_directory = S_ISDIR(status.st_mode);
		return in_use == NULL || find(in_use, path) != NULL ||
			add(in_use,
				*is_directory ? KIND_SEEN_DIRECTORY
					      : KIND_SEEN_FILE,
				slice_of(path), SLICE("")) != NULL;
	}
	entry = find(in_use, path);
	errno = ENOENT;
	if (entry != NULL) {
		*is_directory = entry->kind == KIND_DIRECTORY ||
			entry->kind == KIND_SEEN_DIRECTORY;
	}
	return entry != NULL;
}

static bool
read_names(const char *path, struct buf *names)
{
	DIR *directory = opendir(path);
	const struct dirent *entry;

	if (directory == NULL)
		return false;
	while ((entry = readdir(directory)) != NULL) {
		if (strcmp(entry->d_name, ".") == 0 ||
			strcmp(entry->d_name, "..") == 0)
			continue;
		buf_add(names, slice_of(entry->d_name));
		buf_add_byte(names, '\0');
	}
	(void)closedir(directory);
	if (!buf_ok(names))
		errno = ENOMEM;
	return buf_ok(names);
}

static bool
find_names(const char *path, struct buf *names)
{
	const struct entry *entry = in_use != NULL ? find(in_use, path) : NULL;

	if (entry != NULL && entry->kind == KIND_DIRECTORY) {
		buf_add(names, buf_slice(&entry->bytes));
		return buf_ok(names);
	}
	if (in_use != NULL && !in_use->keeps) {
		errno = ENOENT;
		return false;
	}
	return read_names(path, names) &&
		(in_use == NULL ||
			add(in_use, KIND_DIRECTORY, slice_of(path),
				buf_slice(names)) != NULL);
}

struct bundle_directory *
bundle_directory_open(const char *path)
{
	struct bundle_directory *directory = calloc(1, sizeof(*directory));
	int saved;

	if (directory == NULL || find_names(path, &directory->names))
		return directory;
	saved = errno;
	bundle_directory_close(directory);
	errno = saved;
	return NULL;
}

const char *
bundle_directory_next(struct bundle_directory *directory)
{
	const char *name = directory->names.p + directory->at;

	if (directory->at >= directory->names.len)
		return NULL;
	directory->at += strlen(name) + 1;
	return name;
}

void
bundle_directory_close(struct bundle_directory *directory)
{
	buf_fini(&directory->names);
	free(directory);
}

static bool
write_whole(int fd, const void *bytes, size_t len)
{
	return whole_write(fd, (struct slice){bytes, len}) == len;
}

struct saving {
	int fd;
	bool ok;
};

static bool
save_entry(struct slice path, void *value, void *ctx)
{
	const struct entry *entry = value;
	struct saving *saving = ctx;
	const struct head head = {(uint32_t)entry->kind, (uint32_t)path.len,
		(uint32_t)entry->bytes.len};

	saving->ok = write_whole(saving->fd, &head, sizeof(head)) &&
		write_whole(saving->fd, path.p, path.len) &&
		write_whole(saving->fd, entry->bytes.p, entry->bytes.len);
	return saving->ok;
}

bool
bundle_save(const struct bundle *bundle, int fd, struct err *err)
{
	struct saving saving = {fd, false};

	if (bundle->failed)
		return err_set(err, ERR_MEMORY, "files: out of memory");
	saving.ok = lseek(fd, 0, SEEK_SET) == 0 && ftruncate(fd, 0) == 0 &&
		write_whole(fd, MAGIC, MAGIC_BYTES);
	if (saving.ok)
		map_each(bundle->entries, save_entry, &saving);
	return saving.ok || err_system(err, "cannot keep a copy of the files");
}

/* Cuts the entries out of what was saved. */
static bool
parse(struct bundle *bundle, struct slice rest)
{
	struct head head;

	if (!slice_starts_fold(rest, (struct slice){MAGIC, MAGIC_BYTES}))
		return false;
	rest = slice_sub(rest, MAGIC_BYTES, rest.len);
	while (rest.len > 0) {
		if (rest.len < sizeof(head))
			return false;
		memcpy(&head, rest.p, sizeof(head));
		rest = slice_sub(rest, sizeof(head), rest.len);
		if ((size_t)head.path_len + head.len > rest.len ||
			add(bundle, (enum kind)head.kind,
				slice_sub(rest, 0, head.path_len),
				slice_sub(rest, head.path_len,
					(size_t)head.path_len + head.len)) ==
				NULL)
			return false;
		rest = slice_sub(
			rest, (size_t)head.path_len + head.len, rest.len);
	}
	return true;
}

/* By its place, not by the descriptor's: others read the same one. */
static bool
read_whole(int fd, struct buf *out)
{
	char block[16384];
	ssize_t got;

	while ((got = pread(fd, block, sizeof(block), (off_t)out->len)) != 0) {
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0 || out->len > BUNDLE_BYTES_MAX)
			return false;
		buf_add(out, (struct slice){block, (size_t)got});
		if (!buf_ok(out))
			return false;
	}
	return true;
}

struct bundle *
bundle_open(int fd, struct err *err)
{
	struct bundle *bundle = bundle_new();
	struct buf bytes = {0};
	bool ok;

	if (bundle == NULL) {
		(void)err_set(err, ERR_MEMORY, "files: out of memory");
		return NULL;
	}
	bundle->keeps = false;
	ok = read_whole(fd, &bytes)
		? parse(bundle, buf_slice(&bytes)) ||
			err_set(err, ERR_INVALID, "the kept files are damaged")
		: err_system(err, "cannot read the kept files");
	buf_fini(&bytes);
	if (ok)
		return bundle;
	bundle_free(bundle);
	return NULL;
}

#ifdef HAVE_MEMFD_CREATE
int
bundle_memory(const char *name, struct err *err)
{
	int fd = memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING);

	if (fd < 0)
		(void)err_system(err, "cannot make room in memory");
	return fd;
}

void
bundle_seal(int fd)
{
	(void)fcntl(fd, F_ADD_SEALS,
		F_SEAL_WRITE | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL);
}
#else
/* A file without a name. */
int
bundle_memory(const char *name, struct err *err)
{
	char path[] = "/tmp/forwarden.XXXXXX";
	int fd = mkstemp(path);

	(void)name;
	if (fd >= 0)
		(void)unlink(path);
	if (fd < 0 || fcntl(fd, F_SETFD, FD_CLOEXEC) < 0)
		(void)err_system(err, "cannot make room in memory");
	return fd;
}

void
bundle_seal(int fd)
{
	(void)fd;
}
#endif
