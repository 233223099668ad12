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

static struct tls_options
certificates_of(const struct store_options *options)
{
	return (struct tls_options){given(options->tls_ca),
		given(options->tls_cert), given(options->tls_key)};
}

static bool
set_up_tls(struct access *access, const struct store_options *options,
	struct err *err)
{
	const struct tls_options certificates = certificates_of(options);

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
	pthread_mutex_init(&access->lock, NULL);
	access->sentinel = (struct sentinel){.uri = &access->uri,
		.login = {.user = access->sentinel_user,
			.password = access->sentinel_password,
			.lock = &access->lock}};
	return uri_parse(slice_of(options->uri), &access->uri, err) &&
		read_logins(access, options, err) &&
		set_up_tls(access, options, err);
}

bool
access_renew(struct access *access, const struct store_options *options,
	struct err *err)
{
	const struct tls_options certificates = certificates_of(options);
	bool ok;

	pthread_mutex_lock(&access->lock);
	ok = read_logins(access, options, err);
	pthread_mutex_unlock(&access->lock);
	return ok &&
		(access->tls == NULL ||
			tls_renew(access->tls, &certificates, err));
}

void
access_close(struct access *access)
{
	tls_free(access->tls);
	memset(access, 0, sizeof(*access));
}
