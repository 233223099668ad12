/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The quarantine of the intake and of the egress. A quarantined message is a
 * file hf<id> of lines, each of a letter that says what it is; what a sender
 * chose cannot begin a line (Sendmail's queue format, doc/op section "Queue
 * files"). The listing of mailq(1) has no such promise, so the files are read.
 */
#include "mta/held.h"

#include "base/map.h"
#include "base/process.h"
#include "mta/cf_file.h"
#include "mta/mc_text.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#define LIMIT_SECONDS 60U
#define RCPTS_MAX 1000U

static bool
fail_memory(struct err *err)
{
	return err_set(err, ERR_MEMORY, "too much is held to be listed");
}

/* "<a@b>" or "a@b" */
static struct slice
bare(struct slice address)
{
	if (address.len >= 2 && address.p[0] == '<' &&
		address.p[address.len - 1] == '>')
		return slice_sub(address, 1, address.len - 1);
	return address;
}

static void
take_line(struct held *held, struct arena *arena, struct slice line,
	struct slice *rcpts)
{
	struct slice value = slice_sub(line, 1, line.len);
	uint64_t seconds;
	size_t colon;

	switch (line.p[0]) {
	case 'T':
		if (slice_to_u64(slice_trim(value), &seconds) &&
			seconds <= INT64_MAX)
			held->at_ms = held_time((long long)seconds);
		break;
	case 'S':
		held->sender = arena_copy(arena, bare(value));
		break;
	case 'R':
		colon = slice_find_byte(value, ':', 0);
		if (colon != SLICE_NONE && held->rcpt_count < RCPTS_MAX) {
			rcpts[held->rcpt_count++] = arena_copy(arena,
				bare(slice_sub(value, colon + 1, value.len)));
		}
		break;
	default:
		break;
	}
}

bool
held_sendmail_take(struct held_list *list, const struct held *message,
	struct slice text, struct err *err)
{
	struct slice *rcpts =
		arena_array(list->arena, RCPTS_MAX, sizeof(*rcpts));
	struct held *held = held_add(list);

	if (held == NULL || rcpts == NULL)
		return fail_memory(err);
	*held = *message;
	held->rcpts = rcpts;
	for (struct slice line; slice_next(&text, '\n', &line);) {
		if (line.len > 0)
			take_line(held, list->arena, line, rcpts);
	}
	return true;
}

static bool
read_message(
	struct held_list *list, const struct held *message, struct err *err)
{
	char path[PATH_MAX];
	struct buf text = {0};
	bool done = true;

	(void)snprintf(
		path, sizeof(path), "%s/hf%s", message->folder, message->id);
	/* Let go, or delivered, a moment ago: it cannot be read then. */
	if (cf_file_read(path, &text, err))
		done = held_sendmail_take(list, message, buf_slice(&text), err);
	buf_fini(&text);
	return done;
}

static bool
read_folder(struct held_list *list, const char *place, const char *folder,
	struct err *err)
{
	DIR *queue = opendir(folder);
	const struct dirent *entry;
	bool done = true;

	if (queue == NULL)
		return err_system(err, "%s: the queue cannot be read", folder);
	while (done && (entry = readdir(queue)) != NULL) {
		struct slice name = slice_of(entry->d_name);
		struct held held = {.mta = HELD_SENDMAIL, .place = place};

		if (name.len < 3 || strncmp(name.p, "hf", 2) != 0 ||
			!held_is_id(slice_sub(name, 2, name.len)))
			continue;
		held.id =
			arena_copy(list->arena, slice_sub(name, 2, name.len)).p;
		held.folder = arena_copy(list->arena, slice_of(folder)).p;
		done = held.id != NULL && held.folder != NULL
			? read_message(list, &held, err)
			: fail_memory(err);
	}
	(void)closedir(queue);
	return done;
}

/* One side's queues: those of the pattern that have not been read. */
struct side {
	held_folder_fn *visit;
	void *ctx;
	const char *place;
	struct map *read; /* folders */
};

/* A queue may have its files in folders of their kind. */
static bool
read_queue(const struct side *side, const char *queue, struct err *err)
{
	char folder[PATH_MAX];

	(void)snprintf(folder, sizeof(folder), "%s/qf", queue);
	return side->visit(side->ctx, side->place,
		access(folder, F_OK) == 0 ? folder : queue, err);
}

static bool
read_pattern(struct side *side, const char *pattern, struct err *err)
{
	glob_t found;
	bool done = glob(pattern, GLOB_NOCHECK, NULL, &found) == 0 ||
		fail_memory(err);

	for (size_t i = 0; done && i < found.gl_pathc; i++) {
		struct slice folder = slice_of(found.gl_pathv[i]);

		if (map_find(side->read, folder) != NULL)
			continue;
		done = (map_put(side->read, folder, side, NULL) ||
			       fail_memory(err)) &&
			read_queue(side, found.gl_pathv[i], err);
	}
	globfree(&found);
	return done;
}

/* What "Qname, P=path, ..." says (doc/op section "Q -- Queue Group
 * Declaration"); absent: nothing. */
static struct slice
group_path(struct slice line)
{
	struct slice rest = slice_sub(line, 1, line.len);

	for (struct slice part; slice_next(&rest, ',', &part);) {
		struct slice word = slice_trim(part);
		size_t equals = slice_find_byte(word, '=', 0);

		if (equals != SLICE_NONE && word.p[0] == 'P') {
			return slice_trim(
				slice_sub(word, equals + 1, word.len));
		}
	}
	return (struct slice){NULL, 0};
}

/* A path that is not from the root is below the queue; where that is several,
 * below what they are in. */
static bool
read_group(struct side *side, struct slice queue, struct slice path,
	struct err *err)
{
	char pattern[PATH_MAX];
	size_t star = slice_find_byte(queue, '*', 0);

	if (path.p[0] == '/') {
		queue.len = 0;
	} else if (star != SLICE_NONE) {
		while (star > 0 && queue.p[star - 1] != '/')
			star--;
		queue.len = star;
	}
	(void)snprintf(pattern, sizeof(pattern), "%.*s%s%.*s", SLICE_ARG(queue),
		queue.len > 0 && queue.p[queue.len - 1] != '/' ? "/" : "",
		SLICE_ARG(path));
	return read_pattern(side, pattern, err);
}

static bool
read_queues(struct side *side, struct slice cf, struct err *err)
{
	struct slice queue = mc_text_option(cf, "QueueDirectory");
	char pattern[PATH_MAX];
	bool done;

	(void)snprintf(pattern, sizeof(pattern), "%.*s", SLICE_ARG(queue));
	done = read_pattern(side, pattern, err);
	for (struct slice line; done && slice_next(&cf, '\n', &line);) {
		struct slice path = {NULL, 0};

		if (line.len > 1 && line.p[0] == 'Q')
			path = group_path(line);
		if (path.len > 0)
			done = read_group(side, queue, path, err);
	}
	return done;
}

static bool
read_side(struct side *side, struct err *err)
{
	struct buf cf = {0};
	bool done;

	side->read = map_new();
	done = (side->read != NULL || fail_memory(err)) &&
		cf_file_read(side->place, &cf, err) &&
		read_queues(side, buf_slice(&cf), err);
	buf_fini(&cf);
	map_free(side->read, NULL);
	return done;
}

bool
held_sendmail_folders(const struct held_where *where, held_folder_fn *visit,
	void *ctx, struct err *err)
{
	char intake[PATH_MAX], egress[PATH_MAX];
	struct side first = {.visit = visit, .ctx = ctx, .place = intake};
	struct side second = {.visit = visit, .ctx = ctx, .place = egress};

	(void)snprintf(
		intake, sizeof(intake), "%s/sendmail.cf", where->sendmail);
	(void)snprintf(egress, sizeof(egress), "%s/egress.cf", where->sendmail);
	return read_side(&first, err) &&
		(access(egress, F_OK) != 0 || read_side(&second, err));
}

static bool
read_folder_of(
	void *ctx, const char *place, const char *folder, struct err *err)
{
	struct held_list *list = ctx;
	const char *kept = arena_copy(list->arena, slice_of(place)).p;

	return kept != NULL ? read_folder(list, kept, folder, err)
			    : fail_memory(err);
}

bool
held_sendmail_read(
	struct held_list *list, const struct held_where *where, struct err *err)
{
	return held_sendmail_folders(where, read_folder_of, list, err);
}

static bool
run(const struct held *held, const struct held_where *where,
	const char *const options[3], struct err *err)
{
	const char *argv[] = {where->program, "-C", held->place, options[0],
		options[1], options[2], NULL};
	const struct process_job job = {argv, {0}, LIMIT_SECONDS};

	return process_run(&job, NULL, err);
}

static bool
is_held(const struct held *held)
{
	char path[PATH_MAX];

	(void)snprintf(path, sizeof(path), "%s/hf%s", held->folder, held->id);
	return access(path, F_OK) == 0;
}

static bool
release(const struct held *held, const struct held_where *where,
	struct err *err)
{
	char which[128];
	const char *lift[] = {"-qQ", "-Q", which};
	const char *deliver[] = {which, NULL, NULL};
	struct err ignored;

	(void)snprintf(which, sizeof(which), "-qI%s", held->id);
	if (!run(held, where, lift, err))
		return false;
	if (is_held(held)) {
		return err_set(err, ERR_SYSTEM,
			"%s: Sendmail did not let it go; somebody else works "
			"on it: try again",
			held->id);
	}
	if (!where->queues)
		(void)run(held, where, deliver, &ignored);
	return true;
}

/* Sendmail has no command for it: the message is its two files. A process of
 * Sendmail's that works on it has the first one locked. */
static bool delete (const struct held *held, struct err *err)
{
	char path[PATH_MAX], data[PATH_MAX];
	size_t len = strlen(held->folder);
	int fd;
	bool done;

	(void)snprintf(path, sizeof(path), "%s/hf%s", held->folder, held->id);
	if (len > 3 && strcmp(held->folder + len - 3, "/qf") == 0) {
		(void)snprintf(data, sizeof(data), "%.*s/df/df%s",
			(int)(len - 3), held->folder, held->id);
	} else {
		(void)snprintf(
			data, sizeof(data), "%s/df%s", held->folder, held->id);
	}
	fd = open(path, O_RDWR | O_CLOEXEC);
	if (fd < 0)
		return err_system(err, "%s", path);
	done = flock(fd, LOCK_EX | LOCK_NB) == 0 ||
		err_set(err, ERR_SYSTEM, "%s: Sendmail works on it: try again",
			held->id);
	done = done && (unlink(path) == 0 || err_system(err, "%s", path));
	if (done)
		(void)unlink(data);
	(void)close(fd);
	return done;
}

bool
held_sendmail_do(const struct held *held, const struct held_where *where,
	enum held_act act, struct err *err)
{
	return act == HELD_RELEASE ? release(held, where, err)
				   : delete (held, err);
}
