/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * An address whose mail Postfix throws away by itself: that of
 * double_bounce_sender in a domain that is local to it (qmgr(8)). Whatever
 * sendmail(1) hands in for it is shown to milters and goes nowhere.
 */
#ifndef MTA_SINK_H
#define MTA_SINK_H

#include "base/buf.h"
#include "mta/postfix.h"

/* False where there is none that no table changes and no copy is made of. */
bool sink_find(const struct postfix *, struct buf *address);

#endif
