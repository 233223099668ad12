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
test_two_are_attached_at_once(void **state)
{
	struct err err = {0};
	uint16_t first, second = 0, same;
	int until, again, status;

	(void)state;
	first = claimed_elsewhere(0, CLAIMS, &until);
	assert_true(first >= 10026);
	assert_true(port_claim(&second, CLAIMS, NULL, NULL, &err));
	assert_true(second > first);
	assert_int_equal(second % 100, 26);
	same = first;
	assert_false(port_claim(&same, CLAIMS, NULL, NULL, &err));
	assert_non_null(strstr(err.text, "another mail server just now"));
	assert_int_equal(claimed_elsewhere(second, CLAIMS, &again), 0);
	(void)close(until);
	(void)close(again);
	while (wait(&status) > 0)
		continue;
	assert_true(port_claim(&same, CLAIMS, NULL, NULL, &err));
	second = 0;
	assert_true(port_claim(&second, CLAIMS, is_first, &first, &err));
	assert_true(second > first);
	(void)unlink(CLAIMS);
}

/* As an update does: nobody gets it between the old listener and the new. */
static void
test_a_listener_leaves_for_a_moment(void **state)
{
	uint16_t port;
	int fd = listening(&port), until, again, status;

	(void)state;
	assert_int_equal(claimed_elsewhere(port, CLAIMS, &until), 0);
	port_keep(port, CLAIMS);
	(void)close(fd);
	assert_int_equal(claimed_elsewhere(port, CLAIMS, &again), 0);
	(void)close(until);
	(void)close(again);
	while (wait(&status) > 0)
		continue;
	(void)unlink(CLAIMS);
}

/* Then there is none who could have claimed it. */
static void
test_claims_without_a_file(void **state)
{
	int until, again;
	uint16_t first = claimed_elsewhere(0, "/nowhere/claims", &until);

	(void)state;
	assert_true(first >= 10026);
	assert_int_equal(
		claimed_elsewhere(first, "/nowhere/claims", &again), first);
	(void)close(until);
	(void)close(again);
	while (wait(&until) > 0)
		continue;
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
		cmocka_unit_test(test_two_are_attached_at_once),
		cmocka_unit_test(test_a_listener_leaves_for_a_moment),
		cmocka_unit_test(test_connections),
		cmocka_unit_test(test_netstat),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
