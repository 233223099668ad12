/* SPDX-License-Identifier: BSD-2-Clause */
/* postqueue, postcat and postsuper, each with a limit of time. */
#include "mta/queue.h"

#include "base/json.h"
#include "base/process.h"

#include <stdio.h>
#include <string.h>

#define LIMIT_SECONDS 30U

static bool
run(const char *const argv[], struct buf *out)
{
	const struct process_job job = {argv, {0}, LIMIT_SECONDS};
	struct err err;

	return process_run(&job, out, &err);
}

static void
copy_text(char *out, size_t size, struct slice text)
{
	(void)snprintf(out, size, "%.*s", SLICE_ARG(text));
}

/* How many of the recipients end so; of one of them, why it waits. */
static size_t
count_recipients(
	const struct json *message, struct slice address, struct slice *reason)
{
	const struct json *list = json_find(message, "recipients");
	size_t count = 0;

	for (size_t i = 0; i < json_count(list); i++) {
		const struct json *row = json_at(list, i);
		bool ours = slice_ends_fold(json_text(row, "address"), address);
		if (ours || i == 0)
			*reason = json_text(row, "delay_reason");
		if (ours)
			count++;
	}
	return count;
}

/* Mail of somebody who wrote to such an address among others is his. */
static bool
is_probe(const struct json *message, struct slice address, struct slice *reason)
{
	struct slice sender = json_text(message, "sender");
	size_t count = count_recipients(message, address, reason);

	return slice_ends_fold(sender, address) ||
		(count > 0 &&
			(slice_equal(sender, SLICE("MAILER-DAEMON")) ||
				count ==
					json_count(json_find(
						message, "recipients"))));
}

static bool
find_in_line(struct slice line, const char *address, struct queued *out)
{
	struct json *message = json_parse(line, NULL);
	struct slice reason = {0};
	bool found = is_probe(message, slice_of(address), &reason);

	if (found) {
		copy_text(out->id, sizeof(out->id),
			json_text(message, "queue_id"));
		copy_text(out->queue, sizeof(out->queue),
			json_text(message, "queue_name"));
		copy_text(out->reason, sizeof(out->reason), reason);
	}
	json_free(message);
	return found;
}

bool
queue_find(const char *directory, const char *address, struct queued *out)
{
	const char *argv[] = {"postqueue", "-c", directory, "-j", NULL};
	struct buf text = {0};
	bool found = false;

	(void)run(argv, &text);
	struct slice rest = buf_slice(&text);
	for (struct slice line; !found && slice_next(&rest, '\n', &line);) {
		if (slice_find_fold(line, slice_of(address)) != SLICE_NONE)
			found = find_in_line(line, address, out);
	}
	buf_fini(&text);
	return found;
}

bool
queue_content_filter(const char *directory, const char *id, struct buf *out)
{
	const char *argv[] = {"postcat", "-c", directory, "-qe", id, NULL};
	const struct slice head = SLICE("content_filter: ");
	struct buf text = {0};
	bool found = false;

	(void)run(argv, &text);
	struct slice rest = buf_slice(&text);
	/* The last one counts. */
	for (struct slice line; slice_next(&rest, '\n', &line);) {
		if (!slice_starts_fold(line, head))
			continue;
		buf_reset(out);
		buf_add(out, slice_trim(slice_sub(line, head.len, line.len)));
		found = true;
	}
	buf_fini(&text);
	return found;
}

void
queue_text(const char *directory, const char *id, struct buf *out)
{
	const char *argv[] = {"postcat", "-c", directory, "-qhb", id, NULL};

	(void)run(argv, out);
}

void
queue_delete(const char *directory, const char *id)
{
	const char *argv[] = {"postsuper", "-c", directory, "-d", id, NULL};

	(void)run(argv, NULL);
}

void
queue_flush(const char *directory)
{
	const char *argv[] = {"postqueue", "-c", directory, "-f", NULL};

	(void)run(argv, NULL);
}
