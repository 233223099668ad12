/* SPDX-License-Identifier: BSD-2-Clause */
/* Answers of transport_maps, and the FILTER that is the same way. */
#include "mta/route.h"

#include "mta/postfix_control.h"
#include "mta/probe.h"

#include <stdio.h>
#include <string.h>

#define ROUTES "transport_maps"
#define ROUTE_LOCAL_PART "forwarden-probe@"

bool
route_is_outside(const char *outside, struct slice answer)
{
	struct slice names = slice_of(outside), name;
	struct slice transport =
		slice_sub(answer, 0, slice_find_byte(answer, ':', 0));

	if (outside == NULL || answer.len == 0)
		return false;
	if (transport.len == 0)
		return answer.len > 1;
	while (slice_next(&names, '|', &name)) {
		if (slice_equal(name, transport))
			return true;
	}
	return false;
}

bool
route_is_fixed(
	const struct postfix *postfix, const char *address, struct buf *answer)
{
	const char *domain = strrchr(address, '@');

	/* The order of transport(5). */
	if (way_look_up(postfix, ROUTES, address, answer))
		return true;
	for (const char *key = domain != NULL ? domain + 1 : NULL; key != NULL;
		key = strchr(key + 1, '.')) {
		if (way_look_up(postfix, ROUTES, key, answer))
			return true;
	}
	return way_look_up(postfix, ROUTES, "*", answer);
}

/* "smtp", "smtp:", "smtp:[host]:25", ":[host]" */
static void
write_filter(
	const struct postfix *postfix, struct slice answer, struct way *way)
{
	struct slice transport = postfix_value(postfix, "default_transport");
	bool has_colon = slice_find_byte(answer, ':', 0) != SLICE_NONE;

	transport = answer.p[0] == ':'
		? slice_sub(transport, 0, slice_find_byte(transport, ':', 0))
		: SLICE("");
	(void)snprintf(way->filter, sizeof(way->filter), "%.*s%.*s%s",
		SLICE_ARG(transport), SLICE_ARG(answer), has_colon ? "" : ":");
}

struct search {
	const struct postfix *postfix;
	const char *outside;
	struct way *ways;
	size_t count;
	bool more; /* than there is room for */
	struct buf *notes;
};

static bool
is_address(const char *to)
{
	return strchr(to, '@') != NULL;
}

/* Addresses apart from domains: they are other forms of the look-up. */
static bool
is_known(const struct search *search, const struct way *way)
{
	for (size_t i = 0; i < search->count; i++) {
		const struct way *known = &search->ways[i];
		if (way_is_routed(known) &&
			is_address(known->to) == is_address(way->to) &&
			strcmp(known->filter, way->filter) == 0)
			return true;
	}
	return false;
}

/* cleanup(8) makes another of it before it is routed. */
static bool
is_rewritten(const struct postfix *postfix, const char *address)
{
	static const char *const tables[] = {"canonical_maps",
		"recipient_canonical_maps", "virtual_alias_maps"};
	struct buf answer = {0};
	bool rewritten = false;

	for (size_t i = 0; !rewritten && i < sizeof(tables) / sizeof(*tables);
		i++) {
		rewritten = way_look_up_address(
			postfix, tables[i], address, &answer);
	}
	buf_fini(&answer);
	return rewritten;
}

/* Anything else could not be said to an smtpd. */
static bool
is_plain(struct slice key)
{
	for (size_t i = 0; i < key.len; i++) {
		if (key.p[i] <= ' ' || key.p[i] > '~' ||
			strchr("<>()[]\\,;:\"", key.p[i]) != NULL)
			return false;
	}
	return key.len > 0 && key.p[0] != '@' && key.p[0] != '*';
}

/* The way for it may be another's: another table's, or a longer key's. */
static bool
find_way(const struct search *search, struct way *way)
{
	struct buf answer = {0};
	char address[340];

	(void)snprintf(address, sizeof(address), "%s%s",
		is_address(way->to) ? "" : ROUTE_LOCAL_PART, way->to);
	if (is_rewritten(search->postfix, address)) {
		buf_printf(search->notes,
			"mail for %s is rewritten before it is routed: its "
			"entry of transport_maps is not tried\n",
			way->to);
		return false;
	}
	bool found = route_is_fixed(search->postfix, address, &answer) &&
		route_is_outside(search->outside, buf_slice(&answer));
	if (found)
		write_filter(search->postfix, buf_slice(&answer), way);
	buf_fini(&answer);
	return found && !is_known(search, way);
}

static void
add_row(struct search *search, struct slice key, struct slice value)
{
	struct way way = {.sender = ""};

	if (!is_plain(key) || key.len >= sizeof(way.to) / 2 ||
		!route_is_outside(search->outside, value))
		return;
	/* Of a parent's entry a domain is made up. */
	(void)snprintf(way.to, sizeof(way.to), "%s%.*s",
		key.p[0] == '.' ? "forwarden-probe" : "", SLICE_ARG(key));
	write_filter(search->postfix, value, &way);
	if (is_known(search, &way))
		return;
	if (search->count == WAYS_MAX) {
		search->more = true;
	} else if (find_way(search, &way)) {
		search->ways[search->count++] = way;
	}
}

/* "*" is for whatever else is outside, whoever sends it. */
static void
apply_wildcard(struct search *search)
{
	struct buf answer = {0};

	if (route_is_fixed(search->postfix, "x@" PROBE_DOMAIN, &answer) &&
		route_is_outside(search->outside, buf_slice(&answer))) {
		write_filter(
			search->postfix, buf_slice(&answer), &search->ways[0]);
		search->count = 1;
	}
	buf_fini(&answer);
}

static void
add_table(struct search *search, struct slice table)
{
	struct buf rows = {0};

	way_list(search->postfix, table, &rows, search->notes);
	struct slice rest = buf_slice(&rows);
	for (struct slice row, key; slice_next(&rest, '\n', &row);) {
		if (slice_next(&row, '\t', &key))
			add_row(search, key, slice_trim(row));
	}
	buf_fini(&rows);
}

size_t
routes_add(const struct postfix *postfix, const char *outside,
	struct way ways[WAYS_MAX], size_t count, struct buf *notes)
{
	struct search search = {postfix, outside, ways, count, false, notes};
	struct slice list = postfix_value(postfix, ROUTES);

	if (outside == NULL)
		return count;
	apply_wildcard(&search);
	for (struct slice table; postfix_next(&list, &table);) {
		if (table.len > 0)
			add_table(&search, table);
	}
	if (search.more)
		ways_note_more(notes);
	return search.count;
}

static bool
has_bare(struct slice rows, struct buf *entry)
{
	for (struct slice row, key; slice_next(&rows, '\n', &row);) {
		if (!slice_next(&row, '\t', &key))
			continue;
		struct slice value = slice_trim(row);
		if (value.len < 2 || value.p[0] != ':')
			continue;
		buf_printf(
			entry, "%.*s %.*s", SLICE_ARG(key), SLICE_ARG(value));
		return true;
	}
	return false;
}

bool
route_find_bare(const struct postfix *postfix, struct buf *entry)
{
	struct slice list = postfix_value(postfix, ROUTES);
	bool found = false;

	for (struct slice table; !found && postfix_next(&list, &table);) {
		struct buf rows = {0}, notes = {0};
		if (table.len > 0) {
			way_list(postfix, table, &rows, &notes);
			found = has_bare(buf_slice(&rows), entry);
		}
		buf_fini(&rows);
		buf_fini(&notes);
	}
	return found;
}
