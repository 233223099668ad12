/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * rediss:// against a real Redis that speaks TLS, a cluster and a Sentinel:
 * which certificates are taken, and in which words the others are not. They are
 * made by openssl(1).
 */
#include "../unit/store_settings.h"
#include "sentinels.h"

#include "base/arena.h"
#include "base/file.h"
#include "store/store_open.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define RUN_BYTES 4096
#define REASON_BYTES 1024

static int number, failed;

#ifdef HAVE_HIREDIS_SSL
static struct server server;

static bool
sh(const char *script)
{
	char line[RUN_BYTES];

	snprintf(line, sizeof(line), "cd %s && { %s; } >openssl.log 2>&1",
		server.dir, script);
	return system(line) == 0;
}

/* An authority, another one, and what they sign. */
static bool
make_certificates(void)
{
	static const char script[] =
		"set -e; ca() { openssl req -x509 -newkey rsa:2048 -nodes "
		"-keyout $1.key -out $1.pem -days 10 -subj /CN=$1; }\n"
		"leaf() { openssl req -newkey rsa:2048 -nodes -keyout $1.key "
		"-out $1.csr -subj /CN=$1 && printf "
		"'subjectAltName=%s\\n' \"$3\" >$1.ext && openssl x509 -req "
		"-in $1.csr -CA $2.pem -CAkey $2.key -CAcreateserial "
		"-out $1.pem -extfile $1.ext $4; }\n"
		"ca ours; ca theirs\n"
		"leaf good ours DNS:localhost,IP:127.0.0.1 '-days 5'\n"
		"leaf other ours DNS:redis.example.com '-days 5'\n"
		"leaf foreign theirs DNS:localhost,IP:127.0.0.1 '-days 5'\n"
		"leaf client ours DNS:mx1.example.com '-days 5'\n"
		"leaf late ours DNS:localhost,IP:127.0.0.1 '-days -1' || "
		"leaf late ours DNS:localhost,IP:127.0.0.1 "
		"'-not_before 20200101000000Z -not_after 20200102000000Z'";

	return sh(script);
}

static bool
serve(const char *certificate, const char *clients)
{
	char cert[128], key[128], ca[128], port[16];
	const char *extra[] = {"--port", "0", "--tls-port", port,
		"--tls-cert-file", cert, "--tls-key-file", key,
		"--tls-ca-cert-file", ca, "--tls-auth-clients", clients, NULL};
	struct server plain = server;
	bool ok;

	snprintf(cert, sizeof(cert), "%s/%s.pem", server.dir, certificate);
	snprintf(key, sizeof(key), "%s/%s.key", server.dir, certificate);
	snprintf(ca, sizeof(ca), "%s/ours.pem", server.dir);
	snprintf(port, sizeof(port), "%d", server.port);
	server_kill(&server, SIGKILL);
	/* redis-cli asks it over its unix socket. */
	server.port = 0;
	ok = server_restart(&server, extra);
	server.port = plain.port;
	return ok;
}

static char *
text_of(const char *name)
{
	struct buf text = {0};
	struct err err;
	char path[128];

	snprintf(path, sizeof(path), "%s/%s", server.dir, name);
	if (!file_read(path, 1 << 20, &text, &err))
		return NULL;
	return text.p;
}

static void
open_and_look(const struct store_options *options, char reason[REASON_BYTES])
{
	struct store_health health = {0};
	struct err err = {0};
	struct store *store = store_open(options, &err);

	if (store == NULL) {
		snprintf(reason, REASON_BYTES, "%s", err.text);
		return;
	}
	store_health(store, &health);
	snprintf(reason, REASON_BYTES, "%s", health.up ? "up" : health.reason);
	store_close(store);
}

static char uri[96]; /* of what is tried next */

static void
check(bool ok, const char *name, const char *said)
{
	printf("%sok %d - %s: %s\n", ok ? "" : "not ", ++number, name, said);
	failed += !ok;
}

/* How it ends with that authority and certificate of our own. */
static void
expect_there(
	const char *name, const char *ca, const char *mine, const char *says)
{
	struct store_options options;
	char reason[REASON_BYTES], file[64];
	char *texts[3] = {text_of(ca), NULL, NULL};

	store_options_init(&options);
	options.uri = uri;
	options.tls_ca = texts[0];
	if (mine != NULL) {
		snprintf(file, sizeof(file), "%s.pem", mine);
		options.tls_cert = texts[1] = text_of(file);
		snprintf(file, sizeof(file), "%s.key", mine);
		options.tls_key = texts[2] = text_of(file);
	}
	open_and_look(&options, reason);
	check(strstr(reason, says) != NULL, name, reason);
	for (int i = 0; i < 3; i++)
		free(texts[i]);
}

static void
expect(const char *name, const char *host, const char *ca, const char *mine,
	const char *says)
{
	snprintf(uri, sizeof(uri), "rediss://%s:%d", host, server.port);
	expect_there(name, ca, mine, says);
}

