/* SPDX-License-Identifier: BSD-2-Clause */
/* Takes the uri of a store apart. */
#include "store/uri.h"

#include "base/codec.h"
#include <string.h>

#define DB_MAX 1000000

struct scheme {
	struct slice prefix;
	enum uri_kind kind;
	uint16_t port;
	bool tls, lists_hosts, has_service, has_db;
};

static const struct scheme schemes[] = {
	{{"redis://", 8}, URI_REDIS, URI_REDIS_PORT, false, false, false, true},
	{{"rediss://", 9}, URI_REDIS, URI_REDIS_PORT, true, false, false, true},
	{{"redis+sentinel://", 17}, URI_SENTINEL, URI_SENTINEL_PORT, false,
		true, true, true},
	{{"redis+cluster://", 16}, URI_CLUSTER, URI_REDIS_PORT, false, true,
		false, false},
	{{"rediss+sentinel://", 18}, URI_SENTINEL, URI_SENTINEL_PORT, true,
		true, true, true},
	{{"rediss+cluster://", 17}, URI_CLUSTER, URI_REDIS_PORT, true, true,
		false, false},
};

#define SPELLINGS                                                         \
	"memory, redis://host:6379/0, unix:/run/redis.sock, "             \
	"redis+sentinel://host,host/service, redis+cluster://host,host, " \
	"rediss://host (TLS; rediss+sentinel://, rediss+cluster:// too)"

static bool
copy_text(struct slice from, char to[ENDPOINT_TEXT_BYTES])
{
	if (from.len >= ENDPOINT_TEXT_BYTES ||
		slice_find_byte(from, '\0', 0) != SLICE_NONE)
		return false;
	memcpy(to, from.p, from.len);
	to[from.len] = '\0';
	return true;
}

/* Percent-encoded text (RFC 3986 section 2.1), without NUL. */
static bool
decode(struct slice from, char to[ENDPOINT_TEXT_BYTES])
{
	size_t at, len = 0;

	for (at = 0; at < from.len && len + 1 < ENDPOINT_TEXT_BYTES; at++) {
		char c = from.p[at];

		if (c == '%') {
			if (!codec_escape_at(from, at, '%', &c) || c == '\0')
				return false;
			at += 2;
		}
		to[len++] = c;
	}
	to[len] = '\0';
	return at == from.len;
}

/* "user:password@", ":password@" or "password@" in front of the hosts. */
static bool
parse_login(struct slice *rest, struct store_uri *uri, struct err *err)
{
	size_t at = SLICE_NONE, i, colon;
	struct slice login;

	for (i = 0; i < rest->len && rest->p[i] != '/'; i++) {
		if (rest->p[i] == '@')
			at = i;
	}
	if (at == SLICE_NONE)
		return true;
	login = slice_sub(*rest, 0, at);
	*rest = slice_sub(*rest, at + 1, rest->len);
	colon = slice_find_byte(login, ':', 0);
	if (colon == SLICE_NONE) {
		colon = 0;
	} else if (!decode(slice_sub(login, 0, colon), uri->user)) {
		return err_set(err, ERR_INVALID,
			"store: the user is too long "
			"or its %%XX is wrong");
	}
	if (colon > 0 || (login.len > 0 && login.p[0] == ':'))
		login = slice_sub(login, colon + 1, login.len);
	if (!decode(login, uri->password)) {
		return err_set(err, ERR_INVALID,
			"store: the password is too "
			"long or its %%XX is wrong");
	}
	return true;
}

static bool
parse_hosts(struct slice text, const struct scheme *scheme,
	struct store_uri *uri, struct err *err)
{
	struct slice host;

	/* As redis-cli has it: this machine. */
	if (text.len == 0 && !scheme->lists_hosts)
		text = SLICE("127.0.0.1");
	if (text.len > 0 && text.p[0] == ':' && !scheme->lists_hosts) {
		return err_set(err, ERR_INVALID,
			"store: there is no host before the port: write "
			"127.0.0.1%.*s",
			SLICE_ARG(text));
	}
	while (slice_next(&text, ',', &host)) {
		struct endpoint *endpoint = &uri->hosts[uri->host_count];

		if (uri->host_count == URI_HOSTS_MAX) {
			return err_set(err, ERR_LIMIT,
				"store: more than %d hosts", URI_HOSTS_MAX);
		}
		if (!endpoint_parse(host, scheme->port, endpoint)) {
			return err_set(err, ERR_INVALID,
				"store: \"%.*s\" is not a host and port",
				SLICE_ARG(host));
		}
		uri->host_count++;
	}
	if (uri->host_count > 1 && !scheme->lists_hosts) {
		return err_set(err, ERR_INVALID,
			"store: %.*s takes one host; several are "
			"redis+sentinel:// or redis+cluster://",
			SLICE_ARG(scheme->prefix));
	}
	return true;
}

