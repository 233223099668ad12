/* SPDX-License-Identifier: BSD-2-Clause */
/* Cells, bars and times. */
#include "cli/screen.h"

#include "verdict/event.h"

#include <stdio.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define COLUMNS_DEFAULT 100
#define COLUMNS_LEAST 60
#define SHARE_LEAST 8
#define CUT_MARK "\xE2\x80\xA6"

static bool
is_continuation(char byte)
{
	return ((unsigned char)byte & 0xC0) == 0x80;
}

/* Bytes of the first width characters; *count is how many there were. */
static size_t
take_characters(struct slice text, size_t width, size_t *count)
{
	size_t i = 0;

	*count = 0;
	while (i < text.len) {
		if (!is_continuation(text.p[i])) {
			if (*count == width)
				break;
			(*count)++;
		}
		i++;
	}
	return i;
}

/* At most width characters, the last of them the mark if there are more. */
static size_t
add_cut(struct buf *out, struct slice visible, size_t width)
{
	size_t count, bytes = take_characters(visible, width, &count);

	if (bytes < visible.len && width > 0) {
		bytes = take_characters(visible, width - 1, &count);
		buf_add(out, slice_sub(visible, 0, bytes));
		buf_puts(out, CUT_MARK);
		return width;
	}
	buf_add(out, slice_sub(visible, 0, bytes));
	return count;
}

void
screen_add_ready(struct buf *out, struct slice visible, size_t width)
{
	for (size_t count = add_cut(out, visible, width); count < width;
		count++)
		buf_add_byte(out, ' ');
}

void
screen_add_cell(struct buf *out, struct slice text, size_t width)
{
	struct buf visible = {0};

	buf_add_visible(&visible, text);
	screen_add_ready(out, buf_slice(&visible), width);
	buf_fini(&visible);
}

void
screen_add_last(struct buf *out, struct slice text, size_t width)
{
	struct buf visible = {0};

	buf_add_visible(&visible, text);
	(void)add_cut(out, buf_slice(&visible), width);
	buf_fini(&visible);
}

size_t
screen_width(struct slice text)
{
	struct buf visible = {0};
	size_t count;

	buf_add_visible(&visible, text);
	(void)take_characters(buf_slice(&visible), SIZE_MAX, &count);
	buf_fini(&visible);
	return count;
}

void
screen_add_time(struct buf *out, struct slice rfc3339)
{
	struct slice day = slice_sub(rfc3339, 0, 10);
	struct slice minute = slice_sub(rfc3339, 11, 16);

	if (rfc3339.len < 16) {
		screen_add_cell(out, SLICE("-"), 16);
		return;
	}
	screen_add_cell(out, day, 10);
	buf_add_byte(out, ' ');
	screen_add_cell(out, minute, 5);
}

void
screen_add_bar(struct buf *out, long long value, long long most)
{
	static const char *const heights[] = {
		" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
	long long height = most > 0 ? value * 8 / most : 0;

	if (value > 0 && height == 0)
		height = 1;
	buf_puts(out, heights[height < 8 ? height : 8]);
}

size_t
screen_columns(void)
{
	struct winsize size;

	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) < 0 || size.ws_col == 0)
		return COLUMNS_DEFAULT;
	return size.ws_col < COLUMNS_LEAST ? COLUMNS_LEAST : size.ws_col;
}

/* 0: it is no terminal. */
static size_t
terminal_columns(void)
{
	struct winsize size;

	return ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
}

size_t
screen_share(size_t fixed, size_t cells, size_t most)
{
	size_t columns = terminal_columns(), width;

	if (columns == 0)
		return most;
	width = columns > fixed ? (columns - fixed) / cells : 0;
	if (width < SHARE_LEAST)
		width = SHARE_LEAST;
	return width < most ? width : most;
}

void
screen_print_table(const struct buf *out)
{
	size_t columns = terminal_columns();
	struct slice rest = buf_slice(out);
	struct buf cut = {0};

	if (columns == 0) {
		screen_print(out);
		return;
	}
	for (struct slice line; slice_next(&rest, '\n', &line);) {
		(void)add_cut(&cut, line, columns);
		if (rest.len > 0 || line.len > 0)
			buf_add_byte(&cut, '\n');
	}
	screen_print(&cut);
	buf_fini(&cut);
}

void
screen_print(const struct buf *out)
{
	struct slice text = buf_slice(out);

	(void)fwrite(text.p, 1, text.len, stdout);
	(void)fflush(stdout);
}

void
screen_print_json(struct json *json)
{
	struct buf line = {0};

	if (json_write(json, &line)) {
		buf_add_byte(&line, '\n');
		screen_print(&line);
	}
	buf_fini(&line);
	json_free(json);
}

void
screen_print_event(const struct verdict *verdict)
{
	struct buf line = {0};

	if (event_write(verdict, verdict->action, &line))
		puts(line.p);
	buf_fini(&line);
}
