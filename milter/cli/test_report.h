/* SPDX-License-Identifier: BSD-2-Clause */
/* What tests beside policies came to: for people, and for what runs tests. */
#ifndef CLI_TEST_REPORT_H
#define CLI_TEST_REPORT_H

#include "base/buf.h"
#include "base/json.h"
#include "lab/test_run.h"

#include <stdbool.h>

enum test_format {
	FORMAT_TEXT,
	FORMAT_TAP, /* the Test Anything Protocol, version 13 */
	FORMAT_JUNIT, /* XML as Jenkins and GitLab read it */
	FORMAT_JSON
};

struct test_report {
	enum test_format format;
	bool quiet, verbose; /* of the text */
	unsigned count;
	struct buf body; /* JUnit's cases: their number comes before them */
	struct json *cases;
};

/* One result; ctx is a struct test_report. */
test_run_fn test_report_add;
/* After the last one; frees what the report holds. */
void test_report_end(struct test_report *, const struct test_run *);

#endif
