/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * forwarden import: what export wrote, line by line, into the store. Of what is
 * there already the greater count stays, so that it may be done again; but two
 * stores become one only when that is asked for.
 */
#include "base/arena.h"
#include "base/clock.h"
#include "cli/ask.h"
#include "cli/carried.h"
#include "daemon/privilege.h"
#include "daemon/storage.h"
#include "store/record.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define RECORD_BYTES ((size_t)256 << 20)

struct import_options {
	const char *config, *file; /* file: NULL: the standard input */
	bool merge;
};

struct import {
	struct store *store;
	const struct config *config;
	struct arena *arena; /* of one record */
	FILE *in;
	const char *name; /* of the file */
	unsigned long long line, records;
};

static bool
parse_options(
	int argc, char **argv, struct import_options *options, int *status)
{
	const struct options_row rows[] = {
		{"config", 'c', "FILE", &options_text, &options->config,
			"the configuration (" COMMAND_CONFIG_FILE ")"},
		{"merge", 0, NULL, &options_flag, &options->merge,
			"into a store that is not empty: of each count the "
			"greater stays"},
	};
	const struct options table = {
		.about = "Takes in what `forwarden export` wrote.",
		.example = "import --merge kept.jsonl",
		.rows = rows,
		.count = sizeof(rows) / sizeof(*rows),
		.operands = "[FILE]",
		.most = 1};
	char **operands;

	*options = (struct import_options){.config = COMMAND_CONFIG_FILE};
	if (!options_read(&table, argc, argv, &operands, status))
		return false;
	if (operands[0] != NULL && strcmp(operands[0], "-") != 0)
		options->file = operands[0];
	return true;
}

/* The next line without its end; false at the end of the file, or with err. */
static bool
read_line(struct import *import, struct buf *line, struct err *err)
{
	int byte;

	buf_reset(line);
	err->code = ERR_NONE;
	while ((byte = getc_unlocked(import->in)) != EOF && byte != '\n') {
		buf_add_byte(line, (char)byte);
		if (line->len > RECORD_LINE_MAX || !buf_ok(line)) {
			import->line++;
			return err_set(err, ERR_LIMIT,
				"the line is longer than 64 MiB");
		}
	}
	if (ferror(import->in) != 0)
		return err_system(err, "reading");
	import->line += line->len > 0 || byte == '\n';
	return line->len > 0 || byte == '\n';
}

static bool
give_order(
	struct import *import, const struct store_order *order, struct err *err)
{
	struct store_query query = {.kind = STORE_ORDER,
		.about = order->about,
		.containment = order->word,
		.as_kept = true};

	/* It ended on the way here: given now it would end one that is there.
	 */
	if (order->word.until_ms <= clock_now_ms(clock_real()))
		return true;
	return store_query(import->store, import->arena, &query, err) &&
		(query.answer.alone.len == 0 ||
			err_set(err, ERR_DOWN, "Redis is down"));
}

static bool
take_line(struct import *import, struct slice line, struct err *err)
{
	struct record record;
	struct store_order order;
	struct store_query query = {.kind = STORE_IMPORT, .record = &record};
	bool is_order, ok;

	ok = record_parse_order(import->arena, line, &is_order, &order, err);
	if (ok && is_order) {
		ok = give_order(import, &order, err);
	} else if (ok) {
		ok = record_parse(import->arena, line, &record, err) &&
			store_query(import->store, import->arena, &query, err);
	}
	import->records += ok;
	arena_reset(import->arena);
	return ok;
}

