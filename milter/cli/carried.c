/* SPDX-License-Identifier: BSD-2-Clause */
/* The first and the last line of what is carried from store to store. */
#include "cli/carried.h"

#include "base/clock.h"
#include "base/json.h"
#include "store/redis/marker.h"

#include <stdio.h>

#define FORMAT 1
#define HEAD "records"

struct config *
carried_config(const char *file)
{
	struct diags *diags = diags_new();
	struct config *config = diags != NULL ? config_load(file, diags) : NULL;
	struct buf text = {0};

	if (config == NULL || diags_count(diags, DIAG_ERROR) > 0) {
		diags_print(diags, &text);
		(void)fputs(buf_slice(&text).p, stderr);
		buf_fini(&text);
		config_free(config);
		config = NULL;
	}
	diags_free(diags);
	return config;
}

static void
fingerprint(const struct config *config, char print[MARKER_PRINT_BYTES])
{
	marker_fingerprint(config->privacy_hash ? slice_of(config->privacy_key)
						: (struct slice){NULL, 0},
		print);
}

static bool
write_line_take(struct json *json, struct buf *out)
{
	bool ok = json_write(json, out);

	json_free(json);
	buf_add_byte(out, '\n');
	return ok && buf_ok(out);
}

bool
carried_begin(const struct config *config, struct buf *out)
{
	char print[MARKER_PRINT_BYTES];
	struct json *json = json_map();

	fingerprint(config, print);
	json_set_text(json, "forwarden", SLICE(HEAD));
	json_set_number(json, "format", FORMAT);
	json_set_text(json, "addresses", slice_of(print));
	json_set_text(json, "version", slice_of(PACKAGE_VERSION));
	json_set_time(json, "written", clock_now_ms(clock_real()));
	return write_line_take(json, out);
}

bool
carried_end(unsigned long long records, struct buf *out)
{
	struct json *json = json_map();

	json_set_number(json, "end", (long long)records);
	return write_line_take(json, out);
}

static bool
check_head(
	const struct config *config, const struct json *head, struct err *err)
{
	struct slice theirs = json_text(head, "addresses");
	char ours[MARKER_PRINT_BYTES];

	fingerprint(config, ours);
	if (!slice_equal(json_text(head, "forwarden"), SLICE(HEAD))) {
		return err_set(err, ERR_INVALID,
			"`forwarden export` did not write this");
	}
	if (json_number(head, "format") != FORMAT) {
		return err_set(err, ERR_INVALID,
			"it is of format %lld, and this program reads %d",
			json_number(head, "format"), FORMAT);
	}
	if (slice_equal(theirs, slice_of(ours)))
		return true;
	return err_set(err, ERR_INVALID,
		slice_equal(theirs, SLICE("plain"))
			? "its addresses are plain, and here privacy.hash is "
			  "on"
			: "its addresses are hashed with a key that is not "
			  "here: write that privacy.hash and privacy.key_file");
}

bool
carried_may_begin(
	const struct config *config, struct slice line, struct err *err)
{
	struct json *head = json_parse(line, err);
	bool ok = head != NULL && check_head(config, head, err);

	json_free(head);
	return ok;
}

bool
carried_may_end(struct slice line, unsigned long long records, bool *is_last,
	struct err *err)
{
	struct json *json;
	long long number;

	*is_last = line.len < 64 &&
		slice_find(line, SLICE("\"end\"")) != SLICE_NONE;
	if (!*is_last)
		return true;
	json = json_parse(line, err);
	if (json == NULL)
		return false;
	number = json_number(json, "end");
	json_free(json);
	return number == (long long)records ||
		err_set(err, ERR_INVALID,
			"it ends with %llu records, and was written with %lld",
			records, number);
}
