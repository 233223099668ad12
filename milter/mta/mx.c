/* SPDX-License-Identifier: BSD-2-Clause */
/* The system's own resolver, in a child, for it keeps no deadline. */
#include "mta/mx.h"

#include "base/process.h"

#include <netinet/in.h>

#include <arpa/nameser.h>
#include <netdb.h>
#include <resolv.h>
#include <stdio.h>
#include <sys/socket.h>

#define ANSWER_BYTES 4096
#define NAME_BYTES 256
#define HOSTS_MAX 16
#define TRY_SECONDS 2

static void
print_addresses(FILE *out, const char *domain, const char *host)
{
	const struct addrinfo hints = {.ai_socktype = SOCK_STREAM};
	struct addrinfo *found = NULL;
	char text[NI_MAXHOST];

	if (getaddrinfo(host, NULL, &hints, &found) != 0)
		return;
	for (const struct addrinfo *a = found; a != NULL; a = a->ai_next) {
		if (getnameinfo(a->ai_addr, a->ai_addrlen, text, sizeof(text),
			    NULL, 0, NI_NUMERICHOST) == 0)
			(void)fprintf(out, "%s\t%s\t%s\n", domain, host, text);
	}
	freeaddrinfo(found);
	(void)fflush(out);
}

/* False when it has no MX. */
static bool
print_exchangers(FILE *out, const char *domain)
{
	unsigned char answer[ANSWER_BYTES];
	char host[NAME_BYTES];
	bool found = false;
	ns_msg message;
	ns_rr record;

	int len = res_query(domain, ns_c_in, ns_t_mx, answer, sizeof(answer));
	if (len < 0 || len > (int)sizeof(answer) ||
		ns_initparse(answer, len, &message) < 0)
		return false;
	for (int i = 0; i < ns_msg_count(message, ns_s_an) && i < HOSTS_MAX;
		i++) {
		if (ns_parserr(&message, ns_s_an, i, &record) < 0 ||
			ns_rr_type(record) != ns_t_mx ||
			ns_rr_rdlen(record) < 3 ||
			dn_expand(ns_msg_base(message), ns_msg_end(message),
				ns_rr_rdata(record) + 2, host,
				sizeof(host)) < 0)
			continue;
		found = true;
		print_addresses(out, domain, host);
	}
	return found;
}

static void
ask_all(void *ctx, FILE *out)
{
	const struct mx_question *question = ctx;
	char domain[NAME_BYTES];

	if (res_init() == 0) {
		_res.retrans = TRY_SECONDS;
		_res.retry = 1;
	}
	for (size_t i = 0; i < question->count; i++) {
		(void)snprintf(domain, sizeof(domain), "%.*s",
			SLICE_ARG(question->domains[i]));
		if (!print_exchangers(out, domain))
			print_addresses(out, domain, domain);
	}
}

bool
mx_ask(const struct mx_question *question, struct buf *lines, struct err *err)
{
	struct mx_question copy = *question;

	return process_call(ask_all, &copy, lines, err);
}
