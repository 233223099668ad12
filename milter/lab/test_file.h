/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A policy's own tests, *.test.yaml beside it:
 *
 *   policy: redirect-to-freemail
 *   tests:
 *     - name: a .forward to a free mail account
 *       message:
 *         from: bob@partner.example
 *         to: drop@gmail.com ORCPT=rfc822;alice@example.com
 *         header: |
 *           From: Bob <bob@partner.example>
 *           Subject: hello
 *       expect: {hit: true, action: quarantine}
 *
 * Instead of one message there may be steps, each with a message, how often
 * it comes (repeat), how far apart (every), how much later (after) and what
 * is expected then. `forwarden test --help` lists all keys.
 */
#ifndef LAB_TEST_FILE_H
#define LAB_TEST_FILE_H

#include "lab/trial.h"
#include "yaml/diag.h"

struct test_case {
	struct slice name;
	struct trial trial;
};

struct test_file {
	struct slice policy; /* what hit and miss are about; or absent */
	struct realm *realm; /* the caller frees it */
	struct respond respond;
	const struct test_case *cases;
	size_t count;
};

/* All but the realm lives in arena; file must outlive it. NULL when there is
 * an error; diags has all of them. */
struct test_file *test_file_read(
	struct arena *, const char *file, struct diags *);
/* One line a key, for --help. */
void test_file_help(struct buf *);

#endif
