/* SPDX-License-Identifier: BSD-2-Clause */
/* A child of the supervisor's that reads the files for a reload. */
#include "daemon/worker_check.h"

#include "base/bundle.h"
#include "base/log.h"
#include "daemon/diagnose.h"
#include "daemon/generation.h"

#include <string.h>

bool
worker_check(const char *file, const struct generation_options *options,
	const struct link_message *message)
{
	const struct generation *generation = NULL;
	struct diags *diags = diags_new();
	struct bundle *bundle = bundle_new();
	struct err err = {0};
	bool ok;

	if (message->fds[LINK_FD_LOG] != LINK_FD_NONE) {
		(void)log_use(message->fds[LINK_FD_LOG], LOG_LEVEL_INFO, &err);
	} else if (strncmp(message->text, "file:", 5) != 0) {
		(void)log_open(message->text, LOG_LEVEL_INFO, &err);
	}
	if (diags != NULL && bundle != NULL) {
		bundle_use(bundle);
		generation = generation_load(file, options, diags);
		bundle_use(NULL);
	}
	if (generation == NULL)
		diagnose_log(diags);
	ok = generation != NULL &&
		bundle_save(bundle, message->fds[LINK_FD_FILES], &err);
	if (err.code != ERR_NONE)
		log_write(LOG_LEVEL_ERROR, "%s", err.text);
	generation_unref(generation);
	bundle_free(bundle);
	diags_free(diags);
	return ok;
}
