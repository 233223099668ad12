/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a worker put into the alerter's socket: whatever it is, a line made of
 * it is bounded and printable, and the throttle remembers no more than it may.
 */
#include "fuzz.h"

#include "verdict/alert.h"

static void
check_line(const struct alert *alert)
{
	struct buf line = {0};

	alert_line(alert, &line);
	FUZZ_ASSERT(buf_ok(&line) && line.len <= ALERT_LINE_BYTES);
	for (size_t i = 0; i < line.len; i++)
		FUZZ_ASSERT(line.p[i] >= ' ' && line.p[i] <= '~');
	buf_fini(&line);
}

static void
check_summary(const struct throttle_summary *summary)
{
	struct buf json = {0};
	struct alert alert;
	struct err err;

	FUZZ_ASSERT(alert_write_summary(summary, "mx1", 0, &json));
	FUZZ_ASSERT(alert_read(buf_slice(&json), &alert, &err));
	check_line(&alert);
	alert_fini(&alert);
	buf_fini(&json);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct throttle_options bounds = {
		.window_ms = 1000, .per_minute = 1, .pairs = 2, .distinct = 2};
	struct slice rest = fuzz_slice(data, size), line;
	struct throttle *throttle = throttle_new(&bounds);
	struct throttle_summary summary;
	struct alert alert;
	struct err err;

	while (throttle != NULL && slice_next(&rest, '\n', &line)) {
		struct throttle_subject subject;

		if (!alert_read(line, &alert, &err))
			continue;
		check_line(&alert);
		subject = alert_subject(&alert, 0);
		(void)throttle_pass(throttle, 0, &subject);
		alert_fini(&alert);
	}
	if (throttle != NULL && throttle_flush(throttle, &summary))
		check_summary(&summary);
	throttle_free(throttle);
	return 0;
}
