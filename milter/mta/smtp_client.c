/* SPDX-License-Identifier: BSD-2-Clause */
/* Line by line, each reply awaited: servers hang up on those who do not. */
#include "mta/smtp_client.h"

#include "base/buf.h"
#include "base/clock.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

struct smtp_client {
	int fd;
	int64_t until_ms;
	char line[SMTP_REPLY_BYTES]; /* the newest reply's last */
	char read[SMTP_REPLY_BYTES]; /* not yet given out */
	size_t read_len;
};

static bool
await(const struct smtp_client *client, short events, struct err *err)
{
	struct pollfd fd = {client->fd, events, 0};
	int64_t left = client->until_ms - clock_monotonic_ms();

	if (left > 0 && poll(&fd, 1, (int)left) > 0)
		return true;
	return err_set(err, ERR_DOWN, "no answer in time");
}

static int
try_connect(const struct addrinfo *address, struct smtp_client *client,
	struct err *err)
{
	int fd = socket(address->ai_family, SOCK_STREAM, 0), problem = 0;
	socklen_t size = sizeof(problem);

	if (fd < 0)
		return -1;
	(void)fcntl(fd, F_SETFD, FD_CLOEXEC);
	(void)fcntl(fd, F_SETFL, O_NONBLOCK);
	client->fd = fd;
	if (connect(fd, address->ai_addr, address->ai_addrlen) == 0)
		return fd;
	if (errno == EINPROGRESS && await(client, POLLOUT, err) &&
		getsockopt(fd, SOL_SOCKET, SO_ERROR, &problem, &size) == 0 &&
		problem == 0)
		return fd;
	errno = problem != 0 ? problem : errno;
	(void)err_system(err, "cannot connect");
	(void)close(fd);
	return -1;
}

/* One line without its end, into client->line. */
static bool
read_line(struct smtp_client *client, struct err *err)
{
	for (;;) {
		char *end = memchr(client->read, '\n', client->read_len);
		if (end != NULL) {
			size_t len = (size_t)(end - client->read);
			memcpy(client->line, client->read, len);
			client->line[len] = '\0';
			if (len > 0 && client->line[len - 1] == '\r')
				client->line[len - 1] = '\0';
			client->read_len -= len + 1;
			memmove(client->read, end + 1, client->read_len);
			return true;
		}
		if (client->read_len == sizeof(client->read))
			return err_set(err, ERR_INVALID, "a line too long");
		if (!await(client, POLLIN, err))
			return false;
		ssize_t got = read(client->fd, client->read + client->read_len,
			sizeof(client->read) - client->read_len);
		if (got <= 0)
			return err_set(err, ERR_DOWN, "it hung up");
		client->read_len += (size_t)got;
	}
}

/* All lines of a reply: "250-more", "250 last". */
static bool
read_reply(struct smtp_client *client, unsigned wanted, struct err *err)
{
	do {
		if (!read_line(client, err))
			return false;
	} while (strlen(client->line) > 3 && client->line[3] == '-');
	if (client->line[0] == (char)('0' + wanted / 100))
		return true;
	return err_set(err, ERR_INVALID, "it answered \"%s\"", client->line);
}

struct smtp_client *
smtp_client_open(
	const char *host, uint16_t port, unsigned seconds, struct err *err)
{
	const struct addrinfo hints = {
		.ai_socktype = SOCK_STREAM,
		.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV,
	};
	struct addrinfo *found = NULL;
	struct smtp_client *client = calloc(1, sizeof(*client));
	char service[8];
	bool open = false;

	(void)snprintf(service, sizeof(service), "%u", (unsigned)port);
	if (client == NULL) {
		(void)err_set(err, ERR_MEMORY, "out of memory");
		return NULL;
	}
	client->until_ms = clock_monotonic_ms() + (int64_t)seconds * 1000;
	if (getaddrinfo(host, service, &hints, &found) != 0) {
		(void)err_set(err, ERR_INVALID, "not a numeric address");
	} else {
		open = try_connect(found, client, err) >= 0;
		freeaddrinfo(found);
	}
	if (open && read_reply(client, 200, err))
		return client;
	if (open)
		(void)close(client->fd);
	free(client);
	(void)err_wrap(err, "%s:%u", host, (unsigned)port);
	return NULL;
}

static bool
write_all(struct smtp_client *client, struct slice bytes, struct err *err)
{
	while (bytes.len > 0) {
		if (!await(client, POLLOUT, err))
			return false;
		ssize_t sent =
			send(client->fd, bytes.p, bytes.len, MSG_NOSIGNAL);
		if (sent < 0)
			return err_set(err, ERR_DOWN, "it hung up");
		bytes = slice_sub(bytes, (size_t)sent, bytes.len);
	}
	return true;
}

bool
smtp_client_say(struct smtp_client *client, const char *line, unsigned wanted,
	struct err *err)
{
	struct buf text = {0};

	buf_printf(&text, "%s\r\n", line);
	bool done = write_all(client, buf_slice(&text), err) &&
		read_reply(client, wanted, err);
	buf_fini(&text);
	return done ? true : err_wrap(err, "%s", line);
}

static bool
say_path(struct smtp_client *client, const char *verb, const char *address,
	struct err *err)
{
	struct buf line = {0};

	buf_printf(&line, "%s:<%s>", verb, address);
	bool done = buf_ok(&line) &&
		smtp_client_say(client, buf_slice(&line).p, 250, err);
	buf_fini(&line);
	return done;
}

bool
smtp_client_send(struct smtp_client *client, const struct smtp_letter *letter,
	struct err *err)
{
	struct buf data = {0};
	struct slice rest = letter->text;

	if (!say_path(client, "MAIL FROM", letter->sender, err) ||
		!say_path(client, "RCPT TO", letter->recipient, err) ||
		!smtp_client_say(client, "DATA", 354, err))
		return false;
	for (struct slice line; slice_next(&rest, '\n', &line);)
		buf_printf(&data, "%.*s\r\n", SLICE_ARG(line));
	buf_puts(&data, ".");
	buf_puts(&data, "\r\n");
	bool done = write_all(client, buf_slice(&data), err) &&
		read_reply(client, 250, err);
	buf_fini(&data);
	return done ? true : err_wrap(err, "the end of the message");
}

const char *
smtp_client_reply(const struct smtp_client *client)
{
	return client->line;
}

void
smtp_client_close(struct smtp_client *client)
{
	struct err err;

	if (client == NULL)
		return;
	(void)write_all(client, SLICE("QUIT\r\n"), &err);
	(void)close(client->fd);
	free(client);
}
