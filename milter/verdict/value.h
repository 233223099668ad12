/* SPDX-License-Identifier: BSD-2-Clause */
/* Values of a policy's fields, made in an arena. Private to verdict/. */
#ifndef VERDICT_VALUE_H
#define VERDICT_VALUE_H

#include "base/arena.h"
#include "mail/address.h"
#include "sigma/record.h"

#include <stdbool.h>

/* All of them give no value when what they are given is absent, or when the
 * arena is full. */
struct sigma_values value_text(struct arena *, struct slice);
/* Whole numbers without a point, others with four digits. */
struct sigma_values value_number(struct arena *, double);
struct sigma_values value_truth(bool);

enum part {
	PART_TEXT,
	PART_LOCAL,
	PART_DOMAIN,
	PART_NAME
};
/* Absent when the address' text is. */
struct sigma_values value_address(
	struct arena *, const struct address *, enum part);
/* One value an address. */
struct sigma_values value_addresses(
	struct arena *, struct addresses, enum part);

#endif
