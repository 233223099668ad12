/* SPDX-License-Identifier: BSD-2-Clause */
#include "cli/event_files.h"

#include "base/input.h"
#include "daemon/config.h"
#include "logs/rotated.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define FILE_PREFIX "file:"
#define FILES_MAX 1000

char *
event_files_find(const char *config_file)
{
	struct diags *diags = diags_new();
	struct config *config =
		diags != NULL ? config_load(config_file, diags) : NULL;
	size_t len = strlen(FILE_PREFIX);
	char *path = NULL;

	if (config != NULL && strncmp(config->events, FILE_PREFIX, len) == 0)
		path = strdup(config->events + len);
	config_free(config);
	diags_free(diags);
	return path;
}

/* A line of a log may have its own head before the event. */
static bool
take_line(struct slice line, event_files_fn *take, void *ctx, size_t *odd)
{
	size_t brace = slice_find_byte(line, '{', 0);
	struct json *event = brace == SLICE_NONE
		? NULL
		: json_parse(slice_sub(line, brace, line.len), NULL);

	if (json_find(event, "forwarden") != NULL)
		return take(ctx, event);
	*odd += brace != SLICE_NONE;
	json_free(event);
	return true;
}

bool
event_files_read(const char *path, event_files_fn *take, void *ctx, size_t *odd,
	struct err *err)
{
	struct input *input = input_open(path, err);
	struct buf line = {0};
	bool goes_on = true;

	if (input == NULL)
		return false;
	err->code = ERR_NONE;
	while (goes_on && input_line(input, &line, err)) {
		goes_on = take_line(buf_slice(&line), take, ctx, odd);
		buf_reset(&line);
	}
	input_close(input);
	buf_fini(&line);
	return err->code == ERR_NONE;
}

struct list {
	char **at;
	size_t count;
};

static void
add(void *ctx, const char *path)
{
	struct list *list = ctx;
	char *copy = list->count < FILES_MAX ? strdup(path) : NULL;

	if (copy != NULL)
		list->at[list->count++] = copy;
}

static int64_t
written(const char *path)
{
	struct stat info;

	return stat(path, &info) == 0 ? info.st_mtime : 0;
}

static int
compare(const void *a, const void *b)
{
	int64_t one = written(*(char *const *)a);
	int64_t other = written(*(char *const *)b);

	return one < other ? -1 : one > other;
}

char **
event_files_list(const char *path)
{
	struct list list = {.at = calloc(FILES_MAX + 2, sizeof(char *))};
	char *own = strdup(path);

	if (list.at == NULL || own == NULL) {
		free(list.at);
		free(own);
		return NULL;
	}
	rotated_each(path, add, &list);
	qsort(list.at, list.count, sizeof(char *), compare);
	list.at[list.count++] = own;
	return list.at;
}

void
event_files_free(char **list)
{
	for (size_t i = 0; list != NULL && list[i] != NULL; i++)
		free(list[i]);
	free(list);
}
