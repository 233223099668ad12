/* SPDX-License-Identifier: BSD-2-Clause */
/* From the options of a store to what a connection needs. */
#include "store/redis/access.h"

#include "store/redis/tls.h"

#include <string.h>

static bool
take_text(const char *from, char to[ENDPOINT_TEXT_BYTES], struct err *err)
{
	size_t len = from != NULL ? strlen(from) : 0;

	if (len == 0)
		return true;
	if (len >= ENDPOINT_TEXT_BYTES) {
		return err_set(err, ERR_LIMIT,
			"store: a user or password of more than %d bytes",
			ENDPOINT_TEXT_BYTES - 1);
	}
	memcpy(to, from, len + 1);
	return true;
}

static bool
read_logins(struct access *access, const struct store_options *options,
	struct err *err)
{
	return take_text(options->user, access->uri.user, err) &&
		take_text(options->password, access->uri.password, err) &&
		take_text(options->sentinel_user, access->sentinel_user, err) &&
		take_text(options->sentinel_password, access->sentinel_password,
			err);
}

static const char *
given(const char *text)
{
	return text != NULL && *text != '\0' ? text : NULL;
}

static bool
set_up_tls(struct access *access, const struct store_options *options,
	struct err *err)
{
	const struct tls_options certificates = {given(options->tls_ca),
		given(options->tls_cert), given(options->tls_key)};

	if (!access->uri.tls)
		return true;
	access->tls = tls_new(&certificates, err);
	for (size_t i = 0; i < access->uri.host_count; i++)
		access->uri.hosts[i].tls = access->tls;
	return access->tls != NULL;
}

bool
access_open(struct access *access, const struct store_options *options,
	struct err *err)
{
	memset(access, 0, sizeof(*access));
	access->sentinel = (struct sentinel){.uri = &access->uri,
		.login = {.user = access->sentinel_user,
			.password = access->sentinel_password}};
	return uri_parse(slice_of(options->uri), &access->uri, err) &&
		read_logins(access, options, err) &&
		set_up_tls(access, options, err);
}

void
access_close(struct access *access)
{
	tls_free(access->tls);
	memset(access, 0, sizeof(*access));
}
