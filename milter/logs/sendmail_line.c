/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Reading Sendmail's lines: "ID: from=<a>, size=1, nrcpts=1, msgid=<M>,
 * daemon=MTA, relay=name [ip]" and "ID: to=<b>,<c>, delay=0, mailer=esmtp,
 * relay=name. [ip], stat=Sent (..)". A recipient in brackets is as it was
 * given; without, an alias or .forward made it. Below LogLevel 11 the log does
 * not say whose.
 */
#include "logs/sendmail_line.h"

#define ID_LEAST 12
#define ID_MOST 20

static bool
skip(struct slice *text, struct slice prefix)
{
	if (text->len < prefix.len ||
		memcmp(text->p, prefix.p, prefix.len) != 0)
		return false;
	*text = slice_sub(*text, prefix.len, text->len);
	return true;
}

/* Letters and digits. */
static struct slice
first_word(struct slice text)
{
	size_t len = 0;

	while (len < text.len &&
		((text.p[len] >= '0' && text.p[len] <= '9') ||
			((text.p[len] | 0x20) >= 'a' &&
				(text.p[len] | 0x20) <= 'z')))
		len++;
	return slice_sub(text, 0, len);
}

static struct slice
id_at(struct slice text)
{
	struct slice id = first_word(text);

	return id.len >= ID_LEAST && id.len <= ID_MOST ? id : SLICE("");
}

/* How long the address at the beginning is: quotes and brackets are whole. */
static size_t
address_bytes(struct slice text)
{
	bool quoted = false, open = false;
	size_t i = 0;

	for (; i < text.len; i++) {
		char c = text.p[i];

		if (c == '\\' && i + 1 < text.len) {
			i++;
		} else if (c == '"') {
			quoted = !quoted;
		} else if (!quoted && c == '<') {
			open = true;
		} else if (!quoted && c == '>') {
			open = false;
		} else if (!quoted && !open && (c == ',' || c == ' ')) {
			break;
		}
	}
	return i;
}

/* The value of a key, from the last place where it stands: those before may be
 * the words of a sender. Absent where it is not there. */
static struct slice
last_value(struct slice text, struct slice key)
{
	size_t last = SLICE_NONE, from = 0, at;

	while ((at = slice_find(slice_sub(text, from, text.len), key)) !=
		SLICE_NONE) {
		last = from + at;
		from = last + 1;
	}
	if (last == SLICE_NONE)
		return (struct slice){0};
	return slice_sub(text, last + key.len, text.len);
}

/* A value up to the next ", ". */
static struct slice
up_to_comma(struct slice text)
{
	size_t end = slice_find(text, SLICE(", "));

	return end == SLICE_NONE ? text : slice_sub(text, 0, end);
}

/* Of a key that stands before all that others wrote; empty if it is not
 * there. */
static struct slice
first_value(struct slice text, struct slice key)
{
	size_t at = slice_find(text, key);

	return at == SLICE_NONE
		? SLICE("")
		: up_to_comma(slice_sub(text, at + key.len, text.len));
}

static uint32_t
number(struct slice text)
{
	uint64_t value;

	return slice_to_u64(text, &value) && value <= UINT32_MAX
		? (uint32_t)value
		: 0;
}

/* "mx.partner.example [203.0.113.10]"; "(may be forged)": not its name. */
static void
read_host(struct slice relay, struct slice *name, struct slice *ip)
{
	size_t open = slice_find_byte(relay, '[', 0),
	       close = slice_find_byte(relay, ']', 0);

	if (open == SLICE_NONE || close == SLICE_NONE || close < open)
		return;
	*ip = slice_sub(relay, open + 1, close);
	*name = slice_find(relay, SLICE("may be forged")) == SLICE_NONE
		? slice_trim(slice_sub(relay, 0, open))
		: SLICE("");
	if (name->len > 0 && name->p[name->len - 1] == '.')
		name->len--;
}

/* What Sendmail wrote behind the Message-ID. */
static struct slice
without_tail(struct slice text)
{
	static const struct slice keys[] = {{", bodytype=", 11},
		{", proto=", 8}, {", daemon=", 9}, {", relay=", 8}};

	for (size_t i = 0; i < sizeof(keys) / sizeof(*keys); i++) {
		struct slice tail = last_value(text, keys[i]);

		if (!slice_is_absent(tail))
			text.len = (size_t)(tail.p - text.p) - keys[i].len;
	}
	return text;
}

