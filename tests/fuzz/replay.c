/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Feeds files to a fuzzer's entry point without libFuzzer, so that the
 * corpus is a test everywhere: each file named on the command line, or, with
 * none, each file of tests/fuzz/corpus/NAME for a program fuzz_NAME. A file
 * that breaks something ends the program, and thereby the test.
 */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FOLDER_BYTES 4096
#define PATH_BYTES (FOLDER_BYTES + 257)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* All of the file; NULL when it cannot be read. */
static uint8_t *
slurp(const char *path, size_t *size)
{
	FILE *file = fopen(path, "rb");
	uint8_t *data = NULL;
	long end;

	if (file == NULL)
		return NULL;
	if (fseek(file, 0, SEEK_END) == 0 && (end = ftell(file)) >= 0) {
		rewind(file);
		*size = (size_t)end;
		/* Exactly as long, so that ASan sees what reads past it. */
		data = malloc(*size > 0 ? *size : 1);
		if (data != NULL && fread(data, 1, *size, file) != *size) {
			free(data);
			data = NULL;
		}
	}
	(void)fclose(file);
	return data;
}

static int
replay(const char *path)
{
	size_t size = 0;
	uint8_t *data = slurp(path, &size);

	if (data == NULL) {
		fprintf(stderr, "%s: cannot be read\n", path);
		return 1;
	}
	(void)LLVMFuzzerTestOneInput(data, size);
	free(data);
	return 0;
}

static int
is_file(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

static int
replay_folder(const char *folder)
{
	struct dirent **entries = NULL;
	int count = scandir(folder, &entries, is_file, alphasort);
	int i, failed = count <= 0;

	if (count <= 0) {
		printf("1..1\nnot ok 1 - %s holds a corpus\n", folder);
	} else {
		printf("1..%d\n", count);
	}
	for (i = 0; i < count; i++) {
		char path[PATH_BYTES];
		int bad;

		(void)snprintf(path, sizeof(path), "%.4095s/%s", folder,
			entries[i]->d_name);
		bad = replay(path);
		printf("%s %d - %s\n", bad ? "not ok" : "ok", i + 1,
			entries[i]->d_name);
		(void)fflush(stdout);
		failed |= bad;
		free(entries[i]);
	}
	free(entries);
	return failed;
}

/* NAME of ".../fuzz_NAME", also where libtool put "lt-" before it. */
static const char *
fuzzer_name(const char *program)
{
	const char *name = strstr(program, "fuzz_");

	while (name != NULL && strchr(name, '/') != NULL)
		name = strstr(name + 1, "fuzz_");
	return name != NULL ? name + strlen("fuzz_") : program;
}

int
main(int argc, char **argv)
{
	const char *top = getenv("TOP_SRCDIR");
	char folder[FOLDER_BYTES];
	int i, failed = 0;

	if (argc > 1) {
		for (i = 1; i < argc; i++)
			failed |= replay(argv[i]);
		return failed;
	}
	(void)snprintf(folder, sizeof(folder), "%s/tests/fuzz/corpus/%s",
		top != NULL ? top : ".", fuzzer_name(argv[0]));
	return replay_folder(folder);
}
