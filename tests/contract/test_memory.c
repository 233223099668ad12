/* SPDX-License-Identifier: BSD-2-Clause */
/* The contract on the memory store. */
#include "contract.h"

static void
prepare(struct store_options *options)
{
	options->uri = "memory";
}

int
main(void)
{
	static const struct contract_backend memory = {
		.name = "memory",
		.prepare = prepare,
		.result = STORE_OK,
		.random_long = true,
	};

	return contract_run(&memory);
}
