/* SPDX-License-Identifier: BSD-2-Clause */
/* libcurl's multi interface, a handle for each post. */
#include "daemon/webhook.h"

#include <curl/curl.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#define ANSWER_BYTES 65536 /* of head and body; the rest is not read */
#define FDS_MAX 32
#define URL_BYTES 2000

struct webhook {
	CURLM *multi;
};

struct post {
	CURL *curl;
	struct curl_slist *headers;
	void *about;
	size_t answered; /* bytes */
};

const char *
webhook_error(unsigned number)
{
	return number < (unsigned)CURL_LAST
		? curl_easy_strerror((CURLcode)number)
		: "an unknown error";
}

/* What stands between "//" and the first of "/?#". */
static struct slice
authority_of(struct slice url, struct slice *scheme)
{
	size_t colon = slice_find(url, SLICE("://"));
	struct slice rest, part;

	if (colon == SLICE_NONE)
		return slice_of(NULL);
	*scheme = slice_sub(url, 0, colon);
	rest = slice_sub(url, colon + 3, url.len);
	for (size_t i = 0; i < rest.len; i++) {
		if (rest.p[i] == '/' || rest.p[i] == '?' || rest.p[i] == '#') {
			rest = slice_sub(rest, 0, i);
			break;
		}
	}
	/* A user may hold an @ of its own: the last one counts. */
	part = rest;
	for (size_t i = 0; i < rest.len; i++) {
		if (rest.p[i] == '@')
			part = slice_sub(rest, i + 1, rest.len);
	}
	return part;
}

static bool
is_loopback(struct slice host)
{
	static const char *const names[] = {"localhost", "127.0.0.1", "[::1]"};

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		struct slice name = slice_of(names[i]);

		if (slice_starts_fold(host, name) &&
			(host.len == name.len || host.p[name.len] == ':'))
			return true;
	}
	return false;
}

bool
webhook_check(const char *url, struct err *err)
{
	struct slice scheme = {0};
	struct slice host = authority_of(slice_of(url), &scheme);

	if (host.len == 0 || strlen(url) > URL_BYTES ||
		strpbrk(url, " \\\"<>") != NULL)
		return err_set(err, ERR_INVALID, "that is not an address");
	if (slice_equal_fold(scheme, SLICE("https")) ||
		(slice_equal_fold(scheme, SLICE("http")) && is_loopback(host)))
		return true;
	return err_set(err, ERR_INVALID,
		"without TLS alerts would be read on the way");
}

void
webhook_mask(const char *url, struct buf *out)
{
	struct slice scheme = {0};
	struct slice host = authority_of(slice_of(url), &scheme);

	buf_add_visible(out, scheme);
	buf_puts(out, "://");
	buf_add_visible(out, host);
}

struct webhook *
webhook_new(struct err *err)
{
	struct webhook *webhook = calloc(1, sizeof(*webhook));

	if (webhook != NULL && curl_global_init(CURL_GLOBAL_DEFAULT) == 0)
		webhook->multi = curl_multi_init();
	if (webhook != NULL && webhook->multi != NULL)
		return webhook;
	free(webhook);
	(void)err_set(err, ERR_MEMORY, "out of memory");
	return NULL;
}

/* Its end, past the bound, is no failure: see outcome_of(). */
static size_t
on_bytes(char *bytes, size_t size, size_t count, void *ctx)
{
	struct post *post = ctx;

	(void)bytes;
	post->answered += size * count;
	return post->answered <= ANSWER_BYTES ? size * count : 0;
}

/* A command that is run meanwhile has no business with it. */
static int
on_socket(void *ctx, curl_socket_t fd, curlsocktype purpose)
{
	(void)ctx;
	(void)purpose;
	(void)fcntl(fd, F_SETFD, FD_CLOEXEC);
	return CURL_SOCKOPT_OK;
}

static void
post_free(struct post *post)
{
	if (post == NULL)
		return;
	curl_easy_cleanup(post->curl);
	curl_slist_free_all(post->headers);
	free(post);
}

static bool
add_header(struct post *post, const char *line)
{
	struct curl_slist *more = curl_slist_append(post->headers, line);

	if (more != NULL)
		post->headers = more;
	return more != NULL;
}

static bool
add_headers(struct post *post, const struct webhook_options *options)
{
	struct buf token = {0};
	bool ok = add_header(post, "Content-Type: application/json") &&
		add_header(post, "Expect:");

	for (size_t i = 0; ok && i < options->header_count; i++)
		ok = add_header(post, options->headers[i].p);
	if (ok && *options->token != '\0') {
		buf_printf(&token, "Authorization: Bearer %s", options->token);
		ok = buf_ok(&token) && add_header(post, token.p);
	}
	buf_fini(&token);
	return ok;
}

static CURLcode
limit_protocols(CURL *curl)
{
#if LIBCURL_VERSION_NUM >= 0x075500
	return curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
#else
	return curl_easy_setopt(curl, CURLOPT_PROTOCOLS,
		(long)(CURLPROTO_HTTP | CURLPROTO_HTTPS));
#endif
}

