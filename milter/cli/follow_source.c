/* SPDX-License-Identifier: BSD-2-Clause */
/* Either of two. */
#include "cli/follow_source.h"

#include "base/codec.h"
#include "cli/follow_journal.h"

#include <stdlib.h>

#define JOURNAL "the journal"

struct follow_source {
	struct tail *tail; /* or */
	struct follow_journal *journal;
};

static size_t
read_hex(struct slice digits, char *out, size_t most)
{
	size_t len = 0;

	for (size_t i = 0; i + 1 < digits.len && len < most; i += 2) {
		int high = codec_hex_digit(digits.p[i]),
		    low = codec_hex_digit(digits.p[i + 1]);

		if (high < 0 || low < 0)
			return 0;
		out[len++] = (char)(high << 4 | low);
	}
	return len;
}

static struct tail_place
read_place(const struct json *kept)
{
	struct tail_place place = {
		.inode = (uint64_t)json_number(kept, "inode"),
		.offset = (uint64_t)json_number(kept, "offset")};

	place.mark_len = read_hex(
		json_text(kept, "before"), place.mark, TAIL_MARK_BYTES);
	return place;
}

struct follow_source *
follow_source_new(const char *path, const struct json *line)
{
	struct follow_source *source = calloc(1, sizeof(*source));
	const struct json *kept = json_find(line, "source");
	struct tail_place place;
	struct buf cursor = {0};

	if (source == NULL)
		return NULL;
	if (path == NULL) {
		buf_add(&cursor, json_text(kept, "cursor"));
		source->journal = follow_journal_new(
			cursor.len > 0 && buf_ok(&cursor) ? cursor.p : NULL);
		buf_fini(&cursor);
	} else if (kept != NULL) {
		place = read_place(kept);
		source->tail = tail_new(path, &place);
	} else {
		source->tail = tail_new(path, NULL);
	}
	if (source->tail != NULL || source->journal != NULL)
		return source;
	free(source);
	return NULL;
}

void
follow_source_free(struct follow_source *source)
{
	if (source == NULL)
		return;
	tail_free(source->tail);
	follow_journal_free(source->journal);
	free(source);
}

enum tail_result
follow_source_next(
	struct follow_source *source, struct slice *line, struct err *err)
{
	return source->tail != NULL
		? tail_next(source->tail, line, err)
		: follow_journal_next(source->journal, line, err);
}

int
follow_source_fd(const struct follow_source *source)
{
	return source->tail != NULL ? -1 : follow_journal_fd(source->journal);
}

const char *
follow_source_name(const struct follow_source *source)
{
	return source->tail != NULL ? tail_path(source->tail) : JOURNAL;
}

uint64_t
follow_source_cut(const struct follow_source *source)
{
	return source->tail != NULL ? tail_cut(source->tail) : 0;
}

void
follow_source_keep(struct follow_source *source, struct buf *out)
{
	struct json *line = json_map(), *kept = json_map();
	char digits[2 * TAIL_MARK_BYTES + 1];

	json_set_text(kept, "path", slice_of(follow_source_name(source)));
	if (source->tail != NULL) {
		const struct tail_place *place = tail_place(source->tail);

		codec_hex((const unsigned char *)place->mark, place->mark_len,
			digits);
		json_set_number(kept, "inode", (long long)place->inode);
		json_set_number(kept, "offset", (long long)place->offset);
		json_set_text(kept, "before", slice_of(digits));
	} else {
		json_set_text(kept, "cursor",
			slice_of(follow_journal_cursor(source->journal)));
	}
	json_set_take(line, "source", kept);
	(void)json_write(line, out);
	buf_add_byte(out, '\n');
	json_free(line);
}

bool
follow_source_is(const struct json *line, const char *path)
{
	return slice_equal(json_text(json_find(line, "source"), "path"),
		slice_of(path != NULL ? path : JOURNAL));
}
