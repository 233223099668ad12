/* SPDX-License-Identifier: BSD-2-Clause */
/* The texts that fields with few values may have: asked of whoever has them. */
#include "verdict/choice.h"

#include "forward/evidence.h"
#include "forward/flow.h"
#include "forward/platform.h"
#include "mail/message.h"
#include "verdict/fetch.h"

const char *
choice_direction(size_t index)
{
	return message_direction_names()[index];
}

const char *
choice_weekday(size_t index)
{
	return fetch_weekday_names()[index];
}

const char *
choice_kind(size_t index)
{
	return evidence_kind_names()[index];
}

const char *
choice_platform(size_t index)
{
	return platform_name(index);
}

const char *
choice_evidence(size_t index)
{
	return index < EVIDENCE_COUNT ? evidence_row((enum evidence)index)->name
				      : NULL;
}

const char *
choice_confirmed(size_t index)
{
	return flow_confirmed_names()[index];
}

const char *
choice_exemption(size_t index)
{
	return flow_exemption_names()[index];
}

/* As Postfix and Sendmail write {tls_version}. */
const char *
choice_tls(size_t index)
{
	static const char *const versions[] = {"sslv3", "tlsv1", "tlsv1.0",
		"tlsv1.1", "tlsv1.2", "tlsv1.3", NULL};

	return versions[index];
}

const char *
choice_nothing(size_t index)
{
	(void)index;
	return NULL;
}

const char *
choice_true(size_t index)
{
	return index == 0 ? "true" : NULL;
}

const char *
choice_outbound(size_t index)
{
	return index == 0 ? message_direction_name(DIRECTION_OUTBOUND) : NULL;
}

/* All but "none", which is the first. */
const char *
choice_forward(size_t index)
{
	return evidence_kind_names()[index + 1];
}
