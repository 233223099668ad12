/* SPDX-License-Identifier: BSD-2-Clause */
/* The contract on a store whose Redis was never there: memory answers. */
#include "contract.h"

static const char *
uri_of(void)
{
	return "unix:/nonexistent/redis.sock";
}

int
main(void)
{
	static const struct contract_backend down = {
		.name = "redis that is down",
		.uri = uri_of,
		.result = STORE_FALLBACK,
		.down = true,
	};

	return contract_run(&down);
}
