/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A packet: the word, a byte of bits that say which descriptors come along, a
 * number, and the text. SOCK_SEQPACKET keeps packets apart and tells of the
 * end.
 */
#include "daemon/link.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define BITS_AT 1
#define NUMBER_AT 2
#define HEAD_BYTES (NUMBER_AT + sizeof(unsigned))

union control {
	struct cmsghdr align;
	char bytes[CMSG_SPACE(LINK_FD_COUNT * sizeof(int))];
};

static bool
set_close_on_exec(int fd)
{
	return fcntl(fd, F_SETFD, FD_CLOEXEC) == 0;
}

bool
link_pair(int ends[2])
{
	if (socketpair(AF_UNIX, SOCK_SEQPACKET, 0, ends) != 0)
		return false;
	if (set_close_on_exec(ends[0]) && set_close_on_exec(ends[1]) &&
		fcntl(ends[0], F_SETFL, O_NONBLOCK) == 0)
		return true;
	(void)close(ends[0]);
	(void)close(ends[1]);
	return false;
}

static void
clear_fds(struct link_message *message)
{
	for (size_t i = 0; i < LINK_FD_COUNT; i++)
		message->fds[i] = LINK_FD_NONE;
}

void
link_message_init(struct link_message *message, enum link_word word)
{
	message->word = word;
	message->number = 0;
	message->text[0] = '\0';
	clear_fds(message);
}

unsigned
link_serve_number(bool refused, unsigned deaths)
{
	return deaths << 1 | refused;
}

bool
link_serve_is_refused(unsigned number)
{
	return (number & 1) != 0;
}

unsigned
link_serve_deaths(unsigned number)
{
	return number >> 1;
}

/* The bits of those that come along, and they themselves in their order. */
static unsigned char
collect_fds(const struct link_message *message, int fds[LINK_FD_COUNT],
	size_t *count)
{
	unsigned char bits = 0;

	*count = 0;
	for (size_t i = 0; i < LINK_FD_COUNT; i++) {
		if (message->fds[i] != LINK_FD_NONE) {
			bits |= (unsigned char)(1U << i);
			fds[(*count)++] = message->fds[i];
		}
	}
	return bits;
}

bool
link_send(int link, const struct link_message *message)
{
	int fds[LINK_FD_COUNT];
	size_t count;
	unsigned char head[HEAD_BYTES] = {(unsigned char)message->word,
		collect_fds(message, fds, &count)};
	struct iovec parts[2] = {
		{head, sizeof(head)},
		{(void *)(uintptr_t)message->text, strlen(message->text)},
	};
	union control control;
	struct msghdr packet = {.msg_iov = parts, .msg_iovlen = 2};
	ssize_t sent;

	memcpy(head + NUMBER_AT, &message->number, sizeof(message->number));
	if (count > 0) {
		struct cmsghdr *extra;

		memset(&control, 0, sizeof(control));
		packet.msg_control = control.bytes;
		/* size_t here, socklen_t there. */
		packet.msg_controllen =
			(socklen_t)CMSG_SPACE(count * sizeof(int));
		extra = CMSG_FIRSTHDR(&packet);
		extra->cmsg_level = SOL_SOCKET;
		extra->cmsg_type = SCM_RIGHTS;
		extra->cmsg_len = (socklen_t)CMSG_LEN(count * sizeof(int));
		memcpy(CMSG_DATA(extra), fds, count * sizeof(int));
	}
	do {
		sent = sendmsg(link, &packet, MSG_NOSIGNAL);
	} while (sent < 0 && errno == EINTR);
	return sent >= 0;
}

bool
link_say(int link, enum link_word word)
{
	struct link_message message;

	link_message_init(&message, word);
	return link_send(link, &message);
}

/* Gives each descriptor that came its place; one too many is closed. */
static void
take_fds(
	struct msghdr *packet, unsigned char bits, struct link_message *message)
{
	const struct cmsghdr *extra = CMSG_FIRSTHDR(packet);
	size_t count, place = 0;

	if (extra == NULL || extra->cmsg_type != SCM_RIGHTS)
		return;
	count = (extra->cmsg_len - CMSG_LEN(0)) / sizeof(int);
	for (size_t i = 0; i < count; i++) {
		int fd;

		memcpy(&fd, CMSG_DATA(extra) + i * sizeof(fd), sizeof(fd));
		while (place < LINK_FD_COUNT && (bits & 1U << place) == 0)
			place++;
		if (place < LINK_FD_COUNT && set_close_on_exec(fd)) {
			message->fds[place++] = fd;
		} else {
			(void)close(fd);
		}
	}
}

enum link_outcome
link_receive(int link, struct link_message *message)
{
	unsigned char head[HEAD_BYTES] = {0};
	struct iovec parts[2] = {
		{head, sizeof(head)},
		{message->text, sizeof(message->text) - 1},
	};
	union control control;
	struct msghdr packet = {
		.msg_iov = parts,
		.msg_iovlen = 2,
		.msg_control = control.bytes,
		.msg_controllen = sizeof(control),
	};
	ssize_t got;

	do {
		got = recvmsg(link, &packet, 0);
	} while (got < 0 && errno == EINTR);
	if (got < 0) {
		return errno == EAGAIN || errno == EWOULDBLOCK ? LINK_NOTHING
							       : LINK_ENDED;
	}
	if ((size_t)got < HEAD_BYTES)
		return LINK_ENDED;
	message->word = (enum link_word)head[0];
	memcpy(&message->number, head + NUMBER_AT, sizeof(message->number));
	clear_fds(message);
	message->text[(size_t)got - HEAD_BYTES] = '\0';
	take_fds(&packet, head[BITS_AT], message);
	return LINK_MESSAGE;
}
