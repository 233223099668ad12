/* SPDX-License-Identifier: BSD-2-Clause */
/* How long messages are being judged: a worker that hangs is known by that. */
#ifndef DAEMON_JUDGING_H
#define DAEMON_JUDGING_H

#include <stddef.h>
#include <stdint.h>

/* A judgement begins; its place is handed in at its end. */
size_t judging_begin(void);
void judging_end(size_t place);
/* How long the one that has been under way longest has been, in ms. */
int64_t judging_longest_ms(void);

#endif