static struct slice
bare(struct slice address)
{
	return address.len > 1 && address.p[0] == '<' &&
			address.p[address.len - 1] == '>'
		? slice_sub(address, 1, address.len - 1)
		: address;
}

static bool
read_arrival(struct slice rest, struct told *out)
{
	size_t len = address_bytes(rest), at;
	struct slice relay = last_value(rest, SLICE(", relay="));

	out->kind = TOLD_ARRIVAL;
	out->sender = bare(slice_sub(rest, 0, len));
	rest = slice_sub(rest, len, rest.len);
	at = slice_find(rest, SLICE(", nrcpts="));
	if (at == SLICE_NONE)
		return false;
	rest = slice_sub(rest, at + sizeof(", nrcpts=") - 1, rest.len);
	out->nrcpt = number(up_to_comma(rest));
	at = slice_find(rest, SLICE(", msgid="));
	if (at != SLICE_NONE)
		out->message_id = without_tail(
			slice_sub(rest, at + sizeof(", msgid=") - 1, rest.len));
	read_host(relay, &out->client, &out->client_ip);
	out->pickup = slice_is_absent(out->client_ip);
	return true;
}

/* "550 5.1.1 <drop@ext>: no such user": under which address it went out. */
static void
read_reply(struct slice rest, struct told *out)
{
	size_t at = slice_find(rest, SLICE(", reply=")), open, close;
	struct slice reply;

	if (at == SLICE_NONE)
		return;
	reply = slice_sub(rest, at, rest.len);
	open = slice_find_byte(reply, '<', 0);
	close = slice_find_byte(reply, '>', 0);
	if (open == SLICE_NONE || close == SLICE_NONE || close < open)
		return;
	out->nearest = slice_sub(reply, open + 1, close);
	if (slice_find_byte(out->nearest, '@', 0) == SLICE_NONE)
		out->nearest = (struct slice){0};
}

/* "Sent (6AQI5SDK000129 Message accepted for delivery)", "Sent (Ok: queued as
 * 1908A507)" */
static void
read_stat(struct slice stat, struct told *out)
{
	static const struct slice queued = {"queued as ", 10};
	size_t at;

	out->status = slice_starts_fold(stat, SLICE("Sent")) ? TOLD_SENT
		: slice_starts_fold(stat, SLICE("Deferred")) ||
			slice_starts_fold(stat, SLICE("queued"))
		? TOLD_DEFERRED
		: TOLD_BOUNCED;
	if (!skip(&stat, SLICE("Sent (")))
		return;
	if (slice_find(stat, SLICE(" Message accepted")) != SLICE_NONE) {
		out->next = id_at(stat);
	} else if ((at = slice_find(stat, queued)) != SLICE_NONE) {
		stat = slice_sub(stat, at + queued.len, stat.len);
		out->next = first_word(stat);
	}
}

static enum told_way
way_of(struct slice mailer, struct slice relay)
{
	/* Of what deliver, not send, though there may be a relay. */
	static const struct slice stores[] = {{"cyrus", 5}, {"dovecot", 7},
		{"lmtp", 4}, {"maildrop", 8}, {"procmail", 8}};

	if (slice_equal(mailer, SLICE("prog")))
		return TOLD_COMMAND;
	if (slice_equal(mailer, SLICE("*file*")))
		return TOLD_FILE;
	for (size_t i = 0; i < sizeof(stores) / sizeof(*stores); i++) {
		if (slice_starts_fold(mailer, stores[i]))
			return TOLD_LMTP;
	}
	return slice_equal(mailer, SLICE("local")) || relay.len == 0
		? TOLD_MAILBOX
		: TOLD_OUT;
}

