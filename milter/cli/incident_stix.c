/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The case as a bundle of STIX 2.1 (OASIS Standard, 10 June 2021), to be taken
 * in by a platform of threat intelligence:
 *
 *	identity	this program, which saw it
 *	attack-pattern	T1114.003 and T1114, by MITRE's own ids
 *	email-addr	mailboxes and destinations
 *	email-message	what events tell of messages
 *	observed-data	a route: its two addresses, its messages
 *	sighting	of each attack pattern: the routes of this address
 *	note		the whole document
 *
 * An observable has the id that everybody gives it (section 2.9): a UUID of
 * version 5 over those of its properties that contribute. Where that is the
 * same for two messages (author and subject alone contribute), or nothing
 * contributes, the id is one of version 4, made of the event. Of what is ours
 * an id is made of the address and the time, so that no two bundles have
 * different objects under one id.
 */
#include "base/codec.h"
#include "base/date.h"
#include "base/digest.h"
#include "base/json_writer.h"
#include "cli/incident_page.h"
#include "cli/incident_view.h"

#include <stdio.h>

#define ID_BYTES 96
#define COUNT_MOST 999999999LL
/* Of the identity, which is the same object in all bundles. */
#define SELF_CREATED "2026-01-01T00:00:00.000Z"

/* Section 2.9: of observables. */
static const unsigned char space_observable[16] = {0x00, 0xab, 0xed, 0xb4, 0xaa,
	0x42, 0x46, 0x6c, 0x9c, 0x01, 0xfe, 0xd2, 0x33, 0x15, 0xa9, 0xb7};
/* Of all else, which must have another: this program's own. */
static const unsigned char space_own[16] = {0x8d, 0x1e, 0x5c, 0x3a, 0x7f, 0x02,
	0x4b, 0x96, 0xa3, 0x5d, 0x21, 0xc8, 0x6e, 0x90, 0xb4, 0x17};

static const struct {
	const char *id, *number, *name, *url, *created, *modified;
} patterns[] = {
	{"attack-pattern--7d77a07d-02fe-4e88-8bd9-e9c008c01bf0", "T1114.003",
		"Email Forwarding Rule",
		"https://attack.mitre.org/techniques/T1114/003",
		"2020-02-19T18:54:47.103Z", "2021-10-15T20:19:33.416Z"},
	{"attack-pattern--1608f3e1-598a-42f4-a01a-2e252e81728f", "T1114",
		"Email Collection", "https://attack.mitre.org/techniques/T1114",
		"2017-05-31T21:31:25.454Z", "2021-10-15T20:19:33.750Z"},
};
#define PATTERN_COUNT (sizeof(patterns) / sizeof(*patterns))
#define MITRE "identity--c78cb6e5-0c4b-4611-8297-d1b8b55e40b5"

struct stix {
	const struct incident *incident;
	struct json_writer json;
	struct map *ids; /* of the objects that are written */
	struct slice *messages; /* the id of each, once it is written */
	struct slice *observed; /* ids of the routes */
	size_t observed_count;
	char self[ID_BYTES];
};

static void
put(struct stix *stix, const char *key, struct slice text)
{
	struct buf visible = {0};

	if (text.len == 0)
		return;
	if (!slice_is_utf8(text)) {
		buf_add_visible(&visible, text);
		text = buf_slice(&visible);
	}
	json_writer_text(&stix->json, key, text);
	buf_fini(&visible);
}

static void
put_word(struct stix *stix, const char *key, const char *word)
{
	put(stix, key, slice_of(word));
}

/* What an event calls a time may be anything; then it is that of the case. */
static void
put_time(struct stix *stix, const char *key, struct slice at)
{
	char text[DATE_TEXT_BYTES];
	int64_t at_ms;

	if (!date_parse_stamp(at, &at_ms) &&
		!date_parse_stamp(stix->incident->made, &at_ms))
		return;
	date_print(at_ms, text);
	put_word(stix, key, text);
}

/* A text as RFC 8785 writes it. */
static void
add_canonical(struct buf *out, struct slice text)
{
	static const char letters[] = "btnvfr"; /* from 0x08 on */

	buf_add_byte(out, '"');
	for (size_t i = 0; i < text.len; i++) {
		unsigned char byte = (unsigned char)text.p[i];

		if (byte == '"' || byte == '\\') {
			buf_printf(out, "\\%c", byte);
		} else if (byte >= 0x08 && byte <= 0x0D && byte != 0x0B) {
			buf_printf(out, "\\%c", letters[byte - 0x08]);
		} else if (byte < 0x20) {
			buf_printf(out, "\\u%04x", byte);
		} else {
			buf_add_byte(out, (char)byte);
		}
	}
	buf_add_byte(out, '"');
}

