/* SPDX-License-Identifier: BSD-2-Clause */
/* Diagnostics of files, to the log: a line each. */
#ifndef DAEMON_DIAGNOSE_H
#define DAEMON_DIAGNOSE_H

#include "yaml/diag.h"

/* Errors and warnings; diags may be NULL. */
void diagnose_log(const struct diags *);

#endif
