/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Every command is tried as its row has it, on a key of its own that is gone
 * after a second. A server looks at the rights first: what it says of the key
 * itself, a cluster's MOVED among it, is as good as a yes.
 */
#include "store/redis/rights.h"

#include "base/arena.h"
#include "store/redis/access.h"
#include "store/redis/handshake.h"
#include "store/redis/marker.h"
#include "store/redis/redis_error.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define TRY_MS 3000
#define ARENA_BYTES ((size_t)1 << 20)
#define WORDS_MAX 10

/* Blanks part the words; K is the key. */
struct right {
	const char *acl; /* as ACL SETUSER has it */
	const char *words;
	bool cluster; /* needed in a cluster alone */
};

static const struct right rights[] = {
	{"ping", "PING", false},
	{"select", "SELECT 0", false},
	{"info", "INFO server", false},
	{"role", "ROLE", false},
	{"time", "TIME", false},
	{"script|load", "SCRIPT LOAD return", false},
	{"evalsha", "EVALSHA ffffffffffffffffffffffffffffffffffffffff 0",
		false},
	{"set", "SET K 1 PX 1000", false},
	{"get", "GET K", false},
	{"append", "APPEND K 1", false},
	{"exists", "EXISTS K", false},
	{"pexpire", "PEXPIRE K 1000", false},
	{"pttl", "PTTL K", false},
	{"del", "DEL K", false},
	{"hset", "HSET K a 1", false},
	{"hsetnx", "HSETNX K a 1", false},
	{"hget", "HGET K a", false},
	{"hmget", "HMGET K a", false},
	{"hgetall", "HGETALL K", false},
	{"hkeys", "HKEYS K", false},
	{"hvals", "HVALS K", false},
	{"hlen", "HLEN K", false},
	{"hdel", "HDEL K a", false},
	{"zadd", "ZADD K 1 a", false},
	{"zcard", "ZCARD K", false},
	{"zcount", "ZCOUNT K 0 1", false},
	{"zscore", "ZSCORE K a", false},
	{"zrange", "ZRANGE K 0 0", false},
	{"zrangebyscore", "ZRANGEBYSCORE K 0 1", false},
	{"zrevrange", "ZREVRANGE K 0 0", false},
	{"zrevrangebyscore", "ZREVRANGEBYSCORE K 1 0", false},
	{"zremrangebyscore", "ZREMRANGEBYSCORE K 0 0", false},
	{"zremrangebyrank", "ZREMRANGEBYRANK K 0 0", false},
	{"zrem", "ZREM K a", false},
	{"xadd", "XADD K MAXLEN 1 * a 1", false},
	{"xread", "XREAD COUNT 1 STREAMS K 0", false},
	{"xrevrange", "XREVRANGE K + - COUNT 1", false},
	{"xdel", "XDEL K 1-1", false},
	{"scan", "SCAN 0 MATCH K COUNT 1", false},
	{"cluster|slots", "CLUSTER SLOTS", true},
	{"asking", "ASKING", true},
};
#define RIGHTS (sizeof(rights) / sizeof(*rights))

struct trial {
	const struct store_options *options;
	struct access access;
	rights_say_fn *say;
	void *ctx;
	const char *server; /* that is being asked, for people */
};

static void __attribute__((format(printf, 4, 5))) say(const struct trial *trial,
	enum rights_news news, const char *remedy, const char *fmt, ...)
{
	char text[512];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	trial->say(trial->ctx, news, text, remedy);
}

/* The words of a row, with the key in its place. */
static size_t
split(struct slice text, struct slice key, struct slice words[WORDS_MAX])
{
	size_t count = 0;

	while (count < WORDS_MAX && slice_next(&text, ' ', &words[count])) {
		if (slice_equal(words[count], SLICE("K")))
			words[count] = key;
		count++;
	}
	return count;
}

/* As a shell takes it. */
static void
add_refused(struct buf *refused, const char *acl)
{
	const char *quote = strchr(acl, '|') != NULL ? "'" : "";

	buf_printf(refused, " %s+%s%s", quote, acl, quote);
}

/* Appends what is refused. False: the connection is gone. */
static bool
try_rights(const struct trial *trial, struct handshake *hello,
	struct buf *refused, struct err *err)
{
	bool cluster = trial->access.uri.kind == URI_CLUSTER;
	char key[96];

	(void)snprintf(
		key, sizeof(key), "%s:probe:try", trial->options->prefix);
	for (size_t i = 0; i < RIGHTS; i++) {
		struct slice words[WORDS_MAX];
		size_t count =
			split(slice_of(rights[i].words), slice_of(key), words);
		const struct reply *reply;

		if (rights[i].cluster && !cluster)
			continue;
		reply = handshake_call(hello, words, count, err);
		if (reply == NULL)
			return false;
		if (reply_is_error(reply, "NOAUTH"))
			return !redis_error_words(reply, err);
		if (reply_is_error(reply, "NOPERM"))
			add_refused(refused, rights[i].acl);
		arena_reset(hello->arena);
	}
	return true;
}

/* A line "name:value" of INFO; absent where there is none. */
static struct slice
info_value(const struct reply *reply, const char *name)
{
	struct slice text = reply->text, line;

	if (reply->type != REPLY_TEXT)
		return (struct slice){NULL, 0};
	while (slice_next(&text, '\n', &line)) {
		size_t len = strlen(name);

		if (line.len > len && line.p[len] == ':' &&
			memcmp(line.p, name, len) == 0)
			return slice_trim(slice_sub(line, len + 1, line.len));
	}
	return (struct slice){NULL, 0};
}

