/* SPDX-License-Identifier: BSD-2-Clause */
/* Attach, prove, put back, undo. */
#include "mta/attach_postfix.h"

#include "mta/attach_check.h"
#include "mta/attach_help.h"
#include "mta/cf_file.h"
#include "mta/cf_text.h"
#include "mta/postfix_control.h"
#include "mta/queue.h"

#include <stdlib.h>

/* An attachment under way. */
struct work {
	const struct attach *attach;
	struct site site;
	struct recipe_wish wish; /* with the port that was chosen */
	struct buf milter; /* the wish's */
	struct recipe recipe;
	/* As it was before, for the proof; the site is read anew when files
	 * are put back. */
	struct postfix *before;
	struct prove prove;
	/* The files with the recipe; master without its routing and with. */
	struct buf main, master, routed;
};

static void
work_free(struct work *work)
{
	if (work == NULL)
		return;
	site_close(&work->site);
	recipe_fini(&work->recipe);
	postfix_free(work->before);
	buf_fini(&work->milter);
	buf_fini(&work->main);
	buf_fini(&work->master);
	buf_fini(&work->routed);
	free(work);
}

static bool
bring_up(const struct site *site, struct err *err)
{
	return postfix_control_is_running(site->directory) ||
		postfix_control_start(site->directory, err);
}

/* Postfix ran when it began, and may have ended by it since. */
static bool
mend_site(struct site *site, struct err *err)
{
	if ((site_is_attached(site) && !site_take_off(site, err)) ||
		!bring_up(site, err))
		return false;
	prove_clean(site->directory);
	cf_journal_end(site->directory);
	return true;
}

/* An earlier run that was cut short. */
static bool
mend(struct work *work, struct err *err)
{
	struct site *site = &work->site;

	if (!cf_journal_is_there(site->directory))
		return true;
	attach_say(&work->attach->help,
		"an earlier `forwarden attach` was cut short: what it put "
		"into %s is taken out first",
		site->directory);
	return mend_site(site, err);
}

static bool
make_room(struct work *work, struct err *err)
{
	struct site *site = &work->site;

	if (!site_is_attached(site))
		return true;
	if (!work->attach->update) {
		return err_set(err, ERR_INVALID,
			"it is attached already (recipe %u); --update puts "
			"recipe %u in its place, --undo takes it off",
			cf_text_recipe(buf_slice(&site->main)), RECIPE_NUMBER);
	}
	attach_say(&work->attach->help,
		"the recipe that is there is taken off first");
	return cf_journal_begin(site->directory, err) &&
		site_take_off(site, err);
}

static bool
make_texts(struct work *work, struct err *err)
{
	const struct recipe *recipe = &work->recipe;
	struct slice main = buf_slice(&work->site.main);
	struct slice master = buf_slice(&work->site.master);

	return (recipe_add_to_main(recipe, main, &work->main) &&
		       recipe_add_to_master(
			       recipe, master, false, &work->master) &&
		       recipe_add_to_master(
			       recipe, master, true, &work->routed)) ||
		err_set(err, ERR_MEMORY, "out of memory");
}

/* All that can be known before anything is changed. */
static bool
prepare(struct work *work, struct err *err)
{
	const struct attach_help *help = &work->attach->help;
	struct site *site = &work->site;

	work->wish = work->attach->wish;
	if (!attach_check(site, help, &work->wish, err) ||
		!work->attach->find_milter(work->attach->find_ctx,
			site->postfix, &work->milter, err))
		return false;
	work->wish.milter = buf_slice(&work->milter).p;
	if (!recipe_make(&work->recipe, site->postfix, &work->wish, err) ||
		!make_texts(work, err))
		return false;
	work->before = site->postfix;
	site->postfix = NULL;
	work->prove = (struct prove){
		.postfix = work->before, .wish = &work->wish, .help = help};
	prove_prepare(&work->prove, &work->recipe.notes);
	attach_say_lines(help, "note: ", buf_slice(&work->recipe.notes));
	return true;
}

