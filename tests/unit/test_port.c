/* SPDX-License-Identifier: BSD-2-Clause */
/* Ports of loopback that are free or not, and who is connected to them. */
#include "rows.h"

#include "mta/port.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

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
		cmocka_unit_test(test_connections),
		cmocka_unit_test(test_netstat),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
