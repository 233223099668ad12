/* SPDX-License-Identifier: BSD-2-Clause */
/* Where a program is reached, in all spellings. */
#include "base/socket_name.h"

#include <string.h>

static const struct {
	struct slice prefix;
	enum socket_name_family family;
} spellings[] = {
	{{"unix:", 5}, SOCKET_NAME_UNIX},
	{{"local:", 6}, SOCKET_NAME_UNIX},
	{{"inet:", 5}, SOCKET_NAME_INET},
	{{"inet6:", 6}, SOCKET_NAME_INET6},
};

static bool
copy_text(char *out, size_t size, struct slice s)
{
	if (s.len >= size || slice_find_byte(s, '\0', 0) != SLICE_NONE)
		return false;
	memcpy(out, s.p, s.len);
	out[s.len] = '\0';
	return true;
}

static bool
fail_spelling(struct err *err)
{
	return err_set(err, ERR_INVALID,
		"not an address; write inet:8894@127.0.0.1, "
		"inet:127.0.0.1:8894, inet6:8894@::1 or unix:/path");
}

/* Out of range is another mistake than no number at all. */
static bool
parse_port(struct slice text, uint16_t *port, struct err *err)
{
	uint64_t number;

	if (!slice_to_u64(text, &number))
		return fail_spelling(err);
	if (number < 1 || number > 65535) {
		return err_set(err, ERR_INVALID,
			"port %llu is not between 1 and 65535",
			(unsigned long long)number);
	}
	*port = (uint16_t)number;
	return true;
}

static struct slice
without_brackets(struct slice host)
{
	if (host.len >= 2 && host.p[0] == '[' && host.p[host.len - 1] == ']')
		return slice_sub(host, 1, host.len - 1);
	return host;
}

/* "port@host", "port", "host:port", "[v6]:port". */
static bool
parse_inet(struct slice text, struct socket_name *out, struct err *err)
{
	size_t at = slice_find_byte(text, '@', 0);
	size_t colon = text.len;
	struct slice host = {"", 0}, port = text;

	if (at != SLICE_NONE) {
		port = slice_sub(text, 0, at);
		host = slice_sub(text, at + 1, text.len);
	} else {
		while (colon > 0 && text.p[colon - 1] != ':')
			colon--;
		if (colon > 0) {
			host = slice_sub(text, 0, colon - 1);
			port = slice_sub(text, colon, text.len);
		}
	}
	host = without_brackets(host);
	if (slice_equal(host, SLICE("*")))
		host = SLICE("");
	if (!parse_port(port, &out->port, err))
		return false;
	return copy_text(out->host, sizeof(out->host), host) ||
		fail_spelling(err);
}

/* Cuts the family's prefix off; a bare path or host:port has none. */
static struct slice
parse_family(struct slice text, struct socket_name *out)
{
	for (size_t i = 0; i < sizeof(spellings) / sizeof(*spellings); i++) {
		if (slice_starts_fold(text, spellings[i].prefix)) {
			out->family = spellings[i].family;
			return slice_sub(
				text, spellings[i].prefix.len, text.len);
		}
	}
	if (text.len > 0 && text.p[0] == '/') {
		out->family = SOCKET_NAME_UNIX;
	} else {
		out->family = text.len > 0 && text.p[0] == '['
			? SOCKET_NAME_INET6
			: SOCKET_NAME_INET;
	}
	return text;
}

/* Without "inet:" a word before the colon is rather a misspelt prefix than a
 * host. */
static bool
is_bare_word(struct slice text, const struct socket_name *address)
{
	return !slice_starts_fold(text, SLICE("inet")) &&
		strpbrk(address->host, ".:") == NULL &&
		strcmp(address->host, "localhost") != 0;
}

bool
socket_name_parse(struct slice text, struct socket_name *out, struct err *err)
{
	struct slice rest;

	memset(out, 0, sizeof(*out));
	rest = parse_family(text, out);
	if (out->family == SOCKET_NAME_UNIX) {
		if (rest.len == 0 || rest.p[0] != '/') {
			return err_set(err, ERR_INVALID,
				"a unix socket needs an absolute path: "
				"unix:/run/forwarden/milter.sock");
		}
		if (!copy_text(out->path, sizeof(out->path), rest)) {
			return err_set(err, ERR_LIMIT,
				"the path of a unix socket has at most %d "
				"characters",
				SOCKET_NAME_PATH_BYTES - 1);
		}
		return true;
	}
	if (!parse_inet(rest, out, err))
		return false;
	return !is_bare_word(text, out) || fail_spelling(err);
}

void
socket_name_print(const struct socket_name *address, struct buf *out)
{
	if (address->family == SOCKET_NAME_UNIX) {
		buf_printf(out, "unix:%s", address->path);
	} else {
		buf_printf(out, "%s:%u%s%s",
			address->family == SOCKET_NAME_INET6 ? "inet6" : "inet",
			(unsigned)address->port,
			address->host[0] != '\0' ? "@" : "", address->host);
	}
}

bool
socket_name_is_local(const struct socket_name *address)
{
	return address->family == SOCKET_NAME_UNIX ||
		strncmp(address->host, "127.", 4) == 0 ||
		strcmp(address->host, "::1") == 0 ||
		strcmp(address->host, "localhost") == 0;
}
