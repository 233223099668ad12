/* SPDX-License-Identifier: BSD-2-Clause */
/* What libmilter asks for, read ahead of it: every byte once and in order, and
 * nothing of anybody else. */
#include "pair.h"
#include "rows.h"

#include "daemon/read_ahead.h"

#include <errno.h>
#include <fcntl.h>
#include <libmilter/mfapi.h>
#include <poll.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define MESSAGES 50
#define FIELDS 20
#define LARGE_BYTES 100000

#ifdef HAVE_READ_AHEAD
static const bool is_built = true;
#else
static const bool is_built = false;
#endif

/* So much was read that nobody has asked for. */
static void
expect_waiting(int fd, size_t bytes)
{
	assert_int_equal(read_ahead_waiting(fd), is_built ? bytes : 0);
}

static void
in_order(void **state)
{
	struct pair pair = pair_connect();

	(void)state;
	pair_say(pair, "onetwothree");
	pair_expect(pair.here, "one");
	expect_waiting(pair.here, 0);
	pair_expect(pair.here, "two");
	expect_waiting(pair.here, 5);
	pair_say(pair, "four");
	pair_expect(pair.here, "thr");
	pair_expect(pair.here, "ee");
	pair_expect(pair.here, "four");
	assert_int_equal(pair_look(pair.here, 0), 0);
	pair_close(pair);
}

/* A read that asks for more than waits gets what waits. */
static void
in_parts(void **state)
{
	struct pair pair = pair_connect();
	char bytes[16] = "";

	(void)state;
	pair_say(pair, "onetwo");
	pair_expect(pair.here, "one");
	assert_int_equal(pair_look(pair.here, 5000), POLLIN);
	pair_say(pair, "three");
	assert_int_equal(
		read(pair.here, bytes, sizeof(bytes)), is_built ? 3 : 8);
	assert_memory_equal(bytes, "twothree", is_built ? 3 : 8);
	if (is_built)
		pair_expect(pair.here, "three");
	pair_close(pair);
}

/* What came before the end is given out first. */
static void
to_the_end(void **state)
{
	struct pair pair = pair_connect();
	char byte;

	(void)state;
	pair_say(pair, "onetwo");
	pair_expect(pair.here, "one");
	(void)close(pair.peer);
	pair_expect(pair.here, "two");
	assert_true((pair_look(pair.here, 5000) & (POLLIN | POLLHUP)) != 0);
	assert_int_equal(read(pair.here, &byte, 1), 0);
	pair.peer = -1;
	pair_close(pair);
}

/* More than is read ahead at once, and read by more than that. */
static void
in_bulk(void **state)
{
	struct pair pair = pair_connect();
	static char sent[LARGE_BYTES], got[LARGE_BYTES];
	size_t done = 0;

	(void)state;
	for (size_t i = 0; i < LARGE_BYTES; i++)
		sent[i] = (char)(i * 7 + i / 251);
	assert_int_equal(send(pair.peer, sent, LARGE_BYTES, 0), LARGE_BYTES);
	for (size_t step = 1; done < LARGE_BYTES; step = step * 3 + 1) {
		size_t most = LARGE_BYTES - done;
		ssize_t n;

		assert_int_equal(pair_look(pair.here, 5000), POLLIN);
		n = read(pair.here, got + done, step < most ? step : most);
		assert_true(n > 0);
		done += (size_t)n;
	}
	assert_memory_equal(got, sent, LARGE_BYTES);
	pair_close(pair);
}

/* Among several descriptors those whose bytes wait are ready at once. */
static void
among_others(void **state)
{
	struct pair one = pair_connect(), two = pair_connect();
	struct pollfd both[2] = {
		{.fd = one.here, .events = POLLIN},
		{.fd = two.here, .events = POLLIN},
	};

	(void)state;
	pair_say(one, "firstmore");
	pair_expect(one.here, "first");
	pair_expect(one.here, "mo");
	assert_int_equal(poll(both, 2, 5000), 1);
	assert_int_equal(both[0].revents, POLLIN);
	assert_int_equal(both[1].revents, 0);
	pair_say(two, "second");
	assert_int_equal(poll(both, 2, 5000), 2);
	pair_expect(one.here, "re");
	assert_int_equal(poll(both, 2, 5000), 1);
	assert_int_equal(both[0].revents, 0);
	pair_expect(two.here, "second");
	assert_int_equal(poll(both, 2, 0), 0);
	pair_close(one);
	pair_close(two);
}

