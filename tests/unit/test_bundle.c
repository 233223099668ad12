/* SPDX-License-Identifier: BSD-2-Clause */
/* Files that are kept, and read again when they are gone. */
#include "rows.h"

#include "base/bundle.h"
#include "base/file.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct place {
	char directory[64], file[96], empty[96], missing[96];
};

static void
write_file(const char *path, const char *text)
{
	FILE *file = fopen(path, "we");

	assert_non_null(file);
	assert_true(fputs(text, file) >= 0);
	assert_int_equal(fclose(file), 0);
}

static void
make_place(struct place *place)
{
	(void)strcpy(place->directory, "/tmp/forwarden-bundle-XXXXXX");
	assert_non_null(mkdtemp(place->directory));
	(void)snprintf(
		place->file, sizeof(place->file), "%s/file", place->directory);
	(void)snprintf(place->empty, sizeof(place->empty), "%s/empty",
		place->directory);
	(void)snprintf(place->missing, sizeof(place->missing), "%s/missing",
		place->directory);
	write_file(place->file, "as it was\n");
	write_file(place->empty, "");
}

static void
remove_place(const struct place *place)
{
	(void)unlink(place->file);
	(void)unlink(place->empty);
	(void)rmdir(place->directory);
}

static size_t
count_names(const char *path)
{
	struct bundle_directory *directory = bundle_directory_open(path);
	size_t count = 0;

	assert_non_null(directory);
	while (bundle_directory_next(directory) != NULL)
		count++;
	bundle_directory_close(directory);
	return count;
}

static void
read_all(const struct place *place, const char *expected)
{
	struct buf text = {0};
	struct err err = {0};
	bool is_directory;

	assert_true(file_read(place->file, 100, &text, &err));
	assert_string_equal(text.p, expected);
	buf_reset(&text);
	assert_true(file_read(place->empty, 100, &text, &err));
	assert_int_equal(text.len, 0);
	assert_false(file_read(place->missing, 100, &text, &err));
	assert_int_equal(count_names(place->directory), 2);
	assert_true(
		bundle_stat(place->directory, &is_directory) && is_directory);
	assert_true(bundle_stat(place->file, &is_directory) && !is_directory);
	assert_false(bundle_stat(place->missing, &is_directory));
	buf_fini(&text);
}

static int
keep(const struct place *place)
{
	struct bundle *bundle = bundle_new();
	struct err err = {0};
	int fd = bundle_memory("forwarden-files", &err);

	assert_non_null(bundle);
	assert_true(fd >= 0);
	bundle_use(bundle);
	read_all(place, "as it was\n");
	/* What was read once is what is kept, and what is read again. */
	write_file(place->file, "as it is now\n");
	read_all(place, "as it was\n");
	bundle_use(NULL);
	read_all(place, "as it is now\n");
	assert_true(bundle_save(bundle, fd, &err));
	bundle_seal(fd);
	bundle_free(bundle);
	return fd;
}

static void
files_that_are_gone_are_read(void **state)
{
	struct place place;
	struct bundle *bundle;
	struct err err = {0};
	int fd;

	(void)state;
	make_place(&place);
	fd = keep(&place);
	remove_place(&place);
	bundle = bundle_open(fd, &err);
	assert_non_null(bundle);
	bundle_use(bundle);
	read_all(&place, "as it was\n");
	bundle_use(NULL);
	bundle_free(bundle);
	(void)close(fd);
}

static void
what_is_damaged_is_refused(void **state)
{
	static const char *const texts[] = {"", "nonsense", "fwbundl\1x",
		"fwbundl\1\1\1\1\1\1\1\1\1\xff\xff\xff\x7f"};

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
		struct err err = {0};
		int fd = bundle_memory("forwarden-files", &err);

		assert_true(fd >= 0);
		assert_int_equal(write(fd, texts[i], strlen(texts[i])),
			strlen(texts[i]));
		assert_null(bundle_open(fd, &err));
		assert_int_equal(err.code, ERR_INVALID);
		(void)close(fd);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(files_that_are_gone_are_read),
		cmocka_unit_test(what_is_damaged_is_refused),
	};

	return cmocka_run_group_tests_name("bundle", tests, NULL, NULL);
}
