/* SPDX-License-Identifier: BSD-2-Clause */
/* Rules at rest for people and for programs. */
#include "cli/audit_show.h"

#include "base/date.h"
#include "cli/screen.h"

#include <stdlib.h>
#include <string.h>

#define DAY_MS INT64_C(86400000)
#define YOUNG_DAYS 7
#define MAILBOX_COLUMNS 30
#define DESTINATION_COLUMNS 34

static void
add_time(struct buf *out, int64_t at_ms)
{
	char text[DATE_TEXT_BYTES];

	date_print(at_ms, text);
	screen_add_time(out, slice_of(text));
}

void
audit_show_place(const struct rule *rule, struct buf *out)
{
	rule_add_place(rule, out);
	if (rule->owner.len > 0) {
		buf_puts(out, ", owner ");
		buf_add_visible(out, rule->owner);
	}
	if (rule->written_ms > 0) {
		buf_puts(out, ", written ");
		add_time(out, rule->written_ms);
	}
	if (rule->note.len > 0) {
		buf_puts(out, ", ");
		buf_add_visible(out, rule->note);
	}
	if (rule->condition.len > 0) {
		buf_puts(out, ", only if ");
		buf_add_visible(out, rule->condition);
	}
	if (rule->mail_is_known && rule->mail == 0) {
		buf_puts(out, ", no mail of it was seen");
	} else if (rule->mail_is_known) {
		buf_printf(out, ", %llu messages, the last ", rule->mail);
		add_time(out, rule->last_mail_ms);
	}
}

static bool
is_young(const struct rule *rule, int64_t now_ms)
{
	return rule->written_ms > now_ms - YOUNG_DAYS * DAY_MS;
}

static void
add_rule(const struct rule *rule, int64_t now_ms, struct buf *out)
{
	buf_puts(out, is_young(rule, now_ms) ? "* " : "  ");
	screen_add_cell(out, rule->mailbox, MAILBOX_COLUMNS);
	buf_puts(out, " -> ");
	screen_add_cell(out,
		slice_equal(rule->destination, RULE_UNKNOWN)
			? SLICE("? (not to be told at rest)")
			: rule->destination,
		DESTINATION_COLUMNS);
	buf_puts(out, "  ");
	buf_add_visible(out, rule_mechanism_name(rule->mechanism));
	buf_puts(out, rule->keeps ? ", a copy\n" : "\n");
	buf_puts(out, "      ");
	audit_show_place(rule, out);
	buf_add_byte(out, '\n');
}

/* Those written last come first; equal ones as they were found. */
static int
compare(const void *a, const void *b)
{
	const struct rule *const *x = a, *const *y = b;

	if ((*x)->written_ms != (*y)->written_ms)
		return (*x)->written_ms > (*y)->written_ms ? -1 : 1;
	return *x < *y ? -1 : *x > *y;
}

struct section {
	const char *title;
	bool (*has)(const struct rule *);
};

static bool
is_in_force(const struct rule *rule)
{
	return rule->state == RULE_ACTIVE && rule_is_external(rule) &&
		rule->change != RULE_GONE;
}

static bool
is_not_in_force(const struct rule *rule)
{
	return rule->state != RULE_ACTIVE && rule->change != RULE_GONE;
}

static bool
is_of_site(const struct rule *rule)
{
	return rule->state == RULE_ACTIVE && !rule_is_external(rule) &&
		rule->change != RULE_GONE;
}

static bool
is_new(const struct rule *rule)
{
	return rule->change == RULE_NEW;
}

static bool
is_changed(const struct rule *rule)
{
	return rule->change == RULE_CHANGED;
}

static bool
is_gone(const struct rule *rule)
{
	return rule->change == RULE_GONE;
}

static size_t
add_section(const struct audit *audit, const struct audit_view *view,
	const struct section *section, struct buf *out)
{
	size_t count, hits = 0;
	struct rule *rules = ruleset_rules(audit->set, &count);
	struct rule **some = calloc(count + 1, sizeof(*some));

	for (size_t i = 0; some != NULL && i < count; i++) {
		if (section->has(&rules[i]))
			some[hits++] = &rules[i];
	}
	if (hits > 0) {
		qsort(some, hits, sizeof(*some), compare);
		buf_printf(out, "\n%s (%zu)\n", section->title, hits);
	}
	for (size_t i = 0; i < hits; i++)
		add_rule(some[i], view->now_ms, out);
	free(some);
	return hits;
}

