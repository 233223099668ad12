/* SPDX-License-Identifier: BSD-2-Clause */
/* Names of speakers. */
#include "forward/speaker.h"

static const char *const speakers[SPEAKER_COUNT] = {
	[SPEAKER_MTA] = "mta",
	[SPEAKER_STORE] = "store",
	[SPEAKER_SOFTWARE] = "software",
	[SPEAKER_LOGIN] = "login",
	[SPEAKER_STRANGER] = "stranger",
};

const char *
speaker_name(enum speaker speaker)
{
	return speakers[speaker];
}