static bool
take_lines(struct import *import, struct err *err)
{
	struct buf line = {0};
	bool is_last = false, ok;

	ok = read_line(import, &line, err)
		? carried_may_begin(import->config, buf_slice(&line), err)
		: err->code != ERR_NONE ||
			err_set(err, ERR_INVALID, "it is empty");
	ok = ok && err->code == ERR_NONE;
	while (ok && !is_last && read_line(import, &line, err)) {
		ok = carried_may_end(buf_slice(&line), import->records,
			     &is_last, err) &&
			(is_last || take_line(import, buf_slice(&line), err));
	}
	if (ok && !is_last && err->code == ERR_NONE) {
		err_set(err, ERR_INVALID,
			"it was cut short: the line that ends it is missing");
	}
	buf_fini(&line);
	return ok && is_last;
}

/* Does the store know a mailbox already? */
static bool
is_empty(struct import *import, bool *empty, struct err *err)
{
	struct store_query query = {.kind = STORE_EXPORT};
	const struct store_records *page = &query.answer.records;

	do {
		query.after = page->mark;
		query.answer = (struct store_answer){0};
		if (!store_query(import->store, import->arena, &query, err))
			return false;
	} while (page->count == 0 && page->mark.len > 0);
	*empty = page->count == 0;
	arena_reset(import->arena);
	return true;
}

/* A daemon keeps in memory what this would change on disk, and writes it
 * there. */
static bool
is_alone(const struct config *config, struct err *err)
{
	struct err none;
	struct ask *ask;
	struct json *status = NULL;

	if (strcmp(config->store, "memory") != 0)
		return true;
	ask = ask_open(config->control, &none);
	if (ask != NULL)
		status = ask_json(ask, ASK_GET, "/v1/status", &none);
	ask_close(ask);
	if (status == NULL)
		return true;
	json_free(status);
	return err_set(err, ERR_INVALID,
		"the daemon runs, and would write over it: stop it, import, "
		"start it again");
}

/* What is written is the worker's to read. */
static bool
become_worker(const struct config *config, struct err *err)
{
	struct privilege privilege;

	return geteuid() != 0 || strcmp(config->store, "memory") != 0 ||
		(privilege_find(config->user, config->group, &privilege, err) &&
			privilege_drop(config->user, &privilege, err));
}

static bool
prepare(struct import *import, const struct import_options *options,
	struct err *err)
{
	bool empty = true;

	if (!is_alone(import->config, err) ||
		!become_worker(import->config, err))
		return false;
	import->store = storage_import(import->config, err);
	if (import->store == NULL)
		return false;
	if (!options->merge && !is_empty(import, &empty, err))
		return false;
	return empty ||
		err_set(err, ERR_INVALID,
			"the store is not empty: --merge takes it in all the "
			"same, and keeps the greater of each count");
}

static bool
run(struct import *import, const struct import_options *options)
{
	struct err err = {0};
	bool ok = prepare(import, options, &err);

	if (ok) {
		ok = take_lines(import, &err) &&
			store_snapshot(import->store, &err);
	}
	if (ok) {
		(void)printf("%llu records taken in\n", import->records);
	} else if (import->line > 0) {
		(void)fprintf(stderr,
			"forwarden: %s:%llu: %s (%llu records were taken in)\n",
			import->name, import->line, err.text, import->records);
	} else {
		(void)fprintf(stderr, "forwarden: %s\n", err.text);
	}
	return ok;
}

int
cmd_import(int argc, char **argv)
{
	struct import_options options;
	struct import import = {.in = stdin, .name = "standard input"};
	struct config *config;
	int status;
	bool ok;

	if (!parse_options(argc, argv, &options, &status))
		return status;
	if (options.file != NULL) {
		import.name = options.file;
		import.in = fopen(options.file, "re");
	}
	if (import.in == NULL) {
		perror(options.file);
		return COMMAND_FAILED;
	}
	config = carried_config(options.config);
	import.config = config;
	import.arena = arena_new(RECORD_BYTES);
	ok = config != NULL && import.arena != NULL && run(&import, &options);
	store_close(import.store);
	arena_free(import.arena);
	config_free(config);
	if (import.in != stdin)
		(void)fclose(import.in);
	return ok ? COMMAND_OK : COMMAND_FAILED;
}
