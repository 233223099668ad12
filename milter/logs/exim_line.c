/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Reading Exim's lines: "ID <= sender H=name [ip] P=esmtp S=370 id=M" and "ID
 * => recipient <as given> R=router T=transport H=name [ip] C="250 ok"".
 * Addresses may be quoted strings, which are taken whole.
 */
#include "logs/exim_line.h"

#define ID_OLD_BYTES 16 /* "1xWdxZ-00001C-0j" */
#define ID_NEW_BYTES 23 /* since 4.97: "1rQ3xY-00000000abc-0Xyz" */
#define DATE_BYTES 19

static bool
is_word_byte(char c)
{
	return (c >= '0' && c <= '9') ||
		((c | 0x20) >= 'a' && (c | 0x20) <= 'z');
}

/* "6-6-2" or "6-11-4", of letters and digits. */
static bool
is_id_of(struct slice text, size_t len, size_t second)
{
	if (text.len < len)
		return false;
	for (size_t i = 0; i < len; i++) {
		if (i == 6 || i == second ? text.p[i] != '-'
					  : !is_word_byte(text.p[i]))
			return false;
	}
	return text.len == len || !is_word_byte(text.p[len]);
}

static size_t
id_bytes(struct slice text)
{
	if (is_id_of(text, ID_OLD_BYTES, 13))
		return ID_OLD_BYTES;
	return is_id_of(text, ID_NEW_BYTES, 18) ? ID_NEW_BYTES : 0;
}

/* Up to the next blank outside of quotes; cuts both off. */
static bool
take_word(struct slice *rest, struct slice *word)
{
	bool quoted = false;
	size_t i = 0;

	if (rest->len == 0)
		return false;
	for (; i < rest->len && (quoted || rest->p[i] != ' '); i++) {
		if (rest->p[i] == '\\' && quoted) {
			i++;
		} else if (rest->p[i] == '"') {
			quoted = !quoted;
		}
	}
	*word = slice_sub(*rest, 0, i);
	*rest = slice_sub(*rest, i + 1, rest->len);
	return true;
}

static bool
skip(struct slice *text, struct slice prefix)
{
	if (text->len < prefix.len ||
		memcmp(text->p, prefix.p, prefix.len) != 0)
		return false;
	*text = slice_sub(*text, prefix.len, text->len);
	return true;
}

/* "[203.0.113.10]", "[2001:db8::1]:25" */
static struct slice
in_brackets(struct slice word)
{
	size_t close = slice_find_byte(word, ']', 0);

	if (close == SLICE_NONE)
		return (struct slice){0};
	return slice_sub(word, 1, close);
}

/*
 * "H=name (helo) [ip]", of which name is the first word: only a name outside
 * of parentheses was checked. What follows is read up to the address.
 */
static void
take_host(struct slice *rest, struct slice first, struct slice *name,
	struct slice *ip)
{
	struct slice word = first;

	*name = first.len > 0 && first.p[0] != '(' && first.p[0] != '['
		? first
		: SLICE("");
	while (word.len > 0 && word.p[0] != '[') {
		if (!take_word(rest, &word))
			return;
	}
	*ip = in_brackets(word);
}

/* What follows "A=" is "authenticator:login", if it has one. */
static struct slice
login_of(struct slice value)
{
	size_t colon = slice_find_byte(value, ':', 0);

	return colon == SLICE_NONE ? value
				   : slice_sub(value, colon + 1, value.len);
}

static bool
read_arrival(struct slice rest, struct told *out)
{
	struct slice word;

	out->kind = TOLD_ARRIVAL;
	if (!take_word(&rest, &out->sender))
		return false;
	if (slice_equal(out->sender, SLICE("<>")))
		out->sender = SLICE("");
	/* The subject is the sender's, and so is all that follows it. */
	while (take_word(&rest, &word) && !skip(&word, SLICE("T=\""))) {
		if (skip(&word, SLICE("H="))) {
			take_host(&rest, word, &out->client, &out->client_ip);
		} else if (skip(&word, SLICE("A="))) {
			out->login = login_of(word);
		} else if (skip(&word, SLICE("P=local"))) {
			out->pickup = true;
		} else if (skip(&word, SLICE("R="))) {
			out->other = word;
		} else if (skip(&word, SLICE("id="))) {
			out->message_id = word;
			break;
		}
	}
	return true;
}

/* "|command <dave@ours> R=userforward": the command has blanks. */
static bool
take_command(struct slice *rest, struct told *out)
{
	static const struct slice router = {"> R=", 4};
	size_t end = slice_find(*rest, router), open = end;

	if (end == SLICE_NONE)
		return false;
	while (open > 0 && rest->p[open] != '<')
		open--;
	if (open < 2)
		return false;
	out->command = slice_sub(*rest, 1, open - 1);
	out->recipient = slice_sub(*rest, open + 1, end);
	out->way = TOLD_COMMAND;
	*rest = slice_sub(*rest, end + 2, rest->len);
	return true;
}