/* The next connection of that number gets nothing of the last one's. */
static void
anew(void **state)
{
	struct pair pair = pair_connect();
	int number = pair.here, file;
	char bytes[8];

	(void)state;
	pair_say(pair, "onetwo");
	pair_expect(pair.here, "one");
	pair_expect(pair.here, "t");
	expect_waiting(number, 2);
	assert_int_equal(close(pair.here), 0);
	expect_waiting(number, 0);
	file = open("/dev/null", O_RDONLY | O_CLOEXEC);
	assert_int_equal(dup2(file, number), number);
	assert_int_equal(read(number, bytes, sizeof(bytes)), 0);
	if (file != number)
		(void)close(file);
	pair_close(pair);
}

/* Whoever reads by other means finds all of it there. */
static void
not_of_others(void **state)
{
	struct pair pair = pair_connect();
	char bytes[8];
	int ends[2];

	(void)state;
	pair_say(pair, "one");
	assert_int_equal(pair_look(pair.here, 5000), POLLIN);
	assert_int_equal(pair_look(pair.here, 5000), POLLIN);
	expect_waiting(pair.here, 0);
	assert_int_equal(recv(pair.here, bytes, sizeof(bytes), 0), 3);
	assert_int_equal(pipe(ends), 0);
	assert_int_equal(write(ends[1], "pipe", 4), 4);
	pair_expect(ends[0], "pi");
	pair_expect(ends[0], "pe");
	assert_int_equal(pair_look(ends[0], 0), 0);
	(void)close(ends[0]);
	(void)close(ends[1]);
	pair_close(pair);
}

/* What waits and is not read is seen, from the first look on. */
static void
unread(void **state)
{
	struct pair pair = pair_connect();
	const int waits = is_built ? 1 : 0;

	(void)state;
	assert_int_equal(read_ahead_longest_ms(1000), 0);
	pair_say(pair, "onetwothree");
	assert_int_equal(read_ahead_longest_ms(2000), 0);
	assert_int_equal(read_ahead_longest_ms(3500), waits * 1500);
	pair_expect(pair.here, "one");
	assert_int_equal(read_ahead_longest_ms(4000), 0);
	assert_int_equal(read_ahead_longest_ms(5000), 0);
	assert_int_equal(read_ahead_longest_ms(6000), waits * 1000);
	pair_expect(pair.here, "two");
	assert_int_equal(read_ahead_longest_ms(7000), 0);
	assert_int_equal(read_ahead_longest_ms(8000), 0);
	assert_int_equal(read_ahead_longest_ms(8100), waits * 100);
	pair_expect(pair.here, "three");
	assert_int_equal(read_ahead_longest_ms(9000), 0);
	assert_int_equal(read_ahead_longest_ms(9900), 0);
	pair_say(pair, "more");
	assert_int_equal(read_ahead_longest_ms(10000), 0);
	pair_close(pair);
	assert_int_equal(read_ahead_longest_ms(20000), 0);
}

static void
as_the_system_fails(void **state)
{
	struct pair pair = pair_connect();
	char byte;

	(void)state;
	assert_int_equal(close(pair.here), 0);
	errno = 0;
	assert_int_equal(close(pair.here), -1);
	assert_int_equal(errno, EBADF);
	assert_int_equal(read(pair.here, &byte, 1), -1);
	assert_int_equal(errno, EBADF);
	assert_int_equal(pair_look(pair.here, 0), POLLNVAL);
	assert_int_equal(accept(pair.here, NULL, NULL), -1);
	assert_int_equal(errno, EBADF);
	assert_int_equal(poll(NULL, 0, 1), 0);
	(void)close(pair.peer);
}

/* The messages of a connection by a libmilter that knows nothing of it. */

static sfsistat
take_field(SMFICTX *ctx, char *name, char *value)
{
	size_t *fields = smfi_getpriv(ctx);

	(void)name;
	(void)value;
	++*fields;
	return SMFIS_CONTINUE;
}

static sfsistat
take_sender(SMFICTX *ctx, char **arguments)
{
	static size_t fields;

	(void)arguments;
	fields = 0;
	(void)smfi_setpriv(ctx, &fields);
	return SMFIS_CONTINUE;
}

static sfsistat
take_end(SMFICTX *ctx)
{
	const size_t *fields = smfi_getpriv(ctx);

	return *fields == FIELDS ? SMFIS_ACCEPT : SMFIS_REJECT;
}

static sfsistat
take_close(SMFICTX *ctx)
{
	(void)smfi_setpriv(ctx, NULL);
	return SMFIS_CONTINUE;
}

static sfsistat
take_offer(SMFICTX *ctx, unsigned long actions, unsigned long steps,
	unsigned long unused2, unsigned long unused3, unsigned long *my_actions,
	unsigned long *my_steps, unsigned long *my2, unsigned long *my3)
{
	(void)ctx, (void)actions, (void)unused2, (void)unused3;
	*my_actions = *my2 = *my3 = 0;
	*my_steps = steps & (SMFIP_NOBODY | SMFIP_NR_HDR | SMFIP_NR_MAIL);
	return SMFIS_CONTINUE;
}

