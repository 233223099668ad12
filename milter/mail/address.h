/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Addresses of envelopes and header fields: RFC 5321 paths, RFC 5322
 * mailboxes with comments, groups, quoted local parts and the obsolete
 * syntax of section 4.4, UTF-8 by RFC 6531 and 6532.
 *
 * Two spellings of one mailbox compare equal: the local part loses its
 * quotes where it needs none and its case in every script, the domain is
 * lower case with A-labels. What
 * cannot be read is kept as it is and marked, never dropped.
 *
 * The key (text) and the domain are valid UTF-8 without control characters
 * whatever was sent: other bytes appear in them as \xHH.
 */
#ifndef MAIL_ADDRESS_H
#define MAIL_ADDRESS_H

#include "base/arena.h"
#include "base/slice.h"

#include <stdbool.h>
#include <stddef.h>

struct address {
	struct slice name; /* display name, decoded, UTF-8; may be absent */
	struct slice local; /* unquoted, case as written */
	struct slice domain; /* lower case, A-labels; empty if there is none */
	struct slice text; /* the key: lower-case local@domain, requoted
			    * where it must be; empty for the null sender */
	bool broken; /* could not be read by the grammar; text is the
		      * trimmed original in lower case, local and domain
		      * are what could be guessed, or absent */
};

struct addresses {
	const struct address *at;
	size_t count;
};

/*
 * From its parts: local without quotes, domain in any spelling (may be
 * absent). Borrows local. False when the arena is full, or was when local was
 * made (it is absent).
 */
bool address_build(struct arena *, struct slice local, struct slice domain,
	struct address *out);

/* What no grammar reads, marked broken. False only when the arena is full. */
bool address_build_broken(
	struct arena *, struct slice raw, struct address *out);

/* The same mailbox? Both must have been parsed; broken ones never are. */
bool address_equal(const struct address *, const struct address *);
/* Neither null, nor broken, with a domain? */
bool address_is_mailbox(const struct address *);

/* A domain's one form: lower case, A-labels (libidn2, UTS 46), no final
 * dot. What libidn2 refuses comes back in lower case, as it was. */
struct slice address_domain(struct arena *, struct slice domain);

/* The domain, or one label of it, with its A-labels in their own script
 * (UTF-8), written to out; the domain itself if libidn2 refuses, or where it
 * does not fit. */
struct slice address_domain_shown(
	struct slice domain, char *out, size_t out_size);

#endif
