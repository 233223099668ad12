/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The case as one HTML file that needs nothing else: no script, no link, no
 * request. A policy in the file forbids them, too, should one ever get in. All
 * that is foreign is text; what would turn the reading around is shown as its
 * number.
 */
#include "cli/incident_page.h"

static const char head[] =
	"<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta "
	"charset=\"utf-8\">\n"
	"<meta http-equiv=\"Content-Security-Policy\" content=\"default-src "
	"'none'; style-src 'unsafe-inline'\">\n"
	"<meta name=\"viewport\" content=\"width=device-width, "
	"initial-scale=1\">\n"
	"<meta name=\"referrer\" content=\"no-referrer\">\n"
	"<style>\n"
	":root { color-scheme: light dark; }\n"
	"body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; "
	"max-width: 75rem; padding: 0 1rem; }\n"
	"h1 { font-size: 1.5rem; overflow-wrap: anywhere; }\n"
	"h2 { font-size: 1.1rem; margin: 2rem 0 .5rem; border-bottom: 1px "
	"solid #8888; }\n"
	".wide { overflow-x: auto; }\n"
	"table { border-collapse: collapse; font-size: .9rem; }\n"
	"th, td { text-align: left; vertical-align: top; padding: .2rem "
	".8rem .2rem 0; border-bottom: 1px solid #8884; overflow-wrap: "
	"anywhere; unicode-bidi: isolate; }\n"
	"dl { display: grid; grid-template-columns: max-content 1fr; gap: 0 "
	"1rem; margin: .2rem 0; }\n"
	"dt { min-width: 6rem; opacity: .75; }\n"
	"dd { margin: 0; overflow-wrap: anywhere; }\n"
	"p { margin: .3rem 0; }\n"
	"pre { margin: .2rem 0 .8rem 1.5rem; white-space: pre-wrap; "
	"overflow-wrap: anywhere; }\n"
	"@media print { body { max-width: none; } }\n"
	"</style>\n<title>";

/* Also for a value in quotes. */
static void
add_text(struct buf *out, struct slice text)
{
	static const struct {
		char byte;
		const char *entity;
	} marks[] = {{'&', "&amp;"}, {'<', "&lt;"}, {'>', "&gt;"},
		{'"', "&quot;"}, {'\'', "&#39;"}};
	struct buf visible = {0};

	buf_add_visible(&visible, text);
	for (size_t i = 0; i < visible.len; i++) {
		const char *entity = NULL;

		for (size_t j = 0; j < sizeof(marks) / sizeof(*marks); j++) {
			if (visible.p[i] == marks[j].byte)
				entity = marks[j].entity;
		}
		if (entity != NULL) {
			buf_puts(out, entity);
		} else {
			buf_add_byte(out, visible.p[i]);
		}
	}
	if (!buf_ok(&visible))
		out->failed = true;
	buf_fini(&visible);
}

static void
add_element(struct buf *out, const char *name, struct slice text)
{
	buf_printf(out, "<%s>", name);
	add_text(out, text);
	buf_printf(out, "</%s>", name);
}

static void
add_heading(struct incident_page *page, const char *title)
{
	add_element(page->out, "h2", slice_of(title));
	buf_add_byte(page->out, '\n');
}

static void
add_line(struct incident_page *page, struct slice text)
{
	add_element(page->out, "p", text);
	buf_add_byte(page->out, '\n');
}

static void
add_entry(struct incident_page *page, const char *name, struct slice text)
{
	buf_puts(page->out, "<dl>");
	add_element(page->out, "dt", slice_of(name));
	add_element(page->out, "dd", text);
	buf_puts(page->out, "</dl>\n");
}

static void
add_table(struct incident_page *page, const struct incident_table *table)
{
	buf_puts(page->out, "<div class=\"wide\"><table>\n<thead><tr>");
	for (size_t i = 0; i < table->count; i++) {
		add_element(page->out, "th", slice_of(table->columns[i].title));
	}
	buf_puts(page->out, "</tr></thead>\n<tbody>\n");
}

static void
add_row(struct incident_page *page, const struct incident_table *table,
	const struct slice *cells)
{
	buf_puts(page->out, "<tr>");
	for (size_t i = 0; i < table->count; i++)
		add_element(page->out, "td", cells[i]);
	buf_puts(page->out, "</tr>\n");
}

static void
add_end(struct incident_page *page)
{
	buf_puts(page->out, "</tbody></table></div>\n");
}

static void
add_command(struct incident_page *page, struct slice text)
{
	buf_puts(page->out, "<pre><code>");
	add_text(page->out, text);
	buf_puts(page->out, "</code></pre>\n");
}

void
incident_html(const struct incident *incident, struct buf *out)
{
	static const struct incident_writer writer = {add_heading, add_line,
		add_entry, add_table, add_row, add_end, add_command};
	struct incident_page page = {&writer, out};

	buf_puts(out, head);
	add_text(out, incident->address);
	buf_puts(out, "</title>\n</head>\n<body>\n<h1>Investigation of ");
	add_text(out, incident->address);
	buf_puts(out, "</h1>\n");
	incident_say(incident, &page);
	buf_puts(out, "</body>\n</html>\n");
}
