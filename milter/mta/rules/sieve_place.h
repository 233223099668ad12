/* SPDX-License-Identifier: BSD-2-Clause */
/* Where Sieve scripts lie. */
#ifndef MTA_RULES_SIEVE_PLACE_H
#define MTA_RULES_SIEVE_PLACE_H

#include "base/slice.h"

/* Where include finds its scripts. */
struct sieve_place {
	struct slice personal; /* folder of the user's own; or absent */
	struct slice global; /* or absent */
};

#endif
