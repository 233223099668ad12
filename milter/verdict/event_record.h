/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * An event read back as a record of policies' fields: event_fields.h the
 * other way round. What a policy says of it is what it would say of the mail,
 * as far as the event is whole.
 */
#ifndef VERDICT_EVENT_RECORD_H
#define VERDICT_EVENT_RECORD_H

#include "base/json.h"
#include "sigma/record.h"

#include <stdbool.h>
#include <stddef.h>

/* One flow of an event; event and source outlive the record. */
struct event_source {
	const struct json *event;
	const struct json *flow; /* of forwarden.flows; NULL: the first one */
};

/* Does it have the fields of policies, as events of 0.1 have not? */
bool event_record_is(const struct json *event);
/* How many flows it tells of, the first one among them. */
size_t event_record_flows(const struct json *event);
struct event_source event_record_source(
	const struct json *event, size_t number);
/* Borrows the source. */
struct sigma_record event_record(const struct event_source *);

#endif
