/* SPDX-License-Identifier: BSD-2-Clause */
/* A head, then what each part of it writes of itself. */
#include "cli/follow_state.h"

#include "base/atomic_file.h"
#include "base/file.h"

#include <errno.h>
#include <unistd.h>

#define STATE_BYTES_MAX ((size_t)2048 << 20)
#define FORMAT_VERSION 1

static void
add_head(int64_t now_ms, struct buf *out)
{
	struct json *head = json_map();

	json_set_text(head, "forwarden", SLICE("scan"));
	json_set_number(head, "version", FORMAT_VERSION);
	json_set_time(head, "at", now_ms);
	(void)json_write(head, out);
	buf_add_byte(out, '\n');
	json_free(head);
}

bool
follow_state_write(struct follow_state *state, const char *path, int64_t now_ms,
	struct err *err)
{
	struct atomic_file file;
	struct buf text = {0};
	bool done;

	add_head(now_ms, &text);
	for (size_t i = 0; i < state->count; i++)
		follow_source_keep(state->sources[i], &text);
	follow_told_keep(state->told, &text);
	scan_keep(state->scan, &text);
	if (!buf_ok(&text)) {
		done = err_set(err, ERR_MEMORY, "%s: out of memory", path);
	} else if (!atomic_file_open(&file, path, err)) {
		done = false;
	} else {
		atomic_file_write(&file, text.p, text.len);
		done = atomic_file_commit(&file, NULL, err);
	}
	buf_fini(&text);
	return done;
}

static bool
is_head(const struct json *line)
{
	return slice_equal(json_text(line, "forwarden"), SLICE("scan")) &&
		json_number(line, "version") == FORMAT_VERSION;
}

static bool
restore_line(struct follow_state *state, const struct json *line,
	const char *const *logs, size_t count)
{
	if (json_find(line, "source") == NULL)
		return follow_told_restore(state->told, line) ||
			scan_restore(state->scan, line);
	/* One that is not followed any more is forgotten. */
	for (size_t i = 0; i < count; i++) {
		if (state->sources[i] == NULL &&
			follow_source_is(line, logs[i])) {
			state->sources[i] = follow_source_new(logs[i], line);
			return state->sources[i] != NULL;
		}
	}
	return true;
}

static bool
restore(struct follow_state *state, struct slice text, const char *path,
	const char *const *logs, size_t count, struct err *err)
{
	unsigned number = 0;
	bool good = true;

	for (struct slice line; good && slice_next(&text, '\n', &line);) {
		struct json *json;

		number++;
		if (line.len == 0)
			continue;
		json = json_parse(line, NULL);
		good = number == 1 ? is_head(json)
				   : restore_line(state, json, logs, count);
		json_free(json);
	}
	if (good && number > 0)
		return true;
	return err_set(err, ERR_INVALID,
		"%s:%u: that is no state of `forwarden scan --follow`", path,
		number);
}

static bool
make_rest(struct follow_state *state, const char *const *logs, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (state->sources[i] == NULL)
			state->sources[i] = follow_source_new(logs[i], NULL);
		if (state->sources[i] == NULL)
			return false;
	}
	state->count = count;
	return true;
}

bool
follow_state_read(struct follow_state *state, const char *path,
	const char *const *logs, size_t count, enum follow_state_result *result,
	struct err *err)
{
	struct buf text = {0};

	*result = FOLLOW_STATE_ABSENT;
	if (access(path, F_OK) == 0 || errno != ENOENT) {
		*result = file_read(path, STATE_BYTES_MAX, &text, err) &&
				restore(state, buf_slice(&text), path, logs,
					count, err)
			? FOLLOW_STATE_READ
			: FOLLOW_STATE_BROKEN;
		buf_fini(&text);
	}
	return make_rest(state, logs, count);
}
