/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Lines of `journalctl -o json`: one object, of which few members matter.
 * Read by hand, for there are millions; a member that is no UTF-8 comes as an
 * array of its bytes, one that is too long as null (without --all).
 */
#include "logs/frame.h"

#define MEMBERS_MAX 512 /* of one object */
/* User ids of people; above are those that systemd lends to services. */
#define PERSON_FIRST 1000U
#define PERSON_LAST 60000U

struct reader {
	const char *p, *end;
};

static void
skip_blanks(struct reader *r)
{
	while (r->p < r->end &&
		(*r->p == ' ' || *r->p == '\t' || *r->p == '\r'))
		r->p++;
}

static bool
take(struct reader *r, char byte)
{
	skip_blanks(r);
	if (r->p >= r->end || *r->p != byte)
		return false;
	r->p++;
	return true;
}

static int
hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Four of them; UTF-8 of what they mean. Halves of surrogate pairs become
 * three bytes each: nothing here compares such text. */
static size_t
put_unicode(struct reader *r, char *to)
{
	unsigned code = 0;

	for (int i = 0; i < 4; i++, r->p++) {
		int digit = r->p < r->end ? hex_digit(*r->p) : -1;

		if (digit < 0)
			return 0;
		code = code << 4 | (unsigned)digit;
	}
	if (code < 0x80) {
		to[0] = (char)code;
		return 1;
	}
	if (code < 0x800) {
		to[0] = (char)(0xc0 | code >> 6);
		to[1] = (char)(0x80 | (code & 0x3f));
		return 2;
	}
	to[0] = (char)(0xe0 | code >> 12);
	to[1] = (char)(0x80 | (code >> 6 & 0x3f));
	to[2] = (char)(0x80 | (code & 0x3f));
	return 3;
}

static size_t
put_escape(struct reader *r, char *to)
{
	static const char from[] = "nrtbf", means[] = "\n\r\t\b\f";
	char c = *r->p++;

	if (c == 'u')
		return put_unicode(r, to);
	*to = c;
	for (size_t i = 0; i < sizeof(from) - 1; i++) {
		if (c == from[i])
			*to = means[i];
	}
	return 1;
}

/* A string; what does not fit is left out. room NULL: nobody wants it. */
static bool
read_string(struct reader *r, char *room, size_t size, struct slice *out)
{
	size_t len = 0;

	if (!take(r, '"'))
		return false;
	while (r->p < r->end && *r->p != '"') {
		char bytes[4];
		size_t count = 1;

		bytes[0] = *r->p++;
		if (bytes[0] == '\\') {
			if (r->p >= r->end)
				return false;
			count = put_escape(r, bytes);
		}
		if (room != NULL && len + count <= size) {
			memcpy(room + len, bytes, count);
			len += count;
		}
	}
	if (out != NULL)
		*out = (struct slice){room, len};
	return take(r, '"');
}

static bool
read_bytes(struct reader *r, char *room, size_t size, struct slice *out)
{
	size_t len = 0;

	if (!take(r, '['))
		return false;
	while (!take(r, ']')) {
		unsigned byte = 0;

		skip_blanks(r);
		if (r->p >= r->end || *r->p < '0' || *r->p > '9')
			return false;
		while (r->p < r->end && *r->p >= '0' && *r->p <= '9')
			byte = (byte * 10 + (unsigned)(*r->p++ - '0')) & 0xff;
		if (len < size)
			room[len++] = (char)byte;
		(void)take(r, ',');
	}
	*out = (struct slice){room, len};
	return true;
}

/* null, true, a number. */
static void
skip_word(struct reader *r)
{
	while (r->p < r->end && *r->p != ',' && *r->p != '}')
		r->p++;
}

static bool
read_value(struct reader *r, char *room, size_t size, struct slice *out)
{
	skip_blanks(r);
	if (r->p < r->end && *r->p == '"')
		return read_string(r, room, size, out);
	if (r->p < r->end && *r->p == '[' && room != NULL)
		return read_bytes(r, room, size, out);
	if (r->p < r->end && *r->p == '[') {
		while (r->p < r->end && *r->p != ']')
			r->p++;
		return take(r, ']');
	}
	skip_word(r);
	return true;
}

static void
take_number(struct slice digits, uint64_t *value)
{
	if (!slice_to_u64(digits, value))
		*value = 0;
}

static bool
read_member(struct frames *frames, struct reader *r, struct frame *out)
{
	char name[32], digits[24];
	struct slice key = {0}, value = {0};
	uint64_t n;

	if (!read_string(r, name, sizeof(name), &key) || !take(r, ':'))
		return false;
	if (slice_equal(key, SLICE("MESSAGE")))
		return read_value(
			r, frames->text, sizeof(frames->text), &out->text);
	if (slice_equal(key, SLICE("SYSLOG_IDENTIFIER")))
		return read_value(r, frames->program, sizeof(frames->program),
			&out->program);
	if (slice_equal(key, SLICE("_HOSTNAME")))
		return read_value(
			r, frames->host, sizeof(frames->host), &out->host);
	if (slice_equal(key, SLICE("SYSLOG_PID")) ||
		(slice_equal(key, SLICE("_PID")) && out->pid == 0)) {
		if (!read_value(r, digits, sizeof(digits), &value))
			return false;
		take_number(value, &n);
		out->pid = (uint32_t)n;
		return true;
	}
	if (slice_equal(key, SLICE("_UID"))) {
		if (!read_value(r, digits, sizeof(digits), &value))
			return false;
		take_number(value, &n);
		out->of_person = n >= PERSON_FIRST && n <= PERSON_LAST;
		return true;
	}
	if (slice_equal(key, SLICE("__REALTIME_TIMESTAMP"))) {
		if (!read_value(r, digits, sizeof(digits), &value))
			return false;
		take_number(value, &n);
		out->at_ms = (int64_t)(n / 1000 & INT64_MAX);
		return true;
	}
	return read_value(r, NULL, 0, NULL);
}

bool
frame_json_read(struct frames *frames, struct slice line, struct frame *out)
{
	struct reader r = {line.p, line.p + line.len};

	out->host = SLICE("");
	if (!take(&r, '{'))
		return false;
	for (int i = 0; i < MEMBERS_MAX && !take(&r, '}'); i++) {
		if (!read_member(frames, &r, out))
			return false;
		(void)take(&r, ',');
	}
	return out->at_ms != 0 && !slice_is_absent(out->program) &&
		!slice_is_absent(out->text);
}
