/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Reading Postfix's lines. Senders write addresses and Message-IDs, other
 * hosts the texts in parentheses at the end, and both may imitate the rest: a
 * line is read from its left, quoted strings whole, and of its right side only
 * what Postfix wrote there. An old Postfix writes addresses without quotes;
 * a line that then can be read in two ways is a gap.
 */
#include "logs/postfix_line.h"

#define ID_SHORT_LEAST 5
#define ID_LONG_LEAST 11
#define ID_MOST 22

static bool
starts(struct slice text, struct slice prefix)
{
	return text.len >= prefix.len &&
		memcmp(text.p, prefix.p, prefix.len) == 0;
}

static bool
skip(struct slice *text, struct slice prefix)
{
	if (!starts(*text, prefix))
		return false;
	*text = slice_sub(*text, prefix.len, text->len);
	return true;
}

/* Hex digits; or the long form, which has no vowels. */
static bool
is_queue_id(struct slice id)
{
	static const char longs[] = "0123456789BCDFGHJKLMNPQRSTVWXYZ"
				    "bcdfghjklmnpqrstvwxyz";
	size_t hex = 0;

	if (id.len < ID_SHORT_LEAST || id.len > ID_MOST)
		return false;
	while (hex < id.len &&
		((id.p[hex] >= '0' && id.p[hex] <= '9') ||
			(id.p[hex] >= 'A' && id.p[hex] <= 'F')))
		hex++;
	if (hex == id.len)
		return true;
	for (size_t i = 0; i < id.len; i++) {
		if (memchr(longs, id.p[i], sizeof(longs) - 1) == NULL)
			return false;
	}
	return id.len >= ID_LONG_LEAST &&
		slice_find_byte(id, 'z', 0) != SLICE_NONE;
}

/* The queue id at the beginning of a text. */
static bool
is_id_at(struct slice text, struct slice *id)
{
	size_t len = 0;

	while (len < text.len && len <= ID_MOST &&
		((text.p[len] | 0x20) >= 'a'
				? (text.p[len] | 0x20) <= 'z'
				: text.p[len] >= '0' && text.p[len] <= '9'))
		len++;
	*id = slice_sub(text, 0, len);
	return is_queue_id(*id);
}

/* "<a@b>" at the beginning, quoted strings whole; cuts it off. */
static bool
take_address(struct slice *text, struct slice *out)
{
	bool quoted = false;

	if (text->len == 0 || text->p[0] != '<')
		return false;
	for (size_t i = 1; i < text->len; i++) {
		char c = text->p[i];

		if (c == '\\' && quoted) {
			i++;
		} else if (c == '"') {
			quoted = !quoted;
		} else if (c == '>' && !quoted) {
			*out = slice_sub(*text, 1, i);
			*text = slice_sub(*text, i + 1, text->len);
			return true;
		}
	}
	return false;
}

/* Up to the next ", " or the end; cuts both off. */
static struct slice
take_value(struct slice *text)
{
	size_t end = slice_find_byte(*text, ',', 0);
	struct slice value;

	if (end == SLICE_NONE)
		end = text->len;
	value = slice_sub(*text, 0, end);
	*text = slice_sub(*text, end + 2, text->len);
	return value;
}

/* "name[address]", "name[address]:25"; what is in the brackets. */
static struct slice
bracketed(struct slice host, struct slice *name)
{
	size_t open = slice_find_byte(host, '[', 0),
	       close = slice_find_byte(host, ']', 0);

	if (open == SLICE_NONE || close == SLICE_NONE || close < open)
		return (struct slice){0};
	*name = slice_sub(host, 0, open);
	return slice_sub(host, open + 1, close);
}

static uint32_t
leading_number(struct slice text)
{
	uint32_t value = 0;

	for (size_t i = 0; i < text.len && i < 9; i++) {
		if (text.p[i] < '0' || text.p[i] > '9')
			break;
		value = value * 10 + (uint32_t)(text.p[i] - '0');
	}
	return value;
}

/* The number behind a name, 0 if it is not there. */
static uint32_t
number_behind(struct slice text, struct slice name)
{
	size_t at = slice_find(text, name);

	return at == SLICE_NONE
		? 0
		: leading_number(slice_sub(text, at + name.len, text.len));
}

