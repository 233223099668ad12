/* SPDX-License-Identifier: BSD-2-Clause */
/* A ring of the newest probes. */
#include "daemon/probes.h"

#include "mta/probe.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#define PROBES_KEPT 256
#define LISTENER_BYTES 256

struct seen {
	char word[PROBE_WORD_BYTES];
	char listener[LISTENER_BYTES];
};

struct probes {
	pthread_mutex_t lock;
	struct seen ring[PROBES_KEPT];
	size_t next;
};

struct probes *
probes_new(void)
{
	struct probes *probes = calloc(1, sizeof(*probes));

	if (probes != NULL)
		(void)pthread_mutex_init(&probes->lock, NULL);
	return probes;
}

void
probes_free(struct probes *probes)
{
	if (probes == NULL)
		return;
	(void)pthread_mutex_destroy(&probes->lock);
	free(probes);
}

static void
keep(char *room, size_t size, struct slice text)
{
	size_t len = text.len < size ? text.len : size - 1;

	if (len > 0)
		memcpy(room, text.p, len);
	room[len] = '\0';
}

void
probes_note(struct probes *probes, struct slice text, struct slice listener)
{
	struct slice word;

	if (probes == NULL || !probe_find_word(text, &word))
		return;
	(void)pthread_mutex_lock(&probes->lock);
	struct seen *seen = &probes->ring[probes->next++ % PROBES_KEPT];
	keep(seen->word, sizeof(seen->word), word);
	keep(seen->listener, sizeof(seen->listener), listener);
	(void)pthread_mutex_unlock(&probes->lock);
}

struct json *
probes_listeners(struct probes *probes, struct slice word)
{
	struct json *list = json_list();

	if (probes == NULL || word.len == 0)
		return list;
	(void)pthread_mutex_lock(&probes->lock);
	for (size_t i = 0; i < PROBES_KEPT; i++) {
		const struct seen *seen = &probes->ring[i];
		if (slice_equal_fold(slice_of(seen->word), word))
			json_add_text(list, slice_of(seen->listener));
	}
	(void)pthread_mutex_unlock(&probes->lock);
	return list;
}
