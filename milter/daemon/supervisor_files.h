/* SPDX-License-Identifier: BSD-2-Clause */
/* The files and places that a supervisor keeps for its workers. */
#ifndef DAEMON_SUPERVISOR_FILES_H
#define DAEMON_SUPERVISOR_FILES_H

#include "daemon/link.h"
#include "daemon/supervisor_state.h"

/* *fd becomes NO_FILES, if it is not. */
void supervisor_files_close(int *fd);
/* All that a worker works with. */
void supervisor_files_fill(
	const struct supervisor *, enum link_word, struct link_message *);
/* The checker's bundle is the one in use; the one before is kept until a
 * worker has taken the new one. */
void supervisor_files_adopt(struct supervisor *);
/* The new files do not serve: the ones before are the last good ones. */
void supervisor_files_revert(struct supervisor *);
/* Opens logs and events again, and sockets whose paths are gone. */
void supervisor_files_renew(struct supervisor *);

#endif
