/* SPDX-License-Identifier: BSD-2-Clause */
/* Classes of a sendmail.cf: "Cwlocalhost mx", "Fw/etc/mail/local-host-names",
 * "C{VirtHost}example.com". */
#ifndef MTA_SENDMAIL_CLASS_H
#define MTA_SENDMAIL_CLASS_H

#include "base/slice.h"

/* Calls each for the entries; files that cannot be read are left out. */
typedef void sendmail_class_fn(void *ctx, struct slice entry);
void sendmail_class_read(
	struct slice cf, const char *name, sendmail_class_fn *, void *ctx);

#endif
