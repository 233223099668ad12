/* SPDX-License-Identifier: BSD-2-Clause */
/* Takes the spelling of an endpoint apart, and puts it together. */
#include "store/endpoint.h"

#include <stdio.h>
#include <string.h>

#define PORT_MAX 65535

bool
endpoint_set(struct endpoint *endpoint, struct slice host, int64_t port)
{
	if (host.len == 0 || host.len >= sizeof(endpoint->host) ||
		slice_find_byte(host, '\0', 0) != SLICE_NONE || port < 0 ||
		port > PORT_MAX)
		return false;
	memcpy(endpoint->host, host.p, host.len);
	endpoint->host[host.len] = '\0';
	endpoint->port = (uint16_t)port;
	return true;
}

bool
endpoint_equal(const struct endpoint *a, const struct endpoint *b)
{
	return a->port == b->port && strcmp(a->host, b->host) == 0;
}

/* ":port", or nothing: then the port stays. */
static bool
parse_port(struct slice text, uint64_t *port)
{
	if (text.len == 0)
		return true;
	return text.p[0] == ':' &&
		slice_to_u64(slice_sub(text, 1, text.len), port) && *port > 0 &&
		*port <= PORT_MAX;
}

bool
endpoint_parse(struct slice text, uint16_t port, struct endpoint *endpoint)
{
	bool bracketed = text.len > 0 && text.p[0] == '[';
	size_t end = slice_find_byte(text, bracketed ? ']' : ':', 0);
	uint64_t number = port;
	struct slice host;

	if (end == SLICE_NONE && bracketed)
		return false;
	if (end == SLICE_NONE)
		end = text.len;
	host = slice_sub(text, bracketed, end);
	text = slice_sub(text, end + bracketed, text.len);
	return parse_port(text, &number) &&
		endpoint_set(endpoint, host, (int64_t)number);
}

const char *
endpoint_show(const struct endpoint *endpoint, struct endpoint_text *out)
{
	char *text = out->text;

	if (endpoint->port == 0) {
		(void)snprintf(text, sizeof(out->text), "%s", endpoint->host);
	} else if (strchr(endpoint->host, ':') != NULL) {
		(void)snprintf(text, sizeof(out->text), "[%s]:%u",
			endpoint->host, endpoint->port);
	} else {
		(void)snprintf(text, sizeof(out->text), "%s:%u", endpoint->host,
			endpoint->port);
	}
	return text;
}
