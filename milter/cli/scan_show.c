/* SPDX-License-Identifier: BSD-2-Clause */
/* Printing what a scan found. */
#include "cli/scan_show.h"

#include "base/date.h"
#include "base/json_writer.h"
#include "cli/scan_json.h"
#include "cli/scan_left.h"
#include "cli/screen.h"

#include <stdio.h>
#include <stdlib.h>

#define ADDRESS_COLUMNS_MOST 40U
#define ADDRESS_COLUMNS_LEAST 11U
#define COMMAND_COLUMNS 200U
#define DOMAINS_SHOWN 8

/* The routes that are to be shown, sorted. */
struct listing {
	const struct scan_show *show;
	const struct found_route **at;
	size_t count, known;
	bool unnamed; /* Sendmail did not say whose */
	size_t mailbox_width, destination_width;
	struct buf out;
};

static struct slice
text_or(const char *text, const char *otherwise)
{
	return slice_of(text[0] != '\0' ? text : otherwise);
}

static size_t
wider(size_t width, const char *text)
{
	size_t needs = screen_width(text_or(text, "?"));

	if (needs > ADDRESS_COLUMNS_MOST)
		needs = ADDRESS_COLUMNS_MOST;
	return needs > width ? needs : width;
}

static void
list_route(void *ctx, const struct found_route *route)
{
	struct listing *list = ctx;
	const struct scan_show *show = list->show;

	if (!scan_shows(show->scan, route))
		return;
	if (show->known != NULL &&
		scan_known_has(show->known, text_or(route->mailbox, "?"),
			text_or(route->destination, "?"))) {
		list->known++;
		return;
	}
	list->mailbox_width = wider(list->mailbox_width, route->mailbox);
	list->destination_width =
		wider(list->destination_width, route->destination);
	list->unnamed = list->unnamed ||
		(route->mailbox[0] == '\0' &&
			(route->by == FOUND_BY_RULE ||
				route->by == FOUND_BY_LIST));
	list->at[list->count++] = route;
}

static uint64_t
total(const struct found_route *route)
{
	return route->sent + route->waiting + route->lost;
}

static int
by_use(const void *a, const void *b)
{
	const struct found_route *x = *(const struct found_route *const *)a,
				 *y = *(const struct found_route *const *)b;
	int order;

	if (total(x) != total(y))
		return total(x) < total(y) ? 1 : -1;
	order = strcmp(x->mailbox, y->mailbox);
	return order != 0 ? order : strcmp(x->destination, y->destination);
}

static void
add_time(struct buf *out, int64_t at_ms)
{
	char text[DATE_TEXT_BYTES];

	date_print(at_ms, text);
	screen_add_time(out, slice_of(at_ms != 0 ? text : ""));
}

static void
add_route_text(struct listing *list, const struct found_route *route)
{
	struct buf *out = &list->out;

	screen_add_cell(out, text_or(route->mailbox, "?"), list->mailbox_width);
	buf_puts(out, "  ");
	screen_add_cell(
		out, text_or(route->destination, "?"), list->destination_width);
	buf_printf(out, "  %-8s  %-17s %4u  %6llu %5llu %5llu  ",
		found_kind_name(route->kind), found_by_name(route->by),
		route->sure, (unsigned long long)route->sent,
		(unsigned long long)route->waiting,
		(unsigned long long)route->lost);
	add_time(out, route->first_ms);
	buf_puts(out, "  ");
	add_time(out, route->last_ms);
	buf_puts(out, "  ");
	buf_add_visible(out, slice_of(route->id));
	if (route->via[0] != '\0') {
		buf_puts(out,
			strncmp(route->via, "one of", 6) == 0 ? "  "
							      : "  via ");
		buf_add_visible(out, slice_of(route->via));
	}
	if (route->sure < FOUND_SURE && total(route) == 1)
		buf_puts(out, "  once");
	buf_add_byte(out, '\n');
}

static void
add_heading(struct listing *list)
{
	screen_add_cell(&list->out, SLICE("mailbox"), list->mailbox_width);
	buf_puts(&list->out, "  ");
	screen_add_cell(
		&list->out, SLICE("destination"), list->destination_width);
	buf_puts(&list->out,
		"  kind      by                sure    sent  wait  lost  "
		"first             last              queue id\n");
}

