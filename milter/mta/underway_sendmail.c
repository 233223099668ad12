/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The queues of the intake and of the egress of a Sendmail. A message that
 * waits is a file qf<id> of lines, each of a letter that says what it is, and
 * what a sender chose cannot begin one (Sendmail's queue format, doc/op section
 * "Queue files"); header fields are lines with an H, and go on in lines that
 * begin with a blank. A line C names the user whose rule sends the recipients
 * behind it.
 */
#include "base/process.h"
#include "mail/envelope.h"
#include "mta/cf_file.h"
#include "mta/underway.h"

#include <dirent.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define LIMIT_SECONDS 60U
#define WHY "-Qforwarden: contained"

struct qf {
	struct buf envelope, header;
	struct slice orcpt, user; /* of the recipients that come */
	bool in_field, left_out;
};

/* "<a@b>" or "a@b" */
static struct slice
bare(struct slice address)
{
	if (address.len >= 2 && address.p[0] == '<' &&
		address.p[address.len - 1] == '>')
		return slice_sub(address, 1, address.len - 1);
	return address;
}

static struct slice
behind_colon(struct slice value)
{
	size_t colon = slice_find_byte(value, ':', 0);

	return colon != SLICE_NONE ? slice_sub(value, colon + 1, value.len)
				   : value;
}

static void
add_recipient(struct qf *qf, struct slice value)
{
	buf_puts(&qf->envelope, ENVELOPE_TO ": <");
	buf_add(&qf->envelope, bare(behind_colon(value)));
	buf_puts(&qf->envelope, ">");
	if (qf->orcpt.len > 0) {
		buf_puts(&qf->envelope, " ORCPT=");
		buf_add(&qf->envelope, qf->orcpt);
	} else if (qf->user.len > 0) {
		buf_puts(&qf->envelope, " ORCPT=rfc822;");
		buf_add(&qf->envelope, qf->user);
	}
	buf_add_byte(&qf->envelope, '\n');
	qf->orcpt = SLICE("");
}

/* "H?flags?Name: value"; a field of the envelope is not a sender's to write. */
static void
add_field(struct qf *qf, struct slice value)
{
	if (value.len > 0 && value.p[0] == '?') {
		size_t end = slice_find_byte(value, '?', 1);

		if (end != SLICE_NONE)
			value = slice_sub(value, end + 1, value.len);
	}
	qf->in_field = true;
	qf->left_out = slice_starts_fold(value, SLICE("X-Envelope-"));
	if (qf->left_out)
		return;
	buf_add(&qf->header, value);
	buf_add_byte(&qf->header, '\n');
}

static void
take_line(struct qf *qf, struct slice line)
{
	struct slice value = slice_sub(line, 1, line.len);

	if (line.p[0] == ' ' || line.p[0] == '\t') {
		if (qf->in_field && !qf->left_out) {
			buf_add(&qf->header, line);
			buf_add_byte(&qf->header, '\n');
		}
		return;
	}
	qf->in_field = false;
	switch (line.p[0]) {
	case 'S':
		buf_puts(&qf->envelope, ENVELOPE_FROM ": <");
		buf_add(&qf->envelope, bare(value));
		buf_puts(&qf->envelope, ">\n");
		break;
	case 'C':
		qf->user = bare(behind_colon(value));
		break;
	case 'Q':
		qf->orcpt = value;
		break;
	case 'R':
		add_recipient(qf, value);
		break;
	case 'H':
		add_field(qf, value);
		break;
	default:
		break;
	}
}

/* The header with its envelope, appended. */
static void
read_lines(struct slice text, struct buf *out)
{
	struct qf qf = {.orcpt = SLICE(""), .user = SLICE("")};

	for (struct slice line; slice_next(&text, '\n', &line);) {
		if (line.len > 0)
			take_line(&qf, line);
	}
	buf_add(out, buf_slice(&qf.envelope));
	buf_add(out, buf_slice(&qf.header));
	buf_add_byte(out, '\n');
	buf_fini(&qf.envelope);
	buf_fini(&qf.header);
}

static void
take_file(struct underway_search *search, struct underway *found)
{
	char path[PATH_MAX];
	struct buf text = {0}, header = {0};
	struct err err;

	(void)snprintf(path, sizeof(path), "%s/qf%s", found->queue, found->id);
	if (cf_file_read(path, &text, &err)) {
		read_lines(buf_slice(&text), &header);
		found->header = buf_slice(&header);
		search->visit(search->ctx, found);
	} else if (access(path, F_OK) == 0) {
		search->unread++;
	}
	buf_fini(&header);
	buf_fini(&text);
}

static bool
read_folder(void *ctx, const char *place, const char *folder, struct err *err)
{
	DIR *queue = opendir(folder);
	const struct dirent *entry;

	if (queue == NULL)
		return err_system(err, "%s: the queue cannot be read", folder);
	while ((entry = readdir(queue)) != NULL) {
		struct slice name = slice_of(entry->d_name);
		struct underway found = {.place = place,
			.queue = folder,
			.id = entry->d_name + 2};

		if (name.len > 2 && strncmp(name.p, "qf", 2) == 0 &&
			held_is_id(slice_sub(name, 2, name.len)))
			take_file(ctx, &found);
	}
	(void)closedir(queue);
	return true;
}

bool
underway_sendmail_each(struct underway_search *search, struct err *err)
{
	return held_sendmail_folders(search->where, read_folder, search, err);
}

static bool
is_there(const struct underway *message, const char *kind)
{
	char path[PATH_MAX];

	(void)snprintf(path, sizeof(path), "%s/%s%s", message->queue, kind,
		message->id);
	return access(path, F_OK) == 0;
}

enum underway_hold
underway_sendmail_hold(const struct underway *message,
	const struct held_where *where, struct err *err)
{
	char which[128];
	const char *argv[] = {
		where->program, "-C", message->place, WHY, which, NULL};
	const struct process_job job = {argv, {0}, LIMIT_SECONDS};

	(void)snprintf(which, sizeof(which), "-qI%s", message->id);
	if (!process_run(&job, NULL, err))
		return UNDERWAY_FAILED;
	if (is_there(message, "hf"))
		return UNDERWAY_HELD;
	if (!is_there(message, "qf"))
		return UNDERWAY_GONE;
	(void)err_set(err, ERR_SYSTEM,
		"Sendmail did not hold it: it works on it just now");
	return UNDERWAY_FAILED;
}
