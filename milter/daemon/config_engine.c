/* SPDX-License-Identifier: BSD-2-Clause */
/* From the configuration to the options of each part of the engine. */
#include "daemon/config_engine.h"

#include "verdict/policies.h"

struct message_limits
config_message_limits(const struct config *config)
{
	return (struct message_limits){
		.fields = (size_t)config->limit_fields,
		.field_bytes = (size_t)config->limit_field_bytes,
		.recipients = (size_t)config->limit_recipients,
		.addresses = (size_t)config->limit_addresses,
	};
}

struct respond
config_respond(const struct config *config)
{
	struct respond respond = {
		.ceiling = (enum action)config->ceiling,
		.test_cap = (enum action)config->test_cap,
		.unseen = (enum action)config->unseen,
		.gave_up = (enum action)config->gave_up,
		.mode = (enum mode)config->mode,
		.outgoing = (enum tag_form)config->tag_outgoing,
	};

	for (size_t i = 0; i < SIGMA_LEVEL_COUNT; i++)
		respond.level[i] = (enum action)config->respond[i];
	return respond;
}

struct judge_options
config_judge_options(const struct config *config)
{
	return (struct judge_options){
		.respond = config_respond(config),
		.store_budget_ms = config->store_time,
		.trace_ttl_ms = config->trace_ttl,
		.trace_members = (size_t)config->trace_members,
		.told = (enum told_fields)config->log_fields,
		.host = config->host,
	};
}

struct sigma_options
config_sigma_options(const struct config *config)
{
	struct sigma_options options;

	policies_options(&options);
	options.lists = config->lists.at;
	options.list_count = config->lists.count;
	options.timespan_max_ms = config->timespan_max;
	options.value_bytes = (size_t)config->limit_value_bytes;
	options.regex_budget_us = config->limit_regex_time * 1000;
	return options;
}

struct store_options
config_store_options(const struct config *config)
{
	struct store_options options = {
		.uri = config->store,
		.user = config->store_user,
		.password = config->store_password,
		.sentinel_user = config->sentinel_user,
		.sentinel_password = config->sentinel_password,
		.tls_ca = config->store_ca,
		.tls_cert = config->store_cert,
		.tls_key = config->store_key,
		.host = config->host,
		.prefix = config->store_prefix,
		.clock = clock_real(),
		.memory_bytes = (uint64_t)config->store_bytes,
		.journal_bytes = (uint64_t)config->store_journal,
		.events = (uint32_t)config->keep_events,
		.routes = (uint32_t)config->keep_routes,
		.trace_members = (uint32_t)config->trace_members,
		.snapshot_ms = config->store_snapshot,
		.connect_ms = config->store_connect,
		.backoff_ms = config->store_retry,
		.backoff_max_ms = config->store_retry_max,
		.mailbox_ttl_ms = config->keep_mailbox,
		.day_ttl_ms = config->keep_day,
		.dedup_ttl_ms = config->keep_retry,
	};

	if (config->privacy_hash)
		options.hash_key = slice_of(config->privacy_key);
	return options;
}
