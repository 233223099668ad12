/* SPDX-License-Identifier: BSD-2-Clause */
/* The contract behind three Sentinels, of which the first is not there. */
#include "contract.h"
#include "sentinels.h"

#include <stdio.h>

static struct sentinels sentinels;
static char uri[256], prefix[32];

static void
prepare(struct store_options *options)
{
	static int number;

	sentinels_uri(&sentinels, uri, sizeof(uri));
	snprintf(prefix, sizeof(prefix), "t%d", ++number);
	options->uri = uri;
	options->prefix = prefix;
}

static int64_t
left_ms(const char *key)
{
	return server_left_ms(&sentinels.servers[0], "0", prefix, key);
}

int
main(void)
{
	static const struct contract_backend sentinel = {
		.name = "sentinel",
		.prepare = prepare,
		.real_time = true,
		.left_ms = left_ms,
		.result = STORE_OK,
	};
	int failed = 1;

	if (!server_available())
		return server_skip();
	if (sentinels_start(&sentinels)) {
		failed = contract_run(&sentinel);
	} else {
		printf("Bail out! the Sentinels do not start\n");
	}
	sentinels_stop(&sentinels);
	return failed;
}
