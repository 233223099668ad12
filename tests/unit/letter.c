/* SPDX-License-Identifier: BSD-2-Clause */
/* Builds messages from text, through the builder that the daemon uses. */
#include "letter.h"

#include <stdlib.h>

#define ARENA_BYTES (8 * 1024 * 1024)
#define WORDS_MAX 8

static void
must(bool done)
{
	if (!done)
		abort();
}

void
letter_open(struct letter *letter)
{
	letter_open_bare(letter);
	letter_local(letter, "example.com");
	letter_local(letter, ".example.com");
}

void
letter_open_bare(struct letter *letter)
{
	static const char *const networks[] = {
		"127.0.0.0/8", "10.0.0.0/8", "::1"};
	struct err err;

	letter->arena = arena_new(ARENA_BYTES);
	letter->realm = realm_new();
	letter->message = NULL;
	must(letter->arena != NULL && letter->realm != NULL);
	for (size_t i = 0; i < sizeof(networks) / sizeof(*networks); i++) {
		must(realm_add_network(
			letter->realm, slice_of(networks[i]), &err));
	}
}

void
letter_local(struct letter *letter, const char *domain)
{
	struct err err;

	must(realm_add_domain(letter->realm, slice_of(domain), &err));
}

void
letter_close(struct letter *letter)
{
	realm_free(letter->realm);
	arena_free(letter->arena);
}

struct session {
	struct message_builder *builder;
	struct client client;
};

static void
take_session_line(struct session *session, struct slice line)
{
	struct slice words[WORDS_MAX] = {{NULL, 0}}, word;
	size_t count = 0;

	while (count < WORDS_MAX && slice_next(&line, ' ', &word))
		words[count++] = word;
	must(count >= 2);
	if (slice_equal(words[0], SLICE("client"))) {
		session->client.ip = words[1];
	} else if (slice_equal(words[0], SLICE("auth"))) {
		session->client.auth_user = words[1];
	} else if (slice_equal(words[0], SLICE("listener"))) {
		session->client.listener = words[1];
	} else if (slice_equal(words[0], SLICE("mail"))) {
		message_set_sender(
			session->builder, words[1], words + 2, count - 2);
	} else if (slice_equal(words[0], SLICE("rcpt"))) {
		message_add_recipient(
			session->builder, words[1], words + 2, count - 2);
	} else {
		abort();
	}
}

static void
take_field(struct message_builder *builder, struct slice field)
{
	size_t colon = slice_find_byte(field, ':', 0);
	size_t from;

	if (colon == SLICE_NONE || colon == 0)
		return;
	from = colon + 1;
	if (from < field.len && field.p[from] == ' ')
		from++;
	message_add_field(builder, slice_sub(field, 0, colon),
		slice_sub(field, from, field.len));
}

/* Where the field at the beginning ends: at a line that is not folded. */
static size_t
field_end(struct slice header)
{
	size_t at = slice_find_byte(header, '\n', 0);

	while (at != SLICE_NONE && at + 1 < header.len &&
		(header.p[at + 1] == ' ' || header.p[at + 1] == '\t'))
		at = slice_find_byte(header, '\n', at + 1);
	return at == SLICE_NONE ? header.len : at;
}

static void
take_header(struct message_builder *builder, struct slice header)
{
	while (header.len > 0 && header.p[0] != '\n') {
		size_t end = field_end(header);

		take_field(builder, slice_sub(header, 0, end));
		header = slice_sub(header, end + 1, header.len);
	}
}

void
letter_read_with(struct letter *letter, const char *text, struct slice header,
	int64_t at_ms)
{
	struct slice rest = slice_of(text), line;
	struct session session = {.builder = NULL};

	arena_reset(letter->arena);
	session.builder = message_begin(letter->arena, letter->realm, NULL);
	must(session.builder != NULL);
	while (slice_next(&rest, '\n', &line) && line.len > 0)
		take_session_line(&session, line);
	message_set_client(session.builder, &session.client);
	take_header(session.builder, header);
	letter->message = message_finish(session.builder, at_ms);
}

void
letter_read(struct letter *letter, const char *text, int64_t at_ms)
{
	struct slice all = slice_of(text);
	size_t gap = slice_find(all, SLICE("\n\n"));

	must(gap != SLICE_NONE);
	letter_read_with(letter, text, slice_sub(all, gap + 2, all.len), at_ms);
}
