/* SPDX-License-Identifier: BSD-2-Clause */
/* The inode tells first, then the bytes before the place; what is packed has
 * to be unpacked for that, the newest first. */
#include "logs/tail_found.h"

#include "base/input.h"
#include "logs/rotated.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

struct candidate {
	char *path;
	struct timespec written;
	uint64_t inode;
};

struct looking {
	struct candidate at[TAIL_FOUND_MOST];
	size_t count;
};

static void
add(void *ctx, const char *path)
{
	struct looking *looking = ctx;
	struct stat st;
	char *copy;

	if (looking->count == TAIL_FOUND_MOST || stat(path, &st) != 0)
		return;
	copy = strdup(path);
	if (copy != NULL)
		looking->at[looking->count++] = (struct candidate){
			copy, st.st_mtim, (uint64_t)st.st_ino};
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
is_plain(const struct candidate *candidate, const struct tail_place *place)
{
	int fd = open(candidate->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	bool is = fd >= 0 && tail_place_is_in(place, fd);

	if (fd >= 0)
		(void)close(fd);
	return is;
}

static bool
is_packed(const struct candidate *candidate, const struct tail_place *place)
{
	struct input *input = input_open(candidate->path, NULL);
	struct tail_place there = {0};
	struct buf line = {0};
	struct err err = {0};
	bool is;

	if (input == NULL)
		return false;
	while (there.offset < place->offset && input_line(input, &line, &err)) {
		tail_place_pass(&there, buf_slice(&line));
		buf_reset(&line);
	}
	input_close(input);
	buf_fini(&line);
	is = there.offset == place->offset &&
		there.mark_len == place->mark_len &&
		memcmp(there.mark, place->mark, place->mark_len) == 0;
	return is;
}

/* Which of them holds the place; count: none. */
static size_t
find(const struct looking *looking, const struct tail_place *place)
{
	size_t i;

	for (i = 0; i < looking->count; i++) {
		if (looking->at[i].inode == place->inode &&
			is_plain(&looking->at[i], place))
			return i;
	}
	/* At its beginning a file is known by its inode alone. */
	if (place->offset == 0)
		return looking->count;
	for (i = looking->count; i-- > 0;) {
		if (is_plain(&looking->at[i], place) ||
			is_packed(&looking->at[i], place))
			return i;
	}
	return looking->count;
}

bool
tail_found_look(struct tail_found *found, const char *path,
	const struct tail_place *place)
{
	struct looking *looking = calloc(1, sizeof(*looking));
	size_t first;

	tail_found_fini(found);
	if (looking == NULL)
		return false;
	rotated_each(path, add, looking);
	qsort(looking->at, looking->count, sizeof(*looking->at), older_first);
	first = find(looking, place);
	for (size_t i = 0; i < looking->count; i++) {
		if (i < first) {
			free(looking->at[i].path);
		} else {
			found->paths[found->count++] = looking->at[i].path;
		}
	}
	free(looking);
	return found->count > 0;
}

void
tail_found_fini(struct tail_found *found)
{
	for (size_t i = 0; i < found->count; i++)
		free(found->paths[i]);
	*found = (struct tail_found){.count = 0};
}
