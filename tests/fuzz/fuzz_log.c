/* SPDX-License-Identifier: BSD-2-Clause */
/* A whole log: whatever its lines say, in whatever order, it is judged. */
#include "fuzz.h"

#include "logs/scan.h"

#define WRITTEN_MS INT64_C(1767272400000)

static void
count_route(void *ctx, const struct found_route *route)
{
	size_t *count = ctx;

	FUZZ_ASSERT(route->sent + route->waiting + route->lost > 0);
	FUZZ_ASSERT(route->sure > 0 && route->sure <= 100);
	++*count;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct scan_options options = {
		.egress = "egress", .follow = size % 2 == 0};
	struct scan *scan = scan_new(&options, NULL);
	struct slice rest = fuzz_slice(data, size), line;
	size_t count = 0;

	scan_begin_file(scan, WRITTEN_MS, 0);
	while (slice_next(&rest, '\n', &line))
		FUZZ_ASSERT(scan_line(scan, line));
	FUZZ_ASSERT(scan_finish(scan));
	found_each(scan_found(scan), count_route, &count);
	FUZZ_ASSERT(count == found_routes(scan_found(scan)));
	scan_free(scan);
	return 0;
}
