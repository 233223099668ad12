/* SPDX-License-Identifier: BSD-2-Clause */
/* From what was read to a program. */
#ifndef SIGMA_ASSEMBLE_H
#define SIGMA_ASSEMBLE_H

#include "sigma/build.h"

/* False when out of memory. */
bool build_init(struct build *, const struct sigma_options *, struct diags *);
/* Ties what was read together; NULL when there was any error. Either way
 * the build is over and its memory gone, but for what the program has. */
struct sigma_program *build_finish(struct build *);

#endif
