/* SPDX-License-Identifier: BSD-2-Clause */
/* What is said of a doubtful value. */
#include "verdict/doubt.h"

#include <stdarg.h>
#include <stdio.h>

bool
doubt_say(struct sigma_doubt *doubt, const char *hint, const char *fmt, ...)
{
	va_list ap;

	(void)snprintf(doubt->hint, sizeof(doubt->hint), "%s", hint);
	va_start(ap, fmt);
	(void)vsnprintf(doubt->what, sizeof(doubt->what), fmt, ap);
	va_end(ap);
	return true;
}
