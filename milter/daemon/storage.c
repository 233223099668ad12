/* SPDX-License-Identifier: BSD-2-Clause */
/* From the configuration to the store's options. */
#include "daemon/storage.h"

#include "base/log.h"
#include "daemon/config_engine.h"
#include "daemon/steady_clock.h"
#include "store/store_open.h"

#include <string.h>

static void
say(void *ctx, enum log_level level, const char *text)
{
	(void)ctx;
	log_write(level, "%s", text);
}

struct store *
storage_open(const struct config *config, struct err *err)
{
	struct store_options options = config_store_options(config);

	options.state_dir = config->state;
	options.clock = steady_clock();
	options.say = say;
	return store_open(&options, err);
}

struct store *
storage_probe(const struct config *config, struct err *err)
{
	const struct store_options options = config_store_options(config);

	return store_open(&options, err);
}

bool
storage_log_in(
	struct store *store, const struct config *config, struct err *err)
{
	const struct store_options options = config_store_options(config);

	return store_log_in(store, &options, err);
}

/* Memory is where its snapshot is; nothing else of a state is touched. */
static struct store_options
carried_options(const struct config *config)
{
	struct store_options options = config_store_options(config);

	if (strcmp(config->store, "memory") == 0)
		options.state_dir = config->state;
	return options;
}

struct store *
storage_export(const struct config *config, struct err *err)
{
	struct store_options options = carried_options(config);

	options.look_only = true;
	options.say = say;
	return store_open(&options, err);
}

struct store *
storage_import(const struct config *config, struct err *err)
{
	const struct store_options options = carried_options(config);

	return store_open(&options, err);
}

bool
storage_try(const struct config *config, rights_say_fn *said, void *ctx)
{
	const struct store_options options = config_store_options(config);

	return strcmp(config->store, "memory") == 0 ||
		rights_try(&options, said, ctx);
}
