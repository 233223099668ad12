/* SPDX-License-Identifier: BSD-2-Clause */
/* A JSON schema of policies, for editors: it knows every field. */
#ifndef CLI_FIELDS_SCHEMA_H
#define CLI_FIELDS_SCHEMA_H

#include "base/json.h"

/* Draft 7, which editors know; the caller owns it. */
struct json *fields_schema_json(void);

#endif
