/* SPDX-License-Identifier: BSD-2-Clause */
/* libmicrohttpd: one thread a connection, because an answer may wait. */
#include "daemon/http.h"

#include "daemon/page.h"

#include <microhttpd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define IDLE_SECONDS 60U
#define PORT_IDLE_SECONDS 15U
#define BODY_BYTES 4096 /* kept of a request's */
#define STREAM_BYTES 1024
#define MEMORY_BYTES (32UL * 1024)

struct door {
	struct http *http;
	struct MHD_Daemon *daemon;
	bool is_port;
};

struct http {
	struct api *api;
	struct page *page; /* NULL without a port */
	struct door control, port;
};

/* One request as it comes in. */
struct call {
	struct MHD_Connection *connection;
	struct api_request request;
	struct buf body;
};

static struct slice
look_up(const void *ctx, enum MHD_ValueKind kind, const char *name)
{
	const struct call *call = ctx;

	return slice_of(
		MHD_lookup_connection_value(call->connection, kind, name));
}

static struct slice
query(const void *ctx, const char *name)
{
	const struct call *call = ctx;

	if (call->request.on_page && strcmp(name, "by") == 0)
		return slice_of(call->request.by);
	return look_up(ctx, MHD_GET_ARGUMENT_KIND, name);
}

static struct slice
field(const void *ctx, const char *name)
{
	return look_up(ctx, MHD_HEADER_KIND, name);
}

static struct slice
cookie(const void *ctx, const char *name)
{
	return look_up(ctx, MHD_COOKIE_KIND, name);
}

static ssize_t
read_stream(void *ctx, uint64_t at, char *into, size_t size)
{
	ssize_t len = page_stream_read(ctx, into, size);

	(void)at;
	return len < 0 ? MHD_CONTENT_READER_END_OF_STREAM : len;
}

static void
close_stream(void *ctx)
{
	page_stream_close(ctx);
}

static struct MHD_Response *
make_response(struct api_answer *answer)
{
	struct slice body = buf_slice(&answer->body);

	if (answer->stream != NULL)
		return MHD_create_response_from_callback(MHD_SIZE_UNKNOWN,
			STREAM_BYTES, read_stream, answer->stream,
			close_stream);
	if (answer->text != NULL)
		return MHD_create_response_from_buffer(strlen(answer->text),
			(void *)(uintptr_t)answer->text,
			MHD_RESPMEM_PERSISTENT);
	return MHD_create_response_from_buffer(
		body.len, (void *)(uintptr_t)body.p, MHD_RESPMEM_MUST_COPY);
}

/* What a browser is to keep to: nothing from elsewhere, nothing inline, no
 * frame around it, and no word to other sites of where one came from. */
static const struct {
	const char *name, *value;
} port_fields[] = {
	{"Content-Security-Policy",
		"default-src 'none'; script-src 'self'; style-src 'self'; "
		"connect-src 'self'; img-src 'self'; base-uri 'none'; "
		"form-action 'self'; frame-ancestors 'none'"},
	{"X-Content-Type-Options", "nosniff"},
	{"Referrer-Policy", "no-referrer"},
	{"Cross-Origin-Opener-Policy", "same-origin"},
	{"Cross-Origin-Resource-Policy", "same-origin"},
	/* A thread is a connection's as long as that is open. */
	{"Connection", "close"},
};

static void
add_field(struct MHD_Response *response, const char *name, const char *value)
{
	if (value != NULL && *value != '\0')
		(void)MHD_add_response_header(response, name, value);
}

static void
add_fields(const struct door *door, const struct api_answer *answer,
	struct MHD_Response *response)
{
	char seconds[16] = "";

	add_field(response, MHD_HTTP_HEADER_CONTENT_TYPE, answer->type);
	/* A file is asked for again each time, by its ETag. */
	add_field(response, MHD_HTTP_HEADER_CACHE_CONTROL,
		answer->etag != NULL ? "no-cache" : "no-store");
	add_field(response, MHD_HTTP_HEADER_ETAG, answer->etag);
	add_field(response, MHD_HTTP_HEADER_SET_COOKIE, answer->cookie);
	if (answer->retry_after > 0) {
		(void)snprintf(
			seconds, sizeof(seconds), "%u", answer->retry_after);
	}
	add_field(response, MHD_HTTP_HEADER_RETRY_AFTER, seconds);
	for (size_t i = 0;
		door->is_port && i < sizeof(port_fields) / sizeof(*port_fields);
		i++) {
		add_field(response, port_fields[i].name, port_fields[i].value);
	}
}

static enum MHD_Result
send_answer(const struct door *door, struct MHD_Connection *connection,
	struct api_answer *answer)
{
	struct MHD_Response *response = make_response(answer);
	enum MHD_Result result;

	buf_fini(&answer->body);
	if (response == NULL) {
		page_stream_close(answer->stream);
		return MHD_NO;
	}
	add_fields(door, answer, response);
	result = MHD_queue_response(connection, answer->status, response);
	MHD_destroy_response(response);
	return result;
}

