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

static bool
is_for(const struct json *message, const char *recipient, struct slice *reason)
{
	const struct json *list = json_find(message, "recipients");

	for (size_t i = 0; i < json_count(list); i++) {
		const struct json *row = json_at(list, i);
		if (slice_ends_fold(
			    json_text(row, "address"), slice_of(recipient))) {
			*reason = json_text(row, "delay_reason");
			return true;
		}
	}
	return false;
}

static bool
find_in_line(struct slice line, const char *recipient, struct queued *out)
{
	struct json *message = json_parse(line, NULL);
	struct slice reason = {0};
	bool found = is_for(message, recipient, &reason) ||
		slice_ends_fold(
			json_text(message, "sender"), slice_of(recipient));

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
queue_find(const char *directory, const char *recipient, struct queued *out)
{
	const char *argv[] = {"postqueue", "-c", directory, "-j", NULL};
	struct buf text = {0};
	bool found = false;

	(void)run(argv, &text);
	struct slice rest = buf_slice(&text);
	for (struct slice line; !found && slice_next(&rest, '\n', &line);) {
		if (slice_find_fold(line, slice_of(recipient)) != SLICE_NONE)
			found = find_in_line(line, recipient, out);
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
