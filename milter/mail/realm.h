/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The realm: which domains are local and which clients are ours. Immutable
 * after it was built; shared by all threads.
 */
#ifndef MAIL_REALM_H
#define MAIL_REALM_H

#include "base/err.h"
#include "base/network.h"
#include "base/slice.h"

#include <stdbool.h>
#include <stddef.h>

struct realm;

struct realm *realm_new(void);
void realm_free(struct realm *);

/*
 * "example.com" (that name alone), ".example.com" (its subdomains), or
 * "file:/path" with one such entry a line, # comments. U-labels and A-labels
 * are the same. An error names the file and the line.
 */
bool realm_add_domain(struct realm *, struct slice entry, struct err *);
/* "10.0.0.0/8", "::1", "192.0.2.7"; host bits set are an error. */
bool realm_add_network(struct realm *, struct slice entry, struct err *);

/* The signs that begin the detail of a local part ("+" unless set; "": there
 * is none). */
bool realm_set_delimiters(struct realm *, struct slice signs, struct err *);
struct slice realm_delimiters(const struct realm *);
/* "mx.example.com = example.com": the first means the second. Both local. */
bool realm_add_same_as(struct realm *, struct slice entry, struct err *);
/* What a domain means; itself where nothing is said. */
struct slice realm_same_as(const struct realm *, struct slice domain);
/* A login ("exchange@example.com", "tickets") or a network whose client
 * speaks for many: its word is a program's, not a person's. */
bool realm_add_relay(struct realm *, struct slice entry, struct err *);
bool realm_has_relay(const struct realm *, struct slice login, struct slice ip);
/* The address of a list of ours, "@lists.example.com" for all of a domain, or
 * "file:/path" with one such entry a line. */
bool realm_add_list(struct realm *, struct slice entry, struct err *);
/* key and domain of an address. */
bool realm_has_list(
	const struct realm *, struct slice key, struct slice domain);

/* domain in the form of address_domain(). */
bool realm_has_domain(const struct realm *, struct slice domain);
/* ip as text, either family; an IPv4-mapped IPv6 address is the IPv4 one. */
bool realm_has_ip(const struct realm *, struct slice ip);
/* Does one of the networks cover all of this one? */
bool realm_covers(const struct realm *, const struct network *);
size_t realm_domains(const struct realm *);
/* The domains that are named themselves (not by their suffix), in the order in
 * which they were added, at most limit; borrowed. */
size_t realm_names(const struct realm *, struct slice *names, size_t limit);

#endif
