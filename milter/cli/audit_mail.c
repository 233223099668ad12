/* SPDX-License-Identifier: BSD-2-Clause */
/* Rules and mail. */
#include "cli/audit_mail.h"

#include "base/date.h"
#include "base/file.h"
#include "base/map.h"
#include "cli/screen.h"

#include <stdlib.h>

#define ARENA_BYTES ((size_t)256 << 20)
#define FILE_BYTES_MAX ((size_t)256 << 20)
#define MAILBOX_COLUMNS 30
#define DESTINATION_COLUMNS 34

struct route {
	struct slice mailbox, destination;
	struct slice first, last; /* RFC 3339 */
	long long count;
	const struct rule *rule; /* of that destination; or NULL */
	bool exact; /* it is that mailbox's */
};

struct audit_mail {
	struct arena *arena;
	struct route *at;
	size_t count, room;
};

struct audit_mail *
audit_mail_new(void)
{
	struct audit_mail *mail = calloc(1, sizeof(*mail));

	if (mail == NULL)
		return NULL;
	mail->arena = arena_new(ARENA_BYTES);
	if (mail->arena == NULL) {
		free(mail);
		return NULL;
	}
	return mail;
}

void
audit_mail_free(struct audit_mail *mail)
{
	if (mail == NULL)
		return;
	arena_free(mail->arena);
	free(mail);
}

static struct slice
copy(struct audit_mail *mail, const struct json *map, const char *key)
{
	struct slice text = json_text(map, key);

	return slice_is_absent(text) ? text : arena_copy(mail->arena, text);
}

/* A route of the daemon's has a count, one of a log's what was sent. */
static void
add_route(struct audit_mail *mail, const struct json *map)
{
	const struct json *own = json_find(map, "forwarden");
	struct route *grown;

	if (own != NULL)
		map = own;
	if (json_text(map, "destination").len == 0)
		return;
	grown = arena_grow(mail->arena, mail->at, mail->count, &mail->room,
		sizeof(*grown));
	if (grown == NULL)
		return;
	mail->at = grown;
	grown[mail->count++] = (struct route){
		.mailbox = copy(mail, map, "mailbox"),
		.destination = copy(mail, map, "destination"),
		.first = copy(mail, map, "first"),
		.last = copy(mail, map, "last"),
		.count = json_number(map, "count") + json_number(map, "sent"),
	};
}

void
audit_mail_add(struct audit_mail *mail, const struct json *routes)
{
	for (size_t i = 0; i < json_count(routes); i++)
		add_route(mail, json_at(routes, i));
}

bool
audit_mail_read(struct audit_mail *mail, const char *path, struct err *err)
{
	struct buf text = {0};
	struct slice rest;
	unsigned number = 0;
	bool good = file_read(path, FILE_BYTES_MAX, &text, err);

	if (!good)
		(void)err_wrap(err, "%s", path);
	rest = buf_slice(&text);
	for (struct slice line; good && slice_next(&rest, '\n', &line);) {
		struct json *map;

		number++;
		if (slice_trim(line).len == 0)
			continue;
		map = json_parse(line, err);
		if (map == NULL) {
			good = err_wrap(err,
				"%s:%u: this is no line of `forwarden scan "
				"--json`",
				path, number);
		} else if (json_find(map, "routes") != NULL) {
			audit_mail_add(mail, json_find(map, "routes"));
		} else {
			add_route(mail, map);
		}
		json_free(map);
	}
	buf_fini(&text);
	return good;
}

/* "%1@evil.example", "$1@evil.example", "@evil.example": all of a domain. */
static bool
is_pattern(struct slice destination)
{
	return destination.len > 1 &&
		(destination.p[0] == '%' || destination.p[0] == '$' ||
			destination.p[0] == '@');
}

static struct slice
domain_of(struct slice address)
{
	size_t at = address.len;

	while (at > 0 && address.p[at - 1] != '@')
		at--;
	return slice_sub(address, at > 0 ? at - 1 : 0, address.len);
}

/* By destination; a pattern by its "@domain". The first is kept. */
static struct map *
map_rules(struct rule *rules, size_t count)
{
	struct map *map = map_new();

	for (size_t i = 0; map != NULL && i < count; i++) {
		struct slice key = is_pattern(rules[i].destination)
			? domain_of(rules[i].destination)
			: rules[i].destination;

		if (map_find(map, key) == NULL)
			(void)map_put(map, key, &rules[i], NULL);
	}
	return map;
}

