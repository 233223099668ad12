/* SPDX-License-Identifier: BSD-2-Clause */
/* Files that are written wholly or not at all. */
#include "rows.h"

#include "base/atomic_file.h"
#include "base/file.h"

#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#define PATH_BYTES 64
#define FOLDER "/tmp/forwarden-atomic-XXXXXX"

struct folder {
	char folder[sizeof(FOLDER)];
	char path[PATH_BYTES], temporary[PATH_BYTES];
};

static int
setup(void **state)
{
	struct folder *f = calloc(1, sizeof(*f));

	memcpy(f->folder, FOLDER, sizeof(FOLDER));
	assert_non_null(mkdtemp(f->folder));
	(void)snprintf(f->path, PATH_BYTES, "%s/file", f->folder);
	(void)snprintf(f->temporary, PATH_BYTES, "%s/file.new", f->folder);
	*state = f;
	return 0;
}

static int
teardown(void **state)
{
	struct folder *f = *state;

	(void)unlink(f->path);
	(void)unlink(f->temporary);
	assert_int_equal(rmdir(f->folder), 0);
	free(f);
	return 0;
}

static void
write_text(const char *path, struct slice text)
{
	struct atomic_file file;
	struct stat written, found;
	struct err err;

	assert_true(atomic_file_open(&file, path, &err));
	atomic_file_write(&file, text.p, text.len);
	assert_true(atomic_file_commit(&file, &written, &err));
	assert_int_equal(stat(path, &found), 0);
	assert_int_equal(found.st_ino, written.st_ino);
	assert_int_equal(found.st_size, written.st_size);
	assert_int_equal(found.st_mode & 0777, 0600);
}

static void
assert_text(const char *path, struct slice text)
{
	struct buf found = {0};
	struct err err;

	assert_true(file_read(path, (size_t)1 << 20, &found, &err));
	assert_true(slice_equal(buf_slice(&found), text));
	buf_fini(&found);
}

static void
takes_the_old_place(void **state)
{
	struct folder *f = *state;

	write_text(f->path, SLICE("one, which is longer"));
	write_text(f->path, SLICE("two"));
	assert_text(f->path, SLICE("two"));
	assert_int_equal(access(f->temporary, F_OK), -1);
}

/* Parts of all sizes, around what is gathered. */
static void
parts_come_in_order(void **state)
{
	static const size_t sizes[] = {1, 65534, 1, 65535, 65536, 65537, 3};
	struct folder *f = *state;
	struct buf text = {0};
	struct atomic_file file;
	struct err err;

	assert_true(atomic_file_open(&file, f->path, &err));
	for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
		size_t from = text.len;

		for (size_t n = 0; n < sizes[i]; n++)
			buf_add_byte(&text, (char)(from + n * 7));
		atomic_file_write(&file, text.p + from, sizes[i]);
	}
	atomic_file_write(&file, NULL, 0);
	assert_true(atomic_file_commit(&file, NULL, &err));
	assert_text(f->path, buf_slice(&text));
	buf_fini(&text);
}

static void
what_fails_leaves_the_old(void **state)
{
	struct folder *f = *state;
	struct atomic_file file;
	struct err err;

	write_text(f->path, SLICE("old"));
	assert_true(atomic_file_open(&file, f->path, &err));
	atomic_file_write(&file, "new", 3);
	atomic_file_fail(&file, ENOSPC);
	atomic_file_fail(&file, EIO);
	assert_false(atomic_file_commit(&file, NULL, &err));
	assert_non_null(strstr(err.text, "file.new: No space left"));
	assert_text(f->path, SLICE("old"));
	assert_true(atomic_file_open(&file, f->path, &err));
	atomic_file_write(&file, "new", 3);
	atomic_file_abandon(&file);
	assert_text(f->path, SLICE("old"));
	assert_int_equal(access(f->temporary, F_OK), -1);
}

/* A crash left a longer temporary file; somebody else laid a link there. */
static void
what_lies_there_does_not_harm(void **state)
{
	struct folder *f = *state;
	struct atomic_file file;
	struct err err;

	write_text(f->temporary, SLICE("left by a crash, and long"));
	write_text(f->path, SLICE("new"));
	assert_text(f->path, SLICE("new"));
	assert_int_equal(symlink(f->path, f->temporary), 0);
	assert_false(atomic_file_open(&file, f->path, &err));
	assert_non_null(strstr(err.text, "cannot write"));
	assert_text(f->path, SLICE("new"));
}

static void
no_folder_is_an_error(void **state)
{
	struct atomic_file file;
	struct err err;

	(void)state;
	assert_false(atomic_file_open(&file, "/nonexistent/folder/file", &err));
	assert_string_equal(err.text,
		"cannot write /nonexistent/folder/file.new: "
		"No such file or directory");
}

static void
damaged_files_are_kept_apart(void **state)
{
	struct folder *f = *state;
	struct buf name = {0};
	struct err err;

	for (int i = 1; i <= 12; i++) {
		char text[4];

		(void)snprintf(text, sizeof(text), "%d", i);
		write_text(f->path, slice_of(text));
		assert_true(atomic_file_set_aside(f->path, &name, &err));
		assert_int_equal(access(f->path, F_OK), -1);
		assert_int_equal(name.p[name.len - 1], i < 9 ? '0' + i : '9');
		assert_text(name.p, slice_of(text));
	}
	assert_false(atomic_file_set_aside(f->path, &name, &err));
	for (char c = '1'; c <= '9'; c++) {
		name.p[name.len - 1] = c;
		assert_int_equal(unlink(name.p), 0);
	}
	buf_fini(&name);
}

#define IN_A_FOLDER(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		IN_A_FOLDER(takes_the_old_place),
		IN_A_FOLDER(parts_come_in_order),
		IN_A_FOLDER(what_fails_leaves_the_old),
		IN_A_FOLDER(what_lies_there_does_not_harm),
		IN_A_FOLDER(damaged_files_are_kept_apart),
		cmocka_unit_test(no_folder_is_an_error),
	};
	struct rows all = {0};

	ROWS_TESTS(&all, tests);
	return rows_run(&all, "atomic_file");
}
