/* SPDX-License-Identifier: BSD-2-Clause */
/* The document, section by section, for whichever page it is put on. */
#include "cli/incident_page.h"
#include "cli/incident_view.h"

#define MESSAGES_SHOWN 200

static void
heading(struct incident_page *page, const char *title)
{
	page->writer->heading(page, title);
}

static void
line(struct incident_page *page, struct slice text)
{
	page->writer->line(page, text);
}

static void
entry(struct incident_page *page, const char *name, struct slice text)
{
	if (text.len > 0)
		page->writer->entry(page, name, text);
}

static void
say_contained(const struct incident *incident, struct incident_page *page)
{
	const struct json *contained =
		json_find(incident->mailbox, "contained");
	struct buf words = {0};

	if (contained == NULL) {
		entry(page, "contained",
			incident->mailbox != NULL
				? SLICE("no")
				: SLICE("not known: no daemon was asked"));
		return;
	}
	buf_puts(&words, "until ");
	buf_add(&words, json_text(contained, "until"));
	buf_puts(&words, " by ");
	buf_add(&words, json_text(contained, "by"));
	buf_puts(&words, ": ");
	buf_add(&words, json_text(contained, "why"));
	entry(page, "contained", buf_slice(&words));
	buf_fini(&words);
}

static void
say_sum(const struct incident *incident, struct incident_page *page)
{
	struct buf words = {0};

	entry(page, "address", incident->address);
	entry(page, "in the store", incident->hashed);
	entry(page, "is",
		!incident->as_destination ? SLICE("a mailbox of ours")
			: incident->as_mailbox
			? SLICE("a mailbox, and a destination of others")
			: SLICE("a destination outside"));
	entry(page, "technique",
		SLICE("T1114.003 Email Forwarding Rule, of T1114 Email "
		      "Collection (MITRE ATT&CK)"));
	entry(page, "first seen", incident_first(incident));
	entry(page, "last seen", incident_last(incident));
	buf_printf(&words,
		"%zu told by events: %lu held, %lu that enforce would hold",
		incident->message_count, incident_view_held(incident),
		incident_view_would_hold(incident));
	entry(page, "messages", buf_slice(&words));
	say_contained(incident, page);
	entry(page, "put together", incident->made);
	for (size_t i = 0; i < incident->sources.count; i++) {
		buf_reset(&words);
		buf_add(&words, incident->sources.at[i].text);
		buf_printf(
			&words, " (%lu events)", incident->sources.at[i].count);
		entry(page, i == 0 ? "read" : "", buf_slice(&words));
	}
	buf_fini(&words);
}

static void
say_reason(void *ctx, const char *side, struct slice words)
{
	entry(ctx, side, words);
}

static const struct incident_column count_columns[] = {{"WHAT", 24},
	{"VALUE", 38}, {"COUNT", 6}, {"FIRST", 16}, {"WHOSE WORD", 28}};
static const struct incident_table count_table = {count_columns, 5};

static struct slice
count_text(struct buf *out, unsigned long count)
{
	buf_reset(out);
	buf_printf(out, "%lu", count);
	return buf_slice(out);
}

/* The aspects from first to last. */
static void
say_aspects(const struct incident *incident, struct incident_page *page,
	enum incident_aspect first, enum incident_aspect last)
{
	struct buf count = {0};
	size_t shown = 0;

	page->writer->table(page, &count_table);
	for (unsigned i = first; i <= (unsigned)last; i++) {
		const struct incident_aspect_row *row = &incident_aspects[i];
		const struct incident_counts *list = &incident->aspects[i];

		for (size_t j = 0; j < list->count; j++, shown++) {
			const struct incident_count *one = &list->at[j];

			page->writer->row(page, &count_table,
				(struct slice[]){slice_of(row->title),
					one->text,
					count_text(&count, one->count),
					one->first, slice_of(row->speaker)});
		}
	}
	page->writer->end(page);
	if (shown == 0)
		line(page, SLICE("nothing is known"));
	buf_fini(&count);
}

static void
say_routes(const struct incident_routes *routes, struct incident_page *page,
	struct slice none)
{
	static const struct incident_column columns[] = {{"MAILBOX", 32},
		{"DESTINATION", 32}, {"COUNT", 6}, {"FIRST", 16}, {"LAST", 16},
		{"KNOWN BY", 10}};
	static const struct incident_table table = {columns, 6};
	struct buf count = {0};

	if (routes->count == 0) {
		line(page, none);
		return;
	}
	page->writer->table(page, &table);
	for (size_t i = 0; i < routes->count; i++) {
		const struct incident_route *route = &routes->at[i];

		page->writer->row(page, &table,
			(struct slice[]){route->mailbox, route->destination,
				count_text(&count, (unsigned long)route->count),
				route->first, route->last,
				route->logged ? SLICE("events")
					      : SLICE("the store")});
	}
	page->writer->end(page);
	buf_fini(&count);
}

