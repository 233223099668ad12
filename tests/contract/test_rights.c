/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What is said of a login and of its Redis, before anybody's mail finds out;
 * and that docs/redis.md gives the very rights that are tried. That they are
 * enough is shown by the contract, which runs with them on one node and on a
 * cluster.
 */
#include "../unit/store_settings.h"
#include "rights_user.h"
#include "server.h"

#include "base/file.h"
#include "store/redis/marker.h"
#include "store/store_open.h"

#include <signal.h>
#include <string.h>
#include <time.h>

static struct server server;
static struct buf said;
static int number, failed;

static void
check(bool ok, const char *name)
{
	printf("%sok %d - %s\n", ok ? "" : "not ", ++number, name);
	if (!ok)
		printf("# said: %s\n", said.p != NULL ? said.p : "nothing");
	failed += !ok;
}

static void
hear(void *ctx, enum rights_news news, const char *text, const char *remedy)
{
	(void)ctx;
	buf_printf(&said, "%s: %s [%s]; ",
		news == RIGHTS_FINE ? "fine" : "WRONG", text, remedy);
}

static bool
says(const char *text)
{
	return said.p != NULL && strstr(said.p, text) != NULL;
}

static bool
try(const char *user, const char *password, const char *hash_key)
{
	struct store_options options;
	char uri[160];

	store_options_init(&options);
	snprintf(uri, sizeof(uri), "unix:%s", server.socket);
	options.uri = uri;
	options.user = user;
	options.password = password;
	if (hash_key != NULL)
		options.hash_key = slice_of(hash_key);
	buf_reset(&said);
	return rights_try(&options, hear, NULL);
}

static void
try_page(void)
{
	const char *top = getenv("TOP_SRCDIR");
	struct buf page = {0}, line = {0};
	struct err err;
	char path[512], flat[65536];
	size_t len = 0;

	snprintf(path, sizeof(path), "%s/docs/redis.md",
		top != NULL ? top : ".");
	if (!file_read(path, sizeof(flat), &page, &err)) {
		check(false, "there is a page");
		return;
	}
	/* Its lines are folded, those of the program are not. */
	for (size_t i = 0; i < page.len; i++) {
		if (!(page.p[i] == ' ' && len > 0 && flat[len - 1] == ' '))
			flat[len++] = page.p[i] == '\n' || page.p[i] == '\\'
				? ' '
				: page.p[i];
		if (len > 1 && flat[len - 1] == ' ' && flat[len - 2] == ' ')
			len--;
	}
	flat[len] = '\0';
	rights_print(&line, false);
	check(strstr(flat, line.p) != NULL, "docs/redis.md lists the rights");
	if (strstr(flat, line.p) == NULL)
		printf("# %s\n", line.p);
	check(strstr(line.p, "flush") == NULL &&
			strstr(line.p, "+keys") == NULL &&
			strstr(line.p, "config") == NULL &&
			strchr(line.p, '@') == NULL,
		"nothing dangerous, and no category, is among them");
	buf_fini(&line);
	buf_fini(&page);
}

static void
try_logins(void)
{
	check(rights_user_make(&server, false), "there is such a user");
	check(try(RIGHTS_USER, RIGHTS_PASSWORD, NULL) && says("has its rights"),
		"the rights of the page are all there");
	check(!says(RIGHTS_PASSWORD) && !says("WRONG"), "nothing is wrong");
	server_cli(&server, NULL, 0, "acl", "setuser", RIGHTS_USER, "-zadd",
		"-evalsha", NULL);
	(void)try(RIGHTS_USER, RIGHTS_PASSWORD, NULL);
	check(says("WRONG") &&
			says("lacks +evalsha +zadd [redis-cli acl "
			     "setuser fw +evalsha +zadd]"),
		"what is missing is named, and how to give it");
	check(!try(RIGHTS_USER, "wrong", NULL) && says("WRONGPASS") &&
			says("login fw is refused") && !says("wrong;"),
		"a wrong password is said, and not shown");
	server_cli(&server, NULL, 0, "config", "set", "requirepass", "s", NULL);
	snprintf(server.password, sizeof(server.password), "s");
	check(!try(NULL, NULL, NULL) || says("NOAUTH"), "NOAUTH is said");
	check(says("redis.password_file"), "and where to write the login");
}

static void
try_settings(void)
{
	(void)try(NULL, "s", NULL);
	check(!says("WRONG"), "the administrator finds nothing wrong");
	server_cli(&server, NULL, 0, "config", "set", "maxmemory-policy",
		"allkeys-lru", NULL);
	(void)try(NULL, "s", NULL);
	check(says("WRONG") && says("maxmemory-policy is allkeys-lru"),
		"a policy that evicts is wrong");
	server_cli(&server, NULL, 0, "config", "set", "maxmemory-policy",
		"noeviction", NULL);
	server_cli(&server, NULL, 0, "hset", "fw1:about", "mx9.example.com",
		"0.9.0 1 plain", NULL);
	(void)try(NULL, "s", NULL);
	check(says("mx9.example.com writes below fw1") &&
			says("in another way") && says("hdel fw1:about mx9"),
		"another layout below the prefix");
	server_cli(&server, NULL, 0, "del", "fw1:about", NULL);
}

/* What two machines leave behind and find. */
static void
try_markers(void)
{
	static const char one[] = "0123456789abcdef0123456789abcdef",
			  two[] = "f123456789abcdef0123456789abcdef";
	struct store_options options;
	struct marker marker;

	store_options_init(&options);
	options.hash_key = slice_of(one);
	marker_make(&marker, &options);
	server_cli(&server, NULL, 0, "hset", marker.key, "mx1", marker.value,
		NULL);
	(void)try(NULL, "s", one);
	check(!says("WRONG"), "the same key");
	(void)try(NULL, "s", two);
	check(says("mx1 writes below") && says("privacy.key_file is another"),
		"another key");
	(void)try(NULL, "s", NULL);
	check(says("privacy.hash or the key"), "hashed there, plain here");
	check(!says(one) && strstr(marker.value, one) == NULL,
		"no key is in any of it");
}

/* Does the store come up before long? */
static bool
comes_up(struct store *store)
{
	const struct timespec pause = {0, 20 * 1000000};
	struct store_health health = {0};

	for (int i = 0; i < 500 && !health.up; i++) {
		nanosleep(&pause, NULL);
		store_health(store, &health);
	}
	return health.up;
}

/* A password that was changed is used by what runs, once it is told. */
static void
try_new_login(void)
{
	struct store_options options;
	struct store_health health = {0};
	struct store *store;
	struct err err = {0};
	char uri[160];

	store_options_init(&options);
	snprintf(uri, sizeof(uri), "unix:%s", server.socket);
	options.uri = uri;
	options.password = "before";
	store = store_open(&options, &err);
	check(store != NULL, "a store with an old password opens");
	if (store == NULL)
		return;
	store_health(store, &health);
	check(!health.up && strstr(health.reason, "without a user") != NULL,
		"... and is down, which is said");
	options.password = "s";
	check(store_log_in(store, &options, &err) && comes_up(store),
		"... and comes up with the new one");
	store_close(store);
}

int
main(void)
{
	if (!server_available())
		return server_skip();
	setvbuf(stdout, NULL, _IOLBF, 0);
	try_page();
	if (!server_start(&server, 0, NULL)) {
		printf("Bail out! redis-server does not start\n");
		return 1;
	}
	try_logins();
	try_settings();
	try_markers();
	try_new_login();
	server_stop(&server);
	printf("1..%d\n", number);
	buf_fini(&said);
	return failed != 0;
}
