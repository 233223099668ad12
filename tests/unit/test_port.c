/* SPDX-License-Identifier: BSD-2-Clause */
/* Ports of loopback that are free or not, and who is connected to them. */
#include "rows.h"

#include "mta/port.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define CLAIMS "test_port.lock"

/* The port is anyone's that is free. */
static int
listening(uint16_t *port)
{
	struct sockaddr_in name = {.sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t len = sizeof(name);
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	assert_true(fd >= 0);
	assert_int_equal(
		bind(fd, (const struct sockaddr *)&name, sizeof(name)), 0);
	assert_int_equal(listen(fd, 5), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&name, &len), 0);
	*port = ntohs(name.sin_port);
	return fd;
}

static int
connected(uint16_t port)
{
	struct sockaddr_in name = {.sin_family = AF_INET,
		.sin_port = htons(port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	assert_true(fd >= 0);
	assert_int_equal(
		connect(fd, (const struct sockaddr *)&name, sizeof(name)), 0);
	return fd;
}

static void
test_is_free(void **state)
{
	struct err err = {0};
	char wanted[64];
	uint16_t port;
	int fd = listening(&port);

	(void)state;
	assert_false(port_is_free(port, &err));
	(void)snprintf(wanted, sizeof(wanted),
		"port %u of 127.0.0.1: ", (unsigned)port);
	assert_memory_equal(err.text, wanted, strlen(wanted));
	(void)close(fd);
	assert_true(port_is_free(port, &err));
}

static bool
is_first(const void *ctx, uint16_t port)
{
	return port == *(const uint16_t *)ctx;
}

/* Of one that another process gets, asking for *port; 0: none. */
static uint16_t
claimed_elsewhere(uint16_t port, const char *file, int *until)
{
	int ends[2], told[2];
	struct err err;

	assert_int_equal(pipe(ends), 0);
	assert_int_equal(pipe(told), 0);
	if (fork() == 0) {
		char byte;

		(void)close(ends[1]);
		if (!port_claim(&port, file, NULL, NULL, &err))
			port = 0;
		_exit(write(told[1], &port, sizeof(port)) < 0 ||
			read(ends[0], &byte, 1) < 0);
	}
	(void)close(ends[0]);
	assert_int_equal(read(told[0], &port, sizeof(port)), sizeof(port));
	(void)close(told[0]);
	(void)close(told[1]);
	*until = ends[1];
	return port;
}

static void
end_others(const int *until, size_t count)
{
	int status;

	while (count-- > 0)
		(void)close(until[count]);
	while (wait(&status) > 0)
		continue;
}

static void
test_three_are_attached_at_once(void **state)
{
	struct err err = {0};
	uint16_t first, second = 0, third;
	int until[3];

	(void)state;
	first = claimed_elsewhere(0, CLAIMS, &until[0]);
	assert_true(first >= 10026);
	assert_true(port_claim(&second, CLAIMS, NULL, NULL, &err));
	assert_true(second > first);
	assert_int_equal(second % 100, 26);
	third = claimed_elsewhere(0, CLAIMS, &until[1]);
	assert_true(third > second);
	/* Who names one means it. */
	assert_int_equal(claimed_elsewhere(second, CLAIMS, &until[2]), second);
	end_others(until, 3);
	second = 0;
	assert_true(port_claim(&second, CLAIMS, is_first, &first, &err));
	assert_true(second > first);
	(void)unlink(CLAIMS);
}

/* As an update does: nobody gets it between the old listener and the new. */
static void
test_a_listener_leaves_for_a_moment(void **state)
{
	struct sockaddr_in name = {.sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	int fd = socket(AF_INET, SOCK_STREAM, 0), until;
	uint16_t port = claimed_elsewhere(0, CLAIMS, &until);
	const int on = 1;

	(void)state;
	end_others(&until, 1);
	name.sin_port = htons(port);
	(void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	assert_int_equal(
		bind(fd, (const struct sockaddr *)&name, sizeof(name)), 0);
	port_keep(port, CLAIMS);
	(void)close(fd);
	assert_true(claimed_elsewhere(0, CLAIMS, &until) > port);
	end_others(&until, 1);
	(void)unlink(CLAIMS);
}

/* Then there is none who could have claimed it. */
static void
test_claims_without_a_file(void **state)
{
	int until[2];
	uint16_t first = claimed_elsewhere(0, "/nowhere/claims", &until[0]);

	(void)state;
	assert_true(first >= 10026);
	assert_int_equal(
		claimed_elsewhere(0, "/nowhere/claims", &until[1]), first);
	end_others(until, 2);
}

static void
test_connections(void **state)
{
	uint16_t port;
	int fd = listening(&port), clients[3], taken[2];

	(void)state;
	assert_int_equal(port_connections(port), 0);
	for (size_t i = 0; i < 3; i++)
		clients[i] = connected(port);
#ifdef __linux__
	assert_int_equal(port_connections(port), 0);
#endif
	for (size_t i = 0; i < 2; i++)
		assert_true((taken[i] = accept(fd, NULL, NULL)) >= 0);
#ifdef __linux__
	assert_int_equal(port_connections(port), 2);
#endif
	for (size_t i = 0; i < 2; i++)
		(void)close(taken[i]);
	for (size_t i = 0; i < 3; i++)
		(void)close(clients[i]);
	(void)close(fd);
}

/* As FreeBSD lists them. */
static const char listed[] =
	"Active Internet connections (including servers)\n"
	"Proto Recv-Q Send-Q Local Address          Foreign Address (state)\n"
	"tcp4       0      0 127.0.0.1.10026        127.0.0.1.4242  "
	"ESTABLISHED\n"
	"tcp4       0      0 127.0.0.1.4242         127.0.0.1.10026 "
	"ESTABLISHED\n"
	"tcp4       0      0 127.0.0.1.10026        127.0.0.1.4243  TIME_WAIT\n"
	"tcp4       0      0 127.0.0.1.10026        *.*             LISTEN\n"
	"tcp4       0      0 127.0.0.1.100          127.0.0.1.4244  "
	"ESTABLISHED\n"
	"tcp4       0      0 192.0.2.1.25           192.0.2.2.100   "
	"ESTABLISHED\n";

static void
test_netstat(void **state)
{
	(void)state;
	assert_int_equal(port_count_netstat(slice_of(listed), 10026), 1);
	assert_int_equal(port_count_netstat(slice_of(listed), 100), 1);
	assert_int_equal(port_count_netstat(slice_of(listed), 25), 0);
	assert_int_equal(port_count_netstat(slice_of(""), 25), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_is_free),
		cmocka_unit_test(test_claims_without_a_file),
		cmocka_unit_test(test_three_are_attached_at_once),
		cmocka_unit_test(test_a_listener_leaves_for_a_moment),
		cmocka_unit_test(test_connections),
		cmocka_unit_test(test_netstat),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
