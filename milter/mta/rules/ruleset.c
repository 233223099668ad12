/* SPDX-License-Identifier: BSD-2-Clause */
/* The findings of an audit. */
#include "mta/rules/ruleset.h"

#include "base/map.h"

#include <stdio.h>
#include <stdlib.h>

#define ARENA_BYTES ((size_t)512 << 20)
#define RULES_MAX 500000
#define UNREAD_MAX 20000

struct ruleset {
	struct arena *arena;
	struct map *seen; /* of rules and of unread, by all that is in them */
	struct rule *rules;
	size_t count, room;
	struct unread *unread;
	size_t unread_count, unread_room;
};

struct ruleset *
ruleset_new(void)
{
	struct ruleset *set = calloc(1, sizeof(*set));

	if (set == NULL)
		return NULL;
	set->arena = arena_new(ARENA_BYTES);
	set->seen = map_new();
	if (set->arena == NULL || set->seen == NULL) {
		ruleset_free(set);
		return NULL;
	}
	return set;
}

void
ruleset_free(struct ruleset *set)
{
	if (set == NULL)
		return;
	arena_free(set->arena);
	if (set->seen != NULL)
		map_free(set->seen, NULL);
	free(set);
}

/* Is it there already? It is from now on. */
static bool
was_seen(struct ruleset *set, struct slice key)
{
	if (slice_is_absent(key) || map_find(set->seen, key) != NULL)
		return true;
	return !map_put(set->seen, key, set, NULL);
}

static struct slice
copy(struct ruleset *set, struct slice text)
{
	return slice_is_absent(text) ? text : arena_copy(set->arena, text);
}

static struct slice
key_with_line(struct ruleset *set, const struct rule *rule)
{
	struct slice key = rule_key(set->arena, rule);

	return slice_is_absent(key)
		? key
		: arena_printf(set->arena, "%u%c%.*s%c%.*s%c%.*s", rule->line,
			  1, SLICE_ARG(rule->path), 1, SLICE_ARG(rule->mailbox),
			  1, SLICE_ARG(rule->destination));
}

void
ruleset_add(struct ruleset *set, const struct rule *rule)
{
	struct rule *grown;

	if (set->count >= RULES_MAX) {
		ruleset_add_unread(set, rule->path,
			SLICE("more rules than an audit takes; the rest of "
			      "them is not told"));
		return;
	}
	if (was_seen(set, key_with_line(set, rule)))
		return;
	grown = arena_grow(set->arena, set->rules, set->count, &set->room,
		sizeof(*set->rules));
	if (grown == NULL)
		return;
	set->rules = grown;
	grown[set->count] = *rule;
	grown[set->count].path = copy(set, rule->path);
	grown[set->count].mailbox = copy(set, rule->mailbox);
	grown[set->count].destination = copy(set, rule->destination);
	grown[set->count].condition = copy(set, rule->condition);
	grown[set->count].note = copy(set, rule->note);
	grown[set->count].owner = copy(set, rule->owner);
	set->count++;
}

void
ruleset_add_unread(struct ruleset *set, struct slice path, struct slice why)
{
	struct unread *grown;

	if (set->unread_count >= UNREAD_MAX ||
		was_seen(set,
			arena_printf(set->arena, "unread%c%.*s%c%.*s", 1,
				SLICE_ARG(path), 1, SLICE_ARG(why))))
		return;
	grown = arena_grow(set->arena, set->unread, set->unread_count,
		&set->unread_room, sizeof(*set->unread));
	if (grown == NULL)
		return;
	set->unread = grown;
	grown[set->unread_count++] =
		(struct unread){copy(set, path), copy(set, why)};
}

struct rule *
ruleset_rules(struct ruleset *set, size_t *count)
{
	*count = set->count;
	return set->rules;
}

const struct unread *
ruleset_unread(const struct ruleset *set, size_t *count)
{
	*count = set->unread_count;
	return set->unread;
}

static void
write_line(struct json *map, struct buf *out)
{
	(void)json_write(map, out);
	buf_add_byte(out, '\n');
	json_free(map);
}

void
ruleset_write(
	const struct ruleset *set, size_t rules, size_t unread, struct buf *out)
{
	for (size_t i = rules; i < set->count; i++)
		write_line(rule_json(&set->rules[i]), out);
	for (size_t i = unread; i < set->unread_count; i++) {
		struct json *map = json_map();

		rule_set_text(map, "path", set->unread[i].path);
		rule_set_text(map, "not_read", set->unread[i].why);
		write_line(map, out);
	}
}

bool
ruleset_read_line(struct ruleset *set, struct slice line)
{
	struct err err;
	struct json *map = json_parse(line, &err);
	struct slice why = json_text(map, "not_read");
	struct rule rule;
	bool is_rule = false;

	if (!slice_is_absent(why)) {
		ruleset_add_unread(set, json_text(map, "path"), why);
	} else {
		is_rule = map != NULL && rule_from_json(set->arena, map, &rule);
		if (is_rule)
			ruleset_add(set, &rule);
	}
	json_free(map);
	return is_rule || !slice_is_absent(why);
}

static struct map *
map_by_key(struct ruleset *set)
{
	struct map *map = map_new();

	for (size_t i = 0; map != NULL && i < set->count; i++) {
		struct rule *rule = &set->rules[i];
		struct slice key = rule_key(set->arena, rule);

		if (map_find(map, key) == NULL)
			(void)map_put(map, key, rule, NULL);
	}
	return map;
}

static void
mark_rules(struct ruleset *set, struct ruleset *before, const struct map *old)
{
	for (size_t i = 0; i < set->count; i++) {
		struct rule *rule = &set->rules[i];
		const struct rule *was =
			map_find(old, rule_key(before->arena, rule));

		rule->change = was == NULL        ? RULE_NEW
			: rule_differs(rule, was) ? RULE_CHANGED
						  : RULE_SAME;
	}
}

/* Was it, or a folder above it, not read this time? */
static bool
is_unread(const struct ruleset *set, struct slice path)
{
	for (size_t i = 0; i < set->unread_count; i++) {
		struct slice one = set->unread[i].path;

		if (one.len <= path.len &&
			slice_equal(slice_sub(path, 0, one.len), one) &&
			(one.len == path.len || path.p[one.len] == '/'))
			return true;
	}
	return false;
}

/* A rule that is not found any more is gone, unless nobody could look. */
static void
add_gone(struct ruleset *set, const struct rule *was)
{
	struct rule gone = *was;

	gone.change = RULE_GONE;
	if (is_unread(set, was->path)) {
		gone.change = RULE_SAME;
		gone.note = SLICE("as before; it was not read this time");
	}
	ruleset_add(set, &gone);
}

void
ruleset_compare(struct ruleset *set, struct ruleset *before)
{
	struct map *old = map_by_key(before), *now = map_by_key(set);

	if (old != NULL && now != NULL) {
		mark_rules(set, before, old);
		for (size_t i = 0; i < before->count; i++) {
			const struct rule *was = &before->rules[i];

			if (map_find(now, rule_key(before->arena, was)) == NULL)
				add_gone(set, was);
		}
	}
	if (old != NULL)
		map_free(old, NULL);
	if (now != NULL)
		map_free(now, NULL);
}
