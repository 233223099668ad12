/* SPDX-License-Identifier: BSD-2-Clause */
/* What other answers of the api have of alerts. */
#ifndef DAEMON_API_ALERTS_H
#define DAEMON_API_ALERTS_H

#include "base/buf.h"
#include "base/json.h"
#include "daemon/generation.h"

/* A list of the ways that are configured. */
struct json *api_alerts_json(const struct generation *);
/* Text for Prometheus. */
void api_alerts_metrics(struct buf *out);

#endif
