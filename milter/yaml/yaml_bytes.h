/* SPDX-License-Identifier: BSD-2-Clause */
/* UTF-8 without control characters (YAML 1.1, 5.1), or the place of the
 * first byte that is not. */
#ifndef YAML_YAML_BYTES_H
#define YAML_YAML_BYTES_H

#include "base/slice.h"
#include "yaml/diag.h"

bool yaml_check_bytes(const char *file, struct slice text, struct diags *);

#endif
