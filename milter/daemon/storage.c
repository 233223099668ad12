/* SPDX-License-Identifier: BSD-2-Clause */
/* From the configuration to the store's options. */
#include "daemon/storage.h"

#include "base/log.h"
#include "store/store_open.h"

static void
say(void *ctx, enum log_level level, const char *text)
{
	(void)ctx;
	log_write(level, "%s", text);
}

static void
fill(const struct config *config, struct store_options *options)
{
	store_options_init(options);
	options->uri = config->store;
	if (*config->store_password_file != '\0')
		options->password_file = config->store_password_file;
	options->prefix = config->store_prefix;
	if (config->privacy_hash)
		options->hash_key = slice_of(config->privacy_key);
	options->memory_bytes = (uint64_t)config->store_bytes;
	options->journal_bytes = (uint64_t)config->store_journal;
	options->events = (uint32_t)config->keep_events;
	options->routes = (uint32_t)config->keep_routes;
	options->trace_members = (uint32_t)config->trace_members;
	options->snapshot_ms = config->store_snapshot;
	options->connect_ms = config->store_connect;
	options->backoff_ms = config->store_retry;
	options->backoff_max_ms = config->store_retry_max;
	options->mailbox_ttl_ms = config->keep_box;
	options->day_ttl_ms = config->keep_day;
	options->dedup_ttl_ms = config->keep_once;
}

struct store *
storage_open(const struct config *config, struct err *err)
{
	struct store_options options;

	fill(config, &options);
	options.state_dir = config->state;
	options.say = say;
	return store_open(&options, err);
}

struct store *
storage_probe(const struct config *config, struct err *err)
{
	struct store_options options;

	fill(config, &options);
	return store_open(&options, err);
}
