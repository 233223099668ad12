/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A queue file is a row of records: a letter for the type, a length in groups
 * of seven bits, the least first, and the bytes (in Postfix's source, the
 * modules record and rec_type of its library "global"). The envelope comes
 * first; between the records M and X is the message, a line a record; after X
 * what was found in it. Where a milter or cleanup changed something, a record
 * p tells where in the file to go on.
 *
 * Only a record's type says what it is: its bytes are the sender's, who may
 * write into them whatever a listing of the file would show.
 */
#include "mta/queue_file.h"

#include "mail/envelope.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define RECORD_BYTES_MAX (16UL * 1024 * 1024)
#define HEADER_BYTES_MAX (8UL * 1024 * 1024)
/* Each change is one; a circle is many. */
#define JUMPS_MAX 10000
#define LENGTH_SHIFT 7
#define LENGTH_SHIFT_MAX 28

enum record_type {
	RECORD_SENDER = 'S',
	RECORD_RECIPIENT = 'R',
	RECORD_ATTRIBUTE = 'A',
	RECORD_ORCPT = 'o', /* DSN's, of the recipient that comes next */
	RECORD_POINTER = 'p',
	RECORD_MESSAGE = 'M',
	RECORD_EXTRACTED = 'X',
	RECORD_LINE = 'N',
	RECORD_PART = 'L', /* of a line; before the message another thing */
	RECORD_END = 'E'
};

enum place {
	PLACE_ENVELOPE,
	PLACE_HEADER,
	PLACE_BODY
};

struct reading {
	FILE *in;
	struct buf record;
	enum place place;
	bool in_line; /* the record before was a part of the same line */
	bool left_out; /* a field that only the envelope may have */
	unsigned jumps;
	struct buf envelope, message;
	struct buf orcpt, client, user;
};

bool
queue_file_is(const char *path)
{
	unsigned char head[10];
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t got;

	if (fd < 0)
		return false;
	got = read(fd, head, sizeof(head));
	close(fd);
	if (got != (ssize_t)sizeof(head) || head[0] != 'C')
		return false;
	for (size_t i = 2; i < sizeof(head); i++) {
		if (head[i] != ' ' && (head[i] < '0' || head[i] > '9'))
			return false;
	}
	return true;
}

static bool
fail(struct err *err, const char *why)
{
	return err_set(err, ERR_INVALID, "the queue file is damaged: %s", why);
}

static bool
read_length(FILE *in, size_t *len, struct err *err)
{
	int c;

	*len = 0;
	for (int shift = 0; shift <= LENGTH_SHIFT_MAX; shift += LENGTH_SHIFT) {
		c = getc(in);
		if (c == EOF)
			return fail(err, "it ends within a record");
		*len |= (size_t)(c & 0x7F) << shift;
		if ((c & 0x80) == 0)
			return true;
	}
	return fail(err, "a record is too long");
}

/* The type of the next record, its bytes in r->record; EOF at the end, or
 * with err. */
static int
read_record(struct reading *r, struct err *err)
{
	char block[4096];
	size_t len, part;
	int type = getc(r->in);

	buf_reset(&r->record);
	if (type == EOF || !read_length(r->in, &len, err))
		return EOF;
	if (len > RECORD_BYTES_MAX) {
		(void)fail(err, "a record is too long");
		return EOF;
	}
	while (len > 0) {
		part = fread(block, 1,
			len < sizeof(block) ? len : sizeof(block), r->in);
		if (part == 0) {
			(void)fail(err, "it ends within a record");
			return EOF;
		}
		buf_add(&r->record, (struct slice){block, part});
		len -= part;
	}
	return type;
}

/* "before", the value and "after": whatever it is, it stays in its line. */
static void
add_value(struct buf *out, const char *before, const struct buf *value,
	const char *after)
{
	buf_puts(out, before);
	for (size_t i = 0; i < value->len; i++) {
		char c = value->p[i];

		buf_add_byte(
			out, c == '\n' || c == '\r' || c == '\0' ? ' ' : c);
	}
	buf_puts(out, after);
}

static void
add_recipient(struct reading *r)
{
	add_value(&r->envelope, ENVELOPE_TO ": <", &r->record, ">");
	if (r->orcpt.len > 0)
		add_value(&r->envelope, " ORCPT=", &r->orcpt, "");
	buf_add_byte(&r->envelope, '\n');
	buf_reset(&r->orcpt);
}

static bool
value_of(struct slice record, const char *name, struct slice *value)
{
	size_t len = strlen(name);

	if (record.len < len || memcmp(record.p, name, len) != 0)
		return false;
	*value = slice_sub(record, len, record.len);
	return true;
}

