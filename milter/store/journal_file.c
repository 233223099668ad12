/* SPDX-License-Identifier: BSD-2-Clause */
/* Appending to a journal's file, and reading it. */
#include "store/journal_file.h"

#include "base/digest.h"
#include "store/bytes.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define MAGIC "fwjourn\2"
#define MODE 0600
/* What is written at once: a disk that is slow holds nobody up meanwhile. */
#define GATHER_BYTES ((size_t)1 << 20)
#define FILE_MAX ((uint64_t)1 << 30)

struct head {
	char magic[8];
	uint64_t privacy;
};

struct record_head {
	uint32_t len;
	unsigned char digest[DIGEST_BYTES];
} __attribute__((packed));

struct journal_file {
	int fd;
	char *path;
	uint64_t bytes; /* that are whole, and on the disk */
};

uint64_t
journal_file_privacy(struct slice hash_key)
{
	const struct slice parts[2] = {SLICE("journal"), hash_key};
	unsigned char digest[DIGEST_BYTES];
	uint64_t privacy = 0;

	if (hash_key.len > 0 && digest_parts(parts, 2, digest))
		memcpy(&privacy, digest, sizeof(privacy));
	return privacy;
}

/* False with errno. */
static bool
write_all(int fd, struct slice bytes)
{
	while (bytes.len > 0) {
		ssize_t n = write(fd, bytes.p, bytes.len);

		if (n < 0 && errno != EINTR)
			return false;
		if (n > 0)
			bytes = slice_sub(bytes, (size_t)n, bytes.len);
	}
	return true;
}

/* All of it and on the disk, or nothing of it; false with errno. */
static bool
append(struct journal_file *file, struct slice bytes)
{
	int error;

	if (lseek(file->fd, (off_t)file->bytes, SEEK_SET) >= 0 &&
		write_all(file->fd, bytes) && fdatasync(file->fd) == 0) {
		file->bytes += bytes.len;
		return true;
	}
	error = errno;
	(void)!ftruncate(file->fd, (off_t)file->bytes);
	errno = error;
	return false;
}

struct journal_file *
journal_file_make(const char *path, uint64_t privacy, struct err *err)
{
	struct journal_file *file = calloc(1, sizeof(*file));
	struct head head = {.magic = MAGIC, .privacy = privacy};

	if (file == NULL || (file->path = strdup(path)) == NULL) {
		free(file);
		(void)err_set(err, ERR_MEMORY, "out of memory");
		return NULL;
	}
	file->fd = open(
		path, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, MODE);
	if (file->fd >= 0 && flock(file->fd, LOCK_EX | LOCK_NB) == 0 &&
		append(file, (struct slice){(const char *)&head, sizeof(head)}))
		return file;
	(void)err_system(err, "cannot write %s", path);
	if (file->fd >= 0) {
		journal_file_remove(file);
	} else {
		journal_file_close(file);
	}
	return NULL;
}

/* Each batch with its head, from its length and its bytes. */
static bool
put_records(struct slice gathered, struct buf *out)
{
	struct record_head head;
	struct slice bytes;

	while (bytes_take(&gathered, &head.len, sizeof(head.len)) &&
		bytes_take_text(&gathered, head.len, &bytes)) {
		if (!digest_parts(&bytes, 1, head.digest))
			return false;
		buf_add(out, (struct slice){(const char *)&head, sizeof(head)});
		buf_add(out, bytes);
	}
	return buf_ok(out);
}

bool
journal_file_append(
	struct journal_file *file, struct journal *journal, struct err *err)
{
	struct buf gathered = {0}, out = {0};
	uint64_t mark = 0;
	bool ok = true;

	while (ok && journal_gather(journal, GATHER_BYTES, &gathered, &mark)) {
		if (!buf_ok(&gathered) ||
			!put_records(buf_slice(&gathered), &out)) {
			ok = err_set(err, ERR_MEMORY, "out of memory");
		} else if (!append(file, buf_slice(&out))) {
			ok = err_system(err, "cannot write %s", file->path);
		} else {
			journal_written(journal, mark);
		}
		buf_reset(&gathered);
		buf_reset(&out);
	}
	buf_fini(&gathered);
	buf_fini(&out);
	return ok;
}

uint64_t
journal_file_bytes(const struct journal_file *file)
{
	return file->bytes;
}

void
journal_file_close(struct journal_file *file)
{
	if (file == NULL)
		return;
	if (file->fd >= 0)
		(void)close(file->fd);
	free(file->path);
	free(file);
}

