/* SPDX-License-Identifier: BSD-2-Clause */
/* What would change, and proofs of what is there: nothing is changed. */
#include "mta/attach_postfix.h"

#include "mta/attach_check.h"
#include "mta/attach_help.h"
#include "mta/attached.h"
#include "mta/cf_text.h"
#include "mta/difference.h"
#include "mta/postfix_log.h"

#include <stdlib.h>

static void
show_files(const struct attach_help *help, const struct site *site,
	const struct recipe *recipe)
{
	struct buf main = {0}, master = {0};

	if (recipe_add_to_main(recipe, buf_slice(&site->main), &main) &&
		recipe_add_to_master(
			recipe, buf_slice(&site->master), true, &master)) {
		difference_show(help,
			&(struct difference){site->main_path,
				buf_slice(&site->main), buf_slice(&main)});
		difference_show(help,
			&(struct difference){site->master_path,
				buf_slice(&site->master), buf_slice(&master)});
	}
	buf_fini(&main);
	buf_fini(&master);
}

static void
show_proof(const struct attach_help *help, const struct prove *prove)
{
	for (size_t i = 0; i < prove->listener_count; i++) {
		const struct smtp_listener *listener = &prove->listeners[i];
		if ((prove->wish->parts & RECIPE_INTAKE) != 0 &&
			!listener->own_milters && listener->greeted) {
			attach_say(help, "to be proved: the daemon hears %.*s",
				SLICE_ARG(listener->service->name));
		}
	}
	for (size_t i = 0; i < prove->way_count; i++) {
		const struct way *way = &prove->ways[i];
		bool routed = way_is_routed(way);
		attach_say(help,
			"to be proved: mail %s <%s> is seen and leaves by %s",
			routed ? "for" : "of", routed ? way->to : way->sender,
			way->filter);
	}
}

static bool
show(const struct attach *attach, struct site *site, struct prove *prove,
	struct err *err)
{
	const struct attach_help *help = &attach->help;
	const struct attached nothing = {0};
	struct recipe_wish wish = attach->wish;
	struct recipe recipe = {0};
	struct buf milter = {0};

	if (site_is_attached(site)) {
		return err_set(err, ERR_INVALID,
			"it is attached already (recipe %u)",
			cf_text_recipe(buf_slice(&site->main)));
	}
	attached_settle(&nothing, &wish);
	bool done = postfix_log_is_safe(site, err) &&
		attach_check(site, help, &wish, err) &&
		attach->find_milter(
			attach->find_ctx, site->postfix, &milter, err);
	wish.milter = buf_slice(&milter).p;
	done = done && recipe_make(&recipe, site->postfix, &wish, err);
	if (done) {
		show_files(help, site, &recipe);
		*prove = (struct prove){
			.postfix = site->postfix, .wish = &wish, .help = help};
		prove_prepare(prove, &recipe.notes);
		attach_say_lines(help, "note: ", buf_slice(&recipe.notes));
		attach_check_origin(site, help);
		show_proof(help, prove);
	}
	recipe_fini(&recipe);
	buf_fini(&milter);
	return done;
}

static bool
probe(const struct attach *attach, struct site *site, struct prove *prove,
	struct err *err)
{
	struct recipe_wish wish = {.reject_text = attach->wish.reject_text};
	struct attached attached;
	struct buf notes = {0};

	if (site_parts(site) == 0) {
		return err_set(err, ERR_INVALID,
			"nothing of Forwarden is attached to %s",
			site->directory);
	}
	if (!attach_help_is_up(&attach->help, err))
		return false;
	bool done = attached_read(&attached, site, err);
	attached_settle(&attached, &wish);
	*prove = (struct prove){.postfix = site->postfix,
		.wish = &wish,
		.help = &attach->help,
		.led = slice_find(buf_slice(&site->master), SLICE(CF_LED)) !=
			SLICE_NONE};
	prove_prepare(prove, &notes);
	attach_say_lines(&attach->help, "note: ", buf_slice(&notes));
	done = done && prove_alive(prove, err) && prove_intake(prove, err) &&
		prove_listener(prove, err) && prove_routing(prove, err);
	prove_clean(site->directory);
	attached_fini(&attached);
	buf_fini(&notes);
	return done;
}

typedef bool look_fn(
	const struct attach *, struct site *, struct prove *, struct err *);

static bool
look(const struct attach *attach, look_fn *how, struct err *err)
{
	struct prove *prove = calloc(1, sizeof(*prove));
	struct site site;

	bool done = site_open(&site, attach->directory, err) &&
		(prove != NULL || err_set(err, ERR_MEMORY, "out of memory")) &&
		how(attach, &site, prove, err);
	site_close(&site);
	free(prove);
	return done;
}

bool
attach_postfix_show(const struct attach *attach, struct err *err)
{
	return look(attach, show, err);
}

bool
attach_postfix_probe(const struct attach *attach, struct err *err)
{
	return look(attach, probe, err);
}
