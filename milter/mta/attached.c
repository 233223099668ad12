/* SPDX-License-Identifier: BSD-2-Clause */
/* Options, read back from main.cf or a title. */
#include "mta/attached.h"

#include "mta/cf_text.h"

#include <stdio.h>
#include <string.h>

/* The word after a head: up to a blank, a comma or a bracket. */
static struct slice
word_after(struct slice text, const char *head, const char *ends)
{
	size_t at = slice_find(text, slice_of(head)), end;

	if (at == SLICE_NONE)
		return SLICE("");
	at += slice_of(head).len;
	for (end = at; end < text.len &&
		slice_find_byte(slice_of(ends), text.p[end], 0) == SLICE_NONE;)
		end++;
	return slice_sub(text, at, end);
}

static void
add_title(struct attached *attached, struct slice title)
{
	struct slice names = word_after(title, " --transports ", " ;)"), name;

	attached->parts = recipe_parts_in(title);
	buf_add(&attached->away, word_after(title, " --away ", " ;)"));
	while (slice_next(&names, ',', &name)) {
		if (attached->outside.len > 0)
			buf_add_byte(&attached->outside, '|');
		buf_add(&attached->outside, name);
	}
}

static bool
is_whole(const struct attached *attached, struct err *err)
{
	return (buf_ok(&attached->away) && buf_ok(&attached->outside)) ||
		err_set(err, ERR_MEMORY, "out of memory");
}

bool
attached_read_title(
	struct attached *attached, struct slice title, struct err *err)
{
	*attached = (struct attached){0};
	add_title(attached, title);
	return is_whole(attached, err);
}

/* Also those that somebody has taken out by hand, in part. */
static unsigned
find_parts(const struct site *site)
{
	return site_parts(site) |
		recipe_parts_in(cf_text_title(buf_slice(&site->main))) |
		recipe_parts_in(cf_text_title(buf_slice(&site->master))) |
		(site_port(site) != 0 ? RECIPE_EGRESS : 0U);
}

void
attached_find_probes(
	const struct postfix *postfix, char probes[PROBE_PLACE_BYTES])
{
	struct slice place = word_after(
		postfix_given(postfix, "forwarden_probe"), "inline:{ { ", " ");

	if (place.len == 0)
		place = SLICE(PROBE_DOMAIN);
	(void)snprintf(probes, PROBE_PLACE_BYTES, "%.*s", SLICE_ARG(place));
}

bool
attached_read(
	struct attached *attached, const struct site *site, struct err *err)
{
	struct slice milter = postfix_given(site->postfix, "forwarden_milter");

	*attached = (struct attached){0};
	if (slice_is_absent(milter)) {
		add_title(attached, cf_text_title(buf_slice(&site->master)));
	} else {
		attached->parts = find_parts(site);
		buf_add(&attached->away,
			word_after(milter, "default_action=", " ,}\t\n"));
		buf_add(&attached->outside,
			postfix_given(site->postfix, "forwarden_outside"));
	}
	attached->port = site_port(site);
	attached_find_probes(site->postfix, attached->probes);
	return is_whole(attached, err);
}

void
attached_fini(struct attached *attached)
{
	buf_fini(&attached->away);
	buf_fini(&attached->outside);
}

void
attached_settle(const struct attached *attached, struct recipe_wish *wish)
{
	if (wish->parts == 0)
		wish->parts = attached->parts;
	if (wish->parts == 0)
		wish->parts = RECIPE_ALL;
	if (wish->port == 0)
		wish->port = attached->port;
	if (wish->probes[0] == '\0')
		memcpy(wish->probes, attached->probes, sizeof(wish->probes));
	if (wish->away == NULL)
		wish->away =
			attached->away.len > 0 ? attached->away.p : "accept";
	if (wish->outside == NULL && attached->outside.len > 0)
		wish->outside = attached->outside.p;
	if ((wish->parts & RECIPE_EGRESS) == 0 ||
		(wish->outside != NULL && *wish->outside == '\0'))
		wish->outside = NULL;
}