/* Two masters that speak TLS to each other and to us, and their halves. */
static bool
start_cluster(struct server nodes[2])
{
	char tls[4][160], port[2][16], out[4096] = "";
	const struct timespec pause = {0, 20 * 1000000};

	snprintf(tls[0], sizeof(tls[0]), "%s/good.pem", server.dir);
	snprintf(tls[1], sizeof(tls[1]), "%s/good.key", server.dir);
	snprintf(tls[2], sizeof(tls[2]), "%s/ours.pem", server.dir);
	for (int i = 0; i < 2; i++) {
		const char *words[] = {"--cluster-enabled", "yes",
			"--tls-cluster", "yes", "--tls-port", port[i],
			"--tls-cert-file", tls[0], "--tls-key-file", tls[1],
			"--tls-ca-cert-file", tls[2], "--tls-auth-clients",
			"no", NULL};

		snprintf(port[i], sizeof(port[i]), "%d", server_free_port());
		if (!server_start(&nodes[i], 0, words) ||
			!server_cli(&nodes[i], NULL, 0, "cluster",
				"addslotsrange", i == 0 ? "0" : "8192",
				i == 0 ? "8191" : "16383", NULL))
			return false;
	}
	snprintf(uri, sizeof(uri), "rediss+cluster://localhost:%s", port[0]);
	(void)server_cli(&nodes[0], NULL, 0, "cluster", "meet", "127.0.0.1",
		port[1], NULL);
	for (int i = 0, whole = 0; i < 500; i++) {
		if (server_cli(&nodes[whole], out, sizeof(out), "cluster",
			    "info", NULL) &&
			strstr(out, "cluster_state:ok") != NULL &&
			strstr(out, "cluster_slots_ok:16384") != NULL &&
			++whole == 2)
			return true;
		nanosleep(&pause, NULL);
	}
	return false;
}

/* Is what is counted there in the half that was not named, too? */
static void
count_everywhere(struct server nodes[2])
{
	struct store_options options;
	struct store_query any = {.kind = STORE_MAILBOX};
	struct err err = {0};
	struct store *store;
	struct arena *arena = arena_new(1 << 20);
	char *ca = text_of("ours.pem"), name[32], sizes[2][64] = {"", ""};

	store_options_init(&options);
	options.uri = uri;
	options.tls_ca = ca;
	store = store_open(&options, &err);
	for (int i = 0; store != NULL && i < 64; i++) {
		struct store_op op = {
			.verb = STORE_TALLY, .tally = {.what = TALLY_RECEIVED}};
		const struct store_batch batch = {
			.ops = &op, .count = 1, .arena = arena};

		snprintf(name, sizeof(name), "u%d@example.com", i);
		op.tally.mailbox = slice_of(name);
		store_tell(store, &batch);
		/* Of the same slot: it is answered behind that. */
		any.about = op.tally.mailbox;
		(void)store_query(store, arena, &any, &err);
	}
	store_close(store);
	for (int i = 0; i < 2; i++) {
		(void)server_cli(
			&nodes[i], sizes[i], sizeof(sizes[i]), "dbsize", NULL);
		sizes[i][strcspn(sizes[i], "\n")] = '\0';
	}
	check(strtol(sizes[0], NULL, 10) > 10 &&
			strtol(sizes[1], NULL, 10) > 10,
		"... both of whose nodes are counted in", sizes[1]);
	arena_free(arena);
	free(ca);
}

static void
try_cluster(void)
{
	static struct server nodes[2];

	if (start_cluster(nodes)) {
		expect_there("a cluster", "ours.pem", NULL, "up");
		count_everywhere(nodes);
		expect_there("a cluster of nobody we know", "theirs.pem", NULL,
			"certificate of localhost: ");
	} else {
		check(false, "a cluster", "it does not start");
	}
	server_stop(&nodes[0]);
	server_stop(&nodes[1]);
}

/* It names a master that speaks TLS, as it does itself. */
static void
try_sentinel(void)
{
	static struct server sentinel;
	int port = server_free_port();
	char lines[640];

	snprintf(lines, sizeof(lines),
		"tls-port %d\ntls-replication yes\ntls-auth-clients no\n"
		"tls-cert-file %s/good.pem\ntls-key-file %s/good.key\n"
		"tls-ca-cert-file %s/ours.pem\n",
		port, server.dir, server.dir, server.dir);
	snprintf(uri, sizeof(uri), "rediss+sentinel://localhost:%d/fw", port);
	if (sentinels_start_one(&sentinel, 0, server.port, lines)) {
		expect_there("a Sentinel", "ours.pem", NULL, "up");
		expect_there("a Sentinel of nobody we know", "theirs.pem", NULL,
			"certificate of localhost: ");
	} else {
		check(false, "a Sentinel", "it does not start");
	}
	server_stop(&sentinel);
}

static void
run(void)
{
	if (!make_certificates() || !serve("good", "no")) {
		printf("Bail out! no certificates, or no server\n");
		failed++;
		return;
	}
	expect("a good certificate, by name", "localhost", "ours.pem", NULL,
		"up");
	expect("a good certificate, by address", "127.0.0.1", "ours.pem", NULL,
		"up");
	expect("another authority's word", "localhost", "theirs.pem", NULL,
		"certificate of localhost: ");
	expect("an authority that is none", "localhost", "good.key", NULL,
		"redis.ca_file");
	try_sentinel();
	try_cluster();
	serve("other", "no");
	expect("good, but for another host", "localhost", "ours.pem", NULL,
		"hostname mismatch");
	expect("good, but for another address", "127.0.0.1", "ours.pem", NULL,
		"IP address mismatch");
	serve("foreign", "no");
	expect("signed by nobody we know", "localhost", "ours.pem", NULL,
		"certificate of localhost: ");
	serve("late", "no");
	expect("expired", "localhost", "ours.pem", NULL, "has expired");
	serve("good", "yes");
	expect("ours is wanted, and shown", "localhost", "ours.pem", "client",
		"up");
	expect("ours is wanted, none is there", "localhost", "ours.pem", NULL,
		"certificate");
}
#endif

int
main(void)
{
	if (!server_available())
		return server_skip();
	setvbuf(stdout, NULL, _IOLBF, 0);
#ifdef HAVE_HIREDIS_SSL
	if (!server_start(&server, -1, NULL)) {
		printf("Bail out! redis-server does not start\n");
		return 1;
	}
	run();
	server_stop(&server);
	printf("1..%d\n", number);
#else
	(void)number;
	printf("1..0 # SKIP this hiredis has no TLS\n");
#endif
	return failed != 0;
}
