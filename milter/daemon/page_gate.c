/* SPDX-License-Identifier: BSD-2-Clause */
/* Host, Origin and Sec-Fetch-Site (RFC 9110 section 7.2, RFC 6454). */
#include "daemon/page_gate.h"

#include "base/network.h"

/* "127.0.0.1:8895" without its port, "[::1]:8895" without brackets, too. */
static struct slice
without_port(struct slice host)
{
	size_t end;

	if (host.len > 0 && host.p[0] == '[') {
		end = slice_find_byte(host, ']', 0);
		return slice_sub(host, 1, end);
	}
	end = slice_find_byte(host, ':', 0);
	return slice_sub(host, 0, end);
}

static bool
is_loopback(struct slice name)
{
	static const char *const networks[] = {"127.0.0.0/8", "::1"};
	struct network network;

	for (size_t i = 0; i < sizeof(networks) / sizeof(*networks); i++) {
		if (network_parse(slice_of(networks[i]), &network) ==
				NETWORK_OK &&
			network_has(&network, name))
			return true;
	}
	return slice_equal_fold(name, SLICE("localhost"));
}

bool
page_gate_knows_host(const struct config *config, struct slice host)
{
	struct slice name = without_port(host);

	if (is_loopback(name))
		return true;
	for (size_t i = 0; i < config->page_hosts.count; i++) {
		if (slice_equal_fold(name, config->page_hosts.at[i]))
			return true;
	}
	return false;
}

static bool
is_of_host(struct slice origin, struct slice scheme, struct slice host)
{
	return slice_starts_fold(origin, scheme) &&
		slice_equal_fold(
			slice_sub(origin, scheme.len, origin.len), host);
}

bool
page_gate_is_own(const struct api_request *request)
{
	struct slice host = request->field(request->ctx, "Host");
	struct slice origin = request->field(request->ctx, "Origin");
	struct slice site = request->field(request->ctx, "Sec-Fetch-Site");

	if (site.len > 0 && !slice_equal(site, SLICE("same-origin")))
		return false;
	if (slice_is_absent(origin))
		return request->method == API_GET;
	return is_of_host(origin, SLICE("http://"), host) ||
		is_of_host(origin, SLICE("https://"), host);
}