static void
add_unread(const struct audit *audit, struct buf *out)
{
	size_t count;
	const struct unread *unread = ruleset_unread(audit->set, &count);

	if (count > 0)
		buf_printf(out, "\nNOT READ (%zu)\n", count);
	for (size_t i = 0; i < count; i++) {
		buf_puts(out, "  ");
		buf_add_visible(out, unread[i].path);
		buf_puts(out, ": ");
		buf_add_visible(out, unread[i].why);
		buf_add_byte(out, '\n');
	}
}

static void
add_head(const struct audit *audit, struct buf *out)
{
	buf_puts(out, "looked at: ");
	buf_add(out, buf_slice(&audit->looked_at));
	buf_puts(out, "\ninside:    ");
	buf_add(out, buf_slice(&audit->domains));
	buf_puts(out,
		audit->domains_given
			? "\n"
			: " (as the mail servers' own files name them; -l or a "
			  "configuration says it otherwise)\n");
}

static void
add_sum(const struct audit *audit, const struct audit_view *view,
	struct buf *out)
{
	size_t count, unread, external = 0, young = 0;
	const struct rule *rules = ruleset_rules(audit->set, &count);

	for (size_t i = 0; i < count; i++) {
		external += is_in_force(&rules[i]);
		young += is_in_force(&rules[i]) &&
			is_young(&rules[i], view->now_ms);
	}
	(void)ruleset_unread(audit->set, &unread);
	buf_printf(out,
		"\n%zu rules send mail outside, %zu of them written within %d "
		"days (*); %zu places were not read\n",
		external, young, YOUNG_DAYS, unread);
}

void
audit_show_text(const struct audit *audit, const struct audit_view *view,
	struct buf *out)
{
	static const struct section changes[] = {
		{"NEW", is_new}, {"CHANGED", is_changed}, {"GONE", is_gone}};
	static const struct section states[] = {{"SENT OUTSIDE", is_in_force},
		{"NOT IN FORCE", is_not_in_force},
		{"PROGRAMS THAT DELIVER", is_of_site}};
	size_t changed = 0;

	add_head(audit, out);
	for (size_t i = 0; view->compared && i < 3; i++)
		changed += add_section(audit, view, &changes[i], out);
	if (view->compared && changed == 0)
		buf_puts(out, "\nnothing has changed\n");
	for (size_t i = 0; (view->all || !view->compared) && i < 3; i++)
		(void)add_section(audit, view, &states[i], out);
	if (view->mail != NULL)
		audit_mail_add_text(view->mail, out);
	add_unread(audit, out);
	add_sum(audit, view, out);
}

/* Is it to be shown at all? */
static bool
is_shown(const struct audit_view *view, const struct rule *rule)
{
	return !view->compared || view->all || rule->change != RULE_SAME;
}

/* Fit to be shown; but a backslash is itself here, as nobody is to take it
 * for the sign of an escape. */
static void
add_plain(struct buf *out, struct slice text)
{
	struct slice piece;

	while (slice_next(&text, '\\', &piece)) {
		buf_add_visible(out, piece);
		if (!slice_is_absent(text))
			buf_add_byte(out, '\\');
	}
}

static void
add_field(struct buf *out, struct slice text, bool last)
{
	struct buf visible = {0};

	add_plain(&visible, text);
	buf_add_byte(out, '"');
	if (visible.len > 0 && strchr("=+-@", visible.p[0]) != NULL)
		buf_add_byte(out, '\'');
	for (size_t i = 0; i < visible.len; i++) {
		if (visible.p[i] == '"')
			buf_add_byte(out, '"');
		buf_add_byte(out, visible.p[i]);
	}
	buf_puts(out, last ? "\"\r\n" : "\",");
	buf_fini(&visible);
}

static void
add_csv_row(
	const struct audit_view *view, const struct rule *rule, struct buf *out)
{
	char written[DATE_TEXT_BYTES] = "";
	struct buf place = {0};

	if (rule->written_ms > 0)
		date_print(rule->written_ms, written);
	rule_add_place(rule, &place);
	add_field(out, rule->mailbox, false);
	add_field(out, rule->destination, false);
	add_field(out, rule_mechanism_name(rule->mechanism), false);
	add_field(out, buf_slice(&place), false);
	add_field(out, rule_state_name(rule->state), false);
	add_field(out, rule_is_external(rule) ? SLICE("yes") : SLICE("no"),
		false);
	add_field(out, rule->keeps ? SLICE("yes") : SLICE("no"), false);
	add_field(out, rule->condition, false);
	add_field(out, rule->note, false);
	add_field(out, rule->owner, false);
	add_field(out, slice_of(written), false);
	add_field(out,
		view->compared ? rule_change_name(rule->change) : SLICE(""),
		true);
	buf_fini(&place);
}

