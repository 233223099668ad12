/* SPDX-License-Identifier: BSD-2-Clause */
/* The contract on a store whose Redis was never there: memory answers. */
#include "contract.h"

#include <stdio.h>

static char prefix[32];

static void
prepare(struct store_options *options)
{
	static int number;

	snprintf(prefix, sizeof(prefix), "t%d", ++number);
	options->uri = "unix:/nonexistent/redis.sock";
	options->prefix = prefix;
}

int
main(void)
{
	static const struct contract_backend down = {
		.name = "redis that is down",
		.prepare = prepare,
		.result = STORE_FALLBACK,
		.down = true,
	};

	return contract_run(&down);
}
