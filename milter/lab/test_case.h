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
 * is expected then. Messages that many steps begin with are letters, at the
 * top of the file. `forwarden test --help` lists all keys.
 */
#ifndef LAB_TEST_CASE_H
#define LAB_TEST_CASE_H

#include "lab/trial.h"

struct test_case {
	struct slice name;
	struct trial trial;
};

/* A message that many steps begin with. */
struct test_letter {
	struct slice name;
	struct letter letter;
	const struct test_letter *next;
};

struct test_file {
	struct slice policy; /* what hit and miss are about; or absent */
	struct realm *realm; /* the caller frees it */
	struct respond respond;
	bool store_down;
	const struct test_letter *letters;
	const struct test_case *cases;
	size_t count;
};

#endif
