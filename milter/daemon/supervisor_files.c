/* SPDX-License-Identifier: BSD-2-Clause */
/* Files and places, taken on and given back. */
#include "daemon/supervisor_files.h"

#include "base/bundle.h"
#include "base/log.h"
#include "daemon/supervisor_alerts.h"

#include <stdio.h>
#include <unistd.h>

void
supervisor_files_close(int *fd)
{
	if (*fd >= 0)
		(void)close(*fd);
	*fd = NO_FILES;
}

void
supervisor_files_fill(const struct supervisor *supervisor, enum link_word word,
	struct link_message *message)
{
	link_message_init(message, word);
	message->fds[LINK_FD_LOG] = supervisor->places.log;
	message->fds[LINK_FD_EVENTS] = supervisor->places.events;
	message->fds[LINK_FD_FILES] = supervisor->files;
	message->fds[LINK_FD_MILTER] = supervisor->sockets.milter;
	message->fds[LINK_FD_CONTROL] = supervisor->sockets.control;
	message->fds[LINK_FD_HTTP] = supervisor->sockets.http;
	supervisor_alerts_fill(supervisor, message);
	(void)snprintf(message->text, sizeof(message->text), "%s",
		supervisor->places.missing);
}

/* Reads the configuration that the files are of. The checker has found it
 * sound, perhaps as a newer program than this one: what this one does not
 * know about it is not asked. */
static void
adopt_config(struct supervisor *supervisor)
{
	struct err err = {0};
	struct bundle *bundle = bundle_open(supervisor->files, &err);
	struct diags *diags = diags_new();
	struct config *config = NULL;

	if (bundle != NULL && diags != NULL) {
		bundle_use(bundle);
		config = config_load(supervisor->program.file, diags);
		bundle_use(NULL);
	}
	if (config != NULL) {
		config_free(supervisor->own_config);
		supervisor->own_config = config;
		supervisor->config = config;
	}
	diags_free(diags);
	bundle_free(bundle);
}

void
supervisor_files_renew(struct supervisor *supervisor)
{
	struct config now = *supervisor->config;
	struct places renewed;
	struct privilege user;
	struct err err = {0};

	if (!privilege_find(supervisor->config->user, supervisor->config->group,
		    &user, &err)) {
		log_write(LOG_LEVEL_ERROR, "%s", err.text);
		return;
	}
	places_open(supervisor->config, &user, &renewed);
	if (!places_use_log(supervisor->config, &renewed, &err))
		log_write(LOG_LEVEL_ERROR, "%s", err.text);
	places_close(&supervisor->places);
	supervisor->places = renewed;
	/* That of who asks stays where it was; MTAs are led elsewhere. */
	now.control = supervisor->begun->control;
	if (sockets_renew(&now, &user, &supervisor->sockets, &err))
		return;
	log_write(LOG_LEVEL_ERROR, "%s", err.text);
	places_miss(&supervisor->places, "socket", err.text);
}

void
supervisor_files_adopt(struct supervisor *supervisor)
{
	bundle_seal(supervisor->fresh);
	supervisor_files_close(&supervisor->kept);
	supervisor->kept = supervisor->files;
	supervisor->files = supervisor->fresh;
	supervisor->files_number++;
	supervisor->fresh = NO_FILES;
	adopt_config(supervisor);
}

void
supervisor_files_revert(struct supervisor *supervisor)
{
	if (supervisor->kept == NO_FILES)
		return;
	supervisor_files_close(&supervisor->files);
	supervisor->files = supervisor->kept;
	supervisor->files_number++;
	supervisor->kept = NO_FILES;
	adopt_config(supervisor);
}
