/* SPDX-License-Identifier: BSD-2-Clause */
/* write(2), again and again. */
#include "base/whole.h"

#include <errno.h>
#include <unistd.h>

size_t
whole_write(int fd, struct slice bytes)
{
	size_t done = 0;

	while (done < bytes.len) {
		ssize_t n = write(fd, bytes.p + done, bytes.len - done);

		if (n < 0 && errno == EINTR)
			continue;
		if (n == 0)
			errno = EIO;
		if (n <= 0)
			break;
		done += (size_t)n;
	}
	return done;
}
