/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A Sentinel has a login of its own, and that of Redis is never shown to it: a
 * real one, whose account may ask where the master is and nothing else.
 */
#include "../unit/store_settings.h"
#include "sentinels.h"

#include "store/store_open.h"

#include <stdio.h>
#include <string.h>

static struct server master = {.password = "of Redis"};
static struct server sentinel = {.password = "of Sentinels"};
static int number, failed;

/* What the store says of itself with these logins. */
static void
expect(const char *name, const struct store_options *logins, const char *says)
{
	struct store_options options = *logins;
	struct store_health health = {0};
	struct err err = {0};
	struct store *store;
	char uri[96];
	bool ok;

	snprintf(uri, sizeof(uri), "redis+sentinel://127.0.0.1:%d/fw",
		sentinel.port);
	options.uri = uri;
	store = store_open(&options, &err);
	if (store != NULL) {
		store_health(store, &health);
		snprintf(err.text, sizeof(err.text), "%s",
			health.up ? "up" : health.reason);
	}
	ok = strstr(err.text, says) != NULL;
	printf("%sok %d - %s: %s\n", ok ? "" : "not ", ++number, name,
		err.text);
	failed += !ok;
	store_close(store);
}

static void
run(void)
{
	struct store_options options;

	store_options_init(&options);
	options.password = master.password;
	expect("Redis' password alone", &options, "no Sentinel of 1 answers");
	expect("... which no Sentinel was told", &options, "NOAUTH");
	options.sentinel_user = "forwarden";
	options.sentinel_password = "wrong";
	expect("a wrong one for the Sentinel", &options, "WRONGPASS");
	options.sentinel_password = "asks";
	expect("both as they should be", &options, "up");
	options.password = NULL;
	expect("none for Redis", &options, "NOAUTH");
	options.password = "asks";
	expect("the Sentinel's for Redis", &options, "WRONGPASS");
}

int
main(void)
{
	static const char lines[] = "requirepass \"of Sentinels\"\n"
				    "sentinel auth-pass fw \"of Redis\"\n"
				    "user forwarden on >asks -@all "
				    "+sentinel|get-master-addr-by-name"
				    "\n";

	if (!server_available())
		return server_skip();
	setvbuf(stdout, NULL, _IOLBF, 0);
	if (server_start(&master, -1, NULL) &&
		sentinels_start_one(
			&sentinel, server_free_port(), master.port, lines)) {
		run();
	} else {
		printf("Bail out! no Redis, or no Sentinel\n");
		failed++;
	}
	server_stop(&sentinel);
	server_stop(&master);
	printf("1..%d\n", number);
	return failed != 0;
}