static void *
serve(void *unused)
{
	(void)unused;
	(void)smfi_main();
	return NULL;
}

static size_t
put(char *out, char command, const char *body, size_t len)
{
	unsigned size = (unsigned)len + 1;

	for (int i = 0; i < 4; i++)
		out[i] = (char)(size >> (24 - 8 * i));
	out[4] = command;
	memcpy(out + 5, body, len);
	return len + 5;
}

/* Of calls that read, by this process; SIZE_MAX where the system keeps no
 * count. */
static size_t
reads_so_far(void)
{
	FILE *file = fopen("/proc/self/io", "r");
	unsigned long long reads = SIZE_MAX;
	char line[128];

	while (file != NULL && fgets(line, sizeof(line), file) != NULL) {
		if (sscanf(line, "syscr: %llu", &reads) == 1)
			break;
	}
	if (file != NULL)
		(void)fclose(file);
	return (size_t)reads;
}

static char
answer(int fd)
{
	unsigned char head[5] = {0};

	assert_int_equal(recv(fd, head, 5, MSG_WAITALL), 5);
	for (unsigned left = head[3] - 1U; left > 0; left--)
		assert_int_equal(recv(fd, head, 1, 0), 1);
	return (char)head[4];
}

static int
dial(const char *directory)
{
	static const char offer[] = {0, 0, 0, 6, 0, 0, 1, (char)0xff, 0, 0x1f,
		(char)0xff, (char)0xff};
	struct sockaddr_un address = pair_address(directory);
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);
	char out[32];

	for (int tries = 0; tries < 5000 &&
		connect(fd, (struct sockaddr *)(void *)&address,
			sizeof(address)) != 0;
		tries++)
		(void)poll(NULL, 0, 1);
	assert_int_equal(send(fd, out, put(out, 'O', offer, 12), 0), 17);
	assert_int_equal(recv(fd, out, 17, MSG_WAITALL), 17);
	return fd;
}

static size_t
write_message(char *out)
{
	size_t len = put(out, 'M', "<a@b.example>", 14);

	for (int i = 0; i < FIELDS; i++)
		len += put(out + len, 'L', "Name\0value", 11);
	return len + put(out + len, 'E', "", 0);
}

static void
through_libmilter(void **state)
{
	char directory[] = "/tmp/read-ahead-XXXXXX", spec[64], out[1024];
	struct smfiDesc filter = {
		.xxfi_name = (char *)(uintptr_t) "test",
		.xxfi_version = SMFI_VERSION,
		.xxfi_envfrom = take_sender,
		.xxfi_header = take_field,
		.xxfi_eom = take_end,
		.xxfi_close = take_close,
		.xxfi_negotiate = take_offer,
	};
	size_t before, len = write_message(out);
	pthread_t thread;
	int fd;

	(void)state;
	assert_non_null(mkdtemp(directory));
	(void)snprintf(spec, sizeof(spec), "unix:%s/socket", directory);
	assert_int_equal(smfi_register(filter), MI_SUCCESS);
	assert_int_equal(smfi_setconn(spec), MI_SUCCESS);
	read_ahead_begin();
	assert_int_equal(pthread_create(&thread, NULL, serve, NULL), 0);
	fd = dial(directory);
	before = reads_so_far();
	for (int i = 0; i < MESSAGES; i++) {
		assert_int_equal(send(fd, out, len, 0), len);
		assert_int_equal(answer(fd), 'a');
	}
	for (size_t i = 0; i < len; i++) /* byte by byte */
		assert_int_equal(send(fd, out + i, 1, 0), 1);
	assert_int_equal(answer(fd), 'a');
	if (is_built && before != SIZE_MAX)
		assert_true(reads_so_far() - before < MESSAGES * FIELDS / 2);
	(void)close(fd);
	(void)smfi_stop();
	(void)unlink(pair_address(directory).sun_path);
	(void)rmdir(directory);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(in_order),
		cmocka_unit_test(in_parts),
		cmocka_unit_test(to_the_end),
		cmocka_unit_test(in_bulk),
		cmocka_unit_test(among_others),
		cmocka_unit_test(anew),
		cmocka_unit_test(not_of_others),
		cmocka_unit_test(unread),
		cmocka_unit_test(as_the_system_fails),
		cmocka_unit_test(through_libmilter),
	};
	struct rows all = {0};

	ROWS_TESTS(&all, tests);
	return rows_run(&all, "read_ahead");
}
