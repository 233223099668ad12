/* SPDX-License-Identifier: BSD-2-Clause */
/* Envelopes: guessed, known, told. */
#include "lab/envelope.h"

#include "base/date.h"
#include "lab/eml.h"
#include "mail/address_list.h"
#include "mail/field.h"
#include "mail/received.h"

struct guess {
	struct arena *arena;
	struct slice header; /* without what was put on top */
	struct slice rcpts[ENVELOPE_RCPTS_MAX];
	size_t count;
};

static struct slice
find(const struct guess *guess, const char *name)
{
	return field_unfold(
		guess->arena, eml_find(guess->header, slice_of(name)));
}

static void
add_rcpt(struct guess *guess, struct slice path)
{
	if (guess->count < ENVELOPE_RCPTS_MAX && path.len > 0)
		guess->rcpts[guess->count++] = path;
}

static struct addresses
addresses_of(const struct guess *guess, const char *field)
{
	bool cut;

	return address_list_parse(
		guess->arena, find(guess, field), ENVELOPE_RCPTS_MAX, &cut);
}

static struct slice
guess_sender(const struct guess *guess)
{
	struct slice path = find(guess, "Return-Path");
	struct addresses from;

	if (!slice_is_absent(path))
		return path;
	from = addresses_of(guess, "From");
	return from.count > 0 ? from.at[0].text : SLICE("<>");
}

static void
add_addresses(struct guess *guess, const char *field)
{
	struct addresses list = addresses_of(guess, field);

	for (size_t i = 0; i < list.count; i++)
		add_rcpt(guess, list.at[i].text);
}

static void
guess_rcpts(struct guess *guess)
{
	static const char *const fields[] = {
		"X-Original-To", "Delivered-To", "Envelope-To"};

	for (size_t i = 0;
		guess->count == 0 && i < sizeof(fields) / sizeof(fields[0]);
		i++)
		add_rcpt(guess, find(guess, fields[i]));
	if (guess->count > 0)
		return;
	add_addresses(guess, "To");
	add_addresses(guess, "Cc");
}

/* Postfix: "(Authenticated sender: alice)". */
static struct slice
authenticated(struct slice received)
{
	static const struct slice mark = SLICE("(Authenticated sender: ");
	size_t at = slice_find(received, mark), end;

	if (at == SLICE_NONE)
		return (struct slice){0};
	received = slice_sub(received, at + mark.len, received.len);
	end = slice_find_byte(received, ')', 0);
	return slice_sub(received, 0, end);
}

static void
guess_client(const struct guess *guess, struct client *client)
{
	struct slice value = find(guess, "Received");
	struct received received;

	if (slice_is_absent(value) ||
		!received_parse(guess->arena, value, &received))
		return;
	client->ip = received.from_ip;
	client->helo = received.from;
	client->auth_user = authenticated(value);
}

void
envelope_set_client(struct client *client, struct slice text)
{
	struct slice ip;

	client->ip = client->name = (struct slice){0};
	if (slice_equal(text, SLICE("none")) || !slice_next(&text, ' ', &ip))
		return;
	client->ip = ip;
	if (text.len > 0)
		client->name = slice_trim(text);
}

struct known {
	bool from, client;
};

/* One field of what was put on top; false at the first other one. */
static bool
take_known(struct guess *guess, struct letter *letter, struct known *known,
	struct slice *rest)
{
	struct slice name, value, ahead = *rest;

	if (!eml_next(&ahead, &name, &value))
		return false;
	if (slice_equal(name, SLICE(ENVELOPE_FROM))) {
		letter->mail_from = value;
		known->from = true;
	} else if (slice_equal(name, SLICE(ENVELOPE_TO))) {
		add_rcpt(guess, value);
	} else if (slice_equal(name, SLICE(ENVELOPE_CLIENT))) {
		envelope_set_client(&letter->client, value);
		known->client = true;
	} else if (slice_equal(name, SLICE(ENVELOPE_USER))) {
		letter->client.auth_user = value;
	} else if (slice_equal(name, SLICE(ENVELOPE_LISTENER))) {
		letter->client.listener = value;
	} else {
		return false;
	}
	*rest = ahead;
	return true;
}

bool
envelope_guess(struct arena *arena, struct slice header, struct letter *letter)
{
	struct guess *guess = arena_alloc(arena, sizeof(*guess));
	struct known known = {false, false};

	if (guess == NULL)
		return false;
	*letter = (struct letter){0};
	guess->arena = arena;
	while (take_known(guess, letter, &known, &header))
		;
	guess->header = header;
	if (!known.from)
		letter->mail_from = guess_sender(guess);
	if (guess->count == 0)
		guess_rcpts(guess);
	if (!known.client)
		guess_client(guess, &letter->client);
	letter->rcpts = guess->rcpts;
	letter->rcpt_count = guess->count;
	letter->header = header;
	return true;
}

static void
override(struct slice *target, struct slice value)
{
	if (!slice_is_absent(value))
		*target = value;
}

bool
envelope_apply(struct arena *arena, const struct envelope_known *known,
	struct letter *letter)
{
	size_t count =
		known->to_count > 0 ? known->to_count : letter->rcpt_count;
	struct slice *rcpts = arena_array(arena, count + 1, sizeof(*rcpts));

	if (rcpts == NULL)
		return false;
	override(&letter->mail_from, known->from);
	override(&letter->client.auth_user, known->auth);
	override(&letter->client.helo, known->helo);
	override(&letter->client.listener, known->listener);
	if (!slice_is_absent(known->client))
		envelope_set_client(&letter->client, known->client);
	for (size_t i = 0; i < count; i++) {
		rcpts[i] =
			known->to_count > 0 ? known->to[i] : letter->rcpts[i];
		if (!slice_is_absent(known->orcpt)) {
			rcpts[i] = arena_printf(arena, "%.*s ORCPT=rfc822;%.*s",
				SLICE_ARG(rcpts[i]), SLICE_ARG(known->orcpt));
		}
	}
	letter->rcpts = rcpts;
	letter->rcpt_count = count;
	return true;
}

int64_t
envelope_time(struct arena *arena, struct slice header)
{
	struct guess guess = {.arena = arena, .header = header};
	struct received received;
	struct slice value = find(&guess, "Received");
	int64_t at_ms;

	if (!slice_is_absent(value) &&
		received_parse(arena, value, &received) && received.at_ms != 0)
		return received.at_ms;
	return date_parse(find(&guess, "Date"), &at_ms) ? at_ms : 0;
}