void
journal_file_remove(struct journal_file *file)
{
	if (file != NULL)
		(void)unlink(file->path);
	journal_file_close(file);
}

static bool
take_head(
	struct slice *rest, uint64_t privacy, const char *name, struct err *err)
{
	struct head head;

	if (!bytes_take(rest, &head, sizeof(head)) ||
		memcmp(head.magic, MAGIC, sizeof(head.magic)) != 0) {
		return err_set(err, ERR_INVALID,
			"journal: %s is of another version of Forwarden, or "
			"no journal",
			name);
	}
	if (head.privacy != privacy) {
		return err_set(err, ERR_INVALID,
			"journal: %s was written under another privacy.hash, "
			"and what it holds would not be found again",
			name);
	}
	return true;
}

static bool
take_record(struct slice *rest, struct journal *journal)
{
	unsigned char digest[DIGEST_BYTES];
	struct record_head head;
	struct slice bytes;

	return bytes_take(rest, &head, sizeof(head)) &&
		bytes_take_text(rest, head.len, &bytes) &&
		digest_parts(&bytes, 1, digest) &&
		memcmp(digest, head.digest, sizeof(digest)) == 0 &&
		journal_add_written(journal, bytes);
}

/* Does the batch that begins there reach to the end, or past it? What lies on
 * the disk of it may be anything, zeros most of all. */
static bool
is_last(struct slice rest)
{
	struct record_head head;
	size_t zeros = 0;

	while (zeros < rest.len && rest.p[zeros] == '\0')
		zeros++;
	return zeros == rest.len || !bytes_take(&rest, &head, sizeof(head)) ||
		head.len >= rest.len;
}

enum journal_file_state
journal_file_parse(struct slice bytes, uint64_t privacy,
	struct journal *journal, const char *name, struct err *err)
{
	struct slice rest = bytes, here;
	unsigned long long count = 0;

	if (bytes.len < sizeof(struct head)) {
		(void)err_set(err, ERR_INVALID,
			"journal: %s ends before it begins: its process died "
			"as it made it",
			name);
		return JOURNAL_FILE_TORN;
	}
	if (!take_head(&rest, privacy, name, err))
		return JOURNAL_FILE_FOREIGN;
	for (here = rest; rest.len > 0; here = rest, count++) {
		if (take_record(&rest, journal))
			continue;
		(void)err_set(err, ERR_INVALID,
			is_last(here)
				? "journal: %s ends within a batch, as its "
				  "process died: %llu batches are read, and "
				  "that one is lost"
				: "journal: %s is damaged: %llu batches are "
				  "read, those after them are lost",
			name, count);
		return is_last(here) ? JOURNAL_FILE_TORN : JOURNAL_FILE_DAMAGED;
	}
	return JOURNAL_FILE_WHOLE;
}

static bool
read_all(int fd, struct buf *out)
{
	struct stat status;
	char bytes[16384];
	ssize_t n = 1;

	if (fstat(fd, &status) != 0 || !S_ISREG(status.st_mode) ||
		(uint64_t)status.st_size > FILE_MAX) {
		errno = EFBIG;
		return false;
	}
	while (n > 0 || (n < 0 && errno == EINTR)) {
		n = read(fd, bytes, sizeof(bytes));
		if (n > 0)
			buf_add(out, (struct slice){bytes, (size_t)n});
	}
	return n == 0 && buf_ok(out);
}

static enum journal_file_state
read_locked(int fd, const char *path, uint64_t privacy, struct journal *journal,
	struct err *err)
{
	enum journal_file_state state = JOURNAL_FILE_UNREADABLE;
	struct buf bytes = {0};

	if (read_all(fd, &bytes)) {
		state = journal_file_parse(
			buf_slice(&bytes), privacy, journal, path, err);
	} else {
		(void)err_system(err, "journal: cannot read %s", path);
	}
	buf_fini(&bytes);
	return state;
}

enum journal_file_state
journal_file_read(const char *path, uint64_t privacy, struct journal *journal,
	struct err *err)
{
	int fd = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	enum journal_file_state state;

	if (fd < 0 && errno == ENOENT)
		return JOURNAL_FILE_GONE;
	if (fd < 0) {
		(void)err_system(err, "journal: cannot read %s", path);
		return JOURNAL_FILE_UNREADABLE;
	}
	state = flock(fd, LOCK_EX | LOCK_NB) == 0
		? read_locked(fd, path, privacy, journal, err)
		: JOURNAL_FILE_BUSY;
	(void)close(fd);
	return state;
}
