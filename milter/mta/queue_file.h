/* SPDX-License-Identifier: BSD-2-Clause */
/* Queue files of Postfix. */
#ifndef MTA_QUEUE_FILE_H
#define MTA_QUEUE_FILE_H

#include "base/buf.h"
#include "base/err.h"

#include <stdbool.h>

/* Does it begin like one (a record of sizes)? */
bool queue_file_is(const char *path);
/* The header with its envelope on top (mail/envelope.h); empty if the file is
 * no message. False with err when it cannot be read or is damaged. */
bool queue_file_read(const char *path, struct buf *header, struct err *err);

#endif
