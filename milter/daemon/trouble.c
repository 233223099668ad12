/* SPDX-License-Identifier: BSD-2-Clause */
/* One table for the process, as the log's sink is one. */
#include "daemon/trouble.h"

#include "base/clock.h"
#include "base/log.h"

#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define AGAIN_MS INT64_C(60000)

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
	[TROUBLE_ORDERS] = "orders",
	[TROUBLE_ALERTS] = "alerts",
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct trouble_state {
	int64_t since_ms; /* the wall clock */
	int64_t said_ms; /* monotonic */
	bool unsaid;
	char text[TROUBLE_TEXT_BYTES]; /* empty: none */
} troubles[TROUBLE_COUNT];

const char *
trouble_name(enum trouble trouble)
{
	return names[trouble];
}

/* But for their numbers. */
static bool
are_same_words(const char *a, const char *b)
{
	static const char digits[] = "0123456789";

	for (;; a++, b++) {
		a += strspn(a, digits);
		b += strspn(b, digits);
		if (*a != *b || *a == '\0')
			return *a == *b;
	}
}

/* Under the lock: takes the text over. Is it to be said? Where just a number
 * in it is another, that of a file, say, once a minute. */
static bool
note(struct trouble_state *state, const char *text)
{
	int64_t now_ms = clock_monotonic_ms();
	bool began = state->text[0] == '\0';
	bool is_new = !are_same_words(state->text, text);

	if (*text == '\0' || strcmp(state->text, text) != 0)
		state->unsaid = *text != '\0';
	(void)snprintf(state->text, sizeof(state->text), "%s", text);
	if (!state->unsaid || (!is_new && now_ms < state->said_ms + AGAIN_MS))
		return false;
	if (began)
		state->since_ms = clock_now_ms(clock_real());
	state->said_ms = now_ms;
	state->unsaid = false;
	return true;
}

void
trouble_set(enum trouble trouble, const char *fmt, ...)
{
	char text[TROUBLE_TEXT_BYTES];
	bool is_said, went;
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	pthread_mutex_lock(&lock);
	went = text[0] == '\0' && troubles[trouble].text[0] != '\0';
	is_said = note(&troubles[trouble], text);
	pthread_mutex_unlock(&lock);
	if (is_said) {
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
