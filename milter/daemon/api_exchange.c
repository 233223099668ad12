/* SPDX-License-Identifier: BSD-2-Clause */
/* Answers and parameters. */
#include "daemon/api_exchange.h"

#include "mail/path.h"

#define TYPE_JSON "application/json"

void
exchange_text(struct exchange *exchange, unsigned status, const char *text)
{
	exchange->answer->status = status;
	exchange->answer->type = API_TYPE_TEXT;
	buf_puts(&exchange->answer->body, text);
}

void
exchange_error(struct exchange *exchange, unsigned status, const char *text)
{
	struct json *json = json_map();

	exchange->answer->status = status;
	exchange->answer->type = TYPE_JSON;
	json_set_text(json, "error", slice_of(text));
	(void)json_write(json, &exchange->answer->body);
	json_free(json);
}

void
exchange_json_take(struct exchange *exchange, struct json *json)
{
	exchange->answer->status = 200;
	exchange->answer->type = TYPE_JSON;
	if (!json_write(json, &exchange->answer->body)) {
		buf_reset(&exchange->answer->body);
		exchange_error(exchange, 500, "out of memory");
	}
	json_free(json);
}

uint64_t
exchange_number(const struct exchange *exchange, const char *name,
	uint64_t otherwise, uint64_t most)
{
	const struct api_request *request = exchange->request;
	uint64_t number;

	if (!slice_to_u64(request->query(request->ctx, name), &number))
		return otherwise;
	return number < most ? number : most;
}

/* An address as people write it, as the store knows it. */
bool
exchange_address(
	struct exchange *exchange, struct slice text, struct slice *key)
{
	struct address address;

	if (!path_parse(exchange->arena, text, &address) ||
		!address_is_mailbox(&address)) {
		exchange_error(exchange, 400, "that is no address");
		return false;
	}
	*key = address.text;
	return true;
}

bool
exchange_query(struct exchange *exchange, struct store_query *query)
{
	struct err err = {0};

	if (store_query(exchange->api->store, exchange->arena, query, &err))
		return true;
	exchange_error(exchange, 503, err.text);
	return false;
}
