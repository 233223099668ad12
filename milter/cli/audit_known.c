/* SPDX-License-Identifier: BSD-2-Clause */
/* Rules of one mailbox, from the last audit. */
#include "cli/audit_known.h"

#include "base/date.h"
#include "cli/audit_kept.h"
#include "cli/audit_show.h"
#include "cli/screen.h"
#include "mail/path.h"

#define ARENA_BYTES 65536

/* "*" is everybody, "@example.com" all of a domain; what follows a "+" is the
 * same person's. */
static bool
is_of(const struct rule *rule, const struct address *address)
{
	struct slice mailbox = rule->mailbox;
	size_t at = slice_find_byte(mailbox, '@', 0);
	size_t sign = slice_find_byte(mailbox, '+', 0);

	if (slice_equal(mailbox, address->text) ||
		slice_equal(mailbox, SLICE("*")))
		return true;
	if (at == 0) {
		return slice_equal(
			slice_sub(mailbox, 1, mailbox.len), address->domain);
	}
	return at != SLICE_NONE && sign < at &&
		slice_equal_fold(slice_sub(mailbox, 0, sign), address->local) &&
		slice_equal(slice_sub(mailbox, at + 1, mailbox.len),
			address->domain);
}

static void
add_rule(struct buf *out, const struct rule *rule)
{
	buf_puts(out, "  ");
	screen_add_cell(out, rule->destination, 40);
	buf_puts(out, "  ");
	buf_add_visible(out, rule_mechanism_name(rule->mechanism));
	if (rule->state != RULE_ACTIVE) {
		buf_puts(out, ", ");
		buf_add(out, rule_state_name(rule->state));
	}
	buf_puts(out, "\n      ");
	audit_show_place(rule, out);
	buf_add_byte(out, '\n');
}

static void
add_rules(struct buf *out, struct ruleset *set, int64_t at_ms,
	const struct address *address)
{
	char when[DATE_TEXT_BYTES];
	size_t count, shown = 0;
	const struct rule *rules = ruleset_rules(set, &count);

	date_print(at_ms, when);
	buf_puts(out, ", as of the audit of ");
	screen_add_time(out, slice_of(when));
	buf_add_byte(out, '\n');
	for (size_t i = 0; i < count; i++) {
		if (!is_of(&rules[i], address))
			continue;
		add_rule(out, &rules[i]);
		shown++;
	}
	if (shown == 0)
		buf_puts(out, "  none\n");
}

void
audit_known_add_text(struct buf *out, const char *path, struct slice mailbox)
{
	struct arena *arena = arena_new(ARENA_BYTES);
	struct ruleset *set = NULL;
	struct address address;
	struct err err = {0};
	int64_t at_ms = 0;

	if (arena == NULL || !path_parse(arena, mailbox, &address)) {
		arena_free(arena);
		return;
	}
	buf_puts(out, "\nRULES AT REST");
	switch (audit_kept_read(path, &set, &at_ms, &err)) {
	case AUDIT_KEPT:
		add_rules(out, set, at_ms, &address);
		break;
	case AUDIT_KEPT_ABSENT:
		buf_puts(out,
			"\n  no audit is kept; `forwarden audit` looks at "
			"once\n");
		break;
	case AUDIT_KEPT_BROKEN:
		buf_puts(out, "\n  ");
		buf_add_visible(out, slice_of(err.text));
		buf_add_byte(out, '\n');
		break;
	}
	ruleset_free(set);
	arena_free(arena);
}

static struct json *
list_rules(struct ruleset *set, const struct address *address)
{
	struct json *list = json_list();
	size_t count;
	const struct rule *rules = ruleset_rules(set, &count);

	for (size_t i = 0; i < count; i++) {
		if (is_of(&rules[i], address))
			json_add_take(list, rule_json(&rules[i]));
	}
	return list;
}

struct json *
audit_known_json(const char *path, struct slice mailbox)
{
	struct arena *arena = arena_new(ARENA_BYTES);
	struct ruleset *set = NULL;
	struct json *map = NULL;
	struct address address;
	struct err err = {0};
	int64_t at_ms = 0;

	if (arena != NULL && path_parse(arena, mailbox, &address)) {
		switch (audit_kept_read(path, &set, &at_ms, &err)) {
		case AUDIT_KEPT:
			map = json_map();
			json_set_time(map, "at", at_ms);
			json_set_take(map, "rules", list_rules(set, &address));
			break;
		case AUDIT_KEPT_ABSENT:
			break;
		case AUDIT_KEPT_BROKEN:
			map = json_map();
			json_set_text(map, "error", slice_of(err.text));
			break;
		}
	}
	ruleset_free(set);
	arena_free(arena);
	return map;
}
