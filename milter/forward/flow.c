/* SPDX-License-Identifier: BSD-2-Clause */
/* Names of what is known of a flow, and the one question asked of it most. */
#include "forward/flow.h"

/* By their bits' numbers, ended by NULL. */
static const char *const exemptions[EXEMPTION_COUNT + 1] = {
	"own-list",
	"bounce",
	"auto-reply",
	"reply",
	"generated",
	"calendar",
	"ticket",
	"configured-list",
	NULL,
};

/* Ended by NULL. */
static const char *const confirmations[] = {
	[CONFIRMED_UNKNOWN] = "unknown",
	[CONFIRMED_NO] = "no",
	[CONFIRMED_YES] = "yes",
	NULL,
};

const char *
flow_exemption_name(unsigned bit)
{
	return bit < EXEMPTION_COUNT ? exemptions[bit] : "";
}

const char *const *
flow_exemption_names(void)
{
	return exemptions;
}

const char *
flow_confirmed_name(enum confirmed confirmed)
{
	return confirmations[confirmed];
}

const char *const *
flow_confirmed_names(void)
{
	return confirmations;
}

bool
flow_is_forward(const struct flow *flow)
{
	return flow->kind != KIND_NONE &&
		flow->confidence >= FLOW_CONFIDENCE_LIKELY;
}

bool
flow_is_excused(const struct flow *flow)
{
	return flow->excused_by != 0 &&
		(flow->excused_by & EXEMPT_CONFIGURED_LIST) == 0;
}
