/* SPDX-License-Identifier: BSD-2-Clause */
/* libmicrohttpd: one thread a connection, because an answer may wait. */
#include "daemon/http.h"

#include <microhttpd.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define IDLE_SECONDS 60U
#define MEMORY_BYTES (32UL * 1024)

struct door {
	struct http *http;
	struct MHD_Daemon *daemon;
	bool trusted;
};

struct http {
	struct api *api;
	struct door control, port;
};

static struct slice
query(const void *ctx, const char *name)
{
	struct MHD_Connection *connection =
		(struct MHD_Connection *)(uintptr_t)ctx;

	return slice_of(MHD_lookup_connection_value(
		connection, MHD_GET_ARGUMENT_KIND, name));
}

static enum MHD_Result
send_answer(struct MHD_Connection *connection, struct api_answer *answer)
{
	struct slice body = buf_slice(&answer->body);
	struct MHD_Response *response;
	enum MHD_Result result;

	response = MHD_create_response_from_buffer(
		body.len, (void *)(uintptr_t)body.p, MHD_RESPMEM_MUST_COPY);
	buf_fini(&answer->body);
	if (response == NULL)
		return MHD_NO;
	(void)MHD_add_response_header(
		response, MHD_HTTP_HEADER_CONTENT_TYPE, answer->type);
	(void)MHD_add_response_header(
		response, MHD_HTTP_HEADER_CACHE_CONTROL, "no-store");
	result = MHD_queue_response(connection, answer->status, response);
	MHD_destroy_response(response);
	return result;
}

static enum MHD_Result
on_request(void *ctx, struct MHD_Connection *connection, const char *url,
	const char *method, const char *version, const char *upload,
	size_t *upload_size, void **state)
{
	static int seen;
	const struct door *door = ctx;
	struct api_request request = {
		.path = slice_of(url),
		.trusted = door->trusted,
		.query = query,
		.ctx = connection,
	};
	struct api_answer answer;

	(void)version;
	(void)upload;
	/* Called first when only the header is there, then for the body. */
	if (*state == NULL) {
		*state = &seen;
		return MHD_YES;
	}
	if (*upload_size != 0) {
		*upload_size = 0;
		return MHD_YES;
	}
	if (strcmp(method, MHD_HTTP_METHOD_POST) == 0) {
		request.method = API_POST;
	} else if (strcmp(method, MHD_HTTP_METHOD_GET) != 0 &&
		strcmp(method, MHD_HTTP_METHOD_HEAD) != 0) {
		return MHD_NO;
	}
	api_answer(door->http->api, &request, &answer);
	return send_answer(connection, &answer);
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
		MHD_OPTION_CONNECTION_TIMEOUT, IDLE_SECONDS,
		MHD_OPTION_CONNECTION_MEMORY_LIMIT, MEMORY_BYTES,
		MHD_OPTION_END);
	if (door->daemon != NULL)
		return true;
	(void)close(copy);
	return err_set(err, ERR_SYSTEM, "libmicrohttpd refuses to start");
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
	http->control = (struct door){.http = http, .trusted = true};
	http->port = (struct door){.http = http, .trusted = false};
	if (open_door(&http->control, control_socket, connections, err) &&
		(port_socket < 0 ||
			open_door(&http->port, port_socket, connections, err)))
		return http;
	http_stop(http);
	return NULL;
}

void
http_stop(struct http *http)
{
	if (http == NULL)
		return;
	if (http->control.daemon != NULL)
		MHD_stop_daemon(http->control.daemon);
	if (http->port.daemon != NULL)
		MHD_stop_daemon(http->port.daemon);
	free(http);
}
