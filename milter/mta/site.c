/* SPDX-License-Identifier: BSD-2-Clause */
/* Files of a Postfix, read, and cleared of what is ours. */
#include "mta/site.h"

#include "base/clock.h"
#include "mta/cf_file.h"
#include "mta/cf_text.h"
#include "mta/egress_greeting.h"
#include "mta/port.h"
#include "mta/postfix_control.h"
#include "mta/postfix_hops.h"
#include "mta/recipe.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#define DRAIN_SECONDS 120
#define LOOK_MS 50
#define QUIET_MS 500
#define HOPS_MS 10000

void
site_close(struct site *site)
{
	cf_unlock(site->lock);
	postfix_free(site->postfix);
	buf_fini(&site->main);
	buf_fini(&site->master);
}

static bool
read_files(struct site *site, struct err *err)
{
	buf_reset(&site->main);
	buf_reset(&site->master);
	return cf_file_read(site->main_path, &site->main, err) &&
		cf_file_read(site->master_path, &site->master, err);
}

/* All of it anew. */
static bool
read_again(struct site *site, struct err *err)
{
	postfix_free(site->postfix);
	site->postfix = postfix_read(site->given, err);
	if (site->postfix == NULL)
		return false;
	const char *directory = postfix_directory(site->postfix);
	(void)snprintf(site->directory, PATH_MAX, "%s", directory);
	(void)snprintf(site->main_path, PATH_MAX, "%s/main.cf", directory);
	(void)snprintf(site->master_path, PATH_MAX, "%s/master.cf", directory);
	return read_files(site, err);
}

bool
site_open(struct site *site, const char *directory, struct err *err)
{
	*site = (struct site){.given = directory, .lock = -1};
	return read_again(site, err);
}

bool
site_lock(struct site *site, struct err *err)
{
	site->lock = cf_lock(site->directory, err);
	return site->lock >= 0;
}

bool
site_is_attached(const struct site *site)
{
	return cf_text_is_attached(
		buf_slice(&site->main), buf_slice(&site->master));
}

unsigned
site_parts(const struct site *site)
{
	unsigned parts = 0;

	if (slice_find(postfix_given(site->postfix, "smtpd_milters"),
		    SLICE(CF_MILTER)) != SLICE_NONE)
		parts |= RECIPE_INTAKE;
	if (slice_find(postfix_given(site->postfix, "non_smtpd_milters"),
		    SLICE(CF_MILTER)) != SLICE_NONE)
		parts |= RECIPE_NON_SMTPD;
	if (cf_text_is_routed(buf_slice(&site->master)))
		parts |= RECIPE_EGRESS;
	return parts;
}

/* postconf(1) reads files only. */
static struct postfix *
read_texts(const struct site *bare, struct err *err)
{
	char directory[] = "/tmp/forwarden-attach.XXXXXX";
	char main[64], master[64];
	struct postfix *postfix = NULL;

	if (mkdtemp(directory) == NULL) {
		(void)err_system(err, "cannot make %s", directory);
		return NULL;
	}
	(void)snprintf(main, sizeof(main), "%s/main.cf", directory);
	(void)snprintf(master, sizeof(master), "%s/master.cf", directory);
	if (cf_file_write(main, buf_slice(&bare->main), err) &&
		cf_file_write(master, buf_slice(&bare->master), err))
		postfix = postfix_read(directory, err);
	(void)unlink(main);
	(void)unlink(master);
	(void)rmdir(directory);
	return postfix;
}

bool
site_imagine_bare(const struct site *site, struct site *bare, struct err *err)
{
	struct buf unrouted = {0};

	*bare = (struct site){.given = site->given, .lock = -1};
	(void)snprintf(bare->directory, PATH_MAX, "%s", site->directory);
	(void)snprintf(bare->main_path, PATH_MAX, "%s", site->main_path);
	(void)snprintf(bare->master_path, PATH_MAX, "%s", site->master_path);
	cf_text_remove_parameters(buf_slice(&site->main), &bare->main);
	cf_text_remove_routing(buf_slice(&site->master), &unrouted);
	cf_text_remove_services(buf_slice(&unrouted), &bare->master);
	bool done = buf_ok(&bare->main) && buf_ok(&unrouted) &&
		buf_ok(&bare->master);
	buf_fini(&unrouted);
	if (!done)
		return err_set(err, ERR_MEMORY, "out of memory");
	bare->postfix = read_texts(bare, err);
	return bare->postfix != NULL;
}

