/* SPDX-License-Identifier: BSD-2-Clause */
/* Reading the frames of lines. */
#include "logs/frame.h"

#define PID_DIGITS_MAX 9

static bool
next_word(struct slice *rest, struct slice *word)
{
	while (rest->len > 0 && rest->p[0] == ' ')
		*rest = slice_sub(*rest, 1, rest->len);
	return rest->len > 0 && slice_next(rest, ' ', word);
}

static uint32_t
number(struct slice digits)
{
	uint32_t value = 0;

	if (digits.len > PID_DIGITS_MAX)
		return 0;
	for (size_t i = 0; i < digits.len; i++) {
		if (digits.p[i] < '0' || digits.p[i] > '9')
			return 0;
		value = value * 10 + (uint32_t)(digits.p[i] - '0');
	}
	return value;
}

static size_t
word_bytes(struct slice text)
{
	size_t space = slice_find_byte(text, ' ', 0);

	return space != SLICE_NONE ? space : text.len;
}

/* "[ID 197553 mail.info] text": illumos and Solaris number what they log. */
static struct slice
skip_number(struct slice text)
{
	size_t end = slice_starts_fold(text, SLICE("[ID "))
		? slice_find(text, SLICE("] "))
		: SLICE_NONE;

	return end != SLICE_NONE ? slice_sub(text, end + 2, text.len) : text;
}

/* "mail.info postfix/smtpd[211]: text": busybox writes where it came from. */
static struct slice
skip_facility(struct slice rest)
{
	static const struct slice mail = {"mail.", 5};
	size_t end = word_bytes(rest);

	if (!slice_starts_fold(rest, mail) || rest.p[end - 1] == ':')
		return rest;
	return slice_sub(rest, end + 1, rest.len);
}

/* "postfix/smtpd[211]: text", "exim: text". */
static bool
read_tag(struct slice rest, struct frame *out)
{
	struct slice tag;
	size_t end;

	rest = skip_facility(rest);
	end = word_bytes(rest);
	if (end < 2 || rest.p[end - 1] != ':')
		return false;
	tag = slice_sub(rest, 0, end - 1);
	out->text = skip_number(slice_sub(rest, end + 1, rest.len));
	out->program = tag;
	if (tag.p[tag.len - 1] == ']') {
		size_t open = slice_find_byte(tag, '[', 0);

		if (open == SLICE_NONE)
			return false;
		out->program = slice_sub(tag, 0, open);
		out->pid = number(slice_sub(tag, open + 1, tag.len - 1));
	}
	return true;
}

static bool
is_repeated(struct slice text)
{
	static const struct slice last = {"last message ", 13},
				  message = {"message ", 8};

	return (slice_starts_fold(text, last) ||
		       slice_starts_fold(text, message)) &&
		slice_find(text, SLICE("repeated ")) < 32;
}

/* "mx postfix/smtpd[211]: text"; before it FreeBSD can be asked to write
 * "<mail.info>", and some write parts of a second. */
static enum frame_result
read_host_and_tag(struct slice rest, struct frame *out)
{
	struct slice whole;

	if (rest.len > 0 && rest.p[0] == '.')
		rest = slice_sub(rest, word_bytes(rest), rest.len);
	if (rest.len > 1 && rest.p[0] == ' ' && rest.p[1] == '<')
		rest = slice_sub(rest,
			word_bytes(slice_sub(rest, 1, rest.len)) + 1, rest.len);
	whole = slice_trim(rest);
	if (!next_word(&rest, &out->host))
		return FRAME_NONE;
	/* Dovecot's own file names no host. */
	if (out->host.p[out->host.len - 1] == ':' && out->host.len > 1) {
		out->host = SLICE("");
		out->program = SLICE("dovecot");
		out->text = whole;
		return FRAME_READ;
	}
	if (read_tag(rest, out))
		return is_repeated(out->text) ? FRAME_REPEATED : FRAME_READ;
	return is_repeated(rest) ? FRAME_REPEATED : FRAME_NONE;
}

