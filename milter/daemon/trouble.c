/* SPDX-License-Identifier: BSD-2-Clause */
/* One table for the process, as the log's sink is one. */
#include "daemon/trouble.h"

#include "base/clock.h"
#include "base/log.h"

#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const char *const names[TROUBLE_COUNT] = {
	[TROUBLE_FILES] = "files",
	[TROUBLE_LOG] = "log",
	[TROUBLE_EVENTS] = "events",
	[TROUBLE_RELOAD] = "reload",
	[TROUBLE_STORE_PART] = "store-part",
	[TROUBLE_STATE] = "state",
	[TROUBLE_DESCRIPTORS] = "descriptors",
	[TROUBLE_SESSIONS] = "sessions",
	[TROUBLE_CLOCK] = "clock",
	[TROUBLE_JOURNAL] = "journal",
	[TROUBLE_STORE_CLOCK] = "store-clock",
	[TROUBLE_STORE_SLOW] = "store-slow",
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct {
	int64_t since_ms;
	char text[TROUBLE_TEXT_BYTES]; /* empty: none */
} troubles[TROUBLE_COUNT];

const char *
trouble_name(enum trouble trouble)
{
	return names[trouble];
}

void
trouble_set(enum trouble trouble, const char *fmt, ...)
{
	char text[TROUBLE_TEXT_BYTES];
	bool came, went;
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	pthread_mutex_lock(&lock);
	came = text[0] != '\0' && strcmp(troubles[trouble].text, text) != 0;
	went = text[0] == '\0' && troubles[trouble].text[0] != '\0';
	if (came && troubles[trouble].text[0] == '\0')
		troubles[trouble].since_ms = clock_now_ms(clock_real());
	memcpy(troubles[trouble].text, text, sizeof(text));
	pthread_mutex_unlock(&lock);
	if (came) {
		log_write(LOG_LEVEL_ERROR, "%s", text);
	} else if (went) {
		log_write(LOG_LEVEL_NOTICE, "trouble is over: %s",
			names[trouble]);
	}
}

bool
trouble_get(
	enum trouble trouble, int64_t *since_ms, char text[TROUBLE_TEXT_BYTES])
{
	pthread_mutex_lock(&lock);
	*since_ms = troubles[trouble].since_ms;
	memcpy(text, troubles[trouble].text, TROUBLE_TEXT_BYTES);
	pthread_mutex_unlock(&lock);
	return text[0] != '\0';
}
