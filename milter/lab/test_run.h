/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Test files, run against policies. Each test has an empty store of its own
 * and a clock that begins on a Monday morning.
 */
#ifndef LAB_TEST_RUN_H
#define LAB_TEST_RUN_H

#include "base/buf.h"
#include "base/err.h"
#include "lab/sandbox.h"
#include "sigma/rule.h"

struct test_result {
	const char *path; /* of the file */
	struct slice policy; /* that the file is about; or absent */
	struct slice name; /* of the test; absent: the file itself is wrong */
	bool passed;
	struct slice failures; /* lines */
};

typedef void test_run_fn(void *ctx, const struct test_result *);

struct test_run {
	struct sandbox_options
		sandbox; /* realm and program are not asked for */
	const struct sigma_program *program;
	test_run_fn *each;
	void *ctx;
	unsigned passed, failed;
	struct buf tested; /* names of policies, each between newlines */
	struct test_coverage *coverage; /* one a rule of the program; or NULL */
};

/* What tests that passed show of a policy. */
struct test_coverage {
	unsigned hits, misses; /* messages that it is to match, and is not */
};

/* All *.test.yaml in and below path. False with err when it cannot be read;
 * files that are wrong are failed tests. */
bool test_run_path(struct test_run *, const char *path, struct err *err);
/* The next policy from *at on that speaks but that no file was about; its
 * name, or absent at the end. */
struct slice test_run_untested(const struct test_run *, size_t *at);
/* Has the program a policy of that name? */
bool test_run_has_policy(const struct sigma_program *, struct slice name);
void test_run_fini(struct test_run *);

#endif
