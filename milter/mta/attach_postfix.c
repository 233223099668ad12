/* SPDX-License-Identifier: BSD-2-Clause */
/* Attach, prove, put back, undo. */
#include "mta/attach_postfix.h"

#include "mta/attach_check.h"
#include "mta/attach_help.h"
#include "mta/attached.h"
#include "mta/cf_file.h"
#include "mta/cf_text.h"
#include "mta/port.h"
#include "mta/postfix_control.h"
#include "mta/postfix_log.h"
#include "mta/queue.h"

#include <stdlib.h>
#include <string.h>

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
	bool changed; /* so that it is to be put back if it fails */
	/* What an update takes off, and puts back if it must. */
	struct old_recipe {
		struct attached attached;
		struct buf main, master, milter;
	} old;
};

static bool
is_update(const struct work *work)
{
	return work->old.main.len > 0;
}

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
	buf_fini(&work->old.main);
	buf_fini(&work->old.master);
	buf_fini(&work->old.milter);
	attached_fini(&work->old.attached);
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
	/* While they are led to the listener: past it they would leave. */
	prove_clean(site->directory);
	/* The files may be as they were, and Postfix not told yet. */
	if (!(site_is_attached(site) ? site_take_off(site, err)
				     : site_reload(site, err)) ||
		!bring_up(site, err))
		return false;
	prove_clean(site->directory);
	cf_journal_end(site->directory);
	return true;
}

/* An update that was cut short left word of what it was to put in the place
 * of; an attachment left its own. */
static bool
recall(struct work *work, struct err *err)
{
	struct buf text = {0};

	cf_journal_read(work->site.directory, &text);
	bool done =
		attached_read_title(&work->old.attached, buf_slice(&text), err);
	buf_fini(&text);
	return done &&
		(work->old.attached.away.len > 0 ||
			attached_read(&work->old.attached, &work->site, err));
}

static bool
begin_journal(const struct work *work, struct err *err)
{
	struct recipe_wish was = {0};
	struct buf title = {0};

	if (work->attach->update) {
		attached_settle(&work->old.attached, &was);
		recipe_add_title(&was, &title);
	}
	bool done =
		cf_journal_begin(work->site.directory, buf_slice(&title), err);
	buf_fini(&title);
	return done;
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
	return (!work->attach->update || recall(work, err)) &&
		mend_site(site, err);
}

/* "{ inet:127.0.0.1:8894, ...": where Postfix finds the daemon. */
static struct slice
milter_address(struct slice value)
{
	size_t begin = 0, end = 0;

	while (begin < value.len && strchr("{ \t\n", value.p[begin]) != NULL)
		begin++;
	for (end = begin;
		end < value.len && strchr(", \t\n}", value.p[end]) == NULL;)
		end++;
	return slice_sub(value, begin, end);
}

static bool
keep_old(struct work *work, struct err *err)
{
	const struct site *site = &work->site;
	struct old_recipe *old = &work->old;

	if (!attached_read(&old->attached, site, err))
		return false;
	buf_add(&old->milter,
		milter_address(
			postfix_given(site->postfix, "forwarden_milter")));
	/* Of a main.cf that was made anew without it nothing is put back. */
	if (old->milter.len > 0)
		buf_add(&old->main, buf_slice(&site->main));
	buf_add(&old->master, buf_slice(&site->master));
	return (buf_ok(&old->main) && buf_ok(&old->master) &&
		       buf_ok(&old->milter)) ||
		err_set(err, ERR_MEMORY, "out of memory");
}

/* Would the new one be refused? Known before the old one is touched. */
static bool
check_update(const struct work *work, struct err *err)
{
	struct recipe_wish wish = work->wish;
	struct recipe recipe = {0};
	struct site bare;

	/* The port that the old one has is free once that is off. */
	if (wish.port == work->old.attached.port)
		wish.port = 0;
	wish.milter = "";
	bool good = site_imagine_bare(&work->site, &bare, err) &&
		attach_check(&bare, &work->attach->help, &wish, err) &&
		recipe_make(&recipe, bare.postfix, &wish, err);
	recipe_fini(&recipe);
	site_close(&bare);
	return good;
}

/* Whatever goes wrong from here on, the old recipe is put back. */
static bool
make_room(struct work *work, struct err *err)
{
	struct site *site = &work->site;

	if (!site_is_attached(site)) {
		attached_settle(&work->old.attached, &work->wish);
		return true;
	}
	if (!work->attach->update) {
		return err_set(err, ERR_INVALID,
			"it is attached already (recipe %u); --update puts "
			"recipe %u in its place, --undo takes it off",
			cf_text_recipe(buf_slice(&site->main)), RECIPE_NUMBER);
	}
	bool kept = keep_old(work, err);
	attached_settle(&work->old.attached, &work->wish);
	if (!kept || !check_update(work, err) || !begin_journal(work, err))
		return err_wrap(err, "what is attached stays as it is");
	attach_say(&work->attach->help,
		"the recipe that is there is taken off first");
	port_keep(work->old.attached.port, PORT_CLAIMS);
	work->changed = true;
	return site_take_off(site, err);
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
	attach_check_origin(site, help);
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
	struct prove *prove = &work->prove;

	if ((work->wish.parts & RECIPE_EGRESS) == 0)
		return prove_routing(prove, err);
	prove->led = true;
	return cf_file_write(
		       site->master_path, buf_slice(&work->routed), err) &&
		site_reload(site, err) && prove_alive(prove, err) &&
		prove_routing(prove, err);
}

