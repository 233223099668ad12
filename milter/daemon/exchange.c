/* SPDX-License-Identifier: BSD-2-Clause */
/* Answers and parameters. */
#include "daemon/exchange.h"

#include "mail/path.h"
#include "verdict/allowed.h"
#include "verdict/contained.h"

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
	if (!slice_is_absent(exchange->alone))
		json_set_text(json, "alone", exchange->alone);
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

size_t
exchange_limit(const struct exchange *exchange, uint64_t otherwise)
{
	uint64_t most = exchange->request->right == API_RIGHT_OWN
		? API_LIMIT_MOST
		: API_LIMIT_PAGE;
	uint64_t wanted = exchange_number(exchange, "limit", otherwise, most);

	/* None at all would be all of them. */
	if (exchange->request->right != API_RIGHT_OWN &&
		(wanted == 0 || wanted > most))
		return (size_t)most;
	return (size_t)wanted;
}

/* An address as people write it, as the store knows it. */
bool
exchange_address(
	struct exchange *exchange, struct slice text, struct slice *key)
{
	struct address address;

	if (!path_parse(exchange->arena, text, &address) ||
		!address_is_mailbox(&address)) {
		exchange_error(exchange, 400, "that is not an address");
		return false;
	}
	*key = address.text;
	return true;
}

bool
exchange_query(struct exchange *exchange, struct store_query *query)
{
	struct err err = {0};

	if (store_query(exchange->api->store, exchange->arena, query, &err)) {
		if (!slice_is_absent(query->answer.alone))
			exchange->alone = query->answer.alone;
		return true;
	}
	exchange_error(exchange, 503, err.text);
	return false;
}

struct slice
exchange_host(const struct exchange *exchange)
{
	const struct generation *generation =
		generation_slot_get(exchange->api->slot);
	struct slice host =
		arena_copy(exchange->arena, slice_of(generation->config->host));

	generation_unref(generation);
	return host;
}

/* Now. What was let go before this was counted makes it none. */
static long long
held_of(const struct store_mailbox *mailbox)
{
	uint64_t all = mailbox->tally[TALLY_QUARANTINED],
		 gone = mailbox->tally[TALLY_LET_GO];

	return all > gone ? (long long)(all - gone) : 0;
}

struct json *
exchange_mailbox(const struct store_mailbox *mailbox)
{
	struct json *json = json_map();

	json_set_text(json, "mailbox", mailbox->mailbox);
	json_set_number(json, "flows", (long long)mailbox->flows);
	for (int i = 0; i < TALLY_COUNT; i++) {
		json_set_number(json, store_tally_name((enum tally_what)i),
			(long long)mailbox->tally[i]);
	}
	json_set_number(json, "held", held_of(mailbox));
	json_set_number(json, "destinations", (long long)mailbox->destinations);
	json_set_bool(json, "person", mailbox->person);
	json_set_time(json, "first", mailbox->first_forward_ms);
	json_set_time(json, "last", mailbox->last_forward_ms);
	return json;
}

struct json *
exchange_contained(struct exchange *exchange, enum contained_what all,
	enum contained_what forwards, struct slice name)
{
	struct store *store = exchange->api->store;
	struct arena *arena = exchange->arena;
	struct store_containment word;
	struct json *json;
	bool is_all = store_ordered(
		store, arena, contained_about(arena, all, name), &word);

	if (!is_all &&
		!store_ordered(store, arena,
			contained_about(arena, forwards, name), &word))
		return NULL;
	json = json_map();
	json_set_bool(json, "all_outgoing", is_all);
	json_set_text(json, "by", word.by);
	json_set_text(json, "why", word.why);
	json_set_time(json, "at", word.at_ms);
	json_set_time(json, "until", word.until_ms);
	return json;
}

struct json *
exchange_contained_to(struct exchange *exchange, struct slice to)
{
	struct json *found = exchange_contained(
		exchange, CONTAINED_ALL_TO, CONTAINED_TO, to);
	size_t at = slice_find_byte(to, '@', 0);

	while (found == NULL && at != SLICE_NONE) {
		to = slice_sub(to, at + 1, to.len);
		found = exchange_contained(
			exchange, CONTAINED_ALL_TO, CONTAINED_TO, to);
		at = slice_find_byte(to, '.', 0);
	}
	return found;
}

static struct json *
contained_route(struct exchange *exchange, const struct store_route *route)
{
	struct json *found = exchange_contained(
		exchange, CONTAINED_WRITER, CONTAINED_MAILBOX, route->mailbox);

	return found != NULL
		? found
		: exchange_contained_to(exchange, route->destination);
}

static struct json *
json_of_route(struct exchange *exchange, const struct store_route *route)
{
	struct json *json = json_map(), *allowed, *contained;
	struct store_containment word;

	json_set_text(json, "mailbox", route->mailbox);
	json_set_text(json, "destination", route->destination);
	json_set_number(json, "count", (long long)route->count);
	json_set_time(json, "first", route->first_ms);
	json_set_time(json, "last", route->last_ms);
	if (allowed_between(
		    exchange->api->store, exchange->arena, route, &word)) {
		allowed = json_map();
		json_set_text(allowed, "by", word.by);
		json_set_text(allowed, "why", word.why);
		json_set_time(allowed, "until", word.until_ms);
		json_set_take(json, "allowed", allowed);
	}
	contained = contained_route(exchange, route);
	if (contained != NULL)
		json_set_take(json, "contained", contained);
	return json;
}

struct json *
exchange_routes(struct exchange *exchange, const struct store_routes *routes)
{
	struct json *list = json_list();

	for (size_t i = 0; i < routes->count; i++)
		json_add_take(list, json_of_route(exchange, &routes->at[i]));
	return list;
}
