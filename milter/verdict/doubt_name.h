/* SPDX-License-Identifier: BSD-2-Clause */
/* Doubts about addresses, domains, hosts and logins. Private to verdict/. */
#ifndef VERDICT_DOUBT_NAME_H
#define VERDICT_DOUBT_NAME_H

#include "verdict/doubt.h"

doubt_fn doubt_name_null, doubt_name_angle, doubt_name_url, doubt_name_at,
	doubt_name_no_at, doubt_name_dots, doubt_name_script,
	doubt_name_registered, doubt_name_ip, doubt_name_case,
	doubt_name_character, doubt_name_network, doubt_name_other;

#endif