void
audit_show_csv(const struct audit *audit, const struct audit_view *view,
	struct buf *out)
{
	static const struct slice not_read = {"not read", 8};
	size_t count, unread_count;
	const struct rule *rules = ruleset_rules(audit->set, &count);
	const struct unread *unread = ruleset_unread(audit->set, &unread_count);

	buf_puts(out,
		"mailbox,destination,mechanism,place,state,external,"
		"keeps_copy,condition,note,owner,written,change\r\n");
	for (size_t i = 0; i < count; i++) {
		if (is_shown(view, &rules[i]))
			add_csv_row(view, &rules[i], out);
	}
	for (size_t i = 0; i < unread_count; i++) {
		buf_puts(out, ",,,");
		add_field(out, unread[i].path, false);
		add_field(out, not_read, false);
		buf_puts(out, ",,,");
		add_field(out, unread[i].why, false);
		buf_puts(out, ",,\r\n");
	}
}

static void
add_line(struct json *map, struct buf *out)
{
	(void)json_write(map, out);
	buf_add_byte(out, '\n');
	json_free(map);
}

void
audit_show_json(const struct audit *audit, const struct audit_view *view,
	struct buf *out)
{
	size_t count;
	const struct rule *rules = ruleset_rules(audit->set, &count);

	for (size_t i = 0; i < count; i++) {
		struct json *map;

		if (!is_shown(view, &rules[i]))
			continue;
		map = rule_json(&rules[i]);
		if (view->compared) {
			json_set_text(map, "change",
				rule_change_name(rules[i].change));
		}
		add_line(map, out);
	}
	if (view->mail != NULL)
		audit_mail_add_json(view->mail, out);
	ruleset_write(audit->set, count, 0, out);
}

static struct json *
one_of(struct slice word)
{
	struct json *list = json_list();

	json_add_text(list, word);
	return list;
}

static struct json *
threat(void)
{
	struct json *map = json_map(), *technique = json_map(),
		    *subtechnique = json_map();

	json_set_text(map, "framework", SLICE("MITRE ATT&CK"));
	json_set_take(technique, "id", one_of(SLICE("T1114")));
	json_set_take(technique, "name", one_of(SLICE("Email Collection")));
	json_set_take(subtechnique, "id", one_of(SLICE("T1114.003")));
	json_set_take(
		subtechnique, "name", one_of(SLICE("Email Forwarding Rule")));
	json_set_take(technique, "subtechnique", subtechnique);
	json_set_take(map, "technique", technique);
	return map;
}

static struct json *
event_of(const struct rule *rule)
{
	struct json *map = json_map();

	json_set_text(map, "kind", SLICE("alert"));
	json_set_take(map, "category", one_of(SLICE("configuration")));
	json_set_take(map, "type",
		one_of(rule->change == RULE_NEW ? SLICE("creation")
						: SLICE("change")));
	json_set_text(map, "action",
		rule->change == RULE_NEW ? SLICE("rule-new")
					 : SLICE("rule-changed"));
	json_set_text(map, "outcome", SLICE("success"));
	json_set_text(map, "module", SLICE("forwarden"));
	json_set_text(map, "dataset", SLICE("forwarden.rule"));
	return map;
}

static struct json *
file_of(const struct rule *rule)
{
	struct json *map = json_map();

	json_set_text(map, "path", rule->path);
	json_set_text(map, "owner", rule->owner);
	json_set_time(map, "mtime", rule->written_ms);
	return map;
}

void
audit_show_events(const struct audit *audit, const struct audit_view *view,
	struct buf *out)
{
	size_t count;
	const struct rule *rules = ruleset_rules(audit->set, &count);

	for (size_t i = 0; view->compared && i < count; i++) {
		struct json *map;

		if (!is_new(&rules[i]) && !is_changed(&rules[i]))
			continue;
		map = json_map();
		json_set_time(map, "@timestamp", view->now_ms);
		json_set_take(map, "event", event_of(&rules[i]));
		json_set_take(map, "threat", threat());
		json_set_take(map, "file", file_of(&rules[i]));
		json_set_take(map, "forwarden", rule_json(&rules[i]));
		add_line(map, out);
	}
}
