/* SPDX-License-Identifier: BSD-2-Clause */
/* The keys of a test's step and of its message. */
#ifndef LAB_TEST_STEP_H
#define LAB_TEST_STEP_H

#include "yaml/reader.h"

/* Their target is a struct trial_step; the reader's subject is the
 * policy that hit and miss are about. */
extern const struct reader_key step_keys[];
extern const size_t step_key_count;
/* Their target is a struct letter. */
extern const struct reader_key message_keys[];
extern const size_t message_key_count;

#endif
