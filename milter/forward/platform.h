/* SPDX-License-Identifier: BSD-2-Clause */
/* The products that evidence can name. */
#ifndef FORWARD_PLATFORM_H
#define FORWARD_PLATFORM_H

#include <stddef.h>

/* "postfix", "exchange" ...: each once, in the order of the tables that name
 * them; NULL past the last one. */
const char *platform_name(size_t index);

#endif
