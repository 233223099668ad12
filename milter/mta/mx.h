/* SPDX-License-Identifier: BSD-2-Clause */
/* Where mail for domains goes, as the DNS says it (RFC 5321 section 5.1). */
#ifndef MTA_MX_H
#define MTA_MX_H

#include "base/buf.h"
#include "base/err.h"
#include "base/slice.h"

#include <stddef.h>

struct mx_question {
	const struct slice *domains;
	size_t count;
};

/*
 * Appends a line "domain<TAB>host<TAB>address" for each address of each MX of
 * each domain, or of the domain itself where it has no MX. False with err when
 * not all could be asked within the time of process_call(); what came is there.
 */
bool mx_ask(const struct mx_question *, struct buf *lines, struct err *err);

#endif