static void
make_id(const unsigned char space[16], const char *type, const struct buf *name,
	char id[ID_BYTES])
{
	char uuid[DIGEST_UUID_TEXT];

	(void)digest_uuid(space, buf_slice(name), uuid);
	(void)snprintf(id, ID_BYTES, "%s--%s", type, uuid);
}

/* The id of what is ours: by the address, the time, and what else tells two
 * of a type apart. */
static void
own_id(const struct stix *stix, const char *type, struct slice what,
	char id[ID_BYTES])
{
	struct buf name = {0};

	buf_printf(&name, "%s\n", type);
	buf_add(&name, stix->incident->address);
	buf_add_byte(&name, '\n');
	buf_add(&name, stix->incident->made);
	buf_add_byte(&name, '\n');
	buf_add(&name, what);
	make_id(space_own, type, &name, id);
	buf_fini(&name);
}

static void
random_id(const struct incident_message *message, const char *type,
	char id[ID_BYTES])
{
	const struct slice parts[] = {message->event, message->destination,
		message->message_id, message->at};
	unsigned char digest[DIGEST_BYTES];
	char hex[33];

	(void)digest_parts(parts, sizeof(parts) / sizeof(*parts), digest);
	digest[6] = (unsigned char)((digest[6] & 0x0FU) | 0x40U);
	digest[8] = (unsigned char)((digest[8] & 0x3FU) | 0x80U);
	codec_hex(digest, 16, hex);
	(void)snprintf(id, ID_BYTES, "%s--%.8s-%.4s-%.4s-%.4s-%.12s", type, hex,
		hex + 8, hex + 12, hex + 16, hex + 20);
}

/* False: it is in the bundle already. */
static bool
is_first(struct stix *stix, const char *id)
{
	struct slice key = slice_of(id);

	return map_find(stix->ids, key) == NULL &&
		map_put(stix->ids, key, stix, NULL);
}

/* What is common to all; an observable has neither times nor a creator. */
static void
open_object(struct stix *stix, const char *type, const char *id)
{
	json_writer_open_map(&stix->json, NULL);
	put_word(stix, "type", type);
	put_word(stix, "spec_version", "2.1");
	put_word(stix, "id", id);
}

static void
open_own(struct stix *stix, const char *type, const char *id)
{
	open_object(stix, type, id);
	put_word(stix, "created_by_ref", stix->self);
	put_time(stix, "created", stix->incident->made);
	put_time(stix, "modified", stix->incident->made);
}

static void
put_identity(struct stix *stix)
{
	struct buf name = {0};

	buf_puts(&name, "identity\nForwarden");
	make_id(space_own, "identity", &name, stix->self);
	buf_fini(&name);
	open_object(stix, "identity", stix->self);
	put_word(stix, "created", SELF_CREATED);
	put_word(stix, "modified", SELF_CREATED);
	put_word(stix, "name", "Forwarden");
	put_word(stix, "identity_class", "system");
	json_writer_close_map(&stix->json);
}

static void
put_pattern(struct stix *stix, size_t i)
{
	open_object(stix, "attack-pattern", patterns[i].id);
	put_word(stix, "created_by_ref", MITRE);
	put_word(stix, "created", patterns[i].created);
	put_word(stix, "modified", patterns[i].modified);
	put_word(stix, "name", patterns[i].name);
	json_writer_open_list(&stix->json, "kill_chain_phases");
	json_writer_open_map(&stix->json, NULL);
	put_word(stix, "kill_chain_name", "mitre-attack");
	put_word(stix, "phase_name", "collection");
	json_writer_close_map(&stix->json);
	json_writer_close_list(&stix->json);
	json_writer_open_list(&stix->json, "external_references");
	json_writer_open_map(&stix->json, NULL);
	put_word(stix, "source_name", "mitre-attack");
	put_word(stix, "external_id", patterns[i].number);
	put_word(stix, "url", patterns[i].url);
	json_writer_close_map(&stix->json);
	json_writer_close_list(&stix->json);
	json_writer_close_map(&stix->json);
}

/* An addr-spec (RFC 5322 section 3.4.1); a hash is none. */
static bool
is_address(struct slice text)
{
	size_t at = slice_find_byte(text, '@', 0);

	for (size_t i = 0; i < text.len && text.p[0] != '"'; i++) {
		if (strchr("<>()[]:;,\\\"", text.p[i]) != NULL)
			return false;
	}

	return at != SLICE_NONE && at > 0 && at + 1 < text.len &&
		slice_is_utf8(text) && !slice_has_control(text) &&
		slice_find_byte(text, ' ', 0) == SLICE_NONE;
}

