/* SPDX-License-Identifier: BSD-2-Clause */
/* The contract behind three Sentinels, of which the first is not there. */
#include "contract.h"
#include "sentinels.h"

#include <stdio.h>

static struct sentinels sentinels;
static char uri[256];

static const char *
uri_of(void)
{
	sentinels_uri(&sentinels, uri, sizeof(uri));
	return uri;
}

static int64_t
left_ms(const char *prefix, const char *key)
{
	return server_left_ms(&sentinels.servers[0], "0", prefix, key);
}

int
main(void)
{
	static const struct contract_backend sentinel = {
		.name = "sentinel",
		.uri = uri_of,
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