/* The listener, to which no mail is led yet. main.cf goes first, so that
 * what master.cf refers to is there. */
static bool
put_in_place(struct work *work, struct err *err)
{
	const struct site *site = &work->site;
	const struct prove *prove = &work->prove;

	return cf_file_write(site->main_path, buf_slice(&work->main), err) &&
		cf_file_write(
			site->master_path, buf_slice(&work->master), err) &&
		postfix_control_check(site->directory, err) &&
		site_reload(site, err) && prove_alive(prove, err) &&
		prove_intake(prove, err) && prove_listener(prove, err) &&
		attach_help_goes_on(prove->help, err);
}

static bool
lead_there(struct work *work, struct err *err)
{
	const struct site *site = &work->site;
	const struct prove *prove = &work->prove;

	if ((work->wish.parts & RECIPE_EGRESS) == 0)
		return prove_routing(prove, err);
	return cf_file_write(
		       site->master_path, buf_slice(&work->routed), err) &&
		site_reload(site, err) && prove_alive(prove, err) &&
		prove_routing(prove, err);
}

/* What greets after it need be no more than greeted before. Nobody stops
 * this. */
static void
put_back(struct work *work)
{
	struct attach_help help = work->attach->help;
	struct site *site = &work->site;
	struct err err = {0};

	help.is_stopped = NULL;
	work->prove.help = &help;
	work->wish.parts = 0;
	bool whole = site_take_off(site, &err) && bring_up(site, &err) &&
		prove_alive(&work->prove, &err);
	prove_clean(site->directory);
	queue_flush(site->directory);
	if (whole) {
		cf_journal_end(site->directory);
		attach_say(&work->attach->help,
			"the old files are back, and Postfix runs with them");
		return;
	}
	attach_say(&work->attach->help,
		"the old files are not back whole: %s; run `forwarden attach "
		"--undo`",
		err.text);
}

static bool
attach(struct work *work, struct err *err)
{
	if (!site_open(&work->site, work->attach->directory, err) ||
		!site_lock(&work->site, err) || !mend(work, err) ||
		!make_room(work, err))
		return false;
	if (!prepare(work, err)) {
		cf_journal_end(work->site.directory);
		return work->attach->update
			? err_wrap(err,
				  "what was attached is off, and mail leaves "
				  "unseen: not attached again")
			: false;
	}
	if (!cf_journal_begin(work->site.directory, err))
		return false;
	if (put_in_place(work, err) && lead_there(work, err)) {
		cf_journal_end(work->site.directory);
		attach_say(&work->attach->help, "attached to %s",
			work->site.directory);
		return true;
	}
	put_back(work);
	return err_wrap(err, "not attached");
}

bool
attach_postfix(const struct attach *wanted, struct err *err)
{
	struct work *work = calloc(1, sizeof(*work));

	if (work == NULL)
		return err_set(err, ERR_MEMORY, "out of memory");
	work->attach = wanted;
	work->site.lock = -1;
	bool done = attach(work, err);
	work_free(work);
	return done;
}

static bool
undo(struct site *site, struct err *err)
{
	if (!site_lock(site, err) || !attach_check_old(site, err))
		return false;
	if (cf_journal_is_there(site->directory))
		return mend_site(site, err);
	if (!site_is_attached(site)) {
		return err_set(err, ERR_INVALID,
			"nothing of Forwarden is in %s and %s", site->main_path,
			site->master_path);
	}
	if (!cf_journal_begin(site->directory, err) ||
		!site_take_off(site, err))
		return false;
	cf_journal_end(site->directory);
	if (postfix_control_is_running(site->directory))
		queue_flush(site->directory);
	return true;
}

bool
attach_postfix_undo(const struct attach *wanted, struct err *err)
{
	struct site site;
	bool done =
		site_open(&site, wanted->directory, err) && undo(&site, err);

	if (done) {
		attach_say(&wanted->help, "taken off: %s is without Forwarden",
			site.directory);
	}
	site_close(&site);
	return done;
}
