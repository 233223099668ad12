/* SPDX-License-Identifier: BSD-2-Clause */
/* Listener addresses in all spellings, and sockets bound to them. */
#include "daemon/listener.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

static const struct {
	struct slice prefix;
	enum listener_family family;
} spellings[] = {
	{{"unix:", 5}, LISTENER_UNIX},
	{{"local:", 6}, LISTENER_UNIX},
	{{"inet:", 5}, LISTENER_INET},
	{{"inet6:", 6}, LISTENER_INET6},
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
parse_inet(struct slice text, struct listener_address *out, struct err *err)
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
parse_family(struct slice text, struct listener_address *out)
{
	for (size_t i = 0; i < sizeof(spellings) / sizeof(*spellings); i++) {
		if (slice_starts_fold(text, spellings[i].prefix)) {
			out->family = spellings[i].family;
			return slice_sub(
				text, spellings[i].prefix.len, text.len);
		}
	}
	if (text.len > 0 && text.p[0] == '/') {
		out->family = LISTENER_UNIX;
	} else {
		out->family = text.len > 0 && text.p[0] == '[' ? LISTENER_INET6
							       : LISTENER_INET;
	}
	return text;
}

/* Without "inet:" a word before the colon is rather a misspelt prefix than a
 * host. */
static bool
is_bare_word(struct slice text, const struct listener_address *address)
{
	return !slice_starts_fold(text, SLICE("inet")) &&
		strpbrk(address->host, ".:") == NULL &&
		strcmp(address->host, "localhost") != 0;
}

bool
listener_parse(struct slice text, struct listener_address *out, struct err *err)
{
	struct slice rest;

	memset(out, 0, sizeof(*out));
	rest = parse_family(text, out);
	if (out->family == LISTENER_UNIX) {
		if (rest.len == 0 || rest.p[0] != '/') {
			return err_set(err, ERR_INVALID,
				"a unix socket needs an absolute path: "
				"unix:/run/forwarden/milter.sock");
		}
		if (!copy_text(out->path, sizeof(out->path), rest)) {
			return err_set(err, ERR_LIMIT,
				"the path of a unix socket has at most %d "
				"characters",
				LISTENER_PATH_BYTES - 1);
		}
		return true;
	}
	if (!parse_inet(rest, out, err))
		return false;
	return !is_bare_word(text, out) || fail_spelling(err);
}

void
listener_print(const struct listener_address *address, struct buf *out)
{
	if (address->family == LISTENER_UNIX) {
		buf_printf(out, "unix:%s", address->path);
	} else {
		buf_printf(out, "%s:%u%s%s",
			address->family == LISTENER_INET6 ? "inet6" : "inet",
			(unsigned)address->port,
			address->host[0] != '\0' ? "@" : "", address->host);
	}
}

bool
listener_is_local(const struct listener_address *address)
{
	return address->family == LISTENER_UNIX ||
		strncmp(address->host, "127.", 4) == 0 ||
		strcmp(address->host, "::1") == 0 ||
		strcmp(address->host, "localhost") == 0;
}

static bool
fail_in_use(const struct listener_address *address, struct err *err)
{
	struct buf text = {0};

	listener_print(address, &text);
	buf_puts(&text, " is in use");
	buf_puts(&text, " by ");
	if (!listener_owner(address, &text))
		buf_puts(&text, "another process");
	(void)err_set(err, ERR_SYSTEM, "%s", buf_slice(&text).p);
	buf_fini(&text);
	return false;
}

static int
fail_system(int fd, const struct listener_address *address, const char *what,
	struct err *err)
{
	struct buf text = {0};
	int saved = errno;

	listener_print(address, &text);
	errno = saved;
	(void)err_system(err, "cannot %s %s", what, buf_slice(&text).p);
	buf_fini(&text);
	if (fd >= 0)
		(void)close(fd);
	return -1;
}

static int
new_socket(int family)
{
	int fd = socket(family, SOCK_STREAM, 0);

	if (fd >= 0 && fcntl(fd, F_SETFD, FD_CLOEXEC) < 0) {
		(void)close(fd);
		return -1;
	}
	return fd;
}

static bool
is_answered(const struct sockaddr_un *name)
{
	int fd = new_socket(AF_UNIX);
	bool yes;

	if (fd < 0)
		return true;
	yes = connect(fd, (const struct sockaddr *)name, sizeof(*name)) == 0 ||
		(errno != ECONNREFUSED && errno != ENOENT);
	(void)close(fd);
	return yes;
}

/* What is there and is a socket nobody answers on goes; all else stays. */
static bool
make_way(const struct listener_address *address, const struct sockaddr_un *name,
	struct err *err)
{
	struct stat there;

	if (lstat(address->path, &there) < 0)
		return true;
	if (!S_ISSOCK(there.st_mode)) {
		return err_set(err, ERR_SYSTEM,
			"%s is there and is not a socket", address->path);
	}
	if (is_answered(name))
		return fail_in_use(address, err);
	(void)unlink(address->path);
	return true;
}

static int
open_unix(const struct listener_address *address,
	const struct listener_access *access, struct err *err)
{
	struct sockaddr_un name = {.sun_family = AF_UNIX};
	mode_t mask;
	int fd, result;

	memcpy(name.sun_path, address->path, strlen(address->path) + 1);
	if (!make_way(address, &name, err))
		return -1;
	fd = new_socket(AF_UNIX);
	if (fd < 0)
		return fail_system(fd, address, "make a socket for", err);
	/* Nobody gets in before owner and mode are as told. */
	mask = umask(0177);
	result = bind(fd, (const struct sockaddr *)&name, sizeof(name));
	(void)umask(mask);
	if (result < 0)
		return fail_system(fd, address, "listen on", err);
	if (access != NULL &&
		((access->uid != (uid_t)-1 || access->gid != (gid_t)-1) &&
			chown(address->path, access->uid, access->gid) < 0))
		return fail_system(fd, address, "give away", err);
	if (access != NULL && chmod(address->path, access->mode) < 0)
		return fail_system(fd, address, "set the mode of", err);
	if (listen(fd, LISTENER_BACKLOG) < 0)
		return fail_system(fd, address, "listen on", err);
	return fd;
}

static int
bind_inet(const struct listener_address *address, const struct addrinfo *info,
	struct err *err)
{
	const int on = 1;
	int fd = new_socket(info->ai_family);

	if (fd < 0)
		return fail_system(fd, address, "make a socket for", err);
	(void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	/* Connections inherit it; a verdict of several small packets would
	 * else wait for the client's delayed acknowledgement. */
	(void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	if (info->ai_family == AF_INET6) {
		(void)setsockopt(
			fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof(on));
	}
	if (bind(fd, info->ai_addr, info->ai_addrlen) == 0 &&
		listen(fd, LISTENER_BACKLOG) == 0)
		return fd;
	if (errno != EADDRINUSE)
		return fail_system(fd, address, "listen on", err);
	(void)close(fd);
	(void)fail_in_use(address, err);
	return -1;
}

static int
open_inet(const struct listener_address *address, struct err *err)
{
	struct addrinfo hints = {
		.ai_family =
			address->family == LISTENER_INET6 ? AF_INET6 : AF_INET,
		.ai_socktype = SOCK_STREAM,
		.ai_flags = AI_PASSIVE | AI_NUMERICSERV,
	};
	struct addrinfo *found;
	char port[8];
	int fd, code;

	(void)snprintf(port, sizeof(port), "%u", (unsigned)address->port);
	code = getaddrinfo(address->host[0] != '\0' ? address->host : NULL,
		port, &hints, &found);
	if (code != 0) {
		(void)err_set(err, ERR_INVALID, "cannot find %s: %s",
			address->host, gai_strerror(code));
		return -1;
	}
	fd = bind_inet(address, found, err);
	freeaddrinfo(found);
	return fd;
}

int
listener_open(const struct listener_address *address,
	const struct listener_access *access, struct err *err)
{
	if (address->family == LISTENER_UNIX)
		return open_unix(address, access, err);
	return open_inet(address, err);
}
