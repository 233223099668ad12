/* SPDX-License-Identifier: BSD-2-Clause */
/* A socket put in another's place, and words for the service manager. */
#include "rows.h"

#include "daemon/notify.h"
#include "daemon/socket_handover.h"

#include <netinet/in.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

struct place {
	char directory[32];
	struct sockaddr_un name;
};

static int
set_up(void **state)
{
	struct place *place = calloc(1, sizeof(*place));

	assert_non_null(place);
	(void)snprintf(place->directory, sizeof(place->directory), "%s",
		"/tmp/handover.XXXXXX");
	assert_non_null(mkdtemp(place->directory));
	place->name.sun_family = AF_UNIX;
	(void)snprintf(place->name.sun_path, sizeof(place->name.sun_path),
		"%s/ours", place->directory);
	*state = place;
	return 0;
}

static int
tear_down(void **state)
{
	struct place *place = *state;

	(void)unlink(place->name.sun_path);
	assert_int_equal(rmdir(place->directory), 0);
	free(place);
	return 0;
}

/* Bound, and listening if it is a stream. */
static int
bound(const struct sockaddr *name, socklen_t len, int type)
{
	int fd = socket(name->sa_family, type, 0);

	assert_true(fd >= 0);
	assert_int_equal(bind(fd, name, len), 0);
	if (type == SOCK_STREAM)
		assert_int_equal(listen(fd, 5), 0);
	return fd;
}

/* As the library would open what the specification says. */
static int
opened(const char *spec)
{
	struct sockaddr_un name = {.sun_family = AF_UNIX};
	struct sockaddr_in loopback = {.sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	struct sockaddr_in6 loopback6 = {
		.sin6_family = AF_INET6, .sin6_addr = in6addr_loopback};

	if (strcmp(spec, "inet:0@127.0.0.1") == 0)
		return bound((const struct sockaddr *)&loopback,
			sizeof(loopback), SOCK_STREAM);
	if (strcmp(spec, "inet6:0@::1") == 0)
		return bound((const struct sockaddr *)&loopback6,
			sizeof(loopback6), SOCK_STREAM);
	assert_memory_equal(spec, "local:", strlen("local:"));
	spec += strlen("local:");
	assert_true(strlen(spec) < sizeof(name.sun_path));
	memcpy(name.sun_path, spec, strlen(spec));
	return bound((const struct sockaddr *)&name, sizeof(name), SOCK_STREAM);
}

static ino_t
inode_of(int fd)
{
	struct stat status;

	assert_int_equal(fstat(fd, &status), 0);
	return status.st_ino;
}

static void
hand_over(const struct place *place, int ours)
{
	struct socket_handover handover;
	struct err err = {0};
	ino_t inode = inode_of(ours);
	int theirs;

	assert_true(
		socket_handover_begin(&handover, ours, place->directory, &err));
	theirs = opened(handover.spec);
	assert_int_equal(socket_handover_end(&handover, ours, &err), theirs);
	assert_int_equal(inode_of(theirs), inode);
	assert_int_equal(close(ours), -1);
	if (handover.path != NULL)
		assert_int_equal(access(handover.path, F_OK), -1);
	(void)close(theirs);
}

static void
test_handover(void **state)
{
	const struct place *place = *state;
	const struct sockaddr_in any = {.sin_family = AF_INET};
	const struct sockaddr_in6 any6 = {.sin6_family = AF_INET6};

	hand_over(place,
		bound((const struct sockaddr *)&place->name,
			sizeof(place->name), SOCK_STREAM));
	hand_over(place,
		bound((const struct sockaddr *)&any, sizeof(any), SOCK_STREAM));
	hand_over(place,
		bound((const struct sockaddr *)&any6, sizeof(any6),
			SOCK_STREAM));
}

static void
test_nothing_opened(void **state)
{
	const struct place *place = *state;
	int ours = bound((const struct sockaddr *)&place->name,
		sizeof(place->name), SOCK_STREAM);
	struct socket_handover handover;
	struct err err = {0};

	assert_true(
		socket_handover_begin(&handover, ours, place->directory, &err));
	assert_int_equal(socket_handover_end(&handover, ours, &err), -1);
	assert_string_equal(
		err.text, "cannot find the socket that libmilter has opened");
	assert_int_equal(close(ours), 0);
	assert_false(
		socket_handover_begin(&handover, ours, place->directory, &err));
}

/* What has arrived since; nothing at once when there was nothing. */
static void
check_heard(int manager, const char *wanted)
{
	char got[64] = "";
	ssize_t len = recv(manager, got, sizeof(got) - 1, MSG_DONTWAIT);

	assert_string_equal(len < 0 ? "" : got, wanted);
}

static void
test_notify(void **state)
{
	const struct place *place = *state;
	int manager = bound((const struct sockaddr *)&place->name,
		sizeof(place->name), SOCK_DGRAM);

	(void)unsetenv("NOTIFY_SOCKET");
	notify_manager("READY=1");
	(void)setenv("NOTIFY_SOCKET", "ours", 1);
	notify_manager("READY=1");
	check_heard(manager, "");
	(void)setenv("NOTIFY_SOCKET", place->name.sun_path, 1);
	notify_manager("READY=1");
	check_heard(manager, "READY=1");
	(void)unsetenv("WATCHDOG_USEC");
	notify_watchdog();
	check_heard(manager, "");
	(void)setenv("WATCHDOG_USEC", "60000000", 1);
	notify_watchdog();
	check_heard(manager, "WATCHDOG=1");
	(void)close(manager);
}

#ifdef __linux__
/* A name without a file: systemd's own for some units. */
static void
test_notify_abstract(void **state)
{
	const struct place *place = *state;
	struct sockaddr_un name = {.sun_family = AF_UNIX};
	char spelt[sizeof(name.sun_path)];
	int manager, len;

	len = snprintf(spelt, sizeof(spelt), "@%s", place->directory);
	memcpy(name.sun_path, spelt, (size_t)len);
	name.sun_path[0] = '\0';
	manager = bound((const struct sockaddr *)&name,
		(socklen_t)(offsetof(struct sockaddr_un, sun_path) +
			(size_t)len),
		SOCK_DGRAM);
	(void)setenv("NOTIFY_SOCKET", spelt, 1);
	notify_manager("STOPPING=1");
	check_heard(manager, "STOPPING=1");
	(void)close(manager);
}
#endif

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			test_handover, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			test_nothing_opened, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_notify, set_up, tear_down),
#ifdef __linux__
		cmocka_unit_test_setup_teardown(
			test_notify_abstract, set_up, tear_down),
#endif
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
