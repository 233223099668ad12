/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The inode tells first, then the bytes before the place; what is packed has
 * to be unpacked for that, the newest first.
 *
 * Whoever rotates logs renames one after the other, perhaps at this moment:
 * what was found is held open, for its name may be another's by the time that
 * it is read, and a look that met one of them twice, or not any more, is taken
 * once more.
 */
#include "logs/tail_found.h"

#include "base/input.h"
#include "logs/rotated.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define LOOKS_MAX 5

struct candidate {
	char *path;
	struct timespec written;
	uint64_t inode;
	int fd;
};

struct looking {
	struct candidate at[TAIL_FOUND_MOST];
	size_t count;
	bool moved; /* names changed while they were looked at */
};

static bool
has_inode(const struct looking *looking, uint64_t inode)
{
	for (size_t i = 0; i < looking->count; i++) {
		if (looking->at[i].inode == inode)
			return true;
	}
	return false;
}

static void
add(void *ctx, const char *path)
{
	struct looking *looking = ctx;
	struct candidate one = {.path = strdup(path)};
	struct stat st;

	one.fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	looking->moved = looking->moved || (one.fd < 0 && errno == ENOENT);
	if (one.path != NULL && one.fd >= 0 && fstat(one.fd, &st) == 0 &&
		S_ISREG(st.st_mode) && looking->count < TAIL_FOUND_MOST) {
		one.written = st.st_mtim;
		one.inode = (uint64_t)st.st_ino;
		if (!has_inode(looking, one.inode)) {
			looking->at[looking->count++] = one;
			return;
		}
		looking->moved = true;
	}
	if (one.fd >= 0)
		(void)close(one.fd);
	free(one.path);
}

static int
older_first(const void *a, const void *b)
{
	const struct candidate *x = a, *y = b;

	if (x->written.tv_sec != y->written.tv_sec)
		return x->written.tv_sec < y->written.tv_sec ? -1 : 1;
	if (x->written.tv_nsec != y->written.tv_nsec)
		return x->written.tv_nsec < y->written.tv_nsec ? -1 : 1;
	/* LOG.2 is older than LOG.1. */
	return -strcmp(x->path, y->path);
}

static bool
is_packed(const struct candidate *candidate, const struct tail_place *place)
{
	struct input *input = input_open_again(candidate->fd, 0, NULL);
	struct tail_place there = {0};
	struct buf line = {0};
	struct err err = {0};

	if (input == NULL)
		return false;
	while (there.offset < place->offset && input_line(input, &line, &err)) {
		tail_place_pass(&there, buf_slice(&line));
		buf_reset(&line);
	}
	input_close(input);
	buf_fini(&line);
	return there.offset == place->offset &&
		there.mark_len == place->mark_len &&
		memcmp(there.mark, place->mark, place->mark_len) == 0;
}

/* Which of them holds the place; count: none. */
static size_t
find(const struct looking *looking, const struct tail_place *place)
{
	size_t i;

	for (i = 0; i < looking->count; i++) {
		if (looking->at[i].inode == place->inode &&
			tail_place_is_in(place, looking->at[i].fd))
			return i;
	}
	/* At its beginning a file is known by its inode alone. */
	if (place->offset == 0)
		return looking->count;
	for (i = looking->count; i-- > 0;) {
		if (tail_place_is_in(place, looking->at[i].fd) ||
			is_packed(&looking->at[i], place))
			return i;
	}
	return looking->count;
}

static void
take(struct tail_found *found, struct looking *looking, size_t first)
{
	tail_found_fini(found);
	for (size_t i = 0; i < looking->count; i++) {
		struct candidate *one = &looking->at[i];

		free(one->path);
		if (i < first) {
			(void)close(one->fd);
		} else {
			found->files[found->count].inode = one->inode;
			found->files[found->count++].fd = one->fd;
		}
	}
	looking->count = 0;
}

bool
tail_found_look(struct tail_found *found, const char *path,
	const struct tail_place *place)
{
	struct looking *looking = calloc(1, sizeof(*looking));

	tail_found_fini(found);
	if (looking == NULL)
		return false;
	for (int looks = 0; looks < LOOKS_MAX; looks++) {
		looking->moved = false;
		rotated_each(path, add, looking);
		qsort(looking->at, looking->count, sizeof(*looking->at),
			older_first);
		take(found, looking, find(looking, place));
		if (found->count > 0 && !looking->moved)
			break;
	}
	free(looking);
	return found->count > 0;
}

void
tail_found_fini(struct tail_found *found)
{
	for (size_t i = 0; i < found->count; i++)
		(void)close(found->files[i].fd);
	*found = (struct tail_found){.count = 0};
}
