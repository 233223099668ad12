/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What makes two pieces of policies the same: their keys and values, whatever
 * the file is called and however it is written; and the digest of a whole set
 * of policies, by which the sets of two machines are compared.
 */
#ifndef SIGMA_IDENTITY_H
#define SIGMA_IDENTITY_H

#include "sigma/build.h"

/* Appends a text that differs when they do. */
void identity_write(const struct yaml_node *, struct buf *out);

/* One more document of the set. */
bool identity_add(struct build *, const struct yaml_node *root);
/* Of all documents, in whatever order, and of the lists that rules name: 16
 * hex digits. NULL when out of memory. */
const char *identity_digest(struct build *);

#endif
