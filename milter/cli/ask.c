/* SPDX-License-Identifier: BSD-2-Clause */
/* libcurl over a unix socket. */
#include "cli/ask.h"

#include "base/socket_name.h"
#include "cli/screen.h"
#include "daemon/config.h"

#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CONNECT_SECONDS 5L
#define ANSWER_SECONDS 60L
#define SERVER_ERROR 500 /* from here on: RFC 9110 section 15.6 */
#define HOST "http://forwarden"

struct ask {
	CURL *curl;
	char path[SOCKET_NAME_PATH_BYTES];
	char why[CURL_ERROR_SIZE];
	bool said_alone;
};

struct ask *
ask_open(const char *socket, struct err *err)
{
	struct socket_name address;
	struct ask *ask;

	if (!socket_name_parse(slice_of(socket), &address, err))
		return NULL;
	if (address.family != SOCKET_NAME_UNIX) {
		(void)err_set(err, ERR_INVALID,
			"the control socket is a unix socket: unix:/path");
		return NULL;
	}
	ask = calloc(1, sizeof(*ask));
	if (ask != NULL)
		ask->curl = curl_easy_init();
	if (ask == NULL || ask->curl == NULL) {
		(void)err_set(err, ERR_MEMORY, "out of memory");
		free(ask);
		return NULL;
	}
	memcpy(ask->path, address.path, sizeof(ask->path));
	return ask;
}

void
ask_close(struct ask *ask)
{
	if (ask == NULL)
		return;
	curl_easy_cleanup(ask->curl);
	free(ask);
}

char *
ask_escape(struct ask *ask, const char *text)
{
	char *escaped = curl_easy_escape(ask->curl, text, 0);
	char *copy = escaped != NULL ? strdup(escaped) : NULL;

	curl_free(escaped);
	return copy;
}

static size_t
on_bytes(char *bytes, size_t size, size_t count, void *ctx)
{
	struct buf *body = ctx;

	buf_add(body, (struct slice){bytes, size * count});
	return buf_ok(body) ? size * count : 0;
}

static CURLcode
perform(struct ask *ask, enum ask_method method, const char *path,
	struct buf *body)
{
	struct buf url = {0};
	CURLcode code;

	buf_puts(&url, HOST);
	buf_puts(&url, path);
	curl_easy_reset(ask->curl);
	(void)curl_easy_setopt(ask->curl, CURLOPT_URL, buf_slice(&url).p);
	(void)curl_easy_setopt(ask->curl, CURLOPT_UNIX_SOCKET_PATH, ask->path);
	(void)curl_easy_setopt(ask->curl, CURLOPT_PROXY, "");
	(void)curl_easy_setopt(ask->curl, CURLOPT_NOSIGNAL, 1L);
	(void)curl_easy_setopt(
		ask->curl, CURLOPT_CONNECTTIMEOUT, CONNECT_SECONDS);
	(void)curl_easy_setopt(ask->curl, CURLOPT_TIMEOUT, ANSWER_SECONDS);
	(void)curl_easy_setopt(ask->curl, CURLOPT_ERRORBUFFER, ask->why);
	(void)curl_easy_setopt(ask->curl, CURLOPT_WRITEFUNCTION, on_bytes);
	(void)curl_easy_setopt(ask->curl, CURLOPT_WRITEDATA, body);
	if (method == ASK_POST)
		(void)curl_easy_setopt(ask->curl, CURLOPT_POSTFIELDS, "");
	ask->why[0] = '\0';
	code = curl_easy_perform(ask->curl);
	buf_fini(&url);
	return code;
}

static struct json *
read_answer(struct ask *ask, const struct buf *body, struct err *err)
{
	struct json *json = json_parse(buf_slice(body), err);
	struct slice why = json_text(json, "error");
	long status = 0;

	(void)curl_easy_getinfo(ask->curl, CURLINFO_RESPONSE_CODE, &status);
	if (json == NULL || status == 200)
		return json;
	(void)err_set(err, status >= SERVER_ERROR ? ERR_DOWN : ERR_INVALID,
		"the daemon says: %.*s", SLICE_ARG(why));
	json_free(json);
	return NULL;
}

/* The system's own word where it refused the socket: libcurl's would speak
 * of a host and a port that nobody named. */
static const char *
why_not(struct ask *ask, CURLcode code)
{
	long number = 0;

	if (code == CURLE_COULDNT_CONNECT &&
		curl_easy_getinfo(ask->curl, CURLINFO_OS_ERRNO, &number) ==
			CURLE_OK &&
		number != 0)
		return strerror((int)number);
	return ask->why[0] != '\0' ? ask->why : curl_easy_strerror(code);
}

static bool
reach(struct ask *ask, enum ask_method method, const char *path,
	struct buf *body, struct err *err)
{
	CURLcode code = perform(ask, method, path, body);

	if (code == CURLE_OK)
		return true;
	return err_set(err, ERR_DOWN,
		"cannot reach the daemon at unix:%s: %s (is it running, and "
		"may you write to the socket?)",
		ask->path, why_not(ask, code));
}