static void
say_messages(const struct incident *incident, struct incident_page *page)
{
	static const struct incident_column columns[] = {{"WHEN", 16},
		{"MESSAGE-ID", 34}, {"QUEUE ID", 12}, {"TO", 28},
		{"WHAT BECAME OF IT", 27}, {"SUBJECT", 30}};
	static const struct incident_table table = {columns, 6};
	size_t skipped = incident->message_count > MESSAGES_SHOWN
		? incident->message_count - MESSAGES_SHOWN
		: 0;
	struct buf words = {0};

	if (incident->message_count == 0) {
		line(page, SLICE("no event tells of one"));
		return;
	}
	if (skipped > 0) {
		buf_printf(&words,
			"the newest %d of %zu; --json has all of them",
			MESSAGES_SHOWN, incident->message_count);
		line(page, buf_slice(&words));
	}
	page->writer->table(page, &table);
	for (size_t i = skipped; i < incident->message_count; i++) {
		const struct incident_message *message = &incident->messages[i];

		page->writer->row(page, &table,
			(struct slice[]){message->at, message->message_id,
				message->queue_id, message->destination,
				incident_view_fate(message), message->subject});
	}
	page->writer->end(page);
	buf_fini(&words);
}

static const struct incident_column moment_columns[] = {
	{"WHEN", 16}, {"WHAT", 90}};
static const struct incident_table moment_table = {moment_columns, 2};

static void
say_moment(void *ctx, struct slice at, struct slice words)
{
	struct incident_page *page = ctx;

	page->writer->row(page, &moment_table, (struct slice[]){at, words});
}

static void
say_evidence(const struct incident *incident, struct incident_page *page)
{
	static const struct incident_column columns[] = {{"EVIDENCE", 22},
		{"SAID BY", 9}, {"ALONE", 5}, {"COUNT", 6},
		{"WHAT IT SAYS", 70}};
	static const struct incident_table table = {columns, 5};
	struct buf alone = {0}, count = {0};

	if (incident->evidence.count == 0) {
		line(page, SLICE("no event tells of any"));
		return;
	}
	line(page,
		SLICE("ALONE is how sure a flow would be by that alone, 0 to "
		      "100. A stranger is believed about nobody of ours, and "
		      "a login about itself."));
	page->writer->table(page, &table);
	for (size_t i = 0; i < incident->evidence.count; i++) {
		const struct incident_count *one = &incident->evidence.at[i];
		const struct evidence_row *row = incident_evidence(one->text);

		page->writer->row(page, &table,
			(struct slice[]){one->text, one->more,
				count_text(&alone,
					row != NULL ? row->confidence : 0),
				count_text(&count, one->count),
				row != NULL ? slice_of(row->sentence)
					    : SLICE("(not of this version)")});
	}
	page->writer->end(page);
	buf_fini(&alone);
	buf_fini(&count);
}

static void
say_words(const struct incident *incident, struct incident_page *page)
{
	struct slice last = {0};

	for (size_t i = incident->message_count; i > 0; i--) {
		struct slice words = incident->messages[i - 1].words;

		if (words.len == 0 || slice_equal(words, last))
			continue;
		entry(page, "in words", words);
		if (last.len > 0)
			break;
		last = words;
	}
}

static void
say_gap(void *ctx, struct slice words)
{
	line(ctx, words);
}

static void
say_rules(const struct incident *incident, struct incident_page *page)
{
	struct slice rest = incident->rules, text;

	while (slice_next(&rest, '\n', &text)) {
		if (slice_trim(text).len > 0)
			line(page, slice_trim(text));
	}
}

static void
say_steps(const struct incident *incident, struct incident_page *page)
{
	const struct incident_step *step = incident_view_steps(incident);
	struct buf text = {0};

	for (; step->words != NULL; step++) {
		buf_reset(&text);
		if (step->mitigation != NULL)
			buf_printf(&text, "%s ", step->mitigation);
		buf_printf(&text, "%s: %s", step->name, step->words);
		line(page, buf_slice(&text));
		if (step->command == NULL)
			continue;
		buf_reset(&text);
		incident_view_command(incident, step, &text);
		page->writer->command(page, buf_slice(&text));
	}
	buf_fini(&text);
}

void
incident_say(const struct incident *incident, struct incident_page *page)
{
	heading(page, "Summary");
	say_sum(incident, page);
	heading(page, "Is it expected?");
	incident_view_expected(incident, say_reason, page);
	heading(page, "Who started it, and how the rule acts");
	say_aspects(incident, page, INCIDENT_LOGIN, INCIDENT_KIND);
	if (incident->rules.len > 0) {
		heading(page, "Rules at rest");
		say_rules(incident, page);
	}
	heading(page, "Source system");
	say_aspects(incident, page, INCIDENT_HOST, INCIDENT_LISTENER);
	line(page,
		SLICE("The queue ids and times below find the messages in "
		      "its log."));
	heading(page, "Destinations");
	say_routes(&incident->routes, page, SLICE("none is known"));
	heading(page, "The same places from other mailboxes");
	say_routes(&incident->others, page,
		SLICE("no other mailbox is known to send there"));
	heading(page, "Affected messages");
	say_messages(incident, page);
	heading(page, "Timeline (UTC)");
	page->writer->table(page, &moment_table);
	incident_view_timeline(incident, say_moment, page);
	page->writer->end(page);
	heading(page, "Evidence");
	say_words(incident, page);
	say_evidence(incident, page);
	heading(page, "Policies, excuses, and what was not seen");
	say_aspects(incident, page, INCIDENT_POLICY, INCIDENT_UNSEEN);
	heading(page, "Assumptions and gaps");
	incident_view_gaps(incident, say_gap, page);
	heading(page, "Containment and mitigations");
	say_steps(incident, page);
}
