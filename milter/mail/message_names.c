/* SPDX-License-Identifier: BSD-2-Clause */
/* Names of gaps and directions. */
#include "mail/message.h"

static const char *const gap_names[GAP_COUNT] = {
	"fields",
	"field-cut",
	"bytes",
	"recipients",
	"addresses",
	"broken-header",
	"macros",
	"regex",
	"store-down",
	"store-late",
	"value-cut",
};

const char *
message_gap_name(unsigned bit)
{
	return bit < GAP_COUNT ? gap_names[bit] : "";
}

/* Ended by NULL. */
static const char *const direction_names[] = {
	[DIRECTION_INBOUND] = "inbound",
	[DIRECTION_OUTBOUND] = "outbound",
	[DIRECTION_INTERNAL] = "internal",
	NULL,
};

const char *
message_direction_name(enum direction direction)
{
	return direction_names[direction];
}

const char *const *
message_direction_names(void)
{
	return direction_names;
}
