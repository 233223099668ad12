/* SPDX-License-Identifier: BSD-2-Clause */
/* Reading files whole. */
#include "base/file.h"

#include "base/amount.h"
#include "base/bundle.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define BLOCK_BYTES 16384
#define LINE_FILE_BYTES_MAX 65536

static bool
fail_long(size_t most, struct err *err)
{
	struct buf text = {0};

	amount_size_print((long long)most, &text);
	(void)err_set(err, ERR_LIMIT, "the file is longer than %s bytes",
		buf_ok(&text) ? text.p : "so many");
	buf_fini(&text);
	return false;
}

bool
file_read(const char *path, size_t most, struct buf *out, struct err *err)
{
	FILE *file = bundle_fopen(path);
	size_t left = most + 1, got = 1;
	char block[BLOCK_BYTES];
	bool ok = true;

	if (file == NULL)
		return err_system(err, "cannot open the file");
	while (ok && left > 0 && got > 0) {
		got = fread(block, 1,
			left < sizeof(block) ? left : sizeof(block), file);
		left -= got;
		buf_add(out, (struct slice){block, got});
		if (ferror(file))
			ok = err_system(err, "cannot read the file");
	}
	(void)fclose(file);
	if (ok && !buf_ok(out))
		ok = err_set(err, ERR_MEMORY, "out of memory");
	return ok && (left > 0 || fail_long(most, err));
}

struct slice
file_skip_mark(struct slice text)
{
	const struct slice mark = SLICE("\xEF\xBB\xBF");

	return slice_starts_fold(text, mark)
		? slice_sub(text, mark.len, text.len)
		: text;
}

bool
file_read_line(const char *path, struct buf *out, struct err *err)
{
	struct buf text = {0};
	bool ok = file_read(path, LINE_FILE_BYTES_MAX, &text, err);

	if (ok) {
		struct slice line = file_skip_mark(buf_slice(&text));

		line = slice_sub(line, 0, slice_find_byte(line, '\n', 0));
		line = slice_sub(line, 0, slice_find_byte(line, '\r', 0));
		line = slice_sub(line, 0, slice_find_byte(line, '\0', 0));
		buf_add(out, line);
		ok = line.len > 0 ||
			err_set(err, ERR_INVALID,
				"the file's first line is empty");
		if (ok && !buf_ok(out))
			ok = err_set(err, ERR_MEMORY, "out of memory");
	}
	buf_fini(&text);
	return ok;
}
