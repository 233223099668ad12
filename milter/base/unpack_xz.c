/* SPDX-License-Identifier: BSD-2-Clause */
/* xz, by liblzma, which is known here alone. */
#include "base/unpack.h"

#ifdef HAVE_LZMA

#include <lzma.h>
#include <stdlib.h>

/* What xz -9 needs to unpack is 65 MiB; a file cannot ask for more than
 * twice that. */
#define MEMORY_MAX ((uint64_t)128 << 20)

static void *
begin(void)
{
	static const lzma_stream none = LZMA_STREAM_INIT;
	lzma_stream *stream = malloc(sizeof(*stream));

	if (stream == NULL)
		return NULL;
	*stream = none;
	if (lzma_stream_decoder(stream, MEMORY_MAX, 0) != LZMA_OK) {
		free(stream);
		return NULL;
	}
	return stream;
}

static enum unpack_result
step(void *state, struct slice *in, struct unpack_room *out, struct err *err)
{
	lzma_stream *stream = state;
	lzma_ret code;

	stream->next_in = (const uint8_t *)in->p;
	stream->avail_in = in->len;
	stream->next_out = (uint8_t *)out->p;
	stream->avail_out = out->len;
	code = lzma_code(stream, LZMA_RUN);
	*in = slice_sub(*in, in->len - stream->avail_in, in->len);
	out->made = out->len - stream->avail_out;
	if (code == LZMA_STREAM_END)
		return UNPACK_END;
	if (code == LZMA_OK || code == LZMA_BUF_ERROR)
		return UNPACK_MORE;
	err_set(err, code == LZMA_MEMLIMIT_ERROR ? ERR_LIMIT : ERR_INVALID,
		code == LZMA_MEMLIMIT_ERROR
			? "this xz needs more than 128 MiB to be unpacked"
			: "not well-formed xz");
	return UNPACK_BROKEN;
}

static void
end(void *state)
{
	lzma_end(state);
	free(state);
}

const struct unpack_way unpack_xz = {"xz", "xzcat",
	"\xfd"
	"7zXZ",
	begin, step, end};

#else

const struct unpack_way unpack_xz = {"xz", "xzcat",
	"\xfd"
	"7zXZ",
	NULL, NULL, NULL};

#endif