static bool
fits(const struct rule *rule, const struct route *route)
{
	return slice_equal(rule->mailbox, route->mailbox) ||
		slice_equal(rule->mailbox, SLICE("*")) ||
		(rule->mailbox.len > 0 && rule->mailbox.p[0] == '@' &&
			slice_ends_fold(route->mailbox, rule->mailbox));
}

static void
tell(struct rule *rule, const struct route *route)
{
	int64_t last_ms = 0;

	(void)date_parse_stamp(route->last, &last_ms);
	rule->mail += (unsigned long long)route->count;
	if (last_ms > rule->last_mail_ms)
		rule->last_mail_ms = last_ms;
}

static void
join_route(struct route *route, struct rule *rules, size_t count,
	const struct map *by_destination)
{
	struct rule *found = map_find(by_destination, route->destination);

	if (found == NULL) {
		found = map_find(by_destination, domain_of(route->destination));
	}
	route->rule = found;
	/* Several mailboxes may send to one destination. */
	for (size_t i = 0; found != NULL && i < count; i++) {
		if (slice_equal(rules[i].destination, found->destination) &&
			fits(&rules[i], route)) {
			tell(&rules[i], route);
			route->rule = &rules[i];
			route->exact = true;
		}
	}
	/* A mailbox that the log did not have: the rule has it. */
	if (found != NULL && !route->exact &&
		slice_equal(route->mailbox, SLICE("?"))) {
		tell(found, route);
		route->exact = true;
	}
}

void
audit_mail_join(struct audit_mail *mail, struct ruleset *set)
{
	size_t count;
	struct rule *rules = ruleset_rules(set, &count);
	struct map *map = map_rules(rules, count);

	for (size_t i = 0; i < count; i++)
		rules[i].mail_is_known = true;
	for (size_t i = 0; map != NULL && i < mail->count; i++)
		join_route(&mail->at[i], rules, count, map);
	if (map != NULL)
		map_free(map, NULL);
}

static void
add_line(struct buf *out, const struct route *route)
{
	buf_puts(out, "  ");
	screen_add_cell(out, route->mailbox, MAILBOX_COLUMNS);
	buf_puts(out, " -> ");
	screen_add_cell(out, route->destination, DESTINATION_COLUMNS);
	buf_printf(out, " %6lld  ", route->count);
	screen_add_time(out, route->first);
	buf_puts(out, "  ");
	screen_add_time(out, route->last);
	buf_add_byte(out, '\n');
	if (route->rule != NULL) {
		buf_puts(out, "      the rule is ");
		buf_add_visible(out, route->rule->mailbox);
		buf_puts(out, "'s: ");
		rule_add_place(route->rule, out);
		buf_add_byte(out, '\n');
	}
}

static void
add_section(const struct audit_mail *mail, bool elsewhere, const char *title,
	struct buf *out)
{
	size_t count = 0;

	for (size_t i = 0; i < mail->count; i++) {
		const struct route *route = &mail->at[i];

		if (route->exact || (route->rule != NULL) != elsewhere)
			continue;
		if (count++ == 0)
			buf_printf(out, "\n%s\n", title);
		add_line(out, route);
	}
}

void
audit_mail_add_text(const struct audit_mail *mail, struct buf *out)
{
	add_section(mail, true, "MAIL BY ANOTHER'S RULE", out);
	add_section(mail, false,
		"MAIL WITHOUT A RULE (a program's, one that is gone, another "
		"host's)",
		out);
}

void
audit_mail_add_json(const struct audit_mail *mail, struct buf *out)
{
	for (size_t i = 0; i < mail->count; i++) {
		const struct route *route = &mail->at[i];
		struct buf place = {0};
		struct json *map;

		if (route->exact)
			continue;
		map = json_map();
		json_set_text(map, "mail_without_rule", route->mailbox);
		json_set_text(map, "destination", route->destination);
		json_set_number(map, "mail", route->count);
		json_set_text(map, "first", route->first);
		json_set_text(map, "last", route->last);
		if (route->rule != NULL) {
			rule_add_place(route->rule, &place);
			json_set_text(map, "rule_of", route->rule->mailbox);
			json_set_text(map, "rule", buf_slice(&place));
		}
		(void)json_write(map, out);
		buf_add_byte(out, '\n');
		json_free(map);
		buf_fini(&place);
	}
}
