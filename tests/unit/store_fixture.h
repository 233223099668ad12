/* SPDX-License-Identifier: BSD-2-Clause */
/* A store with a directory of its own, a fake time and an arena for its
 * answers. After cmocka.h. */
#ifndef TESTS_UNIT_STORE_FIXTURE_H
#define TESTS_UNIT_STORE_FIXTURE_H

#include "base/arena.h"
#include "query.h"
#include "store/store_open.h"
#include "store_settings.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define START_MS ((int64_t)1790000000000)

struct fixture {
	struct clock_fake clock;
	struct store_options options;
	struct store *store;
	struct arena *arena;
	char dir[64];
	char said[512];
	int lines;
};

static inline void
open_store(struct fixture *f)
{
	struct err err = {0};

	f->store = store_open(&f->options, &err);
	if (f->store == NULL)
		fail_msg("%s", err.text);
}

/* The options may be changed before the store is opened. */
static inline struct fixture *
fixture_new(void)
{
	struct fixture *f = calloc(1, sizeof(*f));

	assert_non_null(f);
	f->clock.now_ms = START_MS;
	snprintf(f->dir, sizeof(f->dir), "/tmp/fw-store-XXXXXX");
	assert_non_null(mkdtemp(f->dir));
	store_options_init(&f->options);
	f->options.clock = clock_fake(&f->clock);
	f->options.state_dir = f->dir;
	f->arena = arena_new(64u << 20);
	return f;
}

static inline int
teardown(void **state)
{
	struct fixture *f = *state;
	DIR *dir = opendir(f->dir);
	struct dirent *file;

	store_close(f->store);
	while ((file = readdir(dir)) != NULL)
		(void)unlinkat(dirfd(dir), file->d_name, 0);
	closedir(dir);
	(void)rmdir(f->dir);
	arena_free(f->arena);
	free(f);
	return 0;
}

#endif