/* "(nearest) <first>" behind a recipient that came of others. */
static void
take_parents(struct slice *rest, struct told *out)
{
	struct slice before = *rest, word;

	while (take_word(rest, &word) && word.len > 2) {
		char last = word.p[word.len - 1];

		if (word.p[0] == '(' && last == ')') {
			if (slice_is_absent(out->nearest))
				out->nearest = slice_sub(word, 1, word.len - 1);
		} else if (word.p[0] == '<' && last == '>') {
			out->original = slice_sub(word, 1, word.len - 1);
		} else {
			break;
		}
		before = *rest;
	}
	*rest = before;
	if (slice_equal_fold(out->original, out->recipient))
		out->original = out->nearest = (struct slice){0};
}

/* The queue id that another Exim, or a Postfix, gave it. */
static void
read_next(struct slice answer, struct told *out)
{
	static const struct slice exim = {" id=", 4},
				  postfix = {"queued as ", 10};
	size_t at = slice_find(answer, exim);

	if (at != SLICE_NONE) {
		struct slice id = slice_sub(answer, at + exim.len, answer.len);

		out->next = slice_sub(id, 0, id_bytes(id));
		return;
	}
	at = slice_find(answer, postfix);
	if (at != SLICE_NONE) {
		size_t end = at += postfix.len;

		while (end < answer.len && is_word_byte(answer.p[end]))
			end++;
		out->next = slice_sub(answer, at, end);
	}
}

/* R=, T=, H= and what the other side said. */
static void
read_where(struct slice rest, struct told *out)
{
	struct slice word, name, all = rest;
	bool host = false, transport = false;

	while (take_word(&rest, &word)) {
		if (skip(&word, SLICE("H="))) {
			size_t from = (size_t)(word.p - all.p);

			take_host(&rest, word, &name, &out->relay_ip);
			out->relay = slice_sub(
				all, from, (size_t)(rest.p - all.p) - 1);
			host = true;
		} else if (skip(&word, SLICE("T="))) {
			transport = true;
		} else if (skip(&word, SLICE("C="))) {
			read_next(word, out);
			break;
		} else if (word.len > 0 && word.p[word.len - 1] == ':') {
			break;
		}
	}
	/* One that waits before it has a transport goes out, perhaps. */
	out->way = !host && (transport || out->status == TOLD_SENT)
		? TOLD_MAILBOX
		: TOLD_OUT;
}

static bool
read_delivery(struct slice rest, struct told *out)
{
	out->kind = TOLD_DELIVERY;
	out->exim = true;
	if (rest.len > 0 && rest.p[0] == '|')
		return take_command(&rest, out);
	if (!take_word(&rest, &out->recipient) || out->recipient.len == 0)
		return false;
	if (out->recipient.p[out->recipient.len - 1] == ':')
		out->recipient.len--;
	take_parents(&rest, out);
	if (out->recipient.p[0] == '/' || out->recipient.p[0] == ':') {
		out->way = TOLD_FILE;
		out->recipient = out->original;
		out->original = (struct slice){0};
		return !slice_is_absent(out->recipient);
	}
	read_where(rest, out);
	return true;
}

/* "daemon started: .. listening for SMTP on [127.0.0.1]:25 [192.0.2.25]:25" */
static bool
read_daemon(struct slice text, struct told *out)
{
	static const struct slice words = {"listening for SMTP", 18};
	size_t at = slice_find(text, words);

	if (at == SLICE_NONE ||
		slice_find(text, SLICE(" daemon started: ")) == SLICE_NONE)
		return false;
	out->kind = TOLD_OWN_HOST;
	out->client_ip = slice_sub(text, at, text.len);
	return true;
}

/* Through syslog each line has Exim's own stamp, too. */
static struct slice
skip_stamp(struct slice text)
{
	struct slice rest = text, word;

	if (text.len < DATE_BYTES || text.p[4] != '-' || text.p[7] != '-' ||
		text.p[10] != ' ' || text.p[13] != ':')
		return text;
	(void)take_word(&rest, &word);
	(void)take_word(&rest, &word);
	if (rest.len > 5 && (rest.p[0] == '+' || rest.p[0] == '-') &&
		rest.p[5] == ' ')
		(void)take_word(&rest, &word);
	return rest;
}

static const struct {
	struct slice mark;
	enum told_status status;
} marks[] = {
	{{"=> ", 3}, TOLD_SENT},
	{{"-> ", 3}, TOLD_SENT},
	{{">> ", 3}, TOLD_SENT},
	{{"== ", 3}, TOLD_DEFERRED},
	{{"** ", 3}, TOLD_BOUNCED},
};

bool
exim_line_read(const struct frame *frame, struct told *out)
{
	struct slice text = skip_stamp(frame->text), pid;
	size_t len;

	*out = (struct told){0};
	if (text.len > 0 && text.p[0] == '[')
		(void)take_word(&text, &pid);
	len = id_bytes(text);
	if (len == 0)
		return read_daemon(text, out);
	out->id = slice_sub(text, 0, len);
	text = slice_sub(text, len + 1, text.len);
	if (skip(&text, SLICE("<= ")))
		return read_arrival(text, out);
	if (slice_equal(slice_sub(text, 0, 9), SLICE("Completed"))) {
		out->kind = TOLD_REMOVED;
		return true;
	}
	for (size_t i = 0; i < sizeof(marks) / sizeof(*marks); i++) {
		out->status = marks[i].status;
		if (skip(&text, marks[i].mark))
			return read_delivery(text, out);
	}
	return false;
}
