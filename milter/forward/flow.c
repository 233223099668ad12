/* SPDX-License-Identifier: BSD-2-Clause */
/* Names of what is known of a flow, and the one question asked of it most. */
#include "forward/flow.h"

static const struct {
	enum exemption bit;
	const char *name;
} exemptions[EXEMPTION_COUNT] = {
	{EXEMPT_OWN_LIST, "own-list"},
	{EXEMPT_BOUNCE, "bounce"},
	{EXEMPT_AUTO_REPLY, "auto-reply"},
	{EXEMPT_REPLY, "reply"},
	{EXEMPT_GENERATED, "generated"},
	{EXEMPT_CALENDAR, "calendar"},
	{EXEMPT_TICKET, "ticket"},
	{EXEMPT_CONFIGURED_LIST, "configured-list"},
};

static const char *const standings[STANDING_COUNT] = {
	[STANDING_COUNTS] = "counts",
	[STANDING_EXCUSED] = "excused",
	[STANDING_FOREIGN] = "foreign",
	[STANDING_OTHER] = "other",
	[STANDING_OUTSIDE] = "outside",
	[STANDING_UNBOUND] = "unbound",
	[STANDING_UNHEARD] = "unheard",
	[STANDING_CONTRADICTED] = "contradicted",
};

static const char *const confirmations[] = {
	[CONFIRMED_UNKNOWN] = "unknown",
	[CONFIRMED_NO] = "no",
	[CONFIRMED_YES] = "yes",
};

const char *
flow_exemption_name(unsigned bit)
{
	return bit < EXEMPTION_COUNT ? exemptions[bit].name : "";
}

const char *
flow_standing_name(enum standing standing)
{
	return standings[standing];
}

const char *
flow_confirmed_name(enum confirmed confirmed)
{
	return confirmations[confirmed];
}

bool
flow_is_forward(const struct flow *flow)
{
	return flow->kind != KIND_NONE &&
		flow->confidence >= FLOW_CONFIDENCE_LIKELY;
}