static enum MHD_Result
answer_call(const struct door *door, struct call *call, const char *url)
{
	struct api_request *request = &call->request;
	struct http *http = door->http;
	struct api_answer answer;

	request->path = slice_of(url);
	request->query = query;
	request->field = field;
	request->cookie = cookie;
	request->ctx = call;
	request->body = buf_slice(&call->body);
	request->right = door->is_port ? API_RIGHT_NONE : API_RIGHT_OWN;
	if (!door->is_port || !page_answer(http->page, request, &answer))
		api_answer(http->api, request, &answer);
	return send_answer(door, call->connection, &answer);
}

static bool
read_method(const char *method, enum api_method *out)
{
	*out = strcmp(method, MHD_HTTP_METHOD_POST) == 0 ? API_POST : API_GET;
	return *out == API_POST || strcmp(method, MHD_HTTP_METHOD_GET) == 0 ||
		strcmp(method, MHD_HTTP_METHOD_HEAD) == 0;
}

static enum MHD_Result
begin_call(struct MHD_Connection *connection, void **state)
{
	struct call *call = calloc(1, sizeof(*call));

	if (call == NULL)
		return MHD_NO;
	call->connection = connection;
	*state = call;
	return MHD_YES;
}

/* Called first when only the header is there, then for each part of the body,
 * then at its end. */
static enum MHD_Result
on_request(void *ctx, struct MHD_Connection *connection, const char *url,
	const char *method, const char *version, const char *upload,
	size_t *upload_size, void **state)
{
	const struct door *door = ctx;
	struct call *call = *state;

	(void)version;
	if (call == NULL)
		return begin_call(connection, state);
	if (*upload_size != 0) {
		/* What is longer is nothing that is understood. */
		if (call->body.len + *upload_size <= BODY_BYTES) {
			buf_add(&call->body,
				(struct slice){upload, *upload_size});
		}
		*upload_size = 0;
		return MHD_YES;
	}
	if (!read_method(method, &call->request.method))
		return MHD_NO;
	return answer_call(door, call, url);
}

static void
on_completed(void *ctx, struct MHD_Connection *connection, void **state,
	enum MHD_RequestTerminationCode code)
{
	struct call *call = *state;

	(void)ctx;
	(void)connection;
	(void)code;
	if (call == NULL)
		return;
	/* It may have held a token. */
	if (call->body.p != NULL)
		memset(call->body.p, 0, call->body.len);
	buf_fini(&call->body);
	free(call);
	*state = NULL;
}

/* libmicrohttpd closes the socket it serves on: it gets a copy. */
static bool
open_door(struct door *door, int socket, unsigned connections, struct err *err)
{
	int copy = dup(socket);

	if (copy < 0)
		return err_system(err, "cannot copy a socket");
	door->daemon = MHD_start_daemon(MHD_USE_THREAD_PER_CONNECTION |
			MHD_USE_INTERNAL_POLLING_THREAD | MHD_USE_POLL |
			MHD_USE_ITC,
		0, NULL, NULL, on_request, door, MHD_OPTION_LISTEN_SOCKET, copy,
		MHD_OPTION_CONNECTION_LIMIT, connections,
		MHD_OPTION_CONNECTION_TIMEOUT,
		door->is_port ? PORT_IDLE_SECONDS : IDLE_SECONDS,
		MHD_OPTION_NOTIFY_COMPLETED, on_completed, NULL,
		MHD_OPTION_CONNECTION_MEMORY_LIMIT, MEMORY_BYTES,
		MHD_OPTION_END);
	if (door->daemon != NULL)
		return true;
	(void)close(copy);
	return err_set(err, ERR_SYSTEM, "libmicrohttpd refuses to start");
}

static bool
open_port(struct http *http, int socket, unsigned connections, struct err *err)
{
	http->page = page_new(http->api, connections);
	if (http->page == NULL)
		return err_set(err, ERR_MEMORY, "out of memory");
	return open_door(&http->port, socket, connections, err);
}

struct http *
http_start(struct api *api, int control_socket, int port_socket,
	unsigned connections, struct err *err)
{
	struct http *http = calloc(1, sizeof(*http));

	if (http == NULL) {
		(void)err_set(err, ERR_MEMORY, "out of memory");
		return NULL;
	}
	http->api = api;
	http->control = (struct door){.http = http, .is_port = false};
	http->port = (struct door){.http = http, .is_port = true};
	if (open_door(&http->control, control_socket, connections, err) &&
		(port_socket < 0 ||
			open_port(http, port_socket, connections, err)))
		return http;
	http_stop(http);
	return NULL;
}

void
http_stop(struct http *http)
{
	if (http == NULL)
		return;
	page_end(http->page);
	if (http->control.daemon != NULL)
		MHD_stop_daemon(http->control.daemon);
	if (http->port.daemon != NULL)
		MHD_stop_daemon(http->port.daemon);
	page_free(http->page);
	free(http);
}
