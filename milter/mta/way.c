/* SPDX-License-Identifier: BSD-2-Clause */
/* Ways out by sender, looked up as trivial-rewrite(8) does. */
#include "mta/way.h"

#include "mta/postfix_control.h"

#include <stdio.h>
#include <string.h>

#define RELAYHOSTS "sender_dependent_relayhost_maps"
#define TRANSPORTS "sender_dependent_default_transport_maps"
#define PROBE_LOCAL_PART "forwarden-probe"

/* Full address, without its extension, @domain. */
static bool
ask_by_sender(const struct postfix *postfix, const char *parameter,
	const char *sender, struct buf *value)
{
	struct slice set = postfix_value(postfix, "recipient_delimiter");
	const char *at = strrchr(sender, '@');
	char key[512];

	if (way_look_up(
		    postfix, parameter, *sender != '\0' ? sender : "<>", value))
		return true;
	if (at == NULL)
		return false;
	for (const char *p = sender + 1; p < at; p++) {
		if (slice_find_byte(set, *p, 0) == SLICE_NONE)
			continue;
		(void)snprintf(key, sizeof(key), "%.*s%s", (int)(p - sender),
			sender, at);
		if (way_look_up(postfix, parameter, key, value))
			return true;
		break;
	}
	return way_look_up(postfix, parameter, at, value);
}

static bool
is_dunno(const struct buf *value)
{
	return slice_equal_fold(buf_slice(value), SLICE("DUNNO"));
}

static void
add_default(const struct postfix *postfix, struct buf *out)
{
	struct slice transport = postfix_value(postfix, "default_transport");
	size_t colon = slice_find_byte(transport, ':', 0);

	buf_add(out, transport);
	if (colon == SLICE_NONE)
		buf_add_byte(out, ':');
	if (colon == SLICE_NONE || colon + 1 == transport.len)
		buf_add(out, postfix_value(postfix, "relayhost"));
}

static void
add_by_transport(
	const struct postfix *postfix, struct slice answer, struct buf *out)
{
	size_t colon = slice_find_byte(answer, ':', 0);

	buf_add(out, answer);
	if (colon == SLICE_NONE)
		buf_add_byte(out, ':');
	if (colon == SLICE_NONE || colon + 1 == answer.len)
		buf_add(out, postfix_value(postfix, "relayhost"));
}

static void
add_by_relayhost(
	const struct postfix *postfix, struct slice answer, struct buf *out)
{
	struct slice transport = postfix_value(postfix, "default_transport");
	size_t colon = slice_find_byte(transport, ':', 0);

	/* Its own next hop goes before any relayhost. */
	if (colon != SLICE_NONE && colon + 1 < transport.len) {
		buf_add(out, transport);
		return;
	}
	buf_add(out, slice_sub(transport, 0, colon));
	buf_add_byte(out, ':');
	buf_add(out, answer);
}

struct search {
	const struct postfix *postfix;
	struct way *ways;
	size_t count;
};

static void
write_filter(const struct postfix *postfix, struct way *way)
{
	struct buf answer = {0}, filter = {0};

	if (ask_by_sender(postfix, TRANSPORTS, way->sender, &answer) &&
		!is_dunno(&answer)) {
		add_by_transport(postfix, buf_slice(&answer), &filter);
	} else {
		buf_reset(&answer);
		if (ask_by_sender(postfix, RELAYHOSTS, way->sender, &answer) &&
			!is_dunno(&answer)) {
			add_by_relayhost(postfix, buf_slice(&answer), &filter);
		} else {
			add_default(postfix, &filter);
		}
	}
	(void)snprintf(way->filter, sizeof(way->filter), "%.*s",
		SLICE_ARG(buf_slice(&filter)));
	buf_fini(&answer);
	buf_fini(&filter);
}

/* A sender whose way is not among those that are there. */
static void
add_sender(struct search *search, struct slice key)
{
	struct way *way = &search->ways[search->count];

	if (search->count == WAYS_MAX || key.len == 0)
		return;
	if (slice_equal(key, SLICE("<>"))) {
		way->sender[0] = '\0';
	} else {
		(void)snprintf(way->sender, sizeof(way->sender), "%s%.*s",
			key.p[0] == '@' ? PROBE_LOCAL_PART : "",
			SLICE_ARG(key));
	}
	write_filter(search->postfix, way);
	way->domain[0] = '\0';
	for (size_t i = 0; i < search->count; i++) {
		if (strcmp(search->ways[i].filter, way->filter) == 0)
			return;
	}
	search->count++;
}

static void
add_table(struct search *search, struct slice table, struct buf *notes)
{
	struct buf rows = {0};

	way_list(search->postfix, table, &rows, notes);
	struct slice rest = buf_slice(&rows);
	for (struct slice row, key; slice_next(&rest, '\n', &row);) {
		if (slice_next(&row, '\t', &key) &&
			slice_find_byte(key, '@', 0) != SLICE_NONE)
			add_sender(search, key);
	}
	buf_fini(&rows);
}

size_t
ways_find(const struct postfix *postfix, struct way ways[WAYS_MAX],
	struct buf *notes)
{
	static const char *const parameters[] = {RELAYHOSTS, TRANSPORTS};
	struct search search = {postfix, ways, 0};

	add_sender(&search, SLICE("<>"));
	add_sender(&search, SLICE("@example.invalid"));
	for (size_t i = 0; i < sizeof(parameters) / sizeof(*parameters); i++) {
		struct slice list = postfix_value(postfix, parameters[i]);
		for (struct slice table; postfix_next(&list, &table);) {
			if (table.len > 0)
				add_table(&search, table, notes);
		}
	}
	return search.count;
}

bool
way_look_up(const struct postfix *postfix, const char *parameter,
	const char *key, struct buf *value)
{
	struct slice list = postfix_value(postfix, parameter), table;

	while (postfix_next(&list, &table)) {
		if (table.len > 0 &&
			postfix_control_look_up(
				postfix_directory(postfix), table, key, value))
			return true;
	}
	return false;
}

/* proxymap(8) lists nothing; what is behind it perhaps does. */
static struct slice
without_proxy(struct slice table)
{
	const struct slice head = SLICE("proxy:");

	return slice_starts_fold(table, head)
		? slice_sub(table, head.len, table.len)
		: table;
}

void
way_list(const struct postfix *postfix, struct slice table, struct buf *rows,
	struct buf *notes)
{
	if (!postfix_control_list(
		    postfix_directory(postfix), without_proxy(table), rows)) {
		buf_printf(notes,
			"%.*s cannot be listed: the ways out that it knows "
			"are not tried one by one\n",
			SLICE_ARG(table));
	}
}
