/* SPDX-License-Identifier: BSD-2-Clause */
/* The MTA's side of the milter protocol. */
#include "wire.h"

#include <arpa/inet.h>
#include <libmilter/mfdef.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#define REPLY_SECONDS 30
#define PACKET_LIMIT (1024 * 1024)

/* For each command: its stage in the list of macros, the bit by which a
 * filter declines it and the bit by which it says that it will not answer. */
static const struct wire_row {
	char command;
	int stage;
	uint32_t declined, silent;
} wire_rows[] = {
	{SMFIC_CONNECT, 0, SMFIP_NOCONNECT, SMFIP_NR_CONN},
	{SMFIC_HELO, 1, SMFIP_NOHELO, SMFIP_NR_HELO},
	{SMFIC_MAIL, 2, SMFIP_NOMAIL, SMFIP_NR_MAIL},
	{SMFIC_RCPT, 3, SMFIP_NORCPT, SMFIP_NR_RCPT},
	{SMFIC_DATA, 4, SMFIP_NODATA, SMFIP_NR_DATA},
	{SMFIC_HEADER, -1, SMFIP_NOHDRS, SMFIP_NR_HDR},
	{SMFIC_EOH, 6, SMFIP_NOEOH, SMFIP_NR_EOH},
	{SMFIC_BODY, -1, SMFIP_NOBODY, SMFIP_NR_BODY},
	{SMFIC_BODYEOB, 5, 0, 0},
};

static const struct wire_row *
row_of(char command)
{
	for (size_t i = 0; i < sizeof(wire_rows) / sizeof(wire_rows[0]); i++) {
		if (wire_rows[i].command == command)
			return &wire_rows[i];
	}
	return NULL;
}

static void
put_u32(char out[4], uint32_t value)
{
	uint32_t wire = htonl(value);

	memcpy(out, &wire, 4);
}

static uint32_t
get_u32(const char *in)
{
	uint32_t wire;

	memcpy(&wire, in, 4);
	return ntohl(wire);
}

static void
add_packet(struct wire *w, char command, struct slice data)
{
	char len[4];

	put_u32(len, (uint32_t)(data.len + 1));
	buf_add(&w->out, (struct slice){len, sizeof(len)});
	buf_add_byte(&w->out, command);
	buf_add(&w->out, data);
}

static bool
flush(struct wire *w, struct err *err)
{
	size_t done = 0;

	if (!buf_ok(&w->out))
		return err_set(err, ERR_MEMORY, "out of memory");
	while (done < w->out.len) {
		ssize_t n = send(w->fd, w->out.p + done, w->out.len - done,
			MSG_NOSIGNAL);
		if (n <= 0)
			return err_system(err, "send");
		done += (size_t)n;
	}
	buf_reset(&w->out);
	return true;
}

static bool
fill(struct wire *w, char *out, size_t want, struct err *err)
{
	size_t got = 0;

	while (got < want) {
		ssize_t n = recv(w->fd, out + got, want - got, 0);
		if (n == 0)
			return err_set(err, ERR_DOWN, "the filter hung up");
		if (n < 0)
			return err_system(err, "recv");
		got += (size_t)n;
	}
	return true;
}

/* One packet of the filter's: *command, and its data in w->in. */
static bool
read_packet(struct wire *w, char *command, struct err *err)
{
	char head[5];

	if (!fill(w, head, sizeof(head), err))
		return false;
	uint32_t len = get_u32(head);
	if (len < 1 || len > PACKET_LIMIT)
		return err_set(err, ERR_INVALID, "a packet of %u bytes", len);
	*command = head[4];
	buf_reset(&w->in);
	for (uint32_t left = len - 1; left > 0;) {
		char piece[4096];
		size_t n = left < sizeof(piece) ? left : sizeof(piece);
		if (!fill(w, piece, n, err))
			return false;
		buf_add(&w->in, (struct slice){piece, n});
		left -= (uint32_t)n;
	}
	return true;
}

/* A filter's list of macros: stage, then names, for each stage it wants. */
static void
read_symbols(struct wire *w)
{
	size_t at = MILTER_OPTLEN;

	while (at + 5 <= w->in.len) {
		uint32_t stage = get_u32(w->in.p + at);
		const char *names = w->in.p + at + 4;
		if (stage < WIRE_STAGES) {
			free(w->symbols[stage]);
			w->symbols[stage] = strdup(names);
		}
		at += 4 + strlen(names) + 1;
	}
}

/* The offer of Postfix 3.7, milter protocol 6. */
static bool
negotiate(struct wire *w, struct err *err)
{
	char offer[MILTER_OPTLEN], command;

	put_u32(offer, 6);
	put_u32(offer + 4, SMFI_CURR_ACTS);
	put_u32(offer + 8, SMFI_CURR_PROT);
	add_packet(w, SMFIC_OPTNEG, (struct slice){offer, sizeof(offer)});
	if (!flush(w, err) || !read_packet(w, &command, err))
		return err_wrap(err, "negotiation");
	if (command != SMFIC_OPTNEG || w->in.len < MILTER_OPTLEN)
		return err_set(err, ERR_INVALID, "negotiation refused");
	w->actions = get_u32(w->in.p + 4);
	w->steps = get_u32(w->in.p + 8);
	read_symbols(w);
	return true;
}