/* "client=NAME[IP], sasl_method=PLAIN, sasl_username=carol@ours" */
static bool
read_client(struct slice rest, struct told *out)
{
	struct slice value = take_value(&rest);

	out->kind = TOLD_CLIENT;
	out->client_ip = bracketed(value, &out->client);
	while (rest.len > 0) {
		value = take_value(&rest);
		if (skip(&value, SLICE("sasl_username="))) {
			out->login = value;
		} else if (skip(&value, SLICE("orig_queue_id="))) {
			out->other = value;
		}
	}
	return true;
}

/* "<eve@partner>, size=351, nrcpt=1 (queue active)": all behind the address is
 * Postfix's own. */
static bool
read_sender(struct slice rest, struct told *out)
{
	static const struct slice size = {">, size=", 8};
	struct slice tail = rest;
	size_t end = SLICE_NONE, at = 0, next;

	if (slice_find(rest, SLICE(">, status=expired")) != SLICE_NONE ||
		slice_find(rest, SLICE(">, status=force-expired")) !=
			SLICE_NONE) {
		out->kind = TOLD_EXPIRED;
		return slice_find(rest, size) == SLICE_NONE;
	}
	while ((next = slice_find(tail, size)) != SLICE_NONE) {
		end = at + next;
		at = end + 1;
		tail = slice_sub(rest, at, rest.len);
	}
	if (end == SLICE_NONE || rest.p[0] != '<')
		return false;
	out->kind = TOLD_SENDER;
	out->sender = slice_sub(rest, 1, end);
	out->nrcpt = number_behind(
		slice_sub(rest, end, rest.len), SLICE(", nrcpt="));
	return true;
}

/* What local(8) says of a delivery that it made. */
static void
read_local(struct slice text, struct told *out)
{
	out->way = TOLD_MAILBOX;
	if (out->status != TOLD_SENT)
		return;
	if (skip(&text, SLICE("forwarded as "))) {
		(void)is_id_at(text, &out->other);
	} else if (skip(&text, SLICE("delivered to command: "))) {
		out->way = TOLD_COMMAND;
		/* A line that was cut has no end. */
		out->command = slice_sub(text, 0,
			text.len - (slice_ends_fold(text, SLICE(")")) ? 1 : 0));
	} else if (starts(text, SLICE("delivered to file: ")) ||
		starts(text, SLICE("discarded"))) {
		out->way = TOLD_FILE;
	}
}

/* "250 2.0.0 from MTA(smtp:[127.0.0.1]:10025): 250 2.0.0 Ok: queued as Q3" */
static void
read_next(struct slice text, struct told *out)
{
	static const struct slice words = {"queued as ", 10};
	size_t at;

	while ((at = slice_find(text, words)) != SLICE_NONE) {
		text = slice_sub(text, at + words.len, text.len);
		if (!is_id_at(text, &out->next))
			out->next = (struct slice){0};
	}
}

static void
read_relay(const struct frame *frame, struct slice relay, struct slice text,
	struct told *out)
{
	struct slice name = {0}, inside = bracketed(relay, &name);

	out->relay = relay;
	if (slice_equal(relay, SLICE("local"))) {
		read_local(text, out);
	} else if (slice_equal(relay, SLICE("virtual"))) {
		out->way = TOLD_MAILBOX;
	} else if (slice_equal(relay, SLICE("none"))) {
		/* It was tried, if there was only nobody to be found. */
		out->way = out->status == TOLD_SENT ? TOLD_NOWHERE : TOLD_OUT;
	} else if (slice_is_absent(inside)) {
		out->way = TOLD_SERVICE;
	} else {
		out->relay_ip = inside;
		out->way = slice_find_byte(inside, '/', 0) != SLICE_NONE ||
				slice_ends_fold(frame->program, SLICE("lmtp"))
			? TOLD_LMTP
			: TOLD_OUT;
		if (out->status == TOLD_SENT)
			read_next(text, out);
	}
}

/* Is there a second set of what Postfix writes behind an address? */
static bool
is_twofold(struct slice text)
{
	static const struct slice parts[] = {{">, relay=", 9}, {", delays=", 9},
		{", dsn=", 6}, {", status=", 9}};

	for (size_t i = 0; i < sizeof(parts) / sizeof(*parts); i++) {
		size_t at = slice_find(text, parts[i]);

		if (at == SLICE_NONE)
			return false;
		text = slice_sub(text, at, text.len);
	}
	return true;
}