/* The recipients begin others; what all have in common is in out. */
static bool
read_delivery(struct slice rest, struct told *out)
{
	size_t len = 0;
	struct slice fields, mailer;

	do {
		len += address_bytes(slice_sub(rest, len, rest.len)) + 1;
	} while (len < rest.len && rest.p[len] != ' ');
	if (len >= rest.len)
		return false;
	out->others = slice_sub(rest, 0, len - 1);
	fields = slice_sub(rest, len - 1, rest.len);
	read_stat(last_value(fields, SLICE(", stat=")), out);
	mailer = first_value(fields, SLICE(", mailer="));
	out->relay = first_value(fields, SLICE(", relay="));
	if (mailer.len == 0)
		return false;
	read_host(out->relay, &out->client, &out->relay_ip);
	out->client = (struct slice){0};
	out->way = way_of(mailer, out->relay);
	if (out->way == TOLD_OUT)
		read_reply(fields, out);
	if (skip(&fields, SLICE(", ctladdr=")))
		out->mailbox =
			bare(slice_sub(fields, 0, address_bytes(fields)));
	out->kind = TOLD_DELIVERY;
	out->may_end = true;
	return sendmail_line_next(out);
}

/* One recipient of the list: "<a@b>", "a@b", "\\bob", "\"|command\"". */
static void
take_recipient(struct told *out, struct slice one)
{
	out->as_given = out->expanded = out->keeps = false;
	out->command = (struct slice){0};
	out->recipient = bare(one);
	if (out->way == TOLD_COMMAND && one.len > 2 && one.p[0] == '"' &&
		one.p[1] == '|') {
		out->command = slice_sub(one, 2, one.len - 1);
		out->recipient = out->mailbox;
	} else if (out->way == TOLD_FILE || out->way == TOLD_COMMAND) {
		out->recipient = out->mailbox;
	} else if (out->way == TOLD_OUT) {
		out->as_given = one.p[0] == '<';
		out->expanded = !out->as_given;
	} else {
		out->keeps = one.p[0] == '\\';
	}
}

bool
sendmail_line_next(struct told *out)
{
	struct slice one;

	do {
		if (out->others.len == 0)
			return false;
		one = slice_sub(out->others, 0, address_bytes(out->others));
		out->others =
			slice_sub(out->others, one.len + 1, out->others.len);
		while (out->others.len > 0 && out->others.p[0] == ' ')
			out->others =
				slice_sub(out->others, 1, out->others.len);
	} while (one.len == 0);
	if (out->way == TOLD_EXPANDED) {
		out->recipient = bare(one);
	} else {
		take_recipient(out, one);
	}
	return true;
}

/* "alias <role@ours> => desk@ext", from LogLevel 11 on. */
static bool
read_expansion(struct slice rest, struct told *out)
{
	size_t len = address_bytes(rest);

	out->original = bare(slice_sub(rest, 0, len));
	rest = slice_sub(rest, len, rest.len);
	if (!skip(&rest, SLICE(" => ")))
		return false;
	out->kind = TOLD_DELIVERY;
	out->way = TOLD_EXPANDED;
	out->others = rest;
	return sendmail_line_next(out);
}

/* "ID2: clone: owner=carol", "ID2: DSN: User unknown". */
static bool
read_other(struct slice rest, struct told *out)
{
	out->other = id_at(rest);
	rest = slice_sub(rest, out->other.len, rest.len);
	if (out->other.len == 0 || !skip(&rest, SLICE(": ")))
		return false;
	if (skip(&rest, SLICE("clone: "))) {
		out->kind = TOLD_CHILD;
		out->list = true;
		return true;
	}
	out->kind = TOLD_BOUNCE;
	return skip(&rest, SLICE("DSN: ")) ||
		skip(&rest, SLICE("return to sender: ")) ||
		skip(&rest, SLICE("sender notify: ")) ||
		skip(&rest, SLICE("postmaster notify: "));
}

bool
sendmail_line_read(const struct frame *frame, struct told *out)
{
	struct slice text = frame->text;

	*out = (struct told){0};
	out->id = id_at(text);
	text = slice_sub(text, out->id.len, text.len);
	if (out->id.len == 0 || !skip(&text, SLICE(": ")))
		return false;
	if (skip(&text, SLICE("from=")))
		return read_arrival(text, out);
	if (skip(&text, SLICE("to=")))
		return read_delivery(text, out);
	if (skip(&text, SLICE("alias ")) || skip(&text, SLICE("forward ")))
		return read_expansion(text, out);
	return read_other(text, out);
}
