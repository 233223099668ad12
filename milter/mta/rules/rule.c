/* SPDX-License-Identifier: BSD-2-Clause */
/* One rule at rest: its names, its place, its JSON. */
#include "mta/rules/rule.h"

#include "base/date.h"

enum hand {
	S,
	U
};

static const struct {
	struct slice name;
	enum hand hand;
} mechanisms[RULE_MECHANISM_COUNT] = {
#define RULE_ROW(id, text, whose) \
	[RULE_##id] = {{(text), sizeof(text) - 1}, whose},
	RULE_MECHANISMS(RULE_ROW)
#undef RULE_ROW
};

static const struct slice states[RULE_STATE_COUNT] = {
	[RULE_ACTIVE] = {"active", 6},
	[RULE_INACTIVE] = {"inactive", 8},
	[RULE_IGNORED] = {"ignored", 7},
};

static const struct slice changes[RULE_CHANGE_COUNT] = {
	[RULE_SAME] = {"same", 4},
	[RULE_NEW] = {"new", 3},
	[RULE_CHANGED] = {"changed", 7},
	[RULE_GONE] = {"gone", 4},
};

struct slice
rule_mechanism_name(enum rule_mechanism mechanism)
{
	return mechanisms[mechanism].name;
}

struct slice
rule_state_name(enum rule_state state)
{
	return states[state];
}

struct slice
rule_change_name(enum rule_change change)
{
	return changes[change];
}

bool
rule_is_external(const struct rule *rule)
{
	return rule->mechanism != RULE_DELIVERY ||
		!slice_equal(rule->destination, RULE_UNKNOWN);
}

void
rule_add_place(const struct rule *rule, struct buf *out)
{
	buf_add_visible(out, rule->path);
	if (rule->line > 0)
		buf_printf(out, ":%u", rule->line);
}

struct slice
rule_key(struct arena *arena, const struct rule *rule)
{
	const struct slice parts[] = {rule->path, {"\0", 1}, rule->mailbox,
		{"\0", 1}, rule->destination};

	return arena_join(arena, parts, sizeof(parts) / sizeof(*parts));
}

bool
rule_differs(const struct rule *a, const struct rule *b)
{
	return a->mechanism != b->mechanism || a->state != b->state ||
		a->keeps != b->keeps ||
		!slice_equal(a->condition, b->condition) ||
		!slice_equal(a->note, b->note);
}

void
rule_set_text(struct json *map, const char *key, struct slice text)
{
	struct buf visible = {0};

	if (slice_find_byte(text, '\0', 0) == SLICE_NONE) {
		json_set_text(map, key, text);
		return;
	}
	buf_add_visible(&visible, text);
	json_set_text(map, key, buf_slice(&visible));
	buf_fini(&visible);
}

struct json *
rule_json(const struct rule *rule)
{
	struct json *map = json_map();
	struct buf place = {0};

	rule_add_place(rule, &place);
	rule_set_text(map, "place", buf_slice(&place));
	buf_fini(&place);
	rule_set_text(map, "path", rule->path);
	if (rule->line > 0)
		json_set_number(map, "line", rule->line);
	rule_set_text(map, "mailbox", rule->mailbox);
	rule_set_text(map, "destination", rule->destination);
	json_set_text(map, "mechanism", rule_mechanism_name(rule->mechanism));
	json_set_text(map, "state", rule_state_name(rule->state));
	json_set_bool(map, "external", rule_is_external(rule));
	json_set_bool(map, "keeps_copy", rule->keeps);
	rule_set_text(map, "condition", rule->condition);
	rule_set_text(map, "note", rule->note);
	rule_set_text(map, "owner", rule->owner);
	json_set_time(map, "written", rule->written_ms);
	if (rule->mail_is_known) {
		json_set_number(map, "mail", (long long)rule->mail);
		json_set_time(map, "last_mail", rule->last_mail_ms);
	}
	return map;
}

/* The number of a name; count when it is none. */
static size_t
find_name(struct slice name, struct slice (*name_of)(size_t), size_t count)
{
	size_t i = 0;

	while (i < count && !slice_equal(name, name_of(i)))
		i++;
	return i;
}

static struct slice
mechanism_at(size_t i)
{
	return mechanisms[i].name;
}

static struct slice
state_at(size_t i)
{
	return states[i];
}

static struct slice
take(struct arena *arena, const struct json *map, const char *key)
{
	struct slice text = json_text(map, key);

	return slice_is_absent(text) ? text : arena_copy(arena, text);
}

bool
rule_from_json(struct arena *arena, const struct json *map, struct rule *rule)
{
	size_t mechanism = find_name(json_text(map, "mechanism"), mechanism_at,
		RULE_MECHANISM_COUNT);
	size_t state =
		find_name(json_text(map, "state"), state_at, RULE_STATE_COUNT);
	long long line = json_number(map, "line");

	if (mechanism == RULE_MECHANISM_COUNT || state == RULE_STATE_COUNT ||
		line < 0 || line > INT32_MAX)
		return false;
	*rule = (struct rule){
		.path = take(arena, map, "path"),
		.line = (unsigned)line,
		.mailbox = take(arena, map, "mailbox"),
		.destination = take(arena, map, "destination"),
		.mechanism = (enum rule_mechanism)mechanism,
		.state = (enum rule_state)state,
		.keeps = json_bool(map, "keeps_copy"),
		.condition = take(arena, map, "condition"),
		.note = take(arena, map, "note"),
		.owner = take(arena, map, "owner"),
	};
	(void)date_parse_stamp(json_text(map, "written"), &rule->written_ms);
	return !slice_is_absent(rule->path) &&
		!slice_is_absent(rule->mailbox) &&
		!slice_is_absent(rule->destination);
}
