/* SPDX-License-Identifier: BSD-2-Clause */
/* How many descriptors there may be, and how near that is. */
#ifndef DAEMON_DESCRIPTORS_H
#define DAEMON_DESCRIPTORS_H

#include <stddef.h>

/* As many as the system lets this process and its children have. */
void descriptors_raise(void);
/* Connections that there is room for, beside what the rest needs. */
size_t descriptors_sessions(void);
/* Looks, and sets or ends TROUBLE_DESCRIPTORS. */
void descriptors_watch(void);

#endif
