/* SPDX-License-Identifier: BSD-2-Clause */
/* The contract on the memory store. */
#include "contract.h"

static const char *
uri_of(void)
{
	return "memory";
}

int
main(void)
{
	static const struct contract_backend memory = {
		.name = "memory",
		.uri = uri_of,
		.result = STORE_OK,
		.random_long = true,
	};

	return contract_run(&memory);
}
