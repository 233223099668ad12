/* SPDX-License-Identifier: BSD-2-Clause */
/* Was a probe seen, and through which listeners? */
#include "daemon/exchange.h"
#include "daemon/probes.h"

void
api_probe(struct exchange *exchange)
{
	struct json *json = json_map();

	json_set_take(json, "listeners",
		probes_listeners(exchange->api->probes, exchange->argument));
	exchange_json_take(exchange, json);
}
