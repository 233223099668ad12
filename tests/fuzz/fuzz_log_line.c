/* SPDX-License-Identifier: BSD-2-Clause */
/* A line of a log, its frame and what each reader makes of it: all that is
 * told lies within what was read. */
#include "fuzz.h"

#include "logs/dovecot_line.h"
#include "logs/exim_line.h"
#include "logs/postfix_line.h"
#include "logs/sendmail_line.h"

#define WRITTEN_MS INT64_C(1767272400000)

static void
check_within(struct slice whole, struct slice part)
{
	if (part.len > 0) {
		FUZZ_ASSERT(part.p >= whole.p &&
			part.p + part.len <= whole.p + whole.len);
	}
}

static void
check_told(struct slice text, const struct told *told)
{
	const struct slice parts[] = {told->id, told->other, told->sender,
		told->recipient, told->original, told->nearest, told->mailbox,
		told->relay, told->relay_ip, told->client, told->client_ip,
		told->login, told->message_id, told->command, told->next,
		told->others};

	for (size_t i = 0; i < sizeof(parts) / sizeof(*parts); i++)
		check_within(text, parts[i]);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static bool (*const readers[])(const struct frame *, struct told *) = {
		postfix_line_read, dovecot_line_read, exim_line_read,
		sendmail_line_read};
	static struct frames frames;
	struct slice line = fuzz_slice(data, size);
	struct frame frame = {.program = SLICE("postfix/smtp"), .text = line};
	struct told told;

	for (size_t i = 0; i < sizeof(readers) / sizeof(*readers); i++) {
		if (!readers[i](&frame, &told))
			continue;
		do {
			check_told(line, &told);
		} while (sendmail_line_next(&told));
	}
	stamp_begin(&frames.stamps, WRITTEN_MS, 0);
	if (frame_read(&frames, line, &frame) == FRAME_READ && size > 0 &&
		data[0] != '{')
		check_within(line, frame.text);
	return 0;
}
