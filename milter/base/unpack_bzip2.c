/* SPDX-License-Identifier: BSD-2-Clause */
/* bzip2, by libbz2, which is known here alone. */
#include "base/unpack.h"

#ifdef HAVE_BZIP2

#include <bzlib.h>
#include <stdlib.h>

static void *
begin(void)
{
	bz_stream *stream = calloc(1, sizeof(*stream));

	if (stream != NULL && BZ2_bzDecompressInit(stream, 0, 0) != BZ_OK) {
		free(stream);
		return NULL;
	}
	return stream;
}

static enum unpack_result
step(void *state, struct slice *in, struct unpack_room *out, struct err *err)
{
	bz_stream *stream = state;
	union {
		const char *given;
		char *taken;
	} input = {.given = in->p};
	int code;

	stream->next_in = input.taken;
	stream->avail_in = (unsigned)in->len;
	stream->next_out = out->p;
	stream->avail_out = (unsigned)out->len;
	code = BZ2_bzDecompress(stream);
	*in = slice_sub(*in, in->len - stream->avail_in, in->len);
	out->made = out->len - stream->avail_out;
	if (code == BZ_STREAM_END)
		return UNPACK_END;
	if (code == BZ_OK)
		return UNPACK_MORE;
	err_set(err, ERR_INVALID, "not well-formed bzip2");
	return UNPACK_BROKEN;
}

static void
end(void *state)
{
	(void)BZ2_bzDecompressEnd(state);
	free(state);
}

const struct unpack_way unpack_bzip2 = {
	"bzip2", "bzcat", "BZh", begin, step, end};

#else

const struct unpack_way unpack_bzip2 = {
	"bzip2", "bzcat", "BZh", NULL, NULL, NULL};

#endif
