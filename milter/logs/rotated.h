/* SPDX-License-Identifier: BSD-2-Clause */
/* What a log that is rotated has become: LOG.1, LOG.2.gz, LOG-20261127. */
#ifndef LOGS_ROTATED_H
#define LOGS_ROTATED_H

/* Calls visit for each that is a file, in no order. */
void rotated_each(const char *path, void (*visit)(void *ctx, const char *path),
	void *ctx);

#endif
