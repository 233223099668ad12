/* SPDX-License-Identifier: BSD-2-Clause */
/* Readers of the signs of what is not a forward, and of our own results. */
#include "forward/mark_sign.h"

#include "mail/path.h"

/* RFC 3834 section 5, RFC 5436 section 2.7.1 */
void
mark_sign_auto_submitted(struct mark_reader *reader)
{
	struct arena *arena = reader->message->arena;
	struct slice value = reader->field->value;
	struct slice word = field_main(arena, value), owner;
	struct marks *marks = reader->marks;
	struct address mailbox;

	if (slice_equal_fold(word, SLICE("auto-replied"))) {
		marks->auto_replied = true;
	} else if (slice_equal_fold(word, SLICE("auto-generated"))) {
		marks->auto_generated = true;
	}
	if (!slice_equal_fold(word, SLICE("auto-notified")))
		return;
	owner = field_param(arena, value, SLICE("owner-email"));
	if (owner.len > 0 && mark_names(reader, owner, &mailbox)) {
		mark_add(reader, value, &mailbox);
	} else {
		mark_add(reader, value, NULL);
	}
}

void
mark_sign_auto_reply(struct mark_reader *reader)
{
	if (!slice_equal_fold(reader->field->value, SLICE("no")))
		reader->marks->auto_replied = true;
}

void
mark_sign_precedence(struct mark_reader *reader)
{
	struct slice value = reader->field->value;

	if (slice_equal_fold(value, SLICE("bulk")) ||
		slice_equal_fold(value, SLICE("list")))
		reader->marks->bulk = true;
}

/* "X-Loop: support@example.com", "X-RT-Loop-Prevention: example.com" */
void
mark_sign_loop(struct mark_reader *reader)
{
	struct slice value = reader->field->value;
	struct address address;

	if (mark_names(reader, value, &address)
			? mark_is_local(reader, &address)
			: realm_has_domain(reader->message->realm, value))
		reader->marks->loop = true;
}

void
mark_sign_suppress(struct mark_reader *reader)
{
	reader->marks->suppress = true;
}

void
mark_sign_calendar(struct mark_reader *reader)
{
	reader->marks->calendar = true;
}

void
mark_sign_content_type(struct mark_reader *reader)
{
	struct slice type =
		field_main(reader->message->arena, reader->field->value);

	if (slice_equal_fold(type, SLICE("text/calendar")))
		reader->marks->calendar = true;
	if (slice_equal_fold(type, SLICE("multipart/report")))
		reader->marks->report = true;
}

/* "Announcements <announce.example.com>": the domain is the identifier's end
 * (RFC 2919). */
void
mark_sign_list_id(struct mark_reader *reader)
{
	struct slice value = reader->field->value, name;
	struct arena *arena = reader->message->arena;
	size_t from = slice_find_byte(value, '<', 0), dot;

	from = from == SLICE_NONE ? 0 : from + 1;
	name = slice_sub(value, from, slice_find_byte(value, '>', from));
	name = address_domain(arena, slice_trim(name));
	for (dot = slice_find_byte(name, '.', 0); dot != SLICE_NONE;
		dot = slice_find_byte(name, '.', dot + 1)) {
		if (realm_has_domain(reader->message->realm,
			    slice_sub(name, dot + 1, name.len)))
			reader->marks->list_local = true;
	}
}

/* "<mailto:announce@example.com?subject=x>" (RFC 2369) */
void
mark_sign_list_mailto(struct mark_reader *reader)
{
	struct slice value = reader->field->value, path;
	size_t from = slice_find_fold(value, SLICE("mailto:"));
	struct address list;
	size_t end;

	if (from == SLICE_NONE)
		return;
	path = slice_sub(value, from + 7, slice_find_byte(value, '>', from));
	end = slice_find_byte(path, '?', 0);
	path = slice_sub(path, 0, end);
	if (!path_parse(reader->message->arena, path, &list) ||
		!mark_is_local(reader, &list))
		return;
	reader->marks->list_local = true;
	if (reader->field->id == NAME_LIST_POST)
		reader->marks->list_address = list;
}

/* Is a host named in a result ours: the MTA itself, or of a local domain? */
static bool
is_own_host(struct mark_reader *reader, struct slice host)
{
	const struct message *message = reader->message;
	struct slice domain;

	host = slice_trim(host);
	if (host.len == 0)
		return false;
	domain = address_domain(message->arena, host);
	return slice_equal_fold(host, message->client.mta) ||
		realm_has_domain(message->realm, domain);
}

/* RFC 8601 section 2.2: the authserv-id stands first, maybe with a version
 * after it. Who wrote the message needs no such check by us. */
void
mark_sign_results(struct mark_reader *reader)
{
	struct slice rest = reader->field->value, host, word;

	if (reader->message->from_local || !slice_next(&rest, ';', &host))
		return;
	host = slice_trim(host);
	if (slice_next(&host, ' ', &word) && is_own_host(reader, word))
		mark_add(reader, reader->field->value, NULL);
}

/* RFC 8617 section 4.1.1: "i=1; authserv-id; ..." */
void
mark_sign_arc_results(struct mark_reader *reader)
{
	struct slice rest = reader->field->value, instance, host;

	if (!reader->message->from_local && slice_next(&rest, ';', &instance) &&
		slice_next(&rest, ';', &host) && is_own_host(reader, host))
		mark_add(reader, reader->field->value, NULL);
}
