/* SPDX-License-Identifier: BSD-2-Clause */
/* Socket names in all spellings, and sockets bound to them. */
#include "rows.h"

#include "daemon/listener.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

static const struct spelling {
	const char *name; /* as written */
	bool ok;
	const char *printed; /* in libmilter's spelling */
	bool local;
} spellings[] = {
	{"inet:8894@127.0.0.1", true, "inet:8894@127.0.0.1", true},
	{"inet:127.0.0.1:8894", true, "inet:8894@127.0.0.1", true},
	{"127.0.0.1:8894", true, "inet:8894@127.0.0.1", true},
	{"localhost:8894", true, "inet:8894@localhost", true},
	{"inet:8894", true, "inet:8894", false},
	{"inet:*:8894", true, "inet:8894", false},
	{"inet:8894@192.0.2.1", true, "inet:8894@192.0.2.1", false},
	{"inet6:8894@::1", true, "inet6:8894@::1", true},
	{"inet6:8894@[::1]", true, "inet6:8894@::1", true},
	{"inet6:[::1]:8894", true, "inet6:8894@::1", true},
	{"[::1]:8894", true, "inet6:8894@::1", true},
	{"INET:8894@127.0.0.1", true, "inet:8894@127.0.0.1", true},
	{"unix:/run/f.sock", true, "unix:/run/f.sock", true},
	{"local:/run/f.sock", true, "unix:/run/f.sock", true},
	{"/run/f.sock", true, "unix:/run/f.sock", true},
	{"unix:f.sock", false, NULL, false},
	{"unix:", false, NULL, false},
	{"inet:0@127.0.0.1", false, NULL, false},
	{"inet:65536@127.0.0.1", false, NULL, false},
	{"inet:smtp@127.0.0.1", false, NULL, false},
	{"inet:127.0.0.1", false, NULL, false},
	{"inet:", false, NULL, false},
	{"", false, NULL, false},
	{"tcp:1", false, NULL, false},
	{"unix:/0123456789012345678901234567890123456789012345678901234567890"
	 "1234567890123456789012345678901234567890123456789",
		false, NULL, false},
};

static void
check_spelling(void **state)
{
	const struct spelling *row = *state;
	struct socket_name address;
	struct buf printed = {0};
	struct err err = {0};
	bool ok = socket_name_parse(slice_of(row->name), &address, &err);

	assert_int_equal(ok, row->ok);
	if (!ok)
		return;
	socket_name_print(&address, &printed);
	assert_string_equal(buf_slice(&printed).p, row->printed);
	assert_int_equal(socket_name_is_local(&address), row->local);
	buf_fini(&printed);
}

/* A directory of its own for each test that binds a unix socket. */
struct place {
	char directory[32];
	struct socket_name address;
};

static int
set_up(void **state)
{
	struct place *place = calloc(1, sizeof(*place));

	assert_non_null(place);
	(void)strcpy(place->directory, "/tmp/forwarden-XXXXXX");
	assert_non_null(mkdtemp(place->directory));
	place->address.family = SOCKET_NAME_UNIX;
	(void)snprintf(place->address.path, sizeof(place->address.path), "%s/s",
		place->directory);
	*state = place;
	return 0;
}

static int
tear_down(void **state)
{
	struct place *place = *state;

	(void)unlink(place->address.path);
	assert_int_equal(rmdir(place->directory), 0);
	free(place);
	return 0;
}

static int
open_at(const struct place *place, const struct listener_access *access)
{
	struct err err = {0};
	int fd = listener_open(&place->address, access, &err);

	assert_true(fd >= 0);
	return fd;
}

static void
refuse_at(const struct place *place, const char *why)
{
	struct err err = {0};

	assert_int_equal(listener_open(&place->address, NULL, &err), -1);
	assert_non_null(strstr(err.text, why));
}

static void
test_a_unix_socket_gets_its_mode(void **state)
{
	const struct listener_access access = {
		.mode = 0620, .uid = (uid_t)-1, .gid = (gid_t)-1};
	const struct place *place = *state;
	struct stat there;
	int fd = open_at(place, &access);

	assert_int_equal(stat(place->address.path, &there), 0);
	assert_int_equal(there.st_mode & 0777, 0620);
	(void)close(fd);
}

static void
test_a_dead_unix_socket_is_replaced(void **state)
{
	(void)close(open_at(*state, NULL));
	(void)close(open_at(*state, NULL));
}

static void
test_a_living_unix_socket_stays(void **state)
{
	int fd = open_at(*state, NULL);

	refuse_at(*state, "is in use by");
	(void)close(fd);
}

static void
test_a_file_is_never_replaced(void **state)
{
	const struct place *place = *state;
	FILE *f = fopen(place->address.path, "w");

	assert_non_null(f);
	(void)fclose(f);
	refuse_at(place, "not a socket");
}

static int
bind_free_port(uint16_t *port)
{
	struct sockaddr_in name = {.sin_family = AF_INET};
	socklen_t len = sizeof(name);
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	name.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	assert_true(fd >= 0);
	assert_int_equal(
		bind(fd, (const struct sockaddr *)&name, sizeof(name)), 0);
	assert_int_equal(listen(fd, 1), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&name, &len), 0);
	*port = ntohs(name.sin_port);
	return fd;
}

static void
test_a_port_in_use_says_whose(void **state)
{
	struct socket_name address = {.family = SOCKET_NAME_INET};
	struct err err = {0};
	char expected[32];
	int fd = bind_free_port(&address.port);

	(void)state;
	(void)snprintf(address.host, sizeof(address.host), "127.0.0.1");
	assert_int_equal(listener_open(&address, NULL, &err), -1);
	assert_non_null(strstr(err.text, "is in use by "));
	(void)snprintf(expected, sizeof(expected), "pid %ld (", (long)getpid());
	if (access("/proc/net/tcp", R_OK) == 0)
		assert_non_null(strstr(err.text, expected));
	(void)close(fd);
}

#define AT_A_PLACE(test) \
	cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		AT_A_PLACE(test_a_unix_socket_gets_its_mode),
		AT_A_PLACE(test_a_dead_unix_socket_is_replaced),
		AT_A_PLACE(test_a_living_unix_socket_stays),
		AT_A_PLACE(test_a_file_is_never_replaced),
		cmocka_unit_test(test_a_port_in_use_says_whose),
	};
	struct rows all = {0};

	ROWS_ADD(&all, spellings, check_spelling);
	ROWS_TESTS(&all, tests);
	return rows_run(&all, "listener");
}