/* How long the element in brackets is: in its quotes all is escaped. */
static size_t
element_bytes(struct slice text)
{
	bool quoted = false;

	for (size_t i = 1; i < text.len; i++) {
		if (text.p[i] == '\\') {
			i++;
		} else if (text.p[i] == '"') {
			quoted = !quoted;
		} else if (text.p[i] == ']' && !quoted) {
			return i + 1;
		}
	}
	return text.len;
}

static struct slice
skip_structured(struct slice rest)
{
	if (rest.len > 0 && rest.p[0] == '-')
		return slice_sub(rest, 2, rest.len);
	while (rest.len > 0 && rest.p[0] == '[')
		rest = slice_sub(rest, element_bytes(rest), rest.len);
	return slice_sub(rest, 1, rest.len);
}

/* "1 STAMP HOST APP-NAME PROCID MSGID SD MSG", RFC 5424 section 6. */
static enum frame_result
read_rfc5424(struct frames *frames, struct slice rest, struct frame *out)
{
	struct slice stamp, pid, msgid;

	if (!next_word(&rest, &stamp) ||
		!stamp_rfc3339(&frames->stamps, stamp, &out->at_ms) ||
		!next_word(&rest, &out->host) ||
		!next_word(&rest, &out->program) || !next_word(&rest, &pid) ||
		!next_word(&rest, &msgid))
		return FRAME_NONE;
	out->pid = number(pid);
	rest = skip_structured(rest);
	if (rest.len >= 3 && memcmp(rest.p, "\xef\xbb\xbf", 3) == 0)
		rest = slice_sub(rest, 3, rest.len);
	while (rest.len > 0 && rest.p[0] == ' ')
		rest = slice_sub(rest, 1, rest.len);
	out->text = rest;
	return is_repeated(rest) ? FRAME_REPEATED : FRAME_READ;
}

/* A line of Exim's own file has no more than a stamp. */
static enum frame_result
read_exim(struct frames *frames, struct slice line, struct frame *out)
{
	size_t len;

	if (!stamp_exim(&frames->stamps, line, &out->at_ms, &len))
		return FRAME_NONE;
	out->program = SLICE("exim");
	out->host = SLICE("");
	out->text = slice_sub(line, len + 1, line.len);
	return FRAME_READ;
}

static enum frame_result
read_dated(struct frames *frames, struct slice line, struct frame *out)
{
	struct slice rest = line, stamp;

	if (line.len > 10 && line.p[10] == ' ')
		return read_exim(frames, line, out);
	if (!next_word(&rest, &stamp) ||
		!stamp_rfc3339(&frames->stamps, stamp, &out->at_ms))
		return FRAME_NONE;
	return read_host_and_tag(rest, out);
}

/* The priority that syslog sends before a line, and some write. */
static bool
skip_priority(struct slice *line)
{
	size_t end = slice_find_byte(slice_sub(*line, 0, 5), '>', 0);

	if (end == SLICE_NONE || end < 2)
		return false;
	*line = slice_sub(*line, end + 1, line->len);
	return true;
}

enum frame_result
frame_read(struct frames *frames, struct slice line, struct frame *out)
{
	*out = (struct frame){0};
	if (line.len > 0 && line.p[line.len - 1] == '\r')
		line.len--;
	if (line.len > 0 && line.p[0] == '{')
		return frame_json_read(frames, line, out) ? FRAME_READ
							  : FRAME_NONE;
	if (line.len > 0 && line.p[0] == '<')
		(void)skip_priority(&line);
	if (slice_starts_fold(line, SLICE("1 ")))
		return read_rfc5424(frames, slice_sub(line, 2, line.len), out);
	if (line.len > 0 && line.p[0] >= '0' && line.p[0] <= '9')
		return read_dated(frames, line, out);
	if (!stamp_traditional(&frames->stamps, line, &out->at_ms))
		return FRAME_NONE;
	return read_host_and_tag(
		slice_sub(line, STAMP_TRADITIONAL_BYTES, line.len), out);
}