static void
add_route_json(struct listing *list, const struct found_route *route)
{
	struct json_writer json = {.out = &list->out};

	scan_json_begin(&json, "forwarden.scan", route->last_ms);
	json_writer_text(&json, "mailbox", text_or(route->mailbox, "?"));
	json_writer_text(
		&json, "destination", text_or(route->destination, "?"));
	json_writer_text(&json, "kind", slice_of(found_kind_name(route->kind)));
	json_writer_text(&json, "by", slice_of(found_by_name(route->by)));
	json_writer_number(&json, "confidence", route->sure);
	json_writer_number(&json, "sent", (long long)route->sent);
	json_writer_number(&json, "waiting", (long long)route->waiting);
	json_writer_number(&json, "lost", (long long)route->lost);
	scan_json_time(&json, "first", route->first_ms);
	scan_json_time(&json, "last", route->last_ms);
	if (route->via[0] != '\0')
		json_writer_text(&json, "via", slice_of(route->via));
	json_writer_text(&json, "queue_id", slice_of(route->id));
	scan_json_end(&json);
}

/* In quotes; what a spreadsheet would take for a formula is none with an
 * apostrophe before it. */
static void
add_field(struct buf *out, struct slice text)
{
	buf_add_byte(out, '"');
	if (text.len > 0 &&
		slice_find_byte(SLICE("=+-@\t'"), text.p[0], 0) != SLICE_NONE)
		buf_add_byte(out, '\'');
	for (size_t i = 0; i < text.len; i++) {
		if (text.p[i] == '"')
			buf_add_byte(out, '"');
		buf_add_byte(
			out, (unsigned char)text.p[i] < ' ' ? '?' : text.p[i]);
	}
	buf_add_byte(out, '"');
}

static void
add_route_csv(struct listing *list, const struct found_route *route)
{
	struct buf *out = &list->out;
	char first[DATE_TEXT_BYTES], last[DATE_TEXT_BYTES];

	date_print(route->first_ms, first);
	date_print(route->last_ms, last);
	add_field(out, text_or(route->mailbox, "?"));
	buf_add_byte(out, ',');
	add_field(out, text_or(route->destination, "?"));
	buf_printf(out, ",%s,%s,%u,%llu,%llu,%llu,%s,%s,",
		found_kind_name(route->kind), found_by_name(route->by),
		route->sure, (unsigned long long)route->sent,
		(unsigned long long)route->waiting,
		(unsigned long long)route->lost, first, last);
	add_field(out, slice_of(route->via));
	buf_add_byte(out, ',');
	add_field(out, slice_of(route->id));
	buf_add_byte(out, '\n');
}

static void
add_command_text(void *ctx, const struct found_command *command)
{
	struct listing *list = ctx;
	struct slice text = slice_of(command->command);

	screen_add_cell(
		&list->out, slice_of(command->mailbox), list->mailbox_width);
	buf_printf(&list->out, "  %7llu  ", (unsigned long long)command->count);
	add_time(&list->out, command->last_ms);
	buf_puts(&list->out, "  ");
	buf_add_visible(&list->out, slice_sub(text, 0, COMMAND_COLUMNS));
	buf_puts(&list->out, text.len > COMMAND_COLUMNS ? "...\n" : "\n");
}

static void
add_command_json(void *ctx, const struct found_command *command)
{
	struct listing *list = ctx;
	struct json_writer json = {.out = &list->out};

	scan_json_begin(&json, "forwarden.command", command->last_ms);
	json_writer_text(&json, "mailbox", slice_of(command->mailbox));
	json_writer_text(&json, "command",
		slice_sub(slice_of(command->command), 0, COMMAND_COLUMNS));
	json_writer_number(&json, "sent", (long long)command->count);
	scan_json_time(&json, "first", command->first_ms);
	scan_json_time(&json, "last", command->last_ms);
	scan_json_end(&json);
}

static void
count_command(void *ctx, const struct found_command *command)
{
	struct listing *list = ctx;

	list->mailbox_width = wider(list->mailbox_width, command->mailbox);
}

static void
add_commands(struct listing *list)
{
	const struct found *found = scan_found(list->show->scan);

	if (list->show->form == SCAN_SHOW_JSON)
		found_each_command(found, add_command_json, list);
	if (list->show->form != SCAN_SHOW_TEXT)
		return;
	list->mailbox_width = 0;
	found_each_command(found, count_command, list);
	if (list->mailbox_width == 0)
		return;
	buf_puts(&list->out,
		"\nCommands that get the mail of a mailbox, and may send it "
		"anywhere:\n");
	found_each_command(found, add_command_text, list);
}

