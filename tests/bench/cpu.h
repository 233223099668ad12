/* SPDX-License-Identifier: BSD-2-Clause */
/* The processor time a process and its descendants have used so far. */
#ifndef BENCH_CPU_H
#define BENCH_CPU_H

#include <stdint.h>
#include <sys/types.h>

/* Microseconds; -1 where the system does not tell (no Linux /proc). */
int64_t cpu_used_us(pid_t);

#endif
