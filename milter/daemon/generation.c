/* SPDX-License-Identifier: BSD-2-Clause */
/* Everything a message is judged under, built at once and shared. */
#include "daemon/generation.h"

#include "base/random.h"
#include "verdict/policies.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

/* What the generation owns; callers see only its first member. */
struct whole {
	struct generation shown;
	atomic_size_t references;
	struct config *config;
	struct realm *realm;
	struct sigma_program *program;
	struct keywords keywords;
	char id_key[32];
};

struct generation_slot {
	pthread_mutex_t lock;
	const struct generation *current;
};

static void
whole_free(struct whole *whole)
{
	sigma_program_free(whole->program);
	realm_free(whole->realm);
	config_free(whole->config);
	free(whole);
}

/* Adds every entry and reports each that is wrong at its place. */
static void
add_entries(struct realm *realm, const struct config_texts *texts,
	bool (*add)(struct realm *, struct slice, struct err *),
	struct diags *diags)
{
	struct err err;

	for (size_t i = 0; i < texts->count; i++) {
		err = (struct err){0};
		if (texts->at[i].len > 0 && !add(realm, texts->at[i], &err)) {
			(void)diags_add(diags, DIAG_ERROR, texts->marks[i],
				NULL, "%s", err.text);
		}
	}
}

static void
load_realm(struct whole *whole, struct diags *diags)
{
	struct mark mark = {whole->config->file, 0, 0, 1};

	whole->realm = realm_new();
	if (whole->realm == NULL) {
		(void)diags_add(diags, DIAG_ERROR, mark, NULL, "out of memory");
		return;
	}
	add_entries(
		whole->realm, &whole->config->domains, realm_add_domain, diags);
	add_entries(whole->realm, &whole->config->networks, realm_add_network,
		diags);
	if (whole->config->domains.count > 0 &&
		realm_domains(whole->realm) == 0) {
		(void)diags_add(diags, DIAG_ERROR,
			whole->config->domains.marks[0], NULL,
			"local.domains names no domain at all");
	}
}

static void
load_program(struct whole *whole, const struct generation_options *options,
	struct diags *diags)
{
	const struct config *config = whole->config;
	const struct config_texts *from = &config->policies;
	const char **paths = calloc(from->count + 1, sizeof(*paths));
	struct sigma_options sigma;

	if (paths == NULL)
		return;
	for (size_t i = 0; i < from->count; i++)
		paths[i] = from->at[i].p;
	policies_options(&sigma);
	sigma.lists = config->lists.at;
	sigma.list_count = config->lists.count;
	sigma.timespan_max_ms = config->timespan_max;
	sigma.value_bytes = (size_t)config->limit_value_bytes;
	sigma.regex_budget_us = config->limit_regex_time * 1000;
	sigma.adversarial = options != NULL && options->adversarial;
	whole->program = policies_load(paths, from->count, &sigma, diags);
	free((void *)paths);
}

/* The list called "keywords" is what subjects are looked through for. */
static const struct keywords *
find_keywords(struct whole *whole)
{
	const struct config_lists *lists = &whole->config->lists;

	for (size_t i = 0; i < lists->count; i++) {
		if (slice_equal(lists->at[i].name, SLICE("keywords"))) {
			whole->keywords.words = lists->at[i].values;
			whole->keywords.count = lists->at[i].count;
			return &whole->keywords;
		}
	}
	return NULL;
}

/* So that nobody can guess an event's id. Absent where there is no chance. */
static struct slice
make_key(struct whole *whole)
{
	if (!random_fill(whole->id_key, sizeof(whole->id_key)))
		return (struct slice){NULL, 0};
	return (struct slice){whole->id_key, sizeof(whole->id_key)};
}

static void
show(struct whole *whole)
{
	const struct config *config = whole->config;
	struct generation *shown = &whole->shown;

	shown->config = config;
	shown->realm = whole->realm;
	shown->program = whole->program;
	shown->limits = config_message_limits(config);
	judge_options_init(&shown->judge);
	shown->judge.program = whole->program;
	shown->judge.respond = config_respond(config);
	shown->judge.store_budget_ms = config->store_time;
	shown->judge.trace_ttl_ms = config->trace_ttl;
	shown->judge.trace_members = (size_t)config->trace_members;
	shown->judge.keywords = find_keywords(whole);
	shown->judge.id_key = make_key(whole);
}

const struct generation *
generation_load(const char *file, const struct generation_options *options,
	struct diags *diags)
{
	struct whole *whole = calloc(1, sizeof(*whole));

	if (whole == NULL)
		return NULL;
	atomic_init(&whole->references, 1);
	whole->config = config_load(file, diags);
	if (whole->config != NULL) {
		load_realm(whole, diags);
		load_program(whole, options, diags);
	}
	if (diags_count(diags, DIAG_ERROR) > 0 || whole->realm == NULL ||
		whole->program == NULL) {
		whole_free(whole);
		return NULL;
	}
	show(whole);
	return &whole->shown;
}

/* The shown part is the first member of the whole, which is not const. */
static struct whole *
whole_of(const struct generation *generation)
{
	return (struct whole *)(uintptr_t)generation;
}

const struct generation *
generation_ref(const struct generation *generation)
{
	atomic_fetch_add_explicit(
		&whole_of(generation)->references, 1, memory_order_relaxed);
	return generation;
}

void
generation_unref(const struct generation *generation)
{
	if (generation != NULL &&
		atomic_fetch_sub(&whole_of(generation)->references, 1) == 1)
		whole_free(whole_of(generation));
}

struct generation_slot *
generation_slot_new_take(const struct generation *generation)
{
	struct generation_slot *slot = calloc(1, sizeof(*slot));

	if (slot == NULL)
		return NULL;
	pthread_mutex_init(&slot->lock, NULL);
	slot->current = generation;
	return slot;
}

void
generation_slot_free(struct generation_slot *slot)
{
	if (slot == NULL)
		return;
	generation_unref(slot->current);
	pthread_mutex_destroy(&slot->lock);
	free(slot);
}

const struct generation *
generation_slot_get(struct generation_slot *slot)
{
	const struct generation *generation;

	pthread_mutex_lock(&slot->lock);
	generation = generation_ref(slot->current);
	pthread_mutex_unlock(&slot->lock);
	return generation;
}

void
generation_slot_set_take(
	struct generation_slot *slot, const struct generation *generation)
{
	const struct generation *old;

	pthread_mutex_lock(&slot->lock);
	old = slot->current;
	slot->current = generation;
	pthread_mutex_unlock(&slot->lock);
	generation_unref(old);
}
