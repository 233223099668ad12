/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which addresses are inside: the site's own domains, as they were given or as
 * the MTAs' own files name them, and what an address that looks ours means.
 */
#ifndef MTA_RULES_OURS_H
#define MTA_RULES_OURS_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/slice.h"
#include "mail/address.h"
#include "mail/realm.h"

#include <stdbool.h>

struct ours;

/* given: the domains that are ours whatever is found, not owned; NULL: they
 * are learned. NULL when out of memory. */
struct ours *ours_new(const struct realm *given);
void ours_free(struct ours *);

/* A domain that an MTA takes for its own; nothing where they were given, or
 * it is none. */
void ours_learn(struct ours *, struct slice domain);
/* What is added to a user's name; the first word counts. */
void ours_set_origin(struct ours *, struct slice domain);
struct slice ours_origin(const struct ours *);
bool ours_are_given(const struct ours *);
bool ours_has_domain(const struct ours *, struct slice domain);
/* Those that are named themselves, at most so many; borrowed. */
size_t ours_domains(const struct ours *, struct slice *names, size_t limit);
/* "example.com, example.org" */
void ours_add_names(const struct ours *, struct buf *);

/* Networks that are ours: as was given, mynetworks, and those that no stranger
 * can have. */
void ours_add_network(struct ours *, struct slice network);
/* Is a next hop ("[203.0.113.9]:25", "exchange.example.com") a host of ours? */
bool ours_has_host(const struct ours *, struct arena *, struct slice nexthop);

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
bool ours_resolve(const struct ours *, struct arena *, struct slice local,
	struct slice domain, struct target *);
/* The mailbox of a user's name or of an address, in its one form. */
struct slice ours_mailbox(
	const struct ours *, struct arena *, struct slice name);

#endif
