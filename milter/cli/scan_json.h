/* SPDX-License-Identifier: BSD-2-Clause */
/* Objects of a scan, one a line, with the names that events have. */
#ifndef CLI_SCAN_JSON_H
#define CLI_SCAN_JSON_H

#include "base/json_writer.h"

#include <stdint.h>

/* What comes next goes into its map "forwarden". */
void scan_json_begin(struct json_writer *, const char *dataset, int64_t at_ms);
void scan_json_end(struct json_writer *);
void scan_json_time(struct json_writer *, const char *key, int64_t at_ms);

#endif
