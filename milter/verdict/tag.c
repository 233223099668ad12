/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The X-Forwarden field. Its words are our own but three: host, mailbox and
 * policy names. Those are written as a dot-atom where they are one, and else
 * as a quoted string of printable ASCII in which every other byte is %HH, so
 * that no sender can end a line, a string or a parameter.
 */
#include "verdict/tag.h"

#include "base/codec.h"
#include "forward/evidence.h"

#include <stdio.h>
#include <string.h>

#define LINE_BYTES 78
#define NAME_BYTES 13 /* "X-Forwarden: " */
#define TAB_COLUMNS 8
#define VALUE_BYTES_MAX 320
#define POLICIES_MAX 5

struct line {
	struct buf *out;
	size_t column;
};

/* One part with its separator; on a new line if it does not fit. */
static void
line_add(struct line *line, struct slice part)
{
	bool first = line->column == NAME_BYTES;

	if (!first) {
		buf_add_byte(line->out, ';');
		line->column++;
		if (line->column + 2 + part.len > LINE_BYTES) {
			buf_puts(line->out, "\n\t");
			line->column = TAB_COLUMNS;
		} else {
			buf_add_byte(line->out, ' ');
			line->column++;
		}
	}
	buf_add(line->out, part);
	line->column += part.len;
}

/* Goes on with a list; folds after its comma if the word does not fit. */
static void
line_join(struct line *line, struct slice comma, struct slice word)
{
	buf_add(line->out, comma);
	line->column += comma.len;
	if (comma.len > 0 && line->column + word.len + 1 > LINE_BYTES) {
		buf_puts(line->out, "\n\t");
		line->column = TAB_COLUMNS;
	}
	buf_add(line->out, word);
	line->column += word.len;
}

/* A token may go into a parameter without quotes: RFC 2045 section 5.1,
 * and '@', which readers of Authentication-Results take, too. */
static bool
is_token_byte(unsigned char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
		(c >= '0' && c <= '9') ||
		(c != '\0' && strchr("@.-_+=~/!#$&'*^`{|}", c) != NULL);
}

static bool
is_token(struct slice s)
{
	for (size_t i = 0; i < s.len; i++) {
		if (!is_token_byte((unsigned char)s.p[i]))
			return false;
	}
	return s.len > 0;
}

static void
add_value(struct buf *out, struct slice value)
{
	bool token = is_token(value);

	value = slice_sub(value, 0, VALUE_BYTES_MAX);
	if (!token)
		buf_add_byte(out, '"');
	for (size_t i = 0; i < value.len; i++) {
		unsigned char c = (unsigned char)value.p[i];

		if (c < 0x20 || c > 0x7e || c == '"' || c == '\\' || c == '%' ||
			c == ';') {
			codec_add_escape(out, '%', (char)c);
		} else {
			buf_add_byte(out, (char)c);
		}
	}
	if (!token)
		buf_add_byte(out, '"');
}

static void
add_parameter(struct line *line, const char *name, struct slice value)
{
	struct buf part = {0};

	buf_printf(&part, "%s=", name);
	add_value(&part, value);
	if (buf_ok(&part))
		line_add(line, buf_slice(&part));
	buf_fini(&part);
}

static void
add_evidence(struct line *line, const struct flow *flow)
{
	bool first = true;

	for (unsigned i = 0; i < EVIDENCE_COUNT; i++) {
		struct slice name =
			slice_of(evidence_row((enum evidence)i)->name);

		if ((flow->evidence & (UINT64_C(1) << i)) == 0)
			continue;
		if (first)
			line_add(line, SLICE("evidence="));
		line_join(line, first ? SLICE("") : SLICE(","), name);
		first = false;
	}
}

static void
add_flow(struct line *line, const struct flow *flow)
{
	char confidence[8];

	add_parameter(line, "kind", slice_of(evidence_kind_name(flow->kind)));
	if (flow->mailbox.text.len > 0)
		add_parameter(line, "mailbox", flow->mailbox.text);
	snprintf(confidence, sizeof(confidence), "%u", flow->confidence % 1000);
	add_parameter(line, "confidence", slice_of(confidence));
	add_evidence(line, flow);
}

static void
add_policies(struct line *line, const struct verdict *verdict)
{
	const struct matched *matched;
	size_t at = 0, count = 0;

	while (count++ < POLICIES_MAX &&
		(matched = verdict_next(verdict, &at)) != NULL)
		add_parameter(line, "policy", verdict_policy(matched->rule));
}

/* A message with one recipient outside is read there. */
static enum tag_form
form_of(const struct verdict *verdict)
{
	const struct message *message = verdict->message;

	return message == NULL || message->rcpt_external == 0
		? TAG_FORM_FULL
		: verdict->options->respond.outgoing;
}

bool
tag_is_due(const struct verdict *verdict, enum action action)
{
	return action_tags(action) && form_of(verdict) != TAG_FORM_NONE;
}

static void
add_story(struct line *line, const struct verdict *verdict, enum action action)
{
	add_parameter(line, "action", slice_of(action_name(action)));
	if (verdict->flow != NULL)
		add_flow(line, verdict->flow);
	add_policies(line, verdict);
}

void
tag_write(const struct verdict *verdict, enum action action, struct slice host,
	struct buf *out)
{
	struct line line = {out, NAME_BYTES};
	struct buf first = {0};

	add_value(&first, host.len > 0 ? host : SLICE("localhost"));
	if (buf_ok(&first))
		line_add(&line, buf_slice(&first));
	buf_fini(&first);
	if (form_of(verdict) == TAG_FORM_FULL)
		add_story(&line, verdict, action);
	if (verdict->id.len > 0)
		add_parameter(&line, "id", verdict->id);
}

bool
tag_find_id(struct slice value, struct slice *id)
{
	static const struct slice mark = SLICE("id=");

	/* A fold may stand before it as well as a space. */
	for (struct slice part; slice_next(&value, ';', &part);) {
		part = slice_trim(part);
		if (!slice_starts_fold(part, mark))
			continue;
		*id = slice_trim(slice_sub(part, mark.len, part.len));
		return id->len > 0;
	}
	return false;
}
