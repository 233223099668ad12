/* SPDX-License-Identifier: BSD-2-Clause */
/* The keys of a test's step and of its message. */
#ifndef LAB_TEST_STEP_H
#define LAB_TEST_STEP_H

#include "lab/trial.h"
#include "yaml/reader.h"

/* The target is a struct trial_step, the reader's ctx the struct test_file. */
extern const struct reader_table test_step_table;
/* The target is a struct letter. */
extern const struct reader_table test_step_message_table;

/* A map of these keys, or the name of one of the file's letters. */
bool test_step_message(
	struct reader *, const struct yaml_node *, struct letter *out);
bool test_step_mode(struct reader *, const struct yaml_node *, enum mode *out);
bool test_step_action(
	struct reader *, const struct yaml_node *, enum action *out);

#endif
