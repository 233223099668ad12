/* SPDX-License-Identifier: BSD-2-Clause */
/* Ways out by sender, looked up as trivial-rewrite(8) does. */
#include "mta/way.h"

#include "mta/postfix_control.h"

#include <stdio.h>
#include <string.h>

#define RELAYHOSTS "sender_dependent_relayhost_maps"
#define TRANSPORTS "sender_dependent_default_transport_maps"
#define PROBE_LOCAL_PART "forwarden-probe"

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

bool
way_look_up_address(const struct postfix *postfix, const char *parameter,
	const char *address, struct buf *value)
{
	struct slice set = postfix_value(postfix, "recipient_delimiter");
	const char *at = strrchr(address, '@');
	char key[512];

	if (way_look_up(postfix, parameter, *address != '\0' ? address : "<>",
		    value))
		return true;
	if (at == NULL)
		return false;
	for (const char *p = address + 1; p < at; p++) {
		if (slice_find_byte(set, *p, 0) == SLICE_NONE)
			continue;
		(void)snprintf(key, sizeof(key), "%.*s%s", (int)(p - address),
			address, at);
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

/* Without a next hop it goes by the relayhost of its sender. */
static void
add_by_transport(const struct postfix *postfix, const char *sender,
	struct slice answer, struct buf *out)
{
	size_t colon = slice_find_byte(answer, ':', 0);
	struct buf relayhost = {0};

	buf_add(out, answer);
	if (colon == SLICE_NONE)
		buf_add_byte(out, ':');
	if (colon == SLICE_NONE || colon + 1 == answer.len) {
		bool own = way_look_up_address(
				   postfix, RELAYHOSTS, sender, &relayhost) &&
			!is_dunno(&relayhost);
		buf_add(out,
			own ? buf_slice(&relayhost)
			    : postfix_value(postfix, "relayhost"));
	}
	buf_fini(&relayhost);
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
	bool more; /* than there is room for */
	struct buf *notes;
};

static void
write_filter(const struct postfix *postfix, struct way *way)
{
	struct buf answer = {0}, filter = {0};

	if (way_look_up_address(postfix, TRANSPORTS, way->sender, &answer) &&
		!is_dunno(&answer)) {
		add_by_transport(
			postfix, way->sender, buf_slice(&answer), &filter);
	} else {
		buf_reset(&answer);
		if (way_look_up_address(
			    postfix, RELAYHOSTS, way->sender, &answer) &&
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

	if (slice_equal(key, SLICE("<>"))) {
		way->sender[0] = '\0';
	} else {
		(void)snprintf(way->sender, sizeof(way->sender), "%s%.*s",
			key.p[0] == '@' ? PROBE_LOCAL_PART : "",
			SLICE_ARG(key));
	}
	write_filter(search->postfix, way);
	way->to[0] = '\0';
	for (size_t i = 0; i < search->count; i++) {
		if (strcmp(search->ways[i].filter, way->filter) == 0)
			return;
	}
	search->count++;
}

/* Most rows of a large table name one of few ways, and each search asks for
 * several forms of the address. */
static bool
is_known(const struct search *search, struct slice value)
{
	for (size_t i = 0; i < search->count; i++) {
		struct slice filter = slice_of(search->ways[i].filter);
		size_t head = filter.len - value.len;
		if (slice_equal(filter, value) ||
			(filter.len > value.len && filter.p[head - 1] == ':' &&
				slice_ends_fold(filter, value)))
			return true;
	}
	return slice_equal_fold(value, SLICE("DUNNO"));
}

static void
add_table(struct search *search, struct slice table)
{
	struct buf rows = {0};

	way_list(search->postfix, table, &rows, search->notes);
	struct slice rest = buf_slice(&rows);
	for (struct slice row, key; slice_next(&rest, '\n', &row);) {
		if (!slice_next(&row, '\t', &key) ||
			slice_find_byte(key, '@', 0) == SLICE_NONE ||
			is_known(search, slice_trim(row)))
			continue;
		if (search->count == WAYS_MAX) {
			search->more = true;
			break;
		}
		add_sender(search, key);
	}
	buf_fini(&rows);
}

void
ways_note_more(struct buf *notes)
{
	buf_printf(notes,
		"there are more than %d ways out: the others are not tried "
		"one by one\n",
		WAYS_MAX);
}

bool
way_is_routed(const struct way *way)
{
	return way->to[0] != '\0';
}

size_t
ways_find(const struct postfix *postfix, struct way ways[WAYS_MAX],
	struct buf *notes)
{
	static const char *const parameters[] = {RELAYHOSTS, TRANSPORTS};
	struct search search = {
		.postfix = postfix, .ways = ways, .notes = notes};

	add_sender(&search, SLICE("<>"));
	add_sender(&search, SLICE("@example.invalid"));
	for (size_t i = 0; i < sizeof(parameters) / sizeof(*parameters); i++) {
		struct slice list = postfix_value(postfix, parameters[i]);
		for (struct slice table; postfix_next(&list, &table);) {
			if (table.len > 0)
				add_table(&search, table);
		}
	}
	if (search.more)
		ways_note_more(notes);
	return search.count;
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
