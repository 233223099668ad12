/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Files of the system, or of a copy of one (--root), read as if whoever owns
 * them wished us ill: each folder is opened from the root down, a link is
 * followed only if it is the site's own or of whom we read for, and never out
 * of the root; a file is regular, of one name, and not longer than its
 * bound. Nothing here waits for a fifo.
 */
#ifndef MTA_RULES_TREE_H
#define MTA_RULES_TREE_H

#include "base/buf.h"
#include "base/err.h"
#include "base/slice.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#define TREE_USER_BYTES ((size_t)1 << 20)
#define TREE_SITE_BYTES ((size_t)64 << 20)

struct tree {
	int fd; /* of the root */
	uid_t owner; /* of the root itself: his links are the site's */
	bool is_copy; /* owners, modes and links may have been lost */
};

/* root: NULL for the system itself. False with err. */
bool tree_open(struct tree *, const char *root, struct err *err);
void tree_close(struct tree *);

struct tree_wish {
	struct slice path; /* from the root of the tree */
	uid_t uid; /* whose links may be followed, besides the site's own */
	bool no_link; /* the file itself may not be one */
	size_t most; /* bytes */
};

struct tree_file {
	struct buf text;
	struct buf path; /* where the links led */
	uid_t owner;
	mode_t mode;
	int64_t written_ms;
};

enum tree_outcome {
	TREE_READ,
	TREE_ABSENT,
	TREE_LINK, /* it is a link and may not be one */
	TREE_REFUSED /* err says why */
};

/* The file is empty but for TREE_READ; tree_file_fini() it either way. */
enum tree_outcome tree_read(const struct tree *, const struct tree_wish *,
	struct tree_file *, struct err *err);
void tree_file_fini(struct tree_file *);
/* What is there, without reading it. */
struct stat;
enum tree_outcome tree_look(const struct tree *, const struct tree_wish *,
	struct stat *, struct err *err);

/* The names in a folder in their order, dots left out, to be ended with
 * tree_list_free(); at most so many. */
struct tree_names {
	char **at;
	size_t count;
	bool cut; /* there were more */
};
enum tree_outcome tree_list(const struct tree *, const struct tree_wish *,
	struct tree_names *, struct err *err);
void tree_list_free(struct tree_names *);

#endif
