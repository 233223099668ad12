/* SPDX-License-Identifier: BSD-2-Clause */
/* Opening the log and the file of events. */
#include "daemon/places.h"

#include "base/log.h"
#include "daemon/secure_path.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define FILE_PREFIX "file:"

static const char *
path_of(const char *place)
{
	size_t len = strlen(FILE_PREFIX);

	return strncmp(place, FILE_PREFIX, len) == 0 ? place + len : NULL;
}

void
places_miss(struct places *places, const char *what, const char *why)
{
	size_t used = strlen(places->missing);

	(void)snprintf(places->missing + used, sizeof(places->missing) - used,
		"%s%s: %s", used > 0 ? "; " : "", what, why);
}

static int
open_place(const char *key, const char *place, const struct privilege *owner,
	struct places *places)
{
	const char *path = path_of(place);
	struct err err = {0};
	int fd;

	if (path == NULL)
		return PLACES_NONE;
	fd = secure_path_append(path, owner, &err);
	if (fd < 0)
		places_miss(places, key, err.text);
	return fd;
}

void
places_open(const struct config *config, const struct privilege *owner,
	struct places *places)
{
	places->missing[0] = '\0';
	places->log =
		open_place("log.target", config->log_target, owner, places);
	places->events =
		open_place("log.events", config->events, owner, places);
}

void
places_close(struct places *places)
{
	if (places->log >= 0)
		(void)close(places->log);
	if (places->events >= 0)
		(void)close(places->events);
	places->log = places->events = PLACES_NONE;
}

bool
places_use_log(const struct config *config, const struct places *places,
	struct err *err)
{
	enum log_level level = (enum log_level)config->log_level;

	if (path_of(config->log_target) == NULL)
		return log_open(config->log_target, level, err);
	return places->log < 0 || log_use(places->log, level, err);
}
