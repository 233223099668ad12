/* SPDX-License-Identifier: BSD-2-Clause */
/* Reading known routes. */
#include "cli/scan_known.h"

#include "base/input.h"
#include "base/json.h"
#include "base/map.h"

#include <stdlib.h>

struct scan_known {
	struct map *routes;
};

static struct slice
key_of(struct buf *room, struct slice mailbox, struct slice destination)
{
	buf_reset(room);
	buf_add(room, mailbox);
	buf_add_byte(room, '\n');
	buf_add(room, destination);
	return buf_slice(room);
}

static bool
put(struct scan_known *known, struct slice mailbox, struct slice destination)
{
	static char there;
	struct buf room = {0};
	bool good = map_put(known->routes, key_of(&room, mailbox, destination),
		&there, NULL);

	buf_fini(&room);
	return good;
}

static bool
take_json(struct scan_known *known, struct slice line, struct err *err)
{
	struct json *json = json_parse(line, err);
	const struct json *route = json_find(json, "forwarden");
	bool good = json != NULL;

	if (good && !slice_is_absent(json_text(route, "destination")) &&
		!put(known, json_text(route, "mailbox"),
			json_text(route, "destination")))
		good = err_set(err, ERR_MEMORY, "out of memory");
	json_free(json);
	return good;
}

/* A field of CSV, its quotes taken off; or a word. */
static bool
take_field(struct slice *rest, struct buf *out)
{
	bool quoted = rest->len > 0 && rest->p[0] == '"';
	size_t i = quoted;

	buf_reset(out);
	for (; i < rest->len; i++) {
		char c = rest->p[i];

		if (quoted && c == '"') {
			if (i + 1 == rest->len || rest->p[i + 1] != '"')
				break;
			i++;
		} else if (!quoted && (c == ',' || c == ' ' || c == '\t')) {
			break;
		}
		buf_add_byte(out, c);
	}
	*rest = slice_sub(*rest, quoted ? i + 1 : i, rest->len);
	while (rest->len > 0 && memchr(", \t", rest->p[0], 3) != NULL)
		*rest = slice_sub(*rest, 1, rest->len);
	/* What keeps a spreadsheet from calculating with it. */
	if (out->len > 1 && out->p[0] == '\'') {
		memmove(out->p, out->p + 1, out->len);
		out->len--;
	}
	return buf_ok(out);
}

static bool
take_line(struct scan_known *known, struct slice line, struct err *err)
{
	struct buf mailbox = {0}, destination = {0};
	bool good;

	line = slice_trim(line);
	if (line.len == 0 || line.p[0] == '#')
		return true;
	if (line.p[0] == '{')
		return take_json(known, line, err);
	good = take_field(&line, &mailbox) && take_field(&line, &destination);
	if (good && destination.len == 0) {
		good = err_set(err, ERR_INVALID,
			"\"%.60s\" alone is no route; write mailbox and "
			"destination, or give what scan --json wrote",
			mailbox.p != NULL ? mailbox.p : "");
	} else if (good) {
		good = put(known, buf_slice(&mailbox),
			       buf_slice(&destination)) ||
			err_set(err, ERR_MEMORY, "out of memory");
	}
	buf_fini(&mailbox);
	buf_fini(&destination);
	return good;
}

struct scan_known *
scan_known_read(const char *path, struct err *err)
{
	struct scan_known *known = calloc(1, sizeof(*known));
	struct input *input = input_open(path, err);
	struct slice line;
	unsigned number = 0;
	struct err why = {0};
	bool good = known != NULL && input != NULL;

	if (known != NULL)
		known->routes = map_new();
	good = good && known->routes != NULL;
	while (good && input_next(input, &line, &why)) {
		number++;
		good = take_line(known, line, &why);
	}
	input_close(input);
	if (good && why.code == ERR_NONE)
		return known;
	if (why.code != ERR_NONE) {
		*err = why;
		err_wrap(err, "%s:%u", path, number);
	}
	scan_known_free(known);
	return NULL;
}

void
scan_known_free(struct scan_known *known)
{
	if (known == NULL)
		return;
	map_free(known->routes, NULL);
	free(known);
}

bool
scan_known_has(const struct scan_known *known, struct slice mailbox,
	struct slice destination)
{
	struct buf room = {0};
	bool has = map_find(known->routes,
			   key_of(&room, mailbox, destination)) != NULL;

	buf_fini(&room);
	return has;
}