uint16_t
site_port(const struct site *site)
{
	const struct postfix_service *listener =
		recipe_find_listener(site->postfix);
	size_t colon = SLICE_NONE;
	uint64_t port;

	if (listener != NULL)
		colon = slice_find_byte(listener->name, ':', 0);
	return colon != SLICE_NONE &&
			slice_to_u64(slice_sub(listener->name, colon + 1,
					     listener->name.len),
				&port)
		? (uint16_t)port
		: 0;
}

bool
site_reload(const struct site *site, struct err *err)
{
	if (postfix_control_is_running(site->directory))
		return postfix_control_reload(site->directory, err);
	return postfix_control_start(site->directory, err);
}

static bool
write_text(const char *path, struct slice text, struct slice there,
	struct err *err)
{
	return slice_equal(text, there) || cf_file_write(path, text, err);
}

/* hops: those of before the reload. Until nobody has been connected for a
 * moment, for a routing daemon of before may have sent one more there, and
 * none of them is there; or, where the listener takes no connections, until
 * they had time enough to tick off what it took before: the others wait for
 * its greeting. */
static bool
wait_for_leavers(const struct site *site, struct slice hops, uint16_t port,
	struct err *err)
{
	const struct timespec pause = {0, LOOK_MS * 1000000L};
	int64_t now = clock_monotonic_ms();
	int64_t until = now + DRAIN_SECONDS * 1000L, busy = now;
	struct buf queue = {0};
	size_t left = 0;

	buf_add(&queue, postfix_value(site->postfix, "queue_directory"));
	while (buf_ok(&queue) && now <= until &&
		(now - busy < QUIET_MS ||
			(now - busy < HOPS_MS &&
				postfix_hops_left(queue.p, hops) > 0))) {
		(void)nanosleep(&pause, NULL);
		now = clock_monotonic_ms();
		left = port_connections(port);
		if (left > 0)
			busy = now;
	}
	buf_fini(&queue);
	return left == 0 ||
		err_set(err, ERR_LIMIT,
			"mail leaves past the listener again, but %zu "
			"connections to it are still open after %d s; run "
			"`forwarden attach --undo` again later",
			left, DRAIN_SECONDS);
}

static bool
reload_and_drain(struct site *site, uint16_t port, struct err *err)
{
	struct buf queue = {0}, hops = {0};

	if (!postfix_control_is_running(site->directory))
		return true;
	buf_add(&queue, postfix_value(site->postfix, "queue_directory"));
	if (buf_ok(&queue))
		postfix_hops_find(queue.p, &hops);
	bool done = postfix_control_reload(site->directory, err) &&
		egress_greeting_await_less(
			site->postfix, port, EGRESS_LED, err) &&
		wait_for_leavers(site, buf_slice(&hops), port, err);
	buf_fini(&queue);
	buf_fini(&hops);
	return done;
}

/* The first step: mail leaves as it did. */
static bool
take_off_routing(struct site *site, uint16_t port, struct err *err)
{
	struct buf master = {0};

	cf_text_remove_routing(buf_slice(&site->master), &master);
	if (slice_equal(buf_slice(&master), buf_slice(&site->master))) {
		buf_fini(&master);
		return true;
	}
	bool done = buf_ok(&master) &&
		cf_file_write(site->master_path, buf_slice(&master), err);
	if (done) {
		buf_reset(&site->master);
		buf_add(&site->master, buf_slice(&master));
	}
	buf_fini(&master);
	return done && reload_and_drain(site, port, err);
}

/* The second: the listener and all the rest. master.cf goes first: a daemon
 * that is born in between finds every parameter it refers to. */
static bool
take_off_rest(struct site *site, struct err *err)
{
	struct buf main = {0}, master = {0};
	bool runs = postfix_control_is_running(site->directory);
	uint16_t port = site_port(site);

	cf_text_remove_services(buf_slice(&site->master), &master);
	cf_text_remove_parameters(buf_slice(&site->main), &main);
	bool done = buf_ok(&main) && buf_ok(&master) &&
		write_text(site->master_path, buf_slice(&master),
			buf_slice(&site->master), err) &&
		write_text(site->main_path, buf_slice(&main),
			buf_slice(&site->main), err);
	buf_fini(&main);
	buf_fini(&master);
	return done &&
		(!runs ||
			(site_reload(site, err) &&
				egress_greeting_await_less(site->postfix, port,
					EGRESS_GREETS, err)));
}

bool
site_take_off(struct site *site, struct err *err)
{
	return read_again(site, err) &&
		take_off_routing(site, site_port(site), err) &&
		take_off_rest(site, err) && read_again(site, err);
}
