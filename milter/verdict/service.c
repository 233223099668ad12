/* SPDX-License-Identifier: BSD-2-Clause */
/* The services of log sources. */
#include "verdict/service.h"

unsigned
service_of(const struct flow *flow)
{
	unsigned services = SERVICE_MESSAGE;

	if (flow->rcpt->external)
		services |= SERVICE_OUTBOUND;
	if (flow_is_forward(flow))
		services |= SERVICE_FORWARD;
	return services;
}

const char *const *
service_names(void)
{
	static const char *const names[] = {
		"message", "forward", "outbound", "log", NULL};

	return names;
}
