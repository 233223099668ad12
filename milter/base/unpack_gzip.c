/* SPDX-License-Identifier: BSD-2-Clause */
/* gzip, by zlib, which is known here alone. */
#include "base/unpack.h"

#include <stdlib.h>
#include <zlib.h>

#define WINDOW_GZIP (15 + 16) /* the largest window, and gzip's header */

static void *
begin(void)
{
	z_stream *stream = calloc(1, sizeof(*stream));

	if (stream != NULL && inflateInit2(stream, WINDOW_GZIP) != Z_OK) {
		free(stream);
		return NULL;
	}
	return stream;
}

static enum unpack_result
step(void *state, struct slice *in, struct unpack_room *out, struct err *err)
{
	z_stream *stream = state;
	union {
		const char *given;
		Bytef *taken;
	} input = {.given = in->p};
	int code;

	stream->next_in = input.taken;
	stream->avail_in = (uInt)in->len;
	stream->next_out = (Bytef *)out->p;
	stream->avail_out = (uInt)out->len;
	code = inflate(stream, Z_NO_FLUSH);
	*in = slice_sub(*in, in->len - stream->avail_in, in->len);
	out->made = out->len - stream->avail_out;
	if (code == Z_STREAM_END)
		return UNPACK_END;
	if (code == Z_OK || code == Z_BUF_ERROR)
		return UNPACK_MORE;
	err_set(err, ERR_INVALID, "not well-formed gzip: %s",
		stream->msg != NULL ? stream->msg : "invalid data");
	return UNPACK_BROKEN;
}

static void
end(void *state)
{
	(void)inflateEnd(state);
	free(state);
}

const struct unpack_way unpack_gzip = {
	"gzip", "zcat", "\x1f\x8b", begin, step, end};
