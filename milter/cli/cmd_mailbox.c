/* SPDX-License-Identifier: BSD-2-Clause */
/* forwarden mailbox: all that is known of one mailbox, on one screen. */
#include "cli/ask.h"
#include "cli/audit_kept.h"
#include "cli/audit_known.h"
#include "cli/screen.h"

#define HOURS 24
#define GAUGE_COLUMNS 20
#define ROUTE_COLUMNS 55 /* of a route's row without its destination */
#define EVENT_COLUMNS 34 /* ... and of an event's, which has a policy, too */

static void
add_allowed(struct buf *out, const struct json *list)
{
	for (size_t i = 0; i < json_count(list); i++) {
		const struct json *row = json_at(list, i);

		buf_puts(out, "  allowed to ");
		buf_add_visible(out, json_text(row, "destination"));
		buf_puts(out, " until ");
		screen_add_time(out, json_text(row, "until"));
		buf_puts(out, " by ");
		buf_add_visible(out, json_text(row, "by"));
		buf_puts(out, ": ");
		buf_add_visible(out, json_text(row, "why"));
		buf_add_byte(out, '\n');
	}
}

static void
add_summary(struct buf *out, const struct json *answer)
{
	const struct json *contained = json_find(answer, "contained");

	buf_add_visible(out, json_text(answer, "mailbox"));
	buf_printf(out,
		"\n  received %lld, forwarded %lld to %lld destinations, "
		"tagged %lld, held now %lld (of %lld)\n  mode enforce would "
		"have held or refused %lld more\n  first forward ",
		json_number(answer, "received"),
		json_number(answer, "forwarded"),
		json_number(answer, "destinations"),
		json_number(answer, "tagged"), json_number(answer, "held"),
		json_number(answer, "quarantined"),
		json_number(answer, "would"));
	screen_add_time(out, json_text(answer, "first"));
	buf_puts(out, "   last forward ");
	screen_add_time(out, json_text(answer, "last"));
	if (contained == NULL) {
		buf_puts(out, "\n  not contained\n");
		return;
	}
	buf_puts(out, "\n  CONTAINED until ");
	screen_add_time(out, json_text(contained, "until"));
	buf_puts(out, " by ");
	buf_add_visible(out, json_text(contained, "by"));
	buf_puts(out, ": ");
	buf_add_visible(out, json_text(contained, "why"));
	buf_add_byte(out, '\n');
}

/* [0] is this hour; the chart ends with it. */
static void
add_chart(struct buf *out, const char *name, const struct json *hours)
{
	long long most = 0, sum = 0;

	for (size_t i = 0; i < json_count(hours); i++) {
		long long value = json_number_at(hours, i);

		sum += value;
		if (value > most)
			most = value;
	}
	buf_puts(out, "  ");
	screen_add_cell(out, slice_of(name), 10);
	buf_add_byte(out, '|');
	for (size_t i = HOURS; i > 0; i--)
		screen_add_bar(out, json_number_at(hours, i - 1), most);
	buf_printf(
		out, "|  %lld in 24 h, %lld in the busiest hour\n", sum, most);
}

static void
add_charts(struct buf *out, const struct json *answer)
{
	buf_puts(out, "\nBY HOUR, the last 24\n");
	add_chart(out, "received", json_find(answer, "received_by_hour"));
	add_chart(out, "forwarded", json_find(answer, "forwarded_by_hour"));
}

static void
add_routes(struct buf *out, const struct json *list)
{
	buf_puts(out, "\nROUTES\n");
	for (size_t i = 0; i < json_count(list); i++) {
		const struct json *row = json_at(list, i);

		buf_puts(out, "  ");
		screen_add_cell(out, json_text(row, "destination"),
			screen_share(ROUTE_COLUMNS, 1, 40));
		buf_printf(out, " %6lld  ", json_number(row, "count"));
		screen_add_time(out, json_text(row, "first"));
		buf_puts(out, "  ");
		screen_add_time(out, json_text(row, "last"));
		if (json_find(row, "allowed") != NULL)
			buf_puts(out, "  allowed");
		if (json_find(row, "contained") != NULL)
			buf_puts(out, "  CONTAINED");
		buf_add_byte(out, '\n');
	}
	if (json_count(list) == 0)
		buf_puts(out, "  none\n");
}

/* How far it is to the threshold. */
static void
add_gauge(struct buf *out, long long count, long long threshold)
{
	long long filled =
		threshold > 0 ? count * GAUGE_COLUMNS / threshold : 0;
	long long i;

	if (threshold <= 0)
		return;
	buf_puts(out, " [");
	for (i = 0; i < GAUGE_COLUMNS; i++)
		buf_add_byte(out, i < filled ? '#' : '.');
	buf_puts(out, "]");
}