static bool
parse_db(struct slice text, struct store_uri *uri, struct err *err)
{
	if (text.len == 0)
		return true;
	if (!slice_to_u64(text, &uri->db) || uri->db > DB_MAX) {
		return err_set(err, ERR_INVALID,
			"store: \"%.*s\" is not a number of a database",
			SLICE_ARG(text));
	}
	return true;
}

/* What comes after the hosts: "/service", "/db" or both. */
static bool
parse_path(struct slice path, const struct scheme *scheme,
	struct store_uri *uri, struct err *err)
{
	struct slice service = {NULL, 0}, db = path;

	if (scheme->has_service) {
		(void)slice_next(&db, '/', &service);
		if (service.len == 0 || !copy_text(service, uri->service)) {
			return err_set(err, ERR_INVALID,
				"store: name the service: "
				"redis+sentinel://host,host/service");
		}
	}
	if (db.len > 0 && !scheme->has_db) {
		return err_set(err, ERR_INVALID,
			"store: a cluster has no databases: leave /%.*s out",
			SLICE_ARG(db));
	}
	return parse_db(db, uri, err);
}

static bool
parse_network(struct slice rest, const struct scheme *scheme,
	struct store_uri *uri, struct err *err)
{
	struct slice path = {"", 0};
	size_t slash;

	uri->kind = scheme->kind;
	uri->tls = scheme->tls;
	if (!parse_login(&rest, uri, err))
		return false;
	slash = slice_find_byte(rest, '/', 0);
	if (slash != SLICE_NONE) {
		path = slice_sub(rest, slash + 1, rest.len);
		rest = slice_sub(rest, 0, slash);
	}
	return parse_hosts(rest, scheme, uri, err) &&
		parse_path(path, scheme, uri, err);
}

/* "/path" or "/path?db=N". */
static bool
parse_unix(struct slice rest, struct store_uri *uri, struct err *err)
{
	size_t query = slice_find(rest, SLICE("?db="));

	uri->kind = URI_REDIS;
	uri->host_count = 1;
	if (query != SLICE_NONE) {
		if (!parse_db(slice_sub(rest, query + 4, rest.len), uri, err))
			return false;
		rest = slice_sub(rest, 0, query);
	}
	if (rest.len == 0 || rest.len > 100 ||
		!endpoint_set(&uri->hosts[0], rest, 0)) {
		return err_set(err, ERR_INVALID,
			"store: \"%.*s\" is not a path of a socket (at most "
			"100 "
			"bytes)",
			SLICE_ARG(rest));
	}
	return true;
}

static bool
has_tls(void)
{
#ifdef HAVE_HIREDIS_SSL
	return true;
#else
	return false;
#endif
}

/* Its kind alone, where a password may stand in the rest. */
static struct slice
head_of(struct slice text)
{
	size_t at = slice_find(text, SLICE("://"));

	if (at != SLICE_NONE)
		return slice_sub(text, 0, at + 3);
	at = slice_find_byte(text, ':', 0);
	return at != SLICE_NONE ? slice_sub(text, 0, at + 1) : text;
}

void
uri_show(struct slice text, struct buf *out)
{
	struct slice head = head_of(text);
	size_t end = text.len, at;

	if (head.len < 3 || head.p[head.len - 1] != '/') {
		buf_add(out, text);
		return;
	}
	at = slice_find_byte(text, '/', head.len);
	if (at != SLICE_NONE)
		end = at;
	while (end > head.len && text.p[end - 1] != '@')
		end--;
	at = slice_find_byte(text, ':', head.len);
	buf_add(out, head);
	if (end > head.len && at < end)
		buf_add(out, slice_sub(text, head.len, at + 1));
	if (end > head.len)
		buf_puts(out, "...@");
	buf_add(out, slice_sub(text, end, text.len));
}

bool
uri_parse(struct slice text, struct store_uri *uri, struct err *err)
{
	const struct slice unix_prefix = SLICE("unix:");

	memset(uri, 0, sizeof(*uri));
	if (slice_equal(text, SLICE("memory")))
		return true;
	if (slice_starts_fold(text, unix_prefix)) {
		return parse_unix(
			slice_sub(text, unix_prefix.len, text.len), uri, err);
	}
	for (size_t i = 0; i < sizeof(schemes) / sizeof(*schemes); i++) {
		const struct scheme *scheme = &schemes[i];

		if (!slice_starts_fold(text, scheme->prefix))
			continue;
		if (scheme->tls && !has_tls()) {
			return err_set(err, ERR_INVALID,
				"store: %.*s needs hiredis 1.0 or later; "
				"this one has no TLS: put stunnel in front of "
				"Redis and write redis://127.0.0.1:port",
				SLICE_ARG(scheme->prefix));
		}
		return parse_network(
			slice_sub(text, scheme->prefix.len, text.len), scheme,
			uri, err);
	}
	return err_set(err, ERR_INVALID,
		"store: \"%.*s\" is none of: " SPELLINGS,
		SLICE_ARG(head_of(text)));
}
