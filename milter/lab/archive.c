/* SPDX-License-Identifier: BSD-2-Clause */
/* Reading old mail. */
#include "lab/archive.h"

#include "base/buf.h"
#include "base/input.h"
#include "lab/envelope.h"
#include "lab/paths.h"

#include <string.h>
#include <sys/stat.h>

struct reading {
	const struct archive *archive;
	struct err *err;
	unsigned odd;
	int64_t done, total;
	bool failed;
};

/* Where we are in one file. */
struct position {
	struct buf line, header;
	bool in_header;
	bool mbox; /* its first line is "From ..." */
	bool after_blank;
	unsigned messages;
};

static bool
give(struct reading *r, struct position *at)
{
	bool more = true;

	if (at->header.len > 0) {
		at->messages++;
		more = r->archive->visit(
			r->archive->ctx, buf_slice(&at->header));
	}
	buf_reset(&at->header);
	return more;
}

/* "From bob@partner.example Mon Jan  5 ...": the separator of RFC 4155, whose
 * sender is that of the envelope. */
static void
begin_mbox_message(struct position *at, struct slice line)
{
	struct slice rest = slice_sub(line, 5, line.len), sender;

	at->in_header = true;
	if (slice_next(&rest, ' ', &sender) && sender.len > 0 &&
		slice_find_byte(sender, '@', 0) != SLICE_NONE) {
		buf_puts(&at->header, ENVELOPE_FROM ": ");
		buf_add(&at->header, sender);
		buf_add_byte(&at->header, '\n');
	}
}

static bool
is_separator(struct slice line)
{
	return line.len > 5 && memcmp(line.p, "From ", 5) == 0;
}

static bool
take_line(struct reading *r, struct position *at, struct slice line)
{
	bool blank = slice_trim(line).len == 0;

	if (at->mbox && at->after_blank && is_separator(line)) {
		if (!give(r, at))
			return false;
		begin_mbox_message(at, line);
	} else if (at->in_header && blank) {
		at->in_header = false;
	} else if (at->in_header && at->header.len < ARCHIVE_HEADER_MAX) {
		buf_add(&at->header, line);
	}
	at->after_blank = blank;
	return true;
}

static void
report(struct reading *r, int64_t in_file)
{
	if (r->archive->progress != NULL) {
		r->archive->progress(
			r->archive->ctx, r->done + in_file, r->total);
	}
}

static bool
read_lines(struct reading *r, struct input *input, struct position *at)
{
	struct err err = {0};
	unsigned lines = 0;
	bool more = true;

	while (more && input_line(input, &at->line, &err)) {
		if (lines++ == 0) {
			at->mbox = is_separator(buf_slice(&at->line));
			at->in_header = !at->mbox;
			at->after_blank = true;
		}
		more = take_line(r, at, buf_slice(&at->line));
		buf_reset(&at->line);
		if (lines % 10000 == 0)
			report(r, input_consumed(input));
	}
	if (err.code != ERR_NONE) {
		*r->err = err;
		r->failed = true;
		return false;
	}
	return more && give(r, at);
}

/* Does it hold a message at all? Binary files and the like do not. */
static bool
looks_like_mail(const char *path)
{
	struct input *input = input_open(path, NULL);
	struct buf line = {0};
	bool good = false;

	if (input == NULL)
		return false;
	if (input_line(input, &line, NULL)) {
		struct slice text = buf_slice(&line);
		size_t colon = slice_find_byte(text, ':', 0);

		good = is_separator(text) ||
			(colon != SLICE_NONE && colon > 0 &&
				slice_find_byte(slice_sub(text, 0, colon), ' ',
					0) == SLICE_NONE);
	}
	buf_fini(&line);
	input_close(input);
	return good;
}

static bool
read_mail_file(struct reading *r, const char *path)
{
	struct position at = {0};
	struct input *input = input_open(path, r->err);
	bool more;

	if (input == NULL) {
		r->failed = true;
		return false;
	}
	more = read_lines(r, input, &at);
	if (r->failed)
		err_wrap(r->err, "%s", path);
	r->done += input_size(input);
	report(r, 0);
	r->odd += at.messages == 0 ? 1 : 0;
	buf_fini(&at.line);
	buf_fini(&at.header);
	input_close(input);
	return more;
}

static bool
read_queue_file(struct reading *r, const char *path)
{
	struct buf header = {0};
	bool more = true;

	if (!r->archive->foreign->read(path, &header, r->err)) {
		r->failed = true;
		more = false;
	} else if (header.len > 0) {
		more = r->archive->visit(r->archive->ctx, buf_slice(&header));
	} else {
		r->odd++;
	}
	buf_fini(&header);
	return more;
}

static bool
read_file(const char *path, void *ctx)
{
	struct reading *r = ctx;

	if (r->archive->foreign != NULL && r->archive->foreign->is(path))
		return read_queue_file(r, path);
	if (!looks_like_mail(path)) {
		r->odd++;
		return true;
	}
	return read_mail_file(r, path);
}

static bool
add_size(const char *path, void *ctx)
{
	int64_t *total = ctx;
	struct stat st;

	if (stat(path, &st) == 0 && S_ISREG(st.st_mode))
		*total += st.st_size;
	return true;
}

/* The size of all files in and below path. */
static int64_t
size_of(const char *path)
{
	int64_t total = 0;

	paths_each(path, SLICE(""), add_size, &total, NULL);
	return total;
}

bool
archive_read(const struct archive *archive, const char *path, unsigned *odd,
	struct err *err)
{
	struct reading r = {.archive = archive, .err = err};
	bool good;

	if (strcmp(path, "-") == 0)
		return read_mail_file(&r, path) || !r.failed;
	r.total = size_of(path);
	good = paths_each(path, SLICE(""), read_file, &r, err);
	*odd += r.odd;
	return good && !r.failed;
}

static bool
take_first(void *ctx, struct slice header)
{
	struct buf *out = ctx;

	buf_add(out, header);
	return false;
}

bool
archive_first(const char *path, const struct archive_foreign *foreign,
	struct buf *header, struct err *err)
{
	const struct archive archive = {
		.visit = take_first, .foreign = foreign, .ctx = header};
	unsigned odd = 0;

	if (!archive_read(&archive, path, &odd, err))
		return false;
	return header->len > 0 ||
		err_set(err, ERR_INVALID, "%s holds no message", path);
}
