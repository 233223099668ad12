/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * forwarden export: all that is kept of mailboxes, as JSON lines, a page at a
 * time. It asks the store itself, so that it needs no daemon.
 */
#include "base/arena.h"
#include "cli/carried.h"
#include "cli/command.h"
#include "cli/options.h"
#include "daemon/held_order.h"
#include "daemon/storage.h"
#include "store/record.h"

#include <stdio.h>
#include <string.h>

#define PAGE_BYTES ((size_t)1 << 30)
#define MARK_BYTES 64

struct export
{
	struct store *store;
	struct arena *arena; /* of one page */
	unsigned long long records;
	char mark[MARK_BYTES];
	bool begun;
};

static bool
put(struct buf *line, struct err *err)
{
	bool ok = fwrite(line->p, 1, line->len, stdout) == line->len;

	buf_reset(line);
	return ok || err_system(err, "standard output");
}

static bool
put_page(struct export *export, const struct store_records *page,
	struct err *err)
{
	struct buf line = {0};
	bool ok = true;

	for (size_t i = 0; ok && i < page->count; i++) {
		ok = record_print(&page->at[i], &line)
			? put(&line, err)
			: err_set(err, ERR_MEMORY, "out of memory");
		export->records += ok;
	}
	buf_fini(&line);
	return ok;
}

/* False at the end, with *ok, or on failure. */
static bool
next_page(struct export *export, bool *ok, struct err *err)
{
	struct store_query query = {.kind = STORE_EXPORT};
	const struct store_records *page = &query.answer.records;

	if (export->begun)
		query.after = slice_of(export->mark);
	export->begun = true;
	*ok = store_query(export->store, export->arena, &query, err) &&
		put_page(export, page, err);
	if (!*ok || page->mark.len == 0 || page->mark.len >= MARK_BYTES)
		return false;
	memcpy(export->mark, page->mark.p, page->mark.len);
	export->mark[page->mark.len] = '\0';
	arena_reset(export->arena);
	return true;
}

static bool
put_orders(struct export *export, struct err *err)
{
	struct store_query query = {.kind = STORE_ORDERS};
	const struct store_orders *orders = &query.answer.orders;
	struct buf line = {0};
	bool ok;

	arena_reset(export->arena);
	ok = store_query(export->store, export->arena, &query, err);
	if (ok && query.answer.alone.len > 0)
		ok = err_set(err, ERR_DOWN, "Redis is down");
	for (size_t i = 0; ok && i < orders->count; i++) {
		/* An ask is for one host's queue, and for an hour. */
		if (held_order_is(orders->at[i].about))
			continue;
		ok = record_print_order(&orders->at[i], &line)
			? put(&line, err)
			: err_set(err, ERR_MEMORY, "out of memory");
		export->records += ok;
	}
	buf_fini(&line);
	return ok;
}

static bool
run(struct export *export, const struct config *config, struct err *err)
{
	struct buf line = {0};
	bool ok = carried_begin(config, &line) && put(&line, err);

	while (ok && next_page(export, &ok, err))
		continue;
	ok = ok && put_orders(export, err) &&
		carried_end(export->records, &line) && put(&line, err) &&
		(fflush(stdout) == 0 || err_system(err, "standard output"));
	buf_fini(&line);
	return ok;
}

int
cmd_export(int argc, char **argv)
{
	const char *file = COMMAND_CONFIG_FILE;
	const struct options_row rows[] = {
		{"config", 'c', "FILE", &options_text, &file,
			"the configuration (" COMMAND_CONFIG_FILE ")"}};
	const struct options options = {
		.about = "Writes all that is kept of mailboxes to the standard "
			 "output, as JSON\nlines: counts, routes, marks, "
			 "containment, what is allowed.",
		.example =
			"export -c /etc/forwarden/forwarden.yaml >kept.jsonl",
		.rows = rows,
		.count = sizeof(rows) / sizeof(*rows)};
	struct export export = {0};
	struct config *config;
	struct err err = {0};
	int status;
	bool ok;

	if (!options_read(&options, argc, argv, NULL, &status))
		return status;
	config = carried_config(file);
	if (config == NULL)
		return COMMAND_FAILED;
	export.arena = arena_new(PAGE_BYTES);
	export.store = storage_export(config, &err);
	ok = export.arena != NULL && export.store != NULL &&
		run(&export, config, &err);
	if (!ok)
		(void)fprintf(stderr, "forwarden: %s\n", err.text);
	store_close(export.store);
	arena_free(export.arena);
	config_free(config);
	return ok ? COMMAND_OK : COMMAND_FAILED;
}