static bool
read_status(struct slice *text, enum told_status *status)
{
	static const struct {
		struct slice word;
		enum told_status status;
	} words[] = {
		{{"sent (", 6}, TOLD_SENT},
		{{"deferred (", 10}, TOLD_DEFERRED},
		{{"bounced (", 9}, TOLD_BOUNCED},
		{{"expired (", 9}, TOLD_BOUNCED},
	};

	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++) {
		if (skip(text, words[i].word)) {
			*status = words[i].status;
			return true;
		}
	}
	return false;
}

/* "<a@b>, orig_to=<c@ours>, relay=R, conn_use=2, delay=1, delays=0/0/0/1,
 * dsn=2.0.0, status=sent (text)" */
static bool
read_delivery(const struct frame *frame, struct slice rest, struct told *out)
{
	struct slice relay = {0}, value;

	if (!take_address(&rest, &out->recipient) || !skip(&rest, SLICE(", ")))
		return false;
	if (skip(&rest, SLICE("orig_to=")) &&
		(!take_address(&rest, &out->original) ||
			!skip(&rest, SLICE(", "))))
		return false;
	if (!skip(&rest, SLICE("relay=")))
		return false;
	relay = take_value(&rest);
	while (!starts(rest, SLICE("status="))) {
		value = take_value(&rest);
		if (value.len == 0 ||
			!(starts(value, SLICE("conn_use=")) ||
				starts(value, SLICE("delay")) ||
				starts(value, SLICE("dsn="))))
			return false;
	}
	rest = slice_sub(rest, sizeof("status=") - 1, rest.len);
	if (!read_status(&rest, &out->status))
		return false;
	out->kind = is_twofold(rest) ? TOLD_GAP : TOLD_DELIVERY;
	read_relay(frame, relay, rest, out);
	return true;
}

/* "sender non-delivery notification: Q2" and its like. */
static bool
read_notification(struct slice rest, struct told *out)
{
	static const struct slice word = {"notification: ", 14};
	size_t at = slice_find(rest, word);

	if (at == SLICE_NONE || at > 40)
		return false;
	out->kind = TOLD_BOUNCE;
	return is_id_at(slice_sub(rest, at + word.len, rest.len), &out->other);
}

/* "disconnect from NAME[IP] ehlo=1 mail=1 rcpt=2/3 data=1 quit=1 commands=5" */
static bool
read_session(struct slice text, struct told *out)
{
	out->kind = TOLD_SESSION;
	out->messages = number_behind(text, SLICE(" mail="));
	out->given = number_behind(text, SLICE(" rcpt="));
	return true;
}

static bool
read_of_id(const struct frame *frame, struct slice rest, struct told *out)
{
	if (skip(&rest, SLICE("to=")))
		return read_delivery(frame, rest, out);
	if (skip(&rest, SLICE("message-id="))) {
		out->kind = TOLD_MESSAGE_ID;
		out->message_id = rest;
		return true;
	}
	if (skip(&rest, SLICE("from=")))
		return read_sender(rest, out);
	if (slice_equal(rest, SLICE("removed"))) {
		out->kind = TOLD_REMOVED;
		return true;
	}
	if (skip(&rest, SLICE("client=")))
		return read_client(rest, out);
	if (starts(rest, SLICE("uid="))) {
		out->kind = TOLD_PICKUP;
		return true;
	}
	if (starts(rest, SLICE("sender ")) ||
		starts(rest, SLICE("postmaster ")))
		return read_notification(rest, out);
	if (starts(rest, SLICE("milter-hold: ")) ||
		slice_equal(rest, SLICE("placed on hold"))) {
		out->kind = TOLD_HELD;
		return true;
	}
	return false;
}

bool
postfix_line_read(const struct frame *frame, struct told *out)
{
	struct slice text = frame->text;

	*out = (struct told){0};
	if (starts(text, SLICE("[ID ")))
		text = slice_sub(
			text, slice_find_byte(text, ']', 0) + 2, text.len);
	if (starts(text, SLICE("disconnect from ")))
		return read_session(text, out);
	if (!is_id_at(text, &out->id))
		return false;
	text = slice_sub(text, out->id.len, text.len);
	return skip(&text, SLICE(": ")) && read_of_id(frame, text, out);
}
