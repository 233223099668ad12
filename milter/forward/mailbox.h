/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A mailbox is a person, not a spelling. Its one form: the domain as
 * address_domain() writes it and folded by local.same_as, the local part
 * folded and cut at the delimiter; a quoted local part stays as it is. This
 * form is what binds, what is counted, named and asked for.
 */
#ifndef FORWARD_MAILBOX_H
#define FORWARD_MAILBOX_H

#include "mail/address.h"
#include "mail/realm.h"

#include <stdbool.h>

/*
 * The one form of the mailbox that an address stands for: BATV is unwrapped,
 * and so is qmail's "example.com-alice@example.com". False for what is not a
 * mailbox: addresses that only carry bounces back (SRS, caf), and local ones
 * that lead on ("alice%there@", "there!alice@"). An address that is not local
 * keeps its form.
 */
bool mailbox_find(const struct realm *, struct arena *, const struct address *,
	struct address *out);

#endif