/* Its id, and the object where it is the first; empty: it is no address. */
static void
put_address(struct stix *stix, struct slice address, char id[ID_BYTES])
{
	struct buf name = {0};

	id[0] = '\0';
	if (!is_address(address))
		return;
	buf_puts(&name, "{\"value\":");
	add_canonical(&name, address);
	buf_add_byte(&name, '}');
	make_id(space_observable, "email-addr", &name, id);
	buf_fini(&name);
	if (!is_first(stix, id))
		return;
	open_object(stix, "email-addr", id);
	put(stix, "value", address);
	json_writer_close_map(&stix->json);
}

static void
message_id(const struct incident_message *message, const char *from,
	char id[ID_BYTES])
{
	struct buf name = {0};

	if (from[0] == '\0' && message->subject.len == 0) {
		random_id(message, "email-message", id);
		return;
	}
	buf_add_byte(&name, '{');
	if (from[0] != '\0')
		buf_printf(&name, "\"from_ref\":\"%s\"", from);
	if (message->subject.len > 0) {
		buf_printf(&name, "%s\"subject\":", from[0] != '\0' ? "," : "");
		add_canonical(&name, message->subject);
	}
	buf_add_byte(&name, '}');
	make_id(space_observable, "email-message", &name, id);
	buf_fini(&name);
}

/* Of what is in it nothing is known, so it is no multipart here. */
static void
put_message(struct stix *stix, size_t number)
{
	const struct incident_message *message =
		&stix->incident->messages[number];
	char from[ID_BYTES], id[ID_BYTES];

	put_address(stix, message->author, from);
	message_id(message, from, id);
	if (!is_first(stix, id)) {
		random_id(message, "email-message", id);
		if (!is_first(stix, id))
			return;
	}
	stix->messages[number] =
		arena_copy(stix->incident->arena, slice_of(id));
	open_object(stix, "email-message", id);
	json_writer_bool(&stix->json, "is_multipart", false);
	put_word(stix, "from_ref", from);
	put(stix, "message_id", message->message_id);
	put(stix, "subject", message->subject);
	json_writer_close_map(&stix->json);
}

static bool
is_of_route(const struct incident_message *message,
	const struct incident_route *route)
{
	return slice_equal(message->mailbox, route->mailbox) &&
		slice_equal(message->destination, route->destination);
}

/* The earlier of the two first: a store's clock and an event's may differ. */
static void
put_span(struct stix *stix, const char *const keys[2], struct slice first,
	struct slice last)
{
	int64_t first_ms, last_ms;
	bool turned = date_parse_stamp(first, &first_ms) &&
		date_parse_stamp(last, &last_ms) && last_ms < first_ms;

	if (first.len == 0)
		first = last;
	put_time(stix, keys[0], turned ? last : first);
	put_time(stix, keys[1], turned ? first : last.len > 0 ? last : first);
}

static long long
bounded(long long count)
{
	return count < 1 ? 1 : count > COUNT_MOST ? COUNT_MOST : count;
}

static void
put_observed(struct stix *stix, const struct incident_route *route,
	const char *mailbox, const char *destination)
{
	static const char *const keys[2] = {"first_observed", "last_observed"};
	const struct incident *incident = stix->incident;
	struct buf what = {0};
	char id[ID_BYTES];

	buf_add(&what, route->mailbox);
	buf_add_byte(&what, '\n');
	buf_add(&what, route->destination);
	own_id(stix, "observed-data", buf_slice(&what), id);
	buf_fini(&what);
	stix->observed[stix->observed_count++] =
		arena_copy(incident->arena, slice_of(id));
	open_own(stix, "observed-data", id);
	put_span(stix, keys, route->first, route->last);
	json_writer_number(
		&stix->json, "number_observed", bounded(route->count));
	json_writer_open_list(&stix->json, "object_refs");
	put_word(stix, NULL, mailbox);
	put_word(stix, NULL, destination);
	for (size_t i = 0; i < incident->message_count; i++) {
		if (is_of_route(&incident->messages[i], route))
			put(stix, NULL, stix->messages[i]);
	}
	json_writer_close_list(&stix->json);
	json_writer_close_map(&stix->json);
}

static bool
has_messages(const struct stix *stix, const struct incident_route *route)
{
	for (size_t i = 0; i < stix->incident->message_count; i++) {
		if (stix->messages[i].len > 0 &&
			is_of_route(&stix->incident->messages[i], route))
			return true;
	}
	return false;
}

