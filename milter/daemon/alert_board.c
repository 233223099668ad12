/* SPDX-License-Identifier: BSD-2-Clause */
/* Memory that two processes share. */
#include "daemon/alert_board.h"

#include "base/bundle.h"
#include "daemon/webhook.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define NUMBER_MASK ((1U << ALERT_CAUSE_BITS) - 1)

static const char *const way_names[ALERT_WAY_COUNT] = {
	[ALERT_COMMAND] = "command",
	[ALERT_SYSLOG] = "syslog",
	[ALERT_WEBHOOK] = "webhook",
};

static const char *const result_names[ALERT_RESULT_COUNT] = {
	[ALERT_SENT] = "sent",
	[ALERT_FAILED] = "failed",
	[ALERT_HELD_BACK] = "held_back",
	[ALERT_DROPPED] = "dropped",
};

const char *
alert_way_name(enum alert_way way)
{
	return way_names[way];
}

const char *
alert_result_name(enum alert_result result)
{
	return result_names[result];
}

unsigned
alert_why(enum alert_cause cause, unsigned number)
{
	return (unsigned)cause << ALERT_CAUSE_BITS | (number & NUMBER_MASK);
}

void
alert_why_text(unsigned why, char text[ALERT_WHY_BYTES])
{
	unsigned number = why & NUMBER_MASK;
	const char *words = "";

	switch ((enum alert_cause)(why >> ALERT_CAUSE_BITS)) {
	case ALERT_CAUSE_EXIT:
		(void)snprintf(text, ALERT_WHY_BYTES, "it ended with status %u",
			number);
		return;
	case ALERT_CAUSE_SIGNAL:
		(void)snprintf(
			text, ALERT_WHY_BYTES, "it died of signal %u", number);
		return;
	case ALERT_CAUSE_HTTP:
		(void)snprintf(text, ALERT_WHY_BYTES,
			"the answer was HTTP %u%s", number,
			number >= 300 && number < 400
				? " (redirects are not followed)"
				: "");
		return;
	case ALERT_CAUSE_SYSTEM:
		words = strerror((int)number);
		break;
	case ALERT_CAUSE_CURL:
		words = webhook_error(number);
		break;
	case ALERT_CAUSE_LATE:
		words = "it was not done in time, and was killed";
		break;
	case ALERT_CAUSE_SOON:
		words = "there was a test a moment ago";
		break;
	case ALERT_CAUSE_NO_ROOM:
		words = "too many wait already (alerts.queue)";
		break;
	case ALERT_CAUSE_NONE:
	case ALERT_CAUSE_COUNT:
		break;
	}
	(void)snprintf(text, ALERT_WHY_BYTES, "%s", words);
}

int
alert_board_make(struct err *err)
{
	int fd = bundle_memory("forwarden-alerts", err);

	if (fd < 0)
		return -1;
	if (ftruncate(fd, (off_t)sizeof(struct alert_board)) != 0) {
		(void)err_system(err, "cannot make room for counters");
		(void)close(fd);
		return -1;
	}
#ifdef F_ADD_SEALS
	/* Who shortens it would end whoever reads it. */
	(void)fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL);
#endif
	return fd;
}

struct alert_board *
alert_board_map(int fd, struct err *err)
{
	void *memory = mmap(NULL, sizeof(struct alert_board),
		PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

	if (memory != MAP_FAILED)
		return memory;
	(void)err_system(err, "cannot map the counters of alerts");
	return NULL;
}