static CURLcode
use_ca(CURL *curl, const char *ca)
{
#if LIBCURL_VERSION_NUM >= 0x074d00
	struct curl_blob text = {
		(void *)(uintptr_t)ca, strlen(ca), CURL_BLOB_COPY};

	return *ca == '\0' ? CURLE_OK
			   : curl_easy_setopt(curl, CURLOPT_CAINFO_BLOB, &text);
#else
	(void)curl;
	return *ca == '\0' ? CURLE_OK : CURLE_NOT_BUILT_IN;
#endif
}

static CURLcode
set_up(struct post *post, const struct webhook_options *options,
	struct slice body)
{
	CURL *curl = post->curl;
	CURLcode failed = use_ca(curl, options->ca);

	if (failed == CURLE_OK)
		failed = limit_protocols(curl);
	if (failed == CURLE_OK)
		failed = curl_easy_setopt(curl, CURLOPT_URL, options->url);
	(void)curl_easy_setopt(curl, CURLOPT_POSTFIELDS, body.p);
	(void)curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE, (long)body.len);
	(void)curl_easy_setopt(curl, CURLOPT_HTTPHEADER, post->headers);
	(void)curl_easy_setopt(
		curl, CURLOPT_USERAGENT, "forwarden/" PACKAGE_VERSION);
	(void)curl_easy_setopt(curl, CURLOPT_PROXY, options->proxy);
	(void)curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
	(void)curl_easy_setopt(curl, CURLOPT_SSL_VERIFYPEER, 1L);
	(void)curl_easy_setopt(curl, CURLOPT_SSL_VERIFYHOST, 2L);
	(void)curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
	(void)curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, options->time_ms);
	(void)curl_easy_setopt(
		curl, CURLOPT_CONNECTTIMEOUT_MS, options->time_ms);
	(void)curl_easy_setopt(curl, CURLOPT_SOCKOPTFUNCTION, on_socket);
	(void)curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, on_bytes);
	(void)curl_easy_setopt(curl, CURLOPT_WRITEDATA, post);
	(void)curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, on_bytes);
	(void)curl_easy_setopt(curl, CURLOPT_HEADERDATA, post);
	(void)curl_easy_setopt(curl, CURLOPT_PRIVATE, post);
	return failed;
}

bool
webhook_begin(struct webhook *webhook, const struct webhook_options *options,
	struct slice body, void *about, struct err *err)
{
	struct post *post = calloc(1, sizeof(*post));
	CURLcode failed = CURLE_OUT_OF_MEMORY;
	int running;

	if (post != NULL)
		post->curl = curl_easy_init();
	if (post != NULL && post->curl != NULL && add_headers(post, options)) {
		post->about = about;
		failed = set_up(post, options, body);
	}
	if (failed == CURLE_OK &&
		curl_multi_add_handle(webhook->multi, post->curl) == CURLM_OK) {
		(void)curl_multi_perform(webhook->multi, &running);
		return true;
	}
	post_free(post);
	return err_set(err, ERR_SYSTEM, "%s", curl_easy_strerror(failed));
}

/* Whoever has answered has it, however long its answer goes on. */
static struct webhook_outcome
outcome_of(CURL *curl, CURLcode code)
{
	long status = 0;

	(void)curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
	if (status > 0 && (code == CURLE_OK || code == CURLE_WRITE_ERROR))
		return (struct webhook_outcome){.status = (unsigned)status};
	return (struct webhook_outcome){.error = (unsigned)code};
}

void *
webhook_ended(struct webhook *webhook, struct webhook_outcome *outcome)
{
	const CURLMsg *message;
	struct post *post = NULL;
	void *about;
	int left;

	do {
		message = curl_multi_info_read(webhook->multi, &left);
	} while (message != NULL && message->msg != CURLMSG_DONE);
	if (message == NULL)
		return NULL;
	*outcome = outcome_of(message->easy_handle, message->data.result);
	(void)curl_easy_getinfo(
		message->easy_handle, CURLINFO_PRIVATE, (char **)&post);
	about = post->about;
	(void)curl_multi_remove_handle(webhook->multi, post->curl);
	post_free(post);
	return about;
}

void
webhook_wait(struct webhook *webhook, struct pollfd *fds, size_t count,
	int timeout_ms)
{
	struct curl_waitfd waits[FDS_MAX];
	int running;

	if (webhook == NULL) {
		(void)poll(fds, (nfds_t)count, timeout_ms);
		return;
	}
	for (size_t i = 0; i < count && i < FDS_MAX; i++)
		waits[i] = (struct curl_waitfd){fds[i].fd, CURL_WAIT_POLLIN, 0};
	(void)curl_multi_wait(
		webhook->multi, waits, (unsigned)count, timeout_ms, NULL);
	(void)curl_multi_perform(webhook->multi, &running);
	/* Which of them it was is asked again: it costs little, and libcurl's
	 * bits are not poll's. */
	(void)poll(fds, (nfds_t)count, 0);
}
