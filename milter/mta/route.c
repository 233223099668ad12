/* SPDX-License-Identifier: BSD-2-Clause */
/* Answers of transport_maps, and the FILTER that is the same way. */
#include "mta/route.h"

#include "mta/postfix_control.h"
#include "mta/probe.h"

#include <stdio.h>
#include <string.h>

#define ROUTES "transport_maps"

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

/* A domain; one of a parent's entry is made up. */
static void
add_domain(const struct postfix *postfix, struct slice key, struct way *way)
{
	struct buf answer = {0};
	char address[300];

	way->filter[0] = '\0';
	(void)snprintf(way->domain, sizeof(way->domain), "%s%.*s",
		key.p[0] == '.' ? "forwarden-probe" : "", SLICE_ARG(key));
	(void)snprintf(address, sizeof(address), "x@%s", way->domain);
	if (route_is_fixed(postfix, address, &answer))
		write_filter(postfix, buf_slice(&answer), way);
	buf_fini(&answer);
}

static bool
is_known(const struct way *ways, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (ways[i].domain[0] != '\0' &&
			strcmp(ways[i].filter, ways[count].filter) == 0)
			return true;
	}
	return false;
}

/* Of single addresses none is tried: they are somebody's. */
static size_t
add_rows(const struct postfix *postfix, const char *outside, struct slice rows,
	struct way ways[WAYS_MAX], size_t count)
{
	for (struct slice row, key;
		count < WAYS_MAX && slice_next(&rows, '\n', &row);) {
		if (!slice_next(&row, '\t', &key) || key.len == 0 ||
			key.p[0] == '*' ||
			slice_find_byte(key, '@', 0) != SLICE_NONE ||
			!route_is_outside(outside, slice_trim(row)))
			continue;
		ways[count].sender[0] = '\0';
		add_domain(postfix, key, &ways[count]);
		if (ways[count].filter[0] != '\0' && !is_known(ways, count))
			count++;
	}
	return count;
}

/* "*" is for whatever else is outside, whoever sends it. */
static size_t
apply_wildcard(const struct postfix *postfix, const char *outside,
	struct way ways[WAYS_MAX], size_t count)
{
	struct buf answer = {0};

	if (route_is_fixed(postfix, "x@" PROBE_DOMAIN, &answer) &&
		route_is_outside(outside, buf_slice(&answer))) {
		write_filter(postfix, buf_slice(&answer), &ways[0]);
		count = 1;
	}
	buf_fini(&answer);
	return count;
}

size_t
routes_add(const struct postfix *postfix, const char *outside,
	struct way ways[WAYS_MAX], size_t count, struct buf *notes)
{
	struct slice list = postfix_value(postfix, ROUTES);

	if (outside == NULL)
		return count;
	count = apply_wildcard(postfix, outside, ways, count);
	for (struct slice table; postfix_next(&list, &table);) {
		struct buf rows = {0};
		if (table.len == 0)
			continue;
		way_list(postfix, table, &rows, notes);
		count = add_rows(
			postfix, outside, buf_slice(&rows), ways, count);
		buf_fini(&rows);
	}
	return count;
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