static bool
look_at_memory(
	const struct trial *trial, struct handshake *hello, struct err *err)
{
	const struct slice words[2] = {SLICE("INFO"), SLICE("memory")};
	const struct reply *reply = handshake_call(hello, words, 2, err);
	struct slice policy, most;

	if (reply == NULL)
		return false;
	policy = info_value(reply, "maxmemory_policy");
	most = info_value(reply, "maxmemory");
	if (policy.len > 0 && !slice_equal(policy, SLICE("noeviction"))) {
		say(trial, RIGHTS_WRONG,
			"redis-cli config set maxmemory-policy noeviction, and "
			"in redis.conf",
			"%s: maxmemory-policy is %.*s: %s", trial->server,
			SLICE_ARG(policy),
			slice_equal(most, SLICE("0"))
				? "counts go unsaid, once maxmemory is set"
				: "when memory is full, counts go unsaid");
	}
	return true;
}

static bool
look_at_markers(
	const struct trial *trial, struct handshake *hello, struct err *err)
{
	struct marker ours;
	struct slice words[2] = {SLICE("HGETALL")};
	const struct reply *reply;

	marker_make(&ours, trial->options);
	words[1] = slice_of(ours.key);
	reply = handshake_call(hello, words, 2, err);
	for (size_t i = 0; reply != NULL && i + 1 < reply_count(reply);
		i += 2) {
		struct slice host = reply->items[i].text;
		const char *what = marker_differs(
			slice_of(ours.value), reply->items[i + 1].text);
		struct buf remedy = {0};

		if (what == NULL)
			continue;
		buf_printf(&remedy,
			"give both the same, or another redis.prefix; when it "
			"is gone: redis-cli hdel %s %.*s",
			ours.key, SLICE_ARG(host));
		say(trial, RIGHTS_WRONG, buf_slice(&remedy).p,
			"%.*s writes below %s, too, and counts past this "
			"machine: %s",
			SLICE_ARG(host), trial->options->prefix, what);
		buf_fini(&remedy);
	}
	return reply != NULL;
}

/* All that is asked of one server. */
static bool
ask_server(const struct trial *trial, struct handshake *hello, struct err *err)
{
	struct buf refused = {0};
	bool ok = handshake_log_in(hello, err) &&
		try_rights(trial, hello, &refused, err);

	if (ok && refused.len > 0) {
		struct buf remedy = {0};

		buf_printf(&remedy, "redis-cli acl setuser %s%.*s",
			trial->access.uri.user[0] != '\0'
				? trial->access.uri.user
				: "default",
			SLICE_ARG(buf_slice(&refused)));
		say(trial, RIGHTS_WRONG, buf_slice(&remedy).p,
			"%s: the login may not do all that is needed; it "
			"lacks%.*s",
			trial->server, SLICE_ARG(buf_slice(&refused)));
		buf_fini(&remedy);
	} else if (ok) {
		say(trial, RIGHTS_FINE, "", "%s: the login has its rights",
			trial->server);
	}
	buf_fini(&refused);
	return ok && look_at_memory(trial, hello, err) &&
		look_at_markers(trial, hello, err);
}

static bool
try_server(struct trial *trial, const struct endpoint *endpoint)
{
	const struct login login = {.user = trial->access.uri.user,
		.password = trial->access.uri.password};
	struct endpoint_text name;
	struct err err = {0};
	struct handshake hello = {
		.login = &login,
		.connection =
			connection_connect(endpoint, TRY_MS, TRY_MS, &err),
		.arena = arena_new(ARENA_BYTES),
	};
	bool ok;

	trial->server = endpoint_show(endpoint, &name);
	ok = hello.connection != NULL && hello.arena != NULL &&
		ask_server(trial, &hello, &err);
	if (!ok) {
		say(trial, RIGHTS_WRONG,
			strstr(err.text, "NOAUTH") != NULL
				? "name the login in redis.user and "
				  "redis.password_file"
				: "",
			"%s: %s", trial->server, err.text);
	}
	connection_free(hello.connection);
	arena_free(hello.arena);
	return ok;
}

bool
rights_try(const struct store_options *options, rights_say_fn *said, void *ctx)
{
	struct trial trial = {.options = options, .say = said, .ctx = ctx};
	struct store_uri *uri = &trial.access.uri;
	struct err err = {0};
	bool ok = access_open(&trial.access, options, &err);

	if (ok && uri->kind == URI_SENTINEL) {
		struct endpoint master;

		ok = sentinel_locate(&trial.access.sentinel, &master, &err);
		if (ok)
			uri->hosts[0] = master;
		uri->host_count = 1;
	}
	if (!ok)
		say(&trial, RIGHTS_WRONG, "", "%s", err.text);
	for (size_t i = 0; ok && i < uri->host_count; i++)
		ok = try_server(&trial, &uri->hosts[i]);
	access_close(&trial.access);
	return ok;
}

void
rights_print(struct buf *out, bool cluster)
{
	for (size_t i = 0; i < RIGHTS; i++) {
		if (cluster || !rights[i].cluster)
			buf_printf(
				out, "%s+%s", i > 0 ? " " : "", rights[i].acl);
	}
}
