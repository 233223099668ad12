/* SPDX-License-Identifier: BSD-2-Clause */
/* What is known of connections. */
#include "daemon/accepted.h"

#ifdef HAVE_READ_AHEAD
#include <stdlib.h>
#include <time.h>

#define DESCRIPTORS 65536 /* past them none is known */

static struct accepted *_Atomic table[DESCRIPTORS];
static atomic_int highest;

struct accepted *
accepted_find(int fd)
{
	struct accepted *accepted =
		fd >= 0 && fd < DESCRIPTORS ? table[fd] : NULL;

	return accepted != NULL && accepted->is_open ? accepted : NULL;
}

struct accepted *
accepted_begin(int fd)
{
	struct accepted *accepted;

	if (fd < 0 || fd >= DESCRIPTORS)
		return NULL;
	accepted = table[fd];
	if (accepted == NULL) {
		accepted = calloc(1, sizeof(*accepted));
		if (accepted == NULL)
			return NULL;
		table[fd] = accepted;
	}
	accepted->is_read = false;
	accepted->reads++;
	accepted->is_open = true;
	if (fd > highest)
		highest = fd;
	return accepted;
}

int
accepted_highest(void)
{
	return highest;
}

int
accepted_poll(struct pollfd *fds, nfds_t count, int ms)
{
	const struct timespec wait = {ms / 1000, ms % 1000 * 1000000L};

	return ppoll(fds, count, ms < 0 ? NULL : &wait, NULL);
}
#endif
