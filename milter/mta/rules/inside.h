/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which addresses are inside: the site's own domains, as they were given or as
 * the MTAs' own files name them, and what an address that looks ours means.
 */
#ifndef MTA_RULES_INSIDE_H
#define MTA_RULES_INSIDE_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/slice.h"
#include "mail/address.h"
#include "mail/realm.h"

#include <stdbool.h>

struct inside;

/* given: the domains that are ours whatever is found, not owned; NULL: they
 * are learned. NULL when out of memory. */
struct inside *inside_new(const struct realm *given);
void inside_free(struct inside *);

/* A domain that an MTA takes for its own; nothing where they were given, or
 * it is none. */
void inside_learn(struct inside *, struct slice domain);
/* What is added to a user's name; the first word counts. */
void inside_set_origin(struct inside *, struct slice domain);
struct slice inside_origin(const struct inside *);
bool inside_is_given(const struct inside *);
bool inside_has_domain(const struct inside *, struct slice domain);
/* Those that are named themselves, at most so many; borrowed. */
size_t inside_domains(const struct inside *, struct slice *names, size_t limit);
/* "example.com, example.org" */
void inside_add_names(const struct inside *, struct buf *);

/* Networks that are ours: as was given, mynetworks, and those that no stranger
 * can have. */
void inside_add_network(struct inside *, struct slice network);
/* Is a next hop ("[203.0.113.9]:25", "exchange.example.com") a host of ours? */
bool inside_has_host(
	const struct inside *, struct arena *, struct slice nexthop);

struct target {
	struct address address;
	bool external;
	bool rewritten; /* it was written as if it were another */
};

/*
 * What local@domain means to an MTA: "x%evil.example@ours" and
 * "evil.example!x" leave (Postfix: allow_percent_hack, swap_bangpath). A
 * local part alone is a user's. False when the arena is full.
 */
bool inside_resolve(const struct inside *, struct arena *, struct slice local,
	struct slice domain, struct target *);
/* The mailbox of a user's name or of an address, in its one form. */
struct slice inside_mailbox(
	const struct inside *, struct arena *, struct slice name);

#endif
