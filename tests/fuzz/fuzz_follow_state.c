/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The state of who follows a log, as a disk may have damaged it or as another
 * version wrote it. What is taken is written again as a state that is taken,
 * and lines go on to be judged with it.
 */
#include "fuzz.h"

#include "cli/follow_state.h"

#include <stdio.h>
#include <unistd.h>

#define NOW_MS INT64_C(1795814552000)

/* Nobody is told. */
struct json *
ask_json(struct ask *ask, enum ask_method method, const char *path,
	struct err *err)
{
	(void)ask, (void)method, (void)path;
	(void)err_set(err, ERR_DOWN, "away");
	return NULL;
}

static const char *
path_of(void)
{
	static char path[64];

	if (path[0] == '\0')
		(void)snprintf(path, sizeof(path), "/tmp/fuzz-state-%ld",
			(long)getpid());
	return path;
}

static void
write_file(const uint8_t *data, size_t size)
{
	FILE *file = fopen(path_of(), "wb");

	FUZZ_ASSERT(file != NULL);
	FUZZ_ASSERT(fwrite(data, 1, size, file) == size);
	FUZZ_ASSERT(fclose(file) == 0);
}

static void
begin(struct follow_state *state)
{
	*state = (struct follow_state){.told = follow_told_new()};
	FUZZ_ASSERT(state->told != NULL);
	state->scan = scan_new(&(struct scan_options){.egress = "egress",
				       .tell = follow_told_add,
				       .ctx = state->told},
		NULL);
	FUZZ_ASSERT(state->scan != NULL);
	scan_begin_file(state->scan, NOW_MS, 0);
}

static void
end(struct follow_state *state)
{
	for (size_t i = 0; i < state->count; i++)
		follow_source_free(state->sources[i]);
	scan_free(state->scan);
	follow_told_free(state->told);
}

static enum follow_state_result
read_state(struct follow_state *state)
{
	static const char *const logs[] = {"/nonexistent/mail.log", NULL};
	enum follow_state_result result;
	struct err err = {0};

	begin(state);
	FUZZ_ASSERT(
		follow_state_read(state, path_of(), logs, 2, &result, &err));
	FUZZ_ASSERT(result != FOLLOW_STATE_BROKEN || err.text[0] != '\0');
	FUZZ_ASSERT(state->count == 2);
	return result;
}

/* What is under way goes on. */
static void
go_on(struct follow_state *state)
{
	static const struct slice line = {
		"2026-11-27T21:22:33+00:00 mx1 postfix/qmgr[12]: 4A1B2C3D01: "
		"removed",
		67};
	struct slice next;
	struct err err = {0};

	FUZZ_ASSERT(scan_line(state->scan, line));
	FUZZ_ASSERT(scan_pass(state->scan, NOW_MS));
	(void)follow_source_next(state->sources[0], &next, &err);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct follow_state state, again;
	struct err err = {0};

	write_file(data, size);
	if (read_state(&state) == FOLLOW_STATE_READ) {
		FUZZ_ASSERT(
			follow_state_write(&state, path_of(), NOW_MS, &err));
		FUZZ_ASSERT(read_state(&again) == FOLLOW_STATE_READ);
		end(&again);
		go_on(&state);
	}
	end(&state);
	(void)unlink(path_of());
	return 0;
}
