/* SPDX-License-Identifier: BSD-2-Clause */
/* Reading files for the tools. */
#include "lab/input.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#define LINE_BYTES 65536
#define LINE_BYTES_MAX (1024 * 1024)
#define ZLIB_BYTES (256 * 1024)

struct input {
	gzFile file;
	int64_t size;
	char line[LINE_BYTES];
};

static gzFile
open_file(const char *path, int64_t *size)
{
	struct stat st;
	gzFile file;
	int fd;

	fd = strcmp(path, "-") == 0 ? dup(STDIN_FILENO)
				    : open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return NULL;
	*size = 0;
	if (fstat(fd, &st) == 0 && S_ISDIR(st.st_mode)) {
		close(fd);
		errno = EISDIR;
		return NULL;
	}
	if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode))
		*size = st.st_size;
	file = gzdopen(fd, "rb");
	if (file == NULL) {
		close(fd);
	} else {
		gzbuffer(file, ZLIB_BYTES);
	}
	return file;
}

struct input *
input_open(const char *path, struct err *err)
{
	struct input *input = malloc(sizeof(*input));

	if (input == NULL) {
		err_set(err, ERR_MEMORY, "out of memory");
		return NULL;
	}
	input->file = open_file(path, &input->size);
	if (input->file != NULL)
		return input;
	err_system(err, "cannot open %s", path);
	free(input);
	return NULL;
}

static bool
failed(const struct input *input, struct err *err)
{
	int code;
	const char *text = gzerror(input->file, &code);

	if (code == Z_OK || code == Z_STREAM_END)
		return false;
	err_set(err, ERR_INVALID, "%s",
		code == Z_ERRNO ? strerror(errno) : text);
	return true;
}

/* gzgets() would not tell where a line ends that has a NUL in it. */
static size_t
read_part(struct input *input, bool *ended)
{
	size_t len = 0;
	int byte;

	while (!*ended && len < LINE_BYTES &&
		(byte = gzgetc(input->file)) >= 0) {
		input->line[len++] = (char)byte;
		*ended = byte == '\n';
	}
	return len;
}

bool
input_line(struct input *input, struct buf *out, struct err *err)
{
	size_t begun = out->len;
	bool ended = false;

	while (!ended && out->len - begun < LINE_BYTES_MAX) {
		struct slice part = {input->line, read_part(input, &ended)};

		if (part.len == 0)
			return !failed(input, err) && out->len > begun;
		buf_add(out, part);
		if (!buf_ok(out))
			return err_set(err, ERR_MEMORY, "out of memory");
	}
	return true;
}

int64_t
input_consumed(const struct input *input)
{
	return (int64_t)gzoffset(input->file);
}

int64_t
input_size(const struct input *input)
{
	return input->size;
}

void
input_close(struct input *input)
{
	if (input == NULL)
		return;
	gzclose(input->file);
	free(input);
}

bool
input_read(const char *path, struct buf *out, struct err *err)
{
	struct input *input = input_open(path, err);
	bool good = true;
	int got;

	if (input == NULL)
		return false;
	while ((got = gzread(input->file, input->line, LINE_BYTES)) > 0 &&
		out->len < INPUT_BYTES_MAX)
		buf_add(out, (struct slice){input->line, (size_t)got});
	/* A file that was cut short is no error of gzread()'s. */
	if (got <= 0 && failed(input, err)) {
		good = err_wrap(err, "%s", path);
	} else if (out->len >= INPUT_BYTES_MAX) {
		good = err_set(err, ERR_LIMIT, "%s: longer than 256 MiB", path);
	} else if (!buf_ok(out)) {
		good = err_set(err, ERR_MEMORY, "out of memory");
	}
	input_close(input);
	return good;
}
