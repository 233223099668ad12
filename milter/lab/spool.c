/* SPDX-License-Identifier: BSD-2-Clause */
/* Headers in the order of time. */
#include "lab/spool.h"

#include <stdio.h>
#include <stdlib.h>

struct entry {
	int64_t at_ms;
	off_t offset;
	size_t len;
};

struct spool {
	FILE *file;
	struct entry *entries;
	size_t count, room;
	off_t end;
};

struct spool *
spool_new(struct err *err)
{
	struct spool *spool = calloc(1, sizeof(*spool));

	if (spool == NULL) {
		err_set(err, ERR_MEMORY, "out of memory");
		return NULL;
	}
	spool->file = tmpfile();
	if (spool->file != NULL)
		return spool;
	err_system(err, "cannot make a temporary file");
	free(spool);
	return NULL;
}

void
spool_free(struct spool *spool)
{
	if (spool == NULL)
		return;
	fclose(spool->file);
	free(spool->entries);
	free(spool);
}

static bool
grow(struct spool *spool, struct err *err)
{
	size_t room = spool->room > 0 ? spool->room * 2 : 1024;
	struct entry *entries;

	if (spool->count < spool->room)
		return true;
	entries = realloc(spool->entries, room * sizeof(*entries));
	if (entries == NULL)
		return err_set(err, ERR_MEMORY, "out of memory");
	spool->entries = entries;
	spool->room = room;
	return true;
}

bool
spool_add(struct spool *spool, int64_t at_ms, struct slice header,
	struct err *err)
{
	if (!grow(spool, err))
		return false;
	if (fwrite(header.p, 1, header.len, spool->file) != header.len)
		return err_system(err, "cannot write the temporary file");
	spool->entries[spool->count++] =
		(struct entry){at_ms, spool->end, header.len};
	spool->end += (off_t)header.len;
	return true;
}

static int
earlier_first(const void *a, const void *b)
{
	const struct entry *one = a, *two = b;

	if (one->at_ms != two->at_ms)
		return one->at_ms < two->at_ms ? -1 : 1;
	if (one->offset != two->offset)
		return one->offset < two->offset ? -1 : 1;
	return 0;
}

void
spool_sort(struct spool *spool)
{
	if (spool->count > 0) {
		qsort(spool->entries, spool->count, sizeof(*spool->entries),
			earlier_first);
	}
}

int64_t
spool_begin(const struct spool *spool)
{
	int64_t begin = 0;

	for (size_t i = 0; i < spool->count; i++) {
		int64_t at_ms = spool->entries[i].at_ms;

		if (at_ms > 0 && (begin == 0 || at_ms < begin))
			begin = at_ms;
	}
	return begin;
}

size_t
spool_count(const struct spool *spool)
{
	return spool->count;
}

bool
spool_get(struct spool *spool, size_t index, int64_t *at_ms, struct buf *out,
	struct err *err)
{
	const struct entry *entry = &spool->entries[index];
	char block[4096];
	size_t left = entry->len;

	buf_reset(out);
	*at_ms = entry->at_ms;
	if (fseeko(spool->file, entry->offset, SEEK_SET) != 0)
		return err_system(err, "cannot read the temporary file");
	while (left > 0) {
		size_t want = left < sizeof(block) ? left : sizeof(block);
		size_t got = fread(block, 1, want, spool->file);

		if (got == 0) {
			return err_system(
				err, "cannot read the temporary file");
		}
		buf_add(out, (struct slice){block, got});
		left -= got;
	}
	if (!buf_ok(out))
		return err_set(err, ERR_MEMORY, "out of memory");
	return true;
}
