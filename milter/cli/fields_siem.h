/* SPDX-License-Identifier: BSD-2-Clause */
/* The table of fields as those who keep events want it: docs/siem.md. */
#ifndef CLI_FIELDS_SIEM_H
#define CLI_FIELDS_SIEM_H

#include "base/buf.h"
#include "base/json.h"

/* An index template of Elasticsearch. */
struct json *fields_siem_elastic(void);
/* props.conf of Splunk. */
void fields_siem_splunk(struct buf *);
/* A table for a page. */
void fields_siem_markdown(struct buf *);

#endif
