/* SPDX-License-Identifier: BSD-2-Clause */
/* The texts that fields with few values may have. Private to verdict/. */
#ifndef VERDICT_CHOICE_H
#define VERDICT_CHOICE_H

#include "sigma/record.h"

sigma_choice_fn choice_direction, choice_weekday, choice_kind, choice_platform,
	choice_evidence, choice_confirmed, choice_exemption, choice_tls;
/* Of less than all records. */
sigma_choice_fn choice_nothing, choice_true, choice_outbound, choice_forward;

#endif
