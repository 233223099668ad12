/* SPDX-License-Identifier: BSD-2-Clause */
/* Accepted connections and their peers. */
#include "rows.h"

#include "pair.h"

#include "daemon/read_ahead.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

struct sockaddr_un
pair_address(const char *directory)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};

	(void)snprintf(address.sun_path, sizeof(address.sun_path), "%s/socket",
		directory);
	return address;
}

struct pair
pair_connect(void)
{
	char directory[] = "/tmp/read-ahead-XXXXXX";
	struct sockaddr_un address;
	struct pair pair;
	int listener = socket(AF_UNIX, SOCK_STREAM, 0);

	read_ahead_begin();
	assert_non_null(mkdtemp(directory));
	address = pair_address(directory);
	assert_int_equal(bind(listener, (struct sockaddr *)(void *)&address,
				 sizeof(address)),
		0);
	assert_int_equal(listen(listener, 1), 0);
	pair.peer = socket(AF_UNIX, SOCK_STREAM, 0);
	assert_int_equal(connect(pair.peer, (struct sockaddr *)(void *)&address,
				 sizeof(address)),
		0);
	pair.here = accept(listener, NULL, NULL);
	assert_true(pair.here >= 0);
	(void)close(listener);
	(void)unlink(address.sun_path);
	(void)rmdir(directory);
	return pair;
}

void
pair_close(struct pair pair)
{
	(void)close(pair.here);
	if (pair.peer >= 0)
		(void)close(pair.peer);
}

void
pair_say(struct pair pair, const char *text)
{
	assert_int_equal(send(pair.peer, text, strlen(text), 0), strlen(text));
}

short
pair_look(int fd, int ms)
{
	struct pollfd one = {.fd = fd, .events = POLLIN};

	return poll(&one, 1, ms) > 0 ? one.revents : 0;
}

void
pair_expect(int fd, const char *text)
{
	char bytes[64] = "";

	assert_int_equal(pair_look(fd, 5000) & POLLIN, POLLIN);
	assert_int_equal(read(fd, bytes, strlen(text)), strlen(text));
	assert_string_equal(bytes, text);
}