static void
put_routes(struct stix *stix, const struct incident_routes *routes)
{
	char mailbox[ID_BYTES], destination[ID_BYTES];

	for (size_t i = 0; i < routes->count; i++) {
		const struct incident_route *route = &routes->at[i];

		put_address(stix, route->mailbox, mailbox);
		put_address(stix, route->destination, destination);
		if (mailbox[0] != '\0' || destination[0] != '\0' ||
			has_messages(stix, route))
			put_observed(stix, route, mailbox, destination);
	}
}

static long long
sum_of(const struct incident_routes *routes)
{
	long long sum = 0;

	for (size_t i = 0; i < routes->count; i++)
		sum += routes->at[i].count;
	return sum;
}

static long long
surest(const struct incident *incident)
{
	long long confidence = 0;

	for (size_t i = 0; i < incident->message_count; i++) {
		if (incident->messages[i].confidence > confidence)
			confidence = incident->messages[i].confidence;
	}
	return confidence > 100 ? 100 : confidence;
}

static void
put_refs(struct stix *stix, const char *key)
{
	if (stix->observed_count == 0)
		return;
	json_writer_open_list(&stix->json, key);
	for (size_t i = 0; i < stix->observed_count; i++)
		put(stix, NULL, stix->observed[i]);
	json_writer_close_list(&stix->json);
}

static void
put_sighting(struct stix *stix, size_t pattern)
{
	static const char *const keys[2] = {"first_seen", "last_seen"};
	const struct incident *incident = stix->incident;
	char id[ID_BYTES];

	own_id(stix, "sighting", slice_of(patterns[pattern].number), id);
	open_own(stix, "sighting", id);
	put_span(stix, keys, incident_first(incident), incident_last(incident));
	json_writer_number(
		&stix->json, "count", bounded(sum_of(&incident->routes)));
	if (incident->message_count > 0) {
		json_writer_number(&stix->json, "confidence", surest(incident));
	}
	put_word(stix, "sighting_of_ref", patterns[pattern].id);
	put_refs(stix, "observed_data_refs");
	json_writer_open_list(&stix->json, "where_sighted_refs");
	put_word(stix, NULL, stix->self);
	json_writer_close_list(&stix->json);
	json_writer_close_map(&stix->json);
}

static void
put_note(struct stix *stix)
{
	struct buf text = {0}, abstract = {0};
	char id[ID_BYTES];

	incident_text(stix->incident, &text);
	buf_puts(&abstract, "Investigation of ");
	buf_add_visible(&abstract, stix->incident->address);
	own_id(stix, "note", SLICE(""), id);
	open_own(stix, "note", id);
	put(stix, "abstract", buf_slice(&abstract));
	put(stix, "content", buf_slice(&text));
	json_writer_open_list(&stix->json, "object_refs");
	put_word(stix, NULL, patterns[0].id);
	for (size_t i = 0; i < stix->observed_count; i++)
		put(stix, NULL, stix->observed[i]);
	json_writer_close_list(&stix->json);
	json_writer_close_map(&stix->json);
	buf_fini(&text);
	buf_fini(&abstract);
}

static void
put_objects(struct stix *stix)
{
	const struct incident *incident = stix->incident;
	char id[ID_BYTES];

	put_identity(stix);
	for (size_t i = 0; i < PATTERN_COUNT; i++)
		put_pattern(stix, i);
	put_address(stix, incident->address, id);
	for (size_t i = 0; i < incident->message_count; i++)
		put_message(stix, i);
	put_routes(stix, &incident->routes);
	/* That a mailbox is contained, or has a rule, is no sighting. */
	for (size_t i = 0; i < PATTERN_COUNT && incident->routes.count > 0; i++)
		put_sighting(stix, i);
	put_routes(stix, &incident->others);
	put_note(stix);
}

void
incident_stix(const struct incident *incident, struct buf *out)
{
	struct stix stix = {.incident = incident,
		.json = {.out = out},
		.ids = map_new(),
		.messages = arena_array(incident->arena,
			incident->message_count + 1, sizeof(struct slice)),
		.observed = arena_array(incident->arena,
			incident->routes.count + incident->others.count + 1,
			sizeof(struct slice))};
	char id[ID_BYTES];

	if (stix.ids == NULL || stix.messages == NULL ||
		stix.observed == NULL) {
		out->failed = true;
		map_free(stix.ids, NULL);
		return;
	}
	own_id(&stix, "bundle", SLICE(""), id);
	json_writer_open_map(&stix.json, NULL);
	put_word(&stix, "type", "bundle");
	put_word(&stix, "id", id);
	json_writer_open_list(&stix.json, "objects");
	put_objects(&stix);
	json_writer_close_list(&stix.json);
	json_writer_close_map(&stix.json);
	buf_add_byte(out, '\n');
	map_free(stix.ids, NULL);
}
