/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What is ours: domains and clients, as the configuration says, and as the log
 * shows: a domain is ours if mail to it was delivered here.
 */
#ifndef LOGS_OURS_H
#define LOGS_OURS_H

#include "base/buf.h"
#include "base/slice.h"
#include "logs/told.h"
#include "mail/realm.h"

#include <stdbool.h>
#include <stdint.h>

#define OURS_DOMAINS_MOST 100000U

struct ours;

/* realm: what is configured; or NULL. Borrowed. */
struct ours *ours_new(const struct realm *);
void ours_free(struct ours *);

/* A delivery that was made. */
void ours_learn(struct ours *, const struct told *);
/* The domain of an address that is ours for another reason. */
void ours_learn_domain(struct ours *, struct slice address);
/* An address that is this host's own. */
void ours_learn_host(struct ours *, struct slice ip);

/* Is its domain ours? One without a domain is. */
bool ours_has(const struct ours *, struct slice address);
/* A host of ours, by its address; or by its name, which the MTA has checked,
 * if there is one. */
bool ours_has_host(const struct ours *, struct slice ip, struct slice name);
/* Of loopback, a private network, or one that is configured? */
bool ours_has_network(const struct ours *, struct slice ip);

/* The one form of an address (mail/address.h). */
void ours_address(const struct ours *, struct slice address, struct buf *out);
/* The mailbox of an address: the same without the detail behind "+"; one
 * without a domain is of the domain that got most mail. */
void ours_mailbox(const struct ours *, struct slice address, struct buf *out);
/* "example.com, example.org", those that got most mail first. */
size_t ours_print(const struct ours *, struct buf *out, size_t most);

#endif
