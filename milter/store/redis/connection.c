/* SPDX-License-Identifier: BSD-2-Clause */
/* hiredis, behind a few calls. */
#include "store/redis/connection.h"

#include "base/arena.h"
#include "store/redis/tls.h"

#include <hiredis/hiredis.h>
#ifdef HAVE_HIREDIS_SSL
#include <hiredis/hiredis_ssl.h>
#endif
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>

#define WORDS_STACK 64
/* What a server may nest; hiredis itself allows a little more. */
#define DEPTH_MAX 8

struct connection {
	redisContext *context;
	redisReply *reply;
	bool is_unheard; /* TLS was agreed on, and nothing was read since */
};

static struct timeval
timeval_of(int64_t ms)
{
	return (struct timeval){
		(time_t)(ms / 1000), (suseconds_t)(ms % 1000 * 1000)};
}

#ifdef HAVE_HIREDIS_SSL
/* Why a host was refused is OpenSSL's to say; hiredis would call it
 * "certificate verify failed", whatever it is. */
static bool
start_tls(struct connection *connection, const struct endpoint *endpoint,
	struct err *err)
{
	struct ssl_st *session =
		tls_session(endpoint->tls, endpoint->host, err);

	if (session == NULL)
		return false;
	if (redisInitiateSSL(connection->context, session) == REDIS_OK) {
		connection->is_unheard = true;
		return true;
	}
	if (!tls_refusal(session, endpoint->host, err)) {
		err_set(err, ERR_DOWN, "TLS: %s (does it speak TLS there?)",
			connection->context->errstr);
	}
	tls_drop(session);
	return false;
}
#else
static bool
start_tls(struct connection *connection, const struct endpoint *endpoint,
	struct err *err)
{
	(void)connection;
	(void)endpoint;
	return err_set(err, ERR_INVALID, "this hiredis has no TLS");
}
#endif

static bool
connected(struct connection *connection, const struct endpoint *endpoint,
	int64_t reply_ms, struct err *err)
{
	if (connection->context == NULL)
		return err_set(err, ERR_MEMORY, "out of memory");
	if (connection->context->err != 0) {
		return err_set(
			err, ERR_DOWN, "%s", connection->context->errstr);
	}
	if (endpoint->tls != NULL && !start_tls(connection, endpoint, err))
		return false;
	if (redisSetTimeout(connection->context, timeval_of(reply_ms)) !=
		REDIS_OK)
		return err_set(err, ERR_SYSTEM, "cannot set a time-out");
	if (endpoint->port != 0)
		(void)redisEnableKeepAlive(connection->context);
	return true;
}

struct connection *
connection_connect(const struct endpoint *endpoint, int64_t timeout_ms,
	int64_t reply_ms, struct err *err)
{
	struct connection *connection = calloc(1, sizeof(*connection));
	struct timeval timeout = timeval_of(timeout_ms);

	if (connection == NULL) {
		err_set(err, ERR_MEMORY, "out of memory");
		return NULL;
	}
	if (endpoint->port == 0) {
		connection->context =
			redisConnectUnixWithTimeout(endpoint->host, timeout);
	} else {
		connection->context = redisConnectWithTimeout(
			endpoint->host, endpoint->port, timeout);
	}
	if (!connected(connection, endpoint, reply_ms, err)) {
		connection_free(connection);
		return NULL;
	}
	return connection;
}

void
connection_free(struct connection *connection)
{
	if (connection == NULL)
		return;
	if (connection->reply != NULL)
		freeReplyObject(connection->reply);
	if (connection->context != NULL)
		redisFree(connection->context);
	free(connection);
}

bool
connection_add(
	struct connection *connection, size_t count, const struct slice *words)
{
	const char *few[WORDS_STACK], **texts = few;
	size_t few_lens[WORDS_STACK], *lens = few_lens, i;
	bool ok;

	if (count > WORDS_STACK) {
		texts = calloc(count, sizeof(*texts));
		lens = calloc(count, sizeof(*lens));
	}
	ok = count > 0 && texts != NULL && lens != NULL;
	for (i = 0; ok && i < count; i++) {
		texts[i] = words[i].p != NULL ? words[i].p : "";
		lens[i] = words[i].len;
	}
	ok = ok &&
		redisAppendCommandArgv(connection->context, (int)count, texts,
			lens) == REDIS_OK;
	if (count > WORDS_STACK) {
		free(texts);
		free(lens);
	}
	return ok;
}

bool
connection_wait(struct connection *connection, struct err *err)
{
	void *reply = NULL;

	if (connection->reply != NULL)
		freeReplyObject(connection->reply);
	connection->reply = NULL;
	if (redisGetReply(connection->context, &reply) != REDIS_OK &&
		connection->context->err == REDIS_ERR_IO &&
		(errno == EAGAIN || errno == EWOULDBLOCK))
		return err_set(err, ERR_DOWN, "no answer in time");
	if (connection->context->err != 0) {
		return err_set(err, ERR_DOWN, "%s%s",
			connection->context->errstr[0] != '\0'
				? connection->context->errstr
				: "the connection failed",
			/* TLS 1.3 tells a client only now. */
			connection->is_unheard
				? " (does it want a certificate? "
				  "redis.cert_file)"
				: "");
	}
	connection->reply = reply;
	connection->is_unheard = false;
	return reply != NULL || err_set(err, ERR_DOWN, "no answer");
}

static bool
copy_reply(const redisReply *from, struct arena *arena, int depth,
	struct reply *to)
{
	switch (from->type) {
	case REDIS_REPLY_STATUS:
	case REDIS_REPLY_STRING:
	case REDIS_REPLY_ERROR:
		to->type = from->type == REDIS_REPLY_ERROR ? REPLY_ERROR
							   : REPLY_TEXT;
		to->text = arena_copy(
			arena, (struct slice){from->str, (size_t)from->len});
		return to->text.p != NULL;
	case REDIS_REPLY_INTEGER:
		to->type = REPLY_INTEGER;
		to->integer = from->integer;
		return true;
	case REDIS_REPLY_ARRAY:
		to->type = REPLY_ARRAY;
		to->count = from->elements;
		to->items = arena_array(arena, to->count, sizeof(*to->items));
		if (to->items == NULL || depth >= DEPTH_MAX)
			return false;
		for (size_t i = 0; i < to->count; i++) {
			if (!copy_reply(from->element[i], arena, depth + 1,
				    &to->items[i]))
				return false;
		}
		return true;
	default:
		to->type = REPLY_NIL;
		return true;
	}
}

struct reply *
connection_take(struct connection *connection, struct arena *arena)
{
	struct reply *reply = arena_alloc(arena, sizeof(*reply));

	if (reply == NULL || connection->reply == NULL ||
		!copy_reply(connection->reply, arena, 0, reply))
		return NULL;
	return reply;
}