static void
take_attribute(struct reading *r)
{
	struct slice record = buf_slice(&r->record), value;

	if (value_of(record, "dsn_orig_rcpt=", &value)) {
		buf_reset(&r->orcpt);
		buf_add(&r->orcpt, value);
	} else if (value_of(record, "client_address=", &value)) {
		buf_reset(&r->client);
		buf_add(&r->client, value);
	} else if (value_of(record, "sasl_username=", &value)) {
		buf_reset(&r->user);
		buf_add(&r->user, value);
	}
}

static bool
is_folded(const struct buf *line)
{
	return line->len > 0 && (line->p[0] == ' ' || line->p[0] == '\t');
}

/* In a file of mail such fields are the envelope; here a sender wrote one. */
static bool
is_envelope(const struct buf *line)
{
	return slice_starts_fold(buf_slice(line), SLICE("X-Envelope-"));
}

static void
take_text(struct reading *r, int type)
{
	if (r->place != PLACE_HEADER)
		return;
	if (!r->in_line && type == RECORD_LINE && r->record.len == 0) {
		r->place = PLACE_BODY;
		return;
	}
	if (!r->in_line && !is_folded(&r->record))
		r->left_out = is_envelope(&r->record);
	if (!r->left_out && r->message.len + r->record.len < HEADER_BYTES_MAX) {
		buf_add(&r->message, buf_slice(&r->record));
		if (type == RECORD_LINE)
			buf_add_byte(&r->message, '\n');
	}
	r->in_line = type == RECORD_PART;
}

/* "0" stands where a jump may come to be written. */
static bool
take_pointer(struct reading *r, struct err *err)
{
	long long to =
		strtoll(r->record.p != NULL ? r->record.p : "0", NULL, 10);

	if (to <= 0)
		return true;
	if (++r->jumps > JUMPS_MAX || fseeko(r->in, (off_t)to, SEEK_SET) != 0)
		return fail(err, "it goes in circles");
	return true;
}

static bool
take_record(struct reading *r, int type, struct err *err)
{
	switch (type) {
	case RECORD_SENDER:
		add_value(&r->envelope, ENVELOPE_FROM ": <", &r->record, ">\n");
		break;
	case RECORD_RECIPIENT:
		add_recipient(r);
		break;
	case RECORD_ATTRIBUTE:
		take_attribute(r);
		break;
	case RECORD_ORCPT:
		buf_reset(&r->orcpt);
		buf_add(&r->orcpt, buf_slice(&r->record));
		break;
	case RECORD_MESSAGE:
		r->place = PLACE_HEADER;
		break;
	case RECORD_EXTRACTED:
		r->place = PLACE_ENVELOPE;
		break;
	case RECORD_POINTER:
		return take_pointer(r, err);
	case RECORD_LINE:
	case RECORD_PART:
		take_text(r, type);
		break;
	default:
		break;
	}
	return true;
}

static bool
read_records(struct reading *r, struct err *err)
{
	int type;

	while ((type = read_record(r, err)) != EOF && type != RECORD_END) {
		if (!take_record(r, type, err))
			return false;
	}
	if (type == EOF && err->code == ERR_NONE)
		return fail(err, "it has no end");
	return type == RECORD_END;
}

static bool
write_header(const struct reading *r, struct buf *header, struct err *err)
{
	if (r->message.len == 0)
		return true;
	buf_add(header, buf_slice(&r->envelope));
	if (r->user.len > 0)
		add_value(header, ENVELOPE_USER ": ", &r->user, "\n");
	add_value(header, ENVELOPE_CLIENT ": ", &r->client,
		r->client.len > 0 ? "\n" : "none\n");
	buf_add(header, buf_slice(&r->message));
	return (buf_ok(header) && buf_ok(&r->envelope) &&
		       buf_ok(&r->message)) ||
		err_set(err, ERR_MEMORY, "out of memory");
}

bool
queue_file_read(const char *path, struct buf *header, struct err *err)
{
	struct reading r = {.in = fopen(path, "re")};
	bool good;

	*err = (struct err){0};
	if (r.in == NULL)
		return err_system(err, "%s: cannot open", path);
	good = read_records(&r, err) && write_header(&r, header, err);
	(void)fclose(r.in);
	buf_fini(&r.record);
	buf_fini(&r.envelope);
	buf_fini(&r.message);
	buf_fini(&r.orcpt);
	buf_fini(&r.client);
	buf_fini(&r.user);
	return good ? true : err_wrap(err, "%s", path);
}
