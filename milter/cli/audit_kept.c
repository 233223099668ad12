/* SPDX-License-Identifier: BSD-2-Clause */
/* Audits in files. */
#include "cli/audit_kept.h"

#include "base/atomic_file.h"
#include "base/date.h"
#include "base/file.h"
#include "base/json.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#define KEPT_BYTES_MAX ((size_t)512 << 20)
#define FORMAT_VERSION 1

static void
add_head(int64_t now_ms, struct buf *out)
{
	struct json *head = json_map();

	json_set_text(head, "forwarden", SLICE("audit"));
	json_set_number(head, "version", FORMAT_VERSION);
	json_set_time(head, "at", now_ms);
	(void)json_write(head, out);
	buf_add_byte(out, '\n');
	json_free(head);
}

static void
add_findings(struct ruleset *set, struct buf *out)
{
	size_t count, unread;
	const struct rule *rules = ruleset_rules(set, &count);

	for (size_t i = 0; i < count; i++) {
		struct json *map;

		if (rules[i].change == RULE_GONE)
			continue;
		map = rule_json(&rules[i]);
		(void)json_write(map, out);
		buf_add_byte(out, '\n');
		json_free(map);
	}
	(void)ruleset_unread(set, &unread);
	ruleset_write(set, count, 0, out);
}

bool
audit_kept_write(
	const char *path, struct ruleset *set, int64_t now_ms, struct err *err)
{
	struct atomic_file file;
	struct buf text = {0};
	bool done;

	add_head(now_ms, &text);
	add_findings(set, &text);
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
is_head(struct slice line, int64_t *at_ms)
{
	struct err err;
	struct json *head = json_parse(line, &err);
	bool is = slice_equal(json_text(head, "forwarden"), SLICE("audit")) &&
		json_number(head, "version") == FORMAT_VERSION;

	if (is && at_ms != NULL)
		(void)date_parse_stamp(json_text(head, "at"), at_ms);
	json_free(head);
	return is;
}

static bool
read_lines(struct slice text, struct ruleset *set, int64_t *at_ms,
	const char *path, struct err *err)
{
	unsigned number = 0;

	for (struct slice line; slice_next(&text, '\n', &line);) {
		number++;
		if (number == 1 && !is_head(line, at_ms)) {
			return err_set(err, ERR_INVALID,
				"%s:1: this is no audit; `forwarden audit "
				"--save FILE` writes one",
				path);
		}
		if (number > 1 && line.len > 0 &&
			!ruleset_read_line(set, line)) {
			return err_set(err, ERR_INVALID,
				"%s:%u: this is no finding of an audit; the "
				"file was changed or cut, save a new one",
				path, number);
		}
	}
	return number > 0 ||
		err_set(err, ERR_INVALID, "%s: the file is empty", path);
}

enum audit_kept
audit_kept_read(
	const char *path, struct ruleset **set, int64_t *at_ms, struct err *err)
{
	struct buf text = {0};
	bool done;

	*set = NULL;
	if (access(path, F_OK) != 0 && errno == ENOENT)
		return AUDIT_KEPT_ABSENT;
	*set = ruleset_new();
	if (*set == NULL) {
		(void)err_set(err, ERR_MEMORY, "out of memory");
		return AUDIT_KEPT_BROKEN;
	}
	done = file_read(path, KEPT_BYTES_MAX, &text, err)
		? read_lines(buf_slice(&text), *set, at_ms, path, err)
		: err_wrap(err, "%s", path);
	buf_fini(&text);
	if (!done) {
		ruleset_free(*set);
		*set = NULL;
	}
	return done ? AUDIT_KEPT : AUDIT_KEPT_BROKEN;
}