struct json *
ask_json(struct ask *ask, enum ask_method method, const char *path,
	struct err *err)
{
	struct json *json = NULL;
	struct buf body = {0};

	if (reach(ask, method, path, &body, err))
		json = read_answer(ask, &body, err);
	buf_fini(&body);
	return json;
}

bool
ask_text(struct ask *ask, const char *path, struct buf *answer, struct err *err)
{
	long status = 0;

	if (!reach(ask, ASK_GET, path, answer, err))
		return false;
	(void)curl_easy_getinfo(ask->curl, CURLINFO_RESPONSE_CODE, &status);
	return status == 200 ||
		err_set(err, ERR_INVALID, "%s: status %ld", path, status);
}

/* Errors of the configuration are the daemon's business: what counts here is
 * the one key. */
static struct ask *
open_configured(const char *file, struct err *err)
{
	struct diags *diags = diags_new();
	struct config *config = NULL;
	struct ask *ask = NULL;

	if (diags != NULL)
		config = config_load(file, diags);
	if (config != NULL && diags_count(diags, DIAG_ERROR) == 0) {
		ask = ask_open(config->control, err);
	} else {
		(void)err_set(err, ERR_INVALID,
			"%s cannot be used (`forwarden check -c %s` says "
			"why); --socket unix:/path goes without it",
			file, file);
	}
	config_free(config);
	diags_free(diags);
	return ask;
}

struct ask *
ask_start(const struct ask_options *options)
{
	struct err err = {0};
	struct ask *ask = options->socket != NULL
		? ask_open(options->socket, &err)
		: open_configured(options->file, &err);

	if (ask == NULL)
		(void)fprintf(stderr, "forwarden: %s\n", err.text);
	return ask;
}

/* What other machines counted is not in it. Once is enough for who asks again
 * and again. */
static void
say_alone(struct ask *ask, const struct json *answer)
{
	struct slice alone = json_text(answer, "alone");
	struct buf text = {0};

	if (alone.len == 0 || ask->said_alone)
		return;
	ask->said_alone = true;
	buf_add_visible(&text, alone);
	(void)fflush(stdout);
	(void)fprintf(stderr, "forwarden: %s\n",
		buf_ok(&text) ? text.p : "this machine's memory only");
	buf_fini(&text);
}

struct json *
ask_or_print(struct ask *ask, const struct ask_options *options,
	enum ask_method method, const char *path, int *status)
{
	struct err err = {0};
	struct json *json = ask_json(ask, method, path, &err);

	*status = COMMAND_OK;
	if (json == NULL) {
		(void)fprintf(stderr, "forwarden: %s\n", err.text);
		*status = COMMAND_FAILED;
		return NULL;
	}
	say_alone(ask, json);
	if (!options->json)
		return json;
	screen_print_json(json);
	return NULL;
}

void
ask_say_more(const struct json *answer, const char *list)
{
	if (!json_bool(answer, "more"))
		return;
	(void)fflush(stdout);
	(void)fprintf(stderr,
		"there are more than these %zu (-n shows more, up to 100000)\n",
		json_count(json_find(answer, list)));
}

static struct json *
ask_question(struct ask *ask, const struct ask_options *options,
	const struct ask_question *question, int *status)
{
	char *escaped =
		question->what != NULL ? ask_escape(ask, question->what) : NULL;
	bool amends = options->json && question->amend != NULL;
	struct ask_options asked = *options;
	struct json *answer = NULL;
	struct buf whole = {0};

	buf_puts(&whole, question->path);
	buf_puts(&whole, escaped != NULL ? escaped : "");
	buf_puts(&whole, question->query != NULL ? question->query : "");
	free(escaped);
	asked.json = options->json && !amends;
	answer = ask_or_print(
		ask, &asked, question->method, buf_slice(&whole).p, status);
	buf_fini(&whole);
	if (!amends || answer == NULL)
		return answer;
	question->amend(question->ctx, answer);
	screen_print_json(answer);
	return NULL;
}

int
ask_once(const struct ask_options *options, const struct ask_question *question)
{
	struct ask *ask = ask_start(options);
	struct json *answer;
	int status;

	if (ask == NULL)
		return COMMAND_FAILED;
	answer = ask_question(ask, options, question, &status);
	if (answer != NULL)
		question->print(answer);
	json_free(answer);
	ask_close(ask);
	return status;
}

int
ask_about_address(const char *about, const struct ask_question *question,
	int argc, char **argv)
{
	struct ask_options ask = ASK_DEFAULTS;
	const struct options_row rows[] = {ASK_OPTIONS(ask)};
	const struct options options = {.about = about,
		.example = question->example,
		.rows = rows,
		.count = sizeof(rows) / sizeof(*rows),
		.operands = "ADDRESS",
		.least = 1,
		.most = 1};
	struct ask_question asked = *question;
	char **operands;
	int status;

	if (!options_read(&options, argc, argv, &operands, &status))
		return status;
	asked.what = operands[0];
	return ask_once(&ask, &asked);
}
