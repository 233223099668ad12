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
		err_set(err, ERR_MEMORY, "memory is short");
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

bool
input_line(struct input *input, struct buf *out, struct err *err)
{
	size_t begun = out->len;

	while (gzgets(input->file, input->line, LINE_BYTES) != NULL) {
		buf_puts(out, input->line);
		if (!buf_ok(out))
			return err_set(err, ERR_MEMORY, "memory is short");
		if ((out->len > begun && out->p[out->len - 1] == '\n') ||
			out->len - begun >= LINE_BYTES_MAX)
			return true;
	}
	if (failed(input, err))
		return false;
	return out->len > begun;
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
	if (got < 0 && failed(input, err)) {
		good = err_wrap(err, "%s", path);
	} else if (out->len >= INPUT_BYTES_MAX) {
		good = err_set(err, ERR_LIMIT, "%s: longer than 256 MiB", path);
	} else if (!buf_ok(out)) {
		good = err_set(err, ERR_MEMORY, "memory is short");
	}
	input_close(input);
	return good;
}

/* Days since 1970-01-01 of a date of the proleptic Gregorian calendar. */
static int64_t
days_of(int year, int month, int day)
{
	int64_t y = month <= 2 ? year - 1 : year;
	int64_t era = (y >= 0 ? y : y - 399) / 400;
	int64_t of_era = y - era * 400;
	int64_t of_year =
		(153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;

	return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 +
		of_year - 719468;
}

static bool
offset_of(const char *text, int *minutes)
{
	int hours, rest, end = 0;

	*minutes = 0;
	if (strcmp(text, "Z") == 0 || strcmp(text, "z") == 0)
		return true;
	if (sscanf(text, "%3d:%2d%n", &hours, &rest, &end) != 2 ||
		text[end] != '\0' || hours > 23 || hours < -23)
		return false;
	*minutes = hours * 60 + (text[0] == '-' ? -rest : rest);
	return true;
}

bool
input_time(struct slice text, int64_t *at_ms)
{
	int year, month, day, hour, minute, second, end = 0, offset;
	char copy[40];

	if (text.len >= sizeof(copy))
		return false;
	memcpy(copy, text.p, text.len);
	copy[text.len] = '\0';
	if (sscanf(copy, "%4d-%2d-%2d%*1[Tt ]%2d:%2d:%2d%n", &year, &month,
		    &day, &hour, &minute, &second, &end) != 6 ||
		end == 0 || !offset_of(copy + end, &offset))
		return false;
	if (month < 1 || month > 12 || day < 1 || day > 31 || hour > 23 ||
		minute > 59 || second > 60)
		return false;
	*at_ms = ((days_of(year, month, day) * 24 + hour) * 60 + minute -
			 offset) *
			60000 +
		second * INT64_C(1000);
	return true;
}
