/* SPDX-License-Identifier: BSD-2-Clause */
/* Ports of loopback: who has them, who is connected. */
#include "mta/port.h"

#include "base/process.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define FIRST 10026U
#define STEP 100U
#define TRIED 40U
#define LINE_BYTES 512
#define ESTABLISHED 1 /* in the column st of proc(5)'s net/tcp */
/* Up to the inode, which a connection has once somebody has accepted it. */
#define TCP_LINE " %*d: %8x:%4x %8x:%4x %2x %*x:%*x %*x:%*x %*x %*u %*d %lu"

bool
port_is_free(uint16_t port, struct err *err)
{
	struct sockaddr_in name = {.sin_family = AF_INET,
		.sin_port = htons(port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	const int on = 1;
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	if (fd < 0)
		return err_system(err, "cannot make a socket");
	(void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	bool fine =
		bind(fd, (const struct sockaddr *)&name, sizeof(name)) == 0 &&
		listen(fd, 1) == 0;
	if (!fine)
		(void)err_system(err, "port %u of 127.0.0.1", (unsigned)port);
	(void)close(fd);
	return fine;
}

/* By the byte of its number, in a file that stays open until the process ends;
 * false: another process has it. */
static bool
lock_number(uint16_t port, const char *file, short type)
{
	static int fd = -1;
	struct flock number = {.l_type = type,
		.l_whence = SEEK_SET,
		.l_start = port,
		.l_len = 1};

	if (fd < 0) {
		fd = open(file, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC,
			S_IRUSR | S_IWUSR);
	}
	return fd < 0 || fcntl(fd, F_SETLK, &number) == 0;
}

/* Whoever had it until just now may have begun to listen. */
static bool
claim_one(uint16_t port, const char *file)
{
	struct err taken;

	if (!port_is_free(port, &taken) || !lock_number(port, file, F_WRLCK))
		return false;
	if (port_is_free(port, &taken))
		return true;
	(void)lock_number(port, file, F_UNLCK);
	return false;
}

void
port_keep(uint16_t port, const char *file)
{
	(void)lock_number(port, file, F_WRLCK);
}

bool
port_claim(uint16_t *port, const char *file,
	bool (*is_in_use)(const void *ctx, uint16_t port), const void *ctx,
	struct err *err)
{
	if (*port != 0) {
		port_keep(*port, file);
		return port_is_free(*port, err);
	}
	for (unsigned i = 0; i < TRIED; i++) {
		uint16_t next = (uint16_t)(FIRST + i * STEP);

		if ((is_in_use != NULL && is_in_use(ctx, next)) ||
			!claim_one(next, file))
			continue;
		*port = next;
		return true;
	}
	return err_set(err, ERR_SYSTEM,
		"no free port was found; choose one with --port");
}

static size_t
count_in_proc(FILE *in, uint16_t port)
{
	char line[LINE_BYTES];
	unsigned address, local, peer, peer_port, state;
	unsigned long inode;
	size_t count = 0;

	while (fgets(line, sizeof(line), in) != NULL) {
		if (sscanf(line, TCP_LINE, &address, &local, &peer, &peer_port,
			    &state, &inode) == 6 &&
			local == port && state == ESTABLISHED && inode != 0)
			count++;
	}
	return count;
}

/* "tcp4 0 0 127.0.0.1.10026 127.0.0.1.4242 ESTABLISHED" */
size_t
port_count_netstat(struct slice text, uint16_t port)
{
	char name[32];
	size_t count = 0;

	(void)snprintf(name, sizeof(name), " 127.0.0.1.%u ", (unsigned)port);
	for (struct slice line; slice_next(&text, '\n', &line);) {
		size_t ours = slice_find(line, slice_of(name));
		size_t first = slice_find(line, SLICE(" 127.0.0.1."));

		count += ours != SLICE_NONE && ours == first &&
			slice_find(line, SLICE("ESTABLISHED")) != SLICE_NONE;
	}
	return count;
}

static size_t
count_in_netstat(uint16_t port)
{
	const char *argv[] = {"netstat", "-an", "-p", "tcp", NULL};
	struct buf text = {0};
	struct err err;
	size_t count;

	(void)process_read(argv, &text, &err);
	count = port_count_netstat(buf_slice(&text), port);
	buf_fini(&text);
	return count;
}

size_t
port_connections(uint16_t port)
{
	FILE *in = fopen("/proc/net/tcp", "r");

	if (in == NULL)
		return count_in_netstat(port);
	size_t count = count_in_proc(in, port);
	(void)fclose(in);
	return count;
}
