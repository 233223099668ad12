/* SPDX-License-Identifier: BSD-2-Clause */
/* forwarden investigate: what an analyst needs to know of one address. */
#include "base/clock.h"
#include "base/date.h"
#include "cli/audit_kept.h"
#include "cli/audit_known.h"
#include "cli/incident_page.h"
#include "cli/incident_sources.h"
#include "cli/screen.h"
#include "mail/path.h"

#include <stdio.h>

#define ARENA_BYTES ((size_t)256 * 1024 * 1024)

struct investigate_options {
	struct ask_options ask;
	struct options_words files;
	const char *rules; /* the audit that was kept */
	bool html, stix;
};

static bool
parse_options(int argc, char **argv, struct investigate_options *options,
	char ***operands, int *status)
{
	const struct options_row rows[] = {
		ASK_OPTIONS(options->ask),
		{"html", 0, NULL, &options_flag, &options->html,
			"one page of HTML that needs nothing else"},
		{"stix", 0, NULL, &options_flag, &options->stix,
			"a bundle of STIX 2.1"},
		{"events", 0, "FILE", &options_words, &options->files,
			"events of these files, not the configured "
			"(log.events)"},
		{"rules", 0, "FILE", &options_text, &options->rules,
			"what an audit kept (" AUDIT_KEPT_FILE ")"},
	};
	const struct options table = {
		.about =
			"All that is known of one address, as an analyst needs "
			"it on the bad day: a\nmailbox whose mail is carried "
			"on, or where such mail goes. The daemon is asked,\n"
			"and the files of events are read, rotated ones, too. "
			"What cannot be read is said\nas a gap. Exit status: "
			"1 where nothing is known of it.",
		.example = "investigate alice@example.com",
		.rows = rows,
		.count = sizeof(rows) / sizeof(*rows),
		.operands = "ADDRESS",
		.least = 1,
		.most = 1};

	*options = (struct investigate_options){
		.ask = ASK_DEFAULTS, .rules = AUDIT_KEPT_FILE};
	return options_read(&table, argc, argv, operands, status);
}

static bool
begin(struct incident *incident, const char *text)
{
	struct address address;
	char now[DATE_TEXT_BYTES];

	incident->arena = arena_new(ARENA_BYTES);
	incident->told = map_new();
	incident->told_others = map_new();
	if (incident->arena == NULL || incident->told == NULL ||
		incident->told_others == NULL ||
		!path_parse(incident->arena, slice_of(text), &address)) {
		(void)fputs("forwarden: out of memory\n", stderr);
		return false;
	}
	/* What no grammar reads may have been written to all the same. */
	if (slice_find_byte(address.text, '@', 0) == SLICE_NONE) {
		struct buf why = {0};

		buf_puts(&why, "forwarden: \"");
		buf_add_visible(&why, slice_of(text));
		buf_puts(&why,
			"\" is not an address; write it as "
			"alice@example.com\n");
		(void)fputs(buf_slice(&why).p, stderr);
		buf_fini(&why);
		return false;
	}
	date_print(clock_now_ms(clock_real()), now);
	incident->address = address.text;
	incident->made = arena_copy(incident->arena, slice_of(now));
	return true;
}

/* Without the heading that it has on the screen of a mailbox. */
static void
find_rules(struct incident *incident, const char *path, struct buf *text)
{
	static const char heading[] = "\nRULES AT REST";
	struct slice lines;

	if (!incident->as_mailbox)
		return;
	audit_known_add_text(text, path, incident->address);
	lines = buf_slice(text);
	if (slice_starts_fold(lines, SLICE(heading)))
		lines = slice_sub(lines, sizeof(heading) - 1, lines.len);
	if (slice_starts_fold(lines, SLICE(", ")))
		lines = slice_sub(lines, 2, lines.len);
	incident->rules = lines;
}

/* Gaps are told there: that nothing was found may be their doing. */
static int
say_unseen(const struct incident *incident)
{
	struct buf text = {0};

	buf_puts(&text, "forwarden: nothing is known of ");
	buf_add_visible(&text, incident->address);
	buf_puts(&text, ": no route, no event, no rule that a daemon told\n");
	for (size_t i = 0; i < incident->sources.count; i++) {
		buf_puts(&text, "  read: ");
		buf_add_visible(&text, incident->sources.at[i].text);
		buf_printf(&text, " (%lu events)\n",
			incident->sources.at[i].count);
	}
	for (size_t i = 0; i < incident->gaps.count; i++) {
		buf_puts(&text, "  not seen: ");
		buf_add_visible(&text, incident->gaps.at[i].text);
		buf_add_byte(&text, '\n');
	}
	(void)fputs(buf_slice(&text).p, stderr);
	buf_fini(&text);
	return COMMAND_FAILED;
}

static void
write_out(const struct incident *incident,
	const struct investigate_options *options)
{
	struct buf out = {0};

	if (options->ask.json) {
		incident_json(incident, &out);
	} else if (options->html) {
		incident_html(incident, &out);
	} else if (options->stix) {
		incident_stix(incident, &out);
	} else {
		incident_text(incident, &out);
	}
	screen_print(&out);
	buf_fini(&out);
}

static int
investigate(
	struct incident *incident, const struct investigate_options *options)
{
	struct incident_sources sources = {
		.ask = &options->ask, .files = &options->files};
	struct buf rules = {0};
	int status = COMMAND_OK;

	incident_sources_read(&sources, incident);
	incident_settle(incident);
	find_rules(incident, options->rules, &rules);
	if (incident_is_seen(incident)) {
		write_out(incident, options);
	} else {
		status = say_unseen(incident);
	}
	buf_fini(&rules);
	incident_sources_fini(&sources);
	return status;
}

int
cmd_investigate(int argc, char **argv)
{
	struct investigate_options options;
	struct incident incident = {0};
	char **operands;
	int status;

	if (!parse_options(argc, argv, &options, &operands, &status))
		return status;
	if (options.ask.json + options.html + options.stix > 1) {
		return options_refuse(
			argv[0], "one of --json, --html and --stix");
	}
	status = COMMAND_FAILED;
	if (begin(&incident, operands[0]))
		status = investigate(&incident, &options);
	map_free(incident.told, NULL);
	map_free(incident.told_others, NULL);
	arena_free(incident.arena);
	return status;
}