static int
connect_unix(const char *path)
{
	struct sockaddr_un name = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	if (strlen(path) >= sizeof(name.sun_path))
		return -1;
	memcpy(name.sun_path, path, strlen(path) + 1);
	if (fd < 0 || connect(fd, (struct sockaddr *)&name, sizeof(name)) == 0)
		return fd;
	close(fd);
	return -1;
}

/* place is "port@host" (libmilter) or "host:port" (Postfix). */
static int
connect_inet(const char *place)
{
	struct addrinfo hint = {.ai_socktype = SOCK_STREAM}, *found;
	char host[256], port[32];
	int fd = -1, on = 1;

	if (sscanf(place, "%31[0-9]@%255s", port, host) != 2 &&
		sscanf(place, "%255[^:]:%31s", host, port) != 2)
		return -1;
	if (getaddrinfo(host, port, &hint, &found) != 0)
		return -1;
	for (struct addrinfo *a = found; a != NULL && fd < 0; a = a->ai_next) {
		fd = socket(a->ai_family, a->ai_socktype, a->ai_protocol);
		if (fd >= 0 && connect(fd, a->ai_addr, a->ai_addrlen) != 0) {
			close(fd);
			fd = -1;
		}
	}
	freeaddrinfo(found);
	if (fd >= 0)
		setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	return fd;
}

bool
wire_open(struct wire *w, const char *address, struct err *err)
{
	const struct timeval limit = {.tv_sec = REPLY_SECONDS};

	memset(w, 0, sizeof(*w));
	if (strncmp(address, "inet:", 5) == 0) {
		w->fd = connect_inet(address + 5);
	} else if (strncmp(address, "unix:", 5) == 0) {
		w->fd = connect_unix(address + 5);
	} else {
		w->fd = connect_unix(address);
	}
	if (w->fd < 0)
		return err_system(err, "%s", address);
	setsockopt(w->fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
	setsockopt(w->fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit));
	return negotiate(w, err);
}

void
wire_close(struct wire *w)
{
	if (w->fd >= 0)
		close(w->fd);
	for (int i = 0; i < WIRE_STAGES; i++)
		free(w->symbols[i]);
	buf_fini(&w->out);
	buf_fini(&w->in);
	buf_fini(&w->packet);
}

/* Is the name one of those asked for? Asking for none means all. */
static bool
is_wanted(const char *symbols, const char *name)
{
	size_t len = strlen(name);

	if (symbols == NULL)
		return true;
	for (const char *at = symbols; (at = strstr(at, name)) != NULL; at++) {
		if ((at == symbols || at[-1] == ' ') &&
			(at[len] == '\0' || at[len] == ' '))
			return true;
	}
	return false;
}

static void
add_macros(struct wire *w, const struct wire_row *row,
	const struct wire_macro *macros)
{
	if (macros == NULL || row->stage < 0)
		return;
	buf_reset(&w->packet);
	buf_add_byte(&w->packet, row->command);
	for (const struct wire_macro *m = macros; m->name != NULL; m++) {
		if (!is_wanted(w->symbols[row->stage], m->name))
			continue;
		buf_add(&w->packet, (struct slice){m->name, strlen(m->name)});
		buf_add_byte(&w->packet, '\0');
		buf_add(&w->packet, m->value);
		buf_add_byte(&w->packet, '\0');
	}
	add_packet(w, SMFIC_MACRO, buf_slice(&w->packet));
}

/* The next answer that is not a modification or a sign of life. */
static bool
await(struct wire *w, struct wire_result *result, struct err *err)
{
	for (;;) {
		if (!read_packet(w, &result->reply, err))
			return false;
		switch (result->reply) {
		case SMFIR_PROGRESS:
			break;
		case SMFIR_ADDHEADER:
		case SMFIR_INSHEADER:
			result->headers_added++;
			break;
		case SMFIR_CHGHEADER:
			result->headers_changed++;
			break;
		case SMFIR_QUARANTINE:
			result->quarantined++;
			break;
		case SMFIR_ADDRCPT:
		case SMFIR_ADDRCPT_PAR:
		case SMFIR_DELRCPT:
		case SMFIR_CHGFROM:
		case SMFIR_REPLBODY:
			result->others++;
			break;
		default:
			return true;
		}
	}
}

bool
wire_step(struct wire *w, const struct wire_step *step, char *reply,
	struct err *err)
{
	const struct wire_row *row = row_of(step->command);
	struct wire_result result = {0};

	*reply = SMFIR_CONTINUE;
	if (w->steps & row->declined)
		return true;
	add_macros(w, row, step->macros);
	add_packet(w, step->command, step->data);
	if (w->steps & row->silent)
		return true;
	if (!flush(w, err) || !await(w, &result, err))
		return err_wrap(err, "command %c", step->command);
	*reply = result.reply;
	return true;
}

bool
wire_end(struct wire *w, const struct wire_macro *macros,
	struct wire_result *result, struct err *err)
{
	memset(result, 0, sizeof(*result));
	add_macros(w, row_of(SMFIC_BODYEOB), macros);
	add_packet(w, SMFIC_BODYEOB, (struct slice){"", 0});
	if (!flush(w, err) || !await(w, result, err))
		return err_wrap(err, "end of message");
	return true;
}

bool
wire_say(struct wire *w, char command, struct err *err)
{
	add_packet(w, command, (struct slice){"", 0});
	return flush(w, err);
}