/* main.cf of before. The daemon may have been given another address since. */
static void
write_old_main(const struct work *work, struct buf *out)
{
	struct slice main = buf_slice(&work->old.main);
	struct slice milter = buf_slice(&work->old.milter);
	size_t at = milter.len > 0 && work->milter.len > 0
		? slice_find(main, milter)
		: SLICE_NONE;

	if (at != SLICE_NONE) {
		buf_add(out, slice_sub(main, 0, at));
		buf_add(out, buf_slice(&work->milter));
		main = slice_sub(main, at + milter.len, main.len);
	}
	buf_add(out, main);
}

/* In two steps like any: the listener, and then mail is led to it. */
static bool
put_old(struct work *work, struct err *err)
{
	const struct site *site = &work->site;
	struct buf main = {0}, unrouted = {0};

	work->wish.parts = work->old.attached.parts;
	work->wish.port = work->old.attached.port;
	work->prove.led = false;
	write_old_main(work, &main);
	cf_text_remove_routing(buf_slice(&work->old.master), &unrouted);
	bool done = buf_ok(&main) && buf_ok(&unrouted) &&
		cf_file_write(site->main_path, buf_slice(&main), err) &&
		cf_file_write(site->master_path, buf_slice(&unrouted), err) &&
		site_reload(site, err) && prove_alive(&work->prove, err) &&
		cf_file_write(
			site->master_path, buf_slice(&work->old.master), err);
	work->prove.led = slice_find(buf_slice(&work->old.master),
				  SLICE(CF_LED)) != SLICE_NONE;
	done = done && site_reload(site, err) && prove_alive(&work->prove, err);
	buf_fini(&main);
	buf_fini(&unrouted);
	return done;
}

/* What greets after it need be no more than greeted before. Nobody stops
 * this. */
static void
put_back(struct work *work)
{
	struct attach_help help = work->attach->help;
	struct site *site = &work->site;
	bool updates = is_update(work);
	struct err err = {0};

	help.is_stopped = NULL;
	work->prove.help = &help;
	work->prove.wish = &work->wish;
	work->wish.parts = 0;
	/* While they are led to the listener: past it they would leave. */
	prove_clean(site->directory);
	bool whole = site_take_off(site, &err) && bring_up(site, &err);
	if (work->prove.postfix == NULL)
		work->prove.postfix = site->postfix;
	whole = whole && prove_alive(&work->prove, &err) &&
		(!updates || put_old(work, &err));
	prove_clean(site->directory);
	queue_flush(site->directory);
	if (whole) {
		cf_journal_end(site->directory);
		attach_say(&work->attach->help,
			updates ? "what was attached before is back, and "
				  "Postfix runs with it"
				: "the old files are back, and Postfix runs "
				  "with them");
		return;
	}
	attach_say(&work->attach->help,
		"the old files are not back whole: %s; run `forwarden attach "
		"--undo`",
		err.text);
}

static bool
put(struct work *work, struct err *err)
{
	if (!begin_journal(work, err))
		return false;
	work->changed = true;
	return put_in_place(work, err) && lead_there(work, err);
}

static bool
attach(struct work *work, struct err *err)
{
	if (!site_open(&work->site, work->attach->directory, err) ||
		!site_lock(&work->site, err) ||
		!postfix_log_is_safe(&work->site, err) || !mend(work, err))
		return false;
	if (make_room(work, err) && prepare(work, err) && put(work, err)) {
		cf_journal_end(work->site.directory);
		/* What found no listener in between was put off. */
		if (work->attach->update)
			queue_flush(work->site.directory);
		attach_say(&work->attach->help, "attached to %s",
			work->site.directory);
		return true;
	}
	if (!work->changed)
		return false;
	/* Whatever was seen fail then: this is why. */
	(void)attach_help_goes_on(&work->attach->help, err);
	put_back(work);
	return err_wrap(err, is_update(work) ? "not updated" : "not attached");
}

bool
attach_postfix(const struct attach *wanted, struct err *err)
{
	struct work *work = calloc(1, sizeof(*work));

	if (work == NULL)
		return err_set(err, ERR_MEMORY, "out of memory");
	work->attach = wanted;
	work->wish = wanted->wish;
	work->site.lock = -1;
	bool done = attach(work, err);
	work_free(work);
	return done;
}

static bool
undo(struct site *site, struct err *err)
{
	if (!site_lock(site, err) || !attach_check_old(site, err) ||
		!postfix_log_is_safe(site, err))
		return false;
	if (cf_journal_is_there(site->directory))
		return mend_site(site, err);
	if (!site_is_attached(site)) {
		return err_set(err, ERR_INVALID,
			"nothing of Forwarden is in %s and %s", site->main_path,
			site->master_path);
	}
	if (!cf_journal_begin(site->directory, slice_of(NULL), err) ||
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