static void
add_windows(struct buf *out, const struct json *list)
{
	buf_puts(out, "\nWINDOWS\n");
	for (size_t i = 0; i < json_count(list); i++) {
		const struct json *row = json_at(list, i);
		long long threshold = json_number(row, "threshold");

		buf_puts(out, "  ");
		screen_add_cell(out,
			slice_is_absent(json_text(row, "title"))
				? json_text(row, "policy")
				: json_text(row, "title"),
			46);
		buf_printf(out, " %6lld", json_number(row, "count"));
		if (threshold > 0)
			buf_printf(out, " of %lld", threshold);
		add_gauge(out, json_number(row, "count"), threshold);
		buf_add_byte(out, '\n');
	}
	if (json_count(list) == 0)
		buf_puts(out, "  none\n");
}

static void
add_events(struct buf *out, const struct json *list)
{
	buf_puts(out, "\nLAST EVENTS\n");
	for (size_t i = 0; i < json_count(list); i++) {
		const struct json *event = json_at(list, i);
		const struct json *own = json_find(event, "forwarden");

		buf_puts(out, "  ");
		screen_add_time(out, json_text(event, "@timestamp"));
		buf_add_byte(out, ' ');
		screen_add_cell(out, json_text(own, "action"), 10);
		buf_puts(out, " -> ");
		screen_add_cell(out, json_text(own, "destination"),
			screen_share(EVENT_COLUMNS, 2, 34));
		buf_add_byte(out, ' ');
		buf_add_visible(out,
			json_text(
				json_at(json_find(event, "rule"), 0), "name"));
		buf_add_byte(out, '\n');
	}
	if (json_count(list) == 0)
		buf_puts(out, "  none\n");
}

static void
print_answer(const struct json *answer)
{
	struct buf out = {0};

	add_summary(&out, answer);
	add_allowed(&out, json_find(answer, "allowed"));
	add_charts(&out, answer);
	add_routes(&out, json_find(answer, "routes"));
	add_windows(&out, json_find(answer, "windows"));
	add_events(&out, json_find(answer, "events"));
	screen_print_table(&out);
	buf_fini(&out);
}

struct mailbox_options {
	struct ask_options ask;
	const char *rules; /* the audit that was kept */
	const char *mailbox; /* as it was asked for */
};

static bool
parse_options(int argc, char **argv, struct mailbox_options *options,
	char ***operands, int *status)
{
	const struct options_row rows[] = {
		ASK_OPTIONS(options->ask),
		{"rules", 0, "FILE", &options_text, &options->rules,
			"what an audit kept (" AUDIT_KEPT_FILE ")"},
	};
	const struct options table = {
		.about = "All that is known of one mailbox: its counts by "
			 "hour, its routes, the\nwindows it is counted in, "
			 "whether it is contained, its last events, its\n"
			 "rules at rest.",
		.example = "mailbox alice@example.com",
		.rows = rows,
		.count = sizeof(rows) / sizeof(*rows),
		.operands = "ADDRESS",
		.least = 1,
		.most = 1};

	*options = (struct mailbox_options){
		.ask = ASK_DEFAULTS, .rules = AUDIT_KEPT_FILE};
	return options_read(&table, argc, argv, operands, status);
}

/* The daemon cannot see them: homes are not its own. */
static void
print_rules(const struct mailbox_options *options)
{
	struct buf out = {0};

	audit_known_add_text(&out, options->rules, slice_of(options->mailbox));
	if (out.len > 0)
		screen_print(&out);
	buf_fini(&out);
}

static void
amend(const void *ctx, struct json *answer)
{
	const struct mailbox_options *options = ctx;
	struct json *rules =
		audit_known_json(options->rules, slice_of(options->mailbox));

	if (rules != NULL)
		json_set_take(answer, "rules_at_rest", rules);
}

int
cmd_mailbox(int argc, char **argv)
{
	struct mailbox_options options;
	char **operands;
	int status;

	if (!parse_options(argc, argv, &options, &operands, &status))
		return status;
	options.mailbox = operands[0];
	status = ask_once(&options.ask,
		&(struct ask_question){.method = ASK_GET,
			.path = "/v1/mailbox/",
			.what = options.mailbox,
			.print = print_answer,
			.amend = amend,
			.ctx = &options});
	if (status == COMMAND_OK && !options.ask.json)
		print_rules(&options);
	return status;
}