static void
add_gap(struct buf *out, uint64_t count, const char *what)
{
	if (count > 0)
		buf_printf(out, "Not seen: %llu %s\n",
			(unsigned long long)count, what);
}

/* How much was read, whose domains were taken for ours, what was not seen. */
static void
add_summary(struct buf *out, const struct scan_show *show)
{
	struct scan_sum sum = scan_sum(show->scan);

	buf_printf(out, "%llu lines, %llu of them of mail servers, ",
		(unsigned long long)sum.lines,
		(unsigned long long)sum.mail_lines);
	buf_printf(out, "%llu queue ids, ", (unsigned long long)sum.ids);
	add_time(out, sum.first_ms);
	buf_puts(out, " to ");
	add_time(out, sum.last_ms);
	buf_puts(out, " UTC\nDelivered here, and so taken for ours: ");
	if (ours_print(scan_ours(show->scan), out, DOMAINS_SHOWN) == 0)
		buf_puts(out, "nothing (--local DOMAIN says what is)");
	buf_add_byte(out, '\n');
	add_gap(out, sum.repeated,
		"lines for which \"last message repeated\" stands");
	add_gap(out, sum.unclear, "lines that can be read in two ways");
	add_gap(out, sum.cut, "ends of lines longer than 64 KiB");
	add_gap(out, sum.evicted, "queue ids whose lines lie too far apart");
	add_gap(out, sum.rcpts_cut, "recipients past the 4096th of a message");
	add_gap(out, sum.left_out, "routes and commands past the limit");
}

static void
add_routes(struct listing *list)
{
	static void (*const add[])(
		struct listing *, const struct found_route *) = {
		[SCAN_SHOW_TEXT] = add_route_text,
		[SCAN_SHOW_JSON] = add_route_json,
		[SCAN_SHOW_CSV] = add_route_csv};

	if (list->show->form == SCAN_SHOW_TEXT && list->count > 0)
		add_heading(list);
	if (list->show->form == SCAN_SHOW_CSV)
		buf_puts(&list->out,
			"mailbox,destination,kind,by,sure,sent,waiting,lost,"
			"first,last,via,queue_id\n");
	for (size_t i = 0; i < list->count; i++)
		add[list->show->form](list, list->at[i]);
	if (list->show->form != SCAN_SHOW_TEXT)
		return;
	if (list->count == 0)
		buf_puts(&list->out,
			list->known > 0 ? "No route that is not known.\n"
					: "Nobody's mail is sent on.\n");
	if (list->unnamed)
		buf_puts(&list->out,
			"\nWhose mail stands behind a \"?\", Sendmail says "
			"from LogLevel 11 on (O LogLevel=11 in "
			"sendmail.cf).\n");
	if (list->known > 0)
		buf_printf(&list->out, "%zu known routes are not shown.\n",
			list->known);
}

size_t
scan_show(const struct scan_show *show, uint64_t *wrong)
{
	const struct found *found = scan_found(show->scan);
	struct listing list = {.show = show,
		.mailbox_width = ADDRESS_COLUMNS_LEAST,
		.destination_width = ADDRESS_COLUMNS_LEAST};
	struct buf summary = {0};

	list.at = calloc(found_routes(found) + 1, sizeof(const void *));
	if (list.at == NULL)
		return 0;
	found_each(found, list_route, &list);
	qsort(list.at, list.count, sizeof(*list.at), by_use);
	add_summary(&summary, show);
	if (show->form == SCAN_SHOW_TEXT) {
		buf_add(&list.out, buf_slice(&summary));
		buf_add_byte(&list.out, '\n');
	} else {
		(void)fwrite(summary.p, 1, summary.len, stderr);
	}
	add_routes(&list);
	add_commands(&list);
	if (show->form != SCAN_SHOW_CSV)
		*wrong = scan_left_add(
			&(struct scan_left){.scan = show->scan,
				.egress = show->egress,
				.json = show->form == SCAN_SHOW_JSON},
			&list.out);
	screen_print(&list.out);
	buf_fini(&summary);
	buf_fini(&list.out);
	free(list.at);
	return list.count;
}
