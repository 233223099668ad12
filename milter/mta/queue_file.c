/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * postcat -eh prints the envelope's records ("sender: bob@example.org"), then
 * the header between two lines of stars. The recipient's ORCPT comes in a
 * record before it.
 */
#include "mta/queue_file.h"

#include "mail/envelope.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define LINE_BYTES 65536

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

static FILE *
open_postcat(const char *path, pid_t *child)
{
	int ends[2];

	if (pipe(ends) != 0)
		return NULL;
	*child = fork();
	if (*child == 0) {
		dup2(ends[1], STDOUT_FILENO);
		close(ends[0]);
		close(ends[1]);
		execlp("postcat", "postcat", "-eh", path, (char *)NULL);
		execl("/usr/sbin/postcat", "postcat", "-eh", path,
			(char *)NULL);
		_exit(127);
	}
	close(ends[1]);
	if (*child < 0) {
		close(ends[0]);
		return NULL;
	}
	return fdopen(ends[0], "r");
}

struct records {
	struct buf envelope, message;
	struct buf orcpt; /* of the recipient that comes next */
	struct buf client;
	bool in_message;
};

static bool
value_of(struct slice line, const char *name, struct slice *value)
{
	if (!slice_starts_fold(line, slice_of(name)))
		return false;
	*value = slice_trim(slice_sub(line, strlen(name), line.len));
	return true;
}

static void
add_known(struct buf *out, const char *name, struct slice value)
{
	buf_printf(out, "%s: ", name);
	buf_add(out, value);
	buf_add_byte(out, '\n');
}

static void
add_rcpt(struct records *r, struct slice value)
{
	buf_puts(&r->envelope, ENVELOPE_TO ": <");
	buf_add(&r->envelope, value);
	buf_add_byte(&r->envelope, '>');
	if (r->orcpt.len > 0) {
		buf_puts(&r->envelope, " ORCPT=");
		buf_add(&r->envelope, buf_slice(&r->orcpt));
	}
	buf_add_byte(&r->envelope, '\n');
	buf_reset(&r->orcpt);
}

static void
take_envelope(struct records *r, struct slice line)
{
	struct slice value;

	if (value_of(line, "sender:", &value)) {
		buf_puts(&r->envelope, ENVELOPE_FROM ": <");
		buf_add(&r->envelope, value);
		buf_puts(&r->envelope, ">\n");
	} else if (value_of(line, "named_attribute: dsn_orig_rcpt=", &value)) {
		buf_reset(&r->orcpt);
		buf_add(&r->orcpt, value);
	} else if (value_of(line, "recipient:", &value)) {
		add_rcpt(r, value);
	} else if (value_of(line, "named_attribute: client_address=", &value)) {
		buf_add(&r->client, value);
	} else if (value_of(line, "named_attribute: sasl_username=", &value)) {
		add_known(&r->envelope, ENVELOPE_USER, value);
	}
}

static void
take_line(struct records *r, struct slice line)
{
	struct slice text = slice_trim(line);

	if (slice_starts_fold(text, SLICE("*** MESSAGE CONTENTS"))) {
		r->in_message = true;
	} else if (slice_starts_fold(text, SLICE("*** HEADER EXTRACTED")) ||
		slice_starts_fold(text, SLICE("*** MESSAGE FILE END"))) {
		r->in_message = false;
	} else if (r->in_message) {
		buf_add(&r->message, line);
	} else {
		take_envelope(r, text);
	}
}

static bool
wait_for(pid_t child, struct err *err)
{
	int status;

	while (waitpid(child, &status, 0) < 0) {
		if (errno != EINTR)
			return err_system(err, "postcat");
	}
	if (WIFEXITED(status) && WEXITSTATUS(status) == 127) {
		return err_set(err, ERR_INVALID,
			"this is a queue file of Postfix, and postcat(1), "
			"which reads it, is not there");
	}
	if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
		return err_set(err, ERR_INVALID, "postcat failed");
	return true;
}

bool
queue_file_read(const char *path, struct buf *header, struct err *err)
{
	struct records r = {0};
	char line[LINE_BYTES];
	pid_t child;
	FILE *in = open_postcat(path, &child);
	bool good;

	if (in == NULL)
		return err_system(err, "%s: cannot start postcat", path);
	while (fgets(line, sizeof(line), in) != NULL)
		take_line(&r, slice_of(line));
	fclose(in);
	good = wait_for(child, err);
	if (good && r.message.len > 0) {
		buf_add(header, buf_slice(&r.envelope));
		add_known(header, ENVELOPE_CLIENT,
			r.client.len > 0 ? buf_slice(&r.client)
					 : SLICE("none"));
		buf_add(header, buf_slice(&r.message));
	}
	buf_fini(&r.envelope);
	buf_fini(&r.message);
	buf_fini(&r.orcpt);
	buf_fini(&r.client);
	return good ? true : err_wrap(err, "%s", path);
}
