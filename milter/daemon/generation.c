/* SPDX-License-Identifier: BSD-2-Clause */
/* Everything a message is judged under, built at once and shared. */
#include "daemon/generation.h"

#include "base/bundle.h"
#include "base/random.h"
#include "daemon/config_engine.h"
#include "verdict/policies.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

/* What the generation owns; callers see only its first member. */
struct whole {
	struct generation shown;
	atomic_size_t references;
	struct config *config;
	struct realm *realm;
	struct sigma_program *program;
	struct keywords *keywords;
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
	keywords_free(whole->keywords);
	realm_free(whole->realm);
	config_free(whole->config);
	free(whole);
}

/* A list of the configuration for the realm. */
struct entries {
	const struct reader_text_list *texts;
	bool (*add)(struct realm *, struct slice, struct err *);
	const char *hint;
};

/* Adds every entry and reports each that is wrong at its place; true when
 * all were added. */
static bool
add_entries(
	struct realm *realm, const struct entries *entries, struct diags *diags)
{
	const struct reader_text_list *texts = entries->texts;
	bool good = true;

	for (size_t i = 0; i < texts->count; i++) {
		struct err err = {0};

		if (texts->at[i].len == 0) {
			good = false; /* it was told when it was read */
		} else if (!entries->add(realm, texts->at[i], &err)) {
			good = diags_add(diags, DIAG_ERROR, texts->marks[i],
				entries->hint, "%s", err.text);
		}
	}
	return good;
}

/* Whom to believe, what makes a person of many spellings, and who is not a
 * person. */
static void
load_lists(struct whole *whole, struct diags *diags)
{
	const struct config *config = whole->config;
	const struct entries entries[] = {
		{&config->networks, realm_add_network,
			"write 10.0.0.0/8, 2001:db8::/32 or an address"},
		{&config->same_as, realm_add_same_as,
			"write \"mx.example.com = example.com\""},
		{&config->relays, realm_add_relay,
			"write a login, 10.0.0.0/8 or an address"},
		{&config->own_lists, realm_add_list,
			"write name@example.com, @lists.example.com or "
			"file:/path"},
	};
	struct mark mark = {config->file, 0, 0, 1};
	struct err err;

	if (!realm_set_delimiters(
		    whole->realm, slice_of(config->delimiter), &err)) {
		(void)diags_add(diags, DIAG_ERROR, mark, "write \"+\"",
			"local.delimiter: %s", err.text);
	}
	for (size_t i = 0; i < sizeof(entries) / sizeof(*entries); i++)
		(void)add_entries(whole->realm, &entries[i], diags);
}

static void
load_realm(struct whole *whole, struct diags *diags)
{
	const struct config *config = whole->config;
	const struct entries domains = {&config->domains, realm_add_domain,
		"write example.com, .example.com or file:/path"};
	struct mark mark = {config->file, 0, 0, 1};
	bool told = diags_count(diags, DIAG_ERROR) > 0;

	whole->realm = realm_new();
	if (whole->realm == NULL) {
		(void)diags_add(diags, DIAG_ERROR, mark, NULL, "out of memory");
		return;
	}
	if (config->domains.count > 0)
		mark = config->domains.marks[0];
	if (add_entries(whole->realm, &domains, diags) &&
		realm_domains(whole->realm) == 0 && !told) {
		(void)diags_add(diags, DIAG_ERROR, mark,
			"write the domains whose mailboxes are yours",
			"local.domains names no domain at all");
	}
	load_lists(whole, diags);
}

/* A path that is not there is told where the configuration names it; the
 * default is nobody's word where the configuration could not be read. */
static bool
is_there(const struct reader_text_list *paths, size_t i, struct diags *diags)
{
	bool is_directory;

	if (paths->marks[i].line == 0 && diags_count(diags, DIAG_ERROR) > 0)
		return false;
	if (bundle_stat(paths->at[i].p, &is_directory))
		return true;
	return diags_add(diags, DIAG_ERROR, paths->marks[i],
		"write files of policies, or directories of them",
		"policies: cannot read %s: %s", paths->at[i].p,
		strerror(errno));
}

static void
load_program(struct whole *whole, const struct generation_options *options,
	struct diags *diags)
{
	const struct reader_text_list *from = &whole->config->policies;
	const char **paths = calloc(from->count + 1, sizeof(*paths));
	struct sigma_options sigma = config_sigma_options(whole->config);
	size_t count = 0;

	if (paths == NULL)
		return;
	for (size_t i = 0; i < from->count; i++) {
		if (is_there(from, i, diags))
			paths[count++] = from->at[i].p;
	}
	sigma.adversarial = options != NULL && options->adversarial;
	sigma.allow_empty = options != NULL && options->allow_empty;
	whole->program =
		policies_load(paths, count, &sigma, diags, &whole->keywords);
	free((void *)paths);
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
	shown->judge = config_judge_options(config);
	shown->judge.program = whole->program;
	shown->judge.keywords = whole->keywords;
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
	whole->shown.warnings = diags_count(diags, DIAG_WARNING);
	return &whole->shown;
}

/* The shown part is the first member of the whole, which is not const. */
static struct whole *
whole_of(const struct generation *generation)
{
	return (struct whole *)(uintptr_t)generation;
}

static const struct generation *
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
