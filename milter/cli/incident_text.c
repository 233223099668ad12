/* SPDX-License-Identifier: BSD-2-Clause */
/* The case for a terminal: nothing foreign is written raw. */
#include "base/date.h"
#include "cli/incident_page.h"
#include "cli/screen.h"

#define NAME_COLUMNS 14
#define STAMP_BYTES 20

static void
add_heading(struct incident_page *page, const char *title)
{
	buf_add_byte(page->out, '\n');
	for (; *title != '\0'; title++) {
		buf_add_byte(page->out,
			*title >= 'a' && *title <= 'z' ? (char)(*title - 32)
						       : *title);
	}
	buf_add_byte(page->out, '\n');
}

static void
add_line(struct incident_page *page, struct slice text)
{
	buf_puts(page->out, "  ");
	buf_add_visible(page->out, text);
	buf_add_byte(page->out, '\n');
}

static void
add_entry(struct incident_page *page, const char *name, struct slice text)
{
	buf_puts(page->out, "  ");
	screen_add_cell(page->out, slice_of(name), NAME_COLUMNS);
	buf_add_byte(page->out, ' ');
	buf_add_visible(page->out, text);
	buf_add_byte(page->out, '\n');
}

/* The last cell is as long as it is: nothing stands behind it. */
static void
add_cell(struct buf *out, const struct incident_table *table, size_t i,
	struct slice text)
{
	int64_t at_ms;
	bool last = i + 1 == table->count;

	if (text.len >= STAMP_BYTES && date_parse_stamp(text, &at_ms)) {
		screen_add_time(out, text);
	} else if (last) {
		buf_add_visible(out, text);
	} else {
		/* What can be copied must be whole. */
		size_t width = screen_width(text);

		screen_add_cell(out, text,
			width > table->columns[i].width
				? width
				: table->columns[i].width);
	}
	if (!last)
		buf_puts(out, "  ");
}

static void
add_table(struct incident_page *page, const struct incident_table *table)
{
	buf_puts(page->out, "  ");
	for (size_t i = 0; i < table->count; i++) {
		add_cell(
			page->out, table, i, slice_of(table->columns[i].title));
	}
	buf_add_byte(page->out, '\n');
}

static void
add_row(struct incident_page *page, const struct incident_table *table,
	const struct slice *cells)
{
	buf_puts(page->out, "  ");
	for (size_t i = 0; i < table->count; i++) {
		add_cell(page->out, table, i,
			cells[i].len > 0 ? cells[i] : SLICE("-"));
	}
	buf_add_byte(page->out, '\n');
}

static void
add_end(struct incident_page *page)
{
	(void)page;
}

static void
add_command(struct incident_page *page, struct slice text)
{
	buf_puts(page->out, "      ");
	buf_add_visible(page->out, text);
	buf_add_byte(page->out, '\n');
}

void
incident_text(const struct incident *incident, struct buf *out)
{
	static const struct incident_writer writer = {add_heading, add_line,
		add_entry, add_table, add_row, add_end, add_command};
	struct incident_page page = {&writer, out};

	buf_puts(out, "INVESTIGATION OF ");
	buf_add_visible(out, incident->address);
	buf_add_byte(out, '\n');
	incident_say(incident, &page);
}
