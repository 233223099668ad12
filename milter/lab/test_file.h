/* SPDX-License-Identifier: BSD-2-Clause */
/* Reading *.test.yaml (lab/test_case.h shows one). */
#ifndef LAB_TEST_FILE_H
#define LAB_TEST_FILE_H

#include "lab/test_case.h"
#include "yaml/diag.h"

/* All but the realm lives in arena; file must outlive it. What the file does
 * not say of actions is as in the struct respond, but in enforce mode. NULL
 * when there is an error; diags has all of them. */
struct test_file *test_file_read(struct arena *, const char *file,
	const struct respond *, struct diags *);
/* One line a key, for --help. */
void test_file_help(struct buf *);

#endif
