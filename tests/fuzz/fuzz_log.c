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

static void
check_flow(void *ctx, const struct found_flow *flow)
{
	(void)ctx;
	FUZZ_ASSERT(flow->sure > 0 && flow->sure <= 100);
	FUZZ_ASSERT(flow->id != NULL && flow->destination.len > 0);
}

static struct scan *
begin(bool follow)
{
	const struct scan_options options = {
		.egress = "egress", .tell = follow ? check_flow : NULL};
	struct scan *scan = scan_new(&options, NULL);

	FUZZ_ASSERT(scan != NULL);
	scan_begin_file(scan, WRITTEN_MS, 0);
	return scan;
}

/* Another goes on where it was. */
static struct scan *
go_on(struct scan *scan)
{
	struct scan *other = begin(true);
	struct buf kept = {0};
	struct slice rest, line;

	FUZZ_ASSERT(scan_pass(scan, WRITTEN_MS));
	scan_keep(scan, &kept);
	scan_free(scan);
	for (rest = buf_slice(&kept); slice_next(&rest, '\n', &line);) {
		struct json *json = json_parse(line, NULL);

		FUZZ_ASSERT(line.len == 0 || scan_restore(other, json));
		json_free(json);
	}
	buf_fini(&kept);
	return other;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	bool follow = size % 2 == 0;
	struct scan *scan = begin(follow);
	struct slice rest = fuzz_slice(data, size), line;
	size_t count = 0;

	while (slice_next(&rest, '\n', &line)) {
		FUZZ_ASSERT(scan_line(scan, line));
		if (follow && rest.len % 16 == 0)
			scan = go_on(scan);
	}
	FUZZ_ASSERT(scan_finish(scan));
	found_each(scan_found(scan), count_route, &count);
	FUZZ_ASSERT(count == found_routes(scan_found(scan)));
	scan_free(scan);
	return 0;
}
