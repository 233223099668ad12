/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What is held, for people and as JSON. What no event held is somebody else's
 * hold, and is told of, but not listed unless it is asked for.
 */
#include "base/clock.h"
#include "base/date.h"
#include "cli/held_run.h"
#include "cli/screen.h"

#include <stdio.h>
#include <string.h>

#define ID_COLUMNS 15
#define TIME_COLUMNS 16
#define MAILBOX_COLUMNS_LEAST 14
#define GAPS_COLUMNS 7 /* blanks, and the arrow */
#define ROW_BYTES_MAX 2400
#define ROW_RCPTS_MAX 3
#define ROW_TEXT_BYTES 300

static bool
is_named(const struct held_run *run, const struct held *held)
{
	for (char **id = run->ids; *id != NULL; id++) {
		if (strcmp(*id, held->id) == 0)
			return true;
	}
	return run->ids[0] == NULL;
}

static bool
is_of_mailbox(const struct held_run *run, const struct json *event)
{
	struct slice mailbox = held_join_mailbox(event);

	return run->options->mailbox == NULL ||
		slice_equal_fold(mailbox, slice_of(run->options->mailbox));
}

bool
held_is_wanted(const struct held_run *run, const struct held *held)
{
	const struct json *event = held_join_find(run->join, held);

	return is_named(run, held) && (event != NULL || run->options->all) &&
		is_of_mailbox(run, event) &&
		run->now_ms - held->at_ms >= run->options->older_ms;
}

static void
add_rcpts(struct buf *out, const struct held *held)
{
	for (size_t i = 0; i < held->rcpt_count; i++) {
		buf_puts(out, i > 0 ? ", " : "");
		buf_add_visible(out, held->rcpts[i]);
	}
}

void
held_show_add_why(struct buf *out, const struct json *event)
{
	const struct json *rules = json_find(event, "rule");

	if (event == NULL) {
		buf_puts(out, "not by Forwarden");
		return;
	}
	for (size_t i = 0; i < json_count(rules); i++) {
		buf_puts(out, i > 0 ? ", " : "");
		buf_add(out, json_text(json_at(rules, i), "name"));
	}
	if (json_count(rules) == 0)
		buf_puts(out, "contained");
}

static void
add_time(struct buf *out, int64_t at_ms)
{
	char at[DATE_TEXT_BYTES];

	date_print(at_ms, at);
	screen_add_time(out, slice_of(at));
}

/* Rows are as wide as the terminal: mailbox, destination and policies share
 * what is left. */
static size_t
width_of_names(void)
{
	size_t fixed = ID_COLUMNS + TIME_COLUMNS + GAPS_COLUMNS;
	size_t columns = screen_columns();
	size_t width = columns > fixed ? (columns - fixed) / 3 : 0;

	return width < MAILBOX_COLUMNS_LEAST ? MAILBOX_COLUMNS_LEAST : width;
}

static void
add_row(struct buf *out, const struct held *held, const struct json *event)
{
	size_t width = width_of_names(), rest = screen_columns(), used;
	struct slice mailbox = held_join_mailbox(event);
	struct buf rcpts = {0}, why = {0};

	used = ID_COLUMNS + TIME_COLUMNS + GAPS_COLUMNS + 2 * width;
	rest = rest > used ? rest - used : MAILBOX_COLUMNS_LEAST;
	add_rcpts(&rcpts, held);
	held_show_add_why(&why, event);
	screen_add_cell(out, slice_of(held->id), ID_COLUMNS);
	buf_add_byte(out, ' ');
	add_time(out, held->at_ms);
	buf_add_byte(out, ' ');
	screen_add_cell(out, mailbox.len > 0 ? mailbox : SLICE("-"), width);
	buf_puts(out, " -> ");
	screen_add_ready(out, buf_slice(&rcpts), width);
	buf_add_byte(out, ' ');
	screen_add_last(out, buf_slice(&why), rest);
	buf_add_byte(out, '\n');
	buf_fini(&rcpts);
	buf_fini(&why);
}

static struct json *
json_of(const struct held *held, const struct json *event)
{
	struct json *json = json_map(), *rcpts = json_list();

	json_set_text(json, "id", slice_of(held->id));
	json_set_time(json, "since", held->at_ms);
	json_set_text(json, "place", slice_of(held->place));
	json_set_text(json, "sender", held->sender);
	for (size_t i = 0; i < held->rcpt_count; i++)
		json_add_text(rcpts, held->rcpts[i]);
	json_set_take(json, "recipients", rcpts);
	json_set_bool(json, "ours", event != NULL);
	if (event != NULL)
		json_set_take(json, "event", json_duplicate(event));
	return json;
}

static void
add_line(struct buf *out, const char *label, struct slice value)
{
	if (value.len == 0)
		return;
	buf_printf(out, "  %-12s ", label);
	buf_add_visible(out, value);
	buf_add_byte(out, '\n');
}

static void
add_whole(struct buf *out, const struct held *held, const struct json *event)
{
	const struct json *email = json_find(event, "email");
	const struct json *own = json_find(event, "forwarden");

	struct buf rcpts = {0}, why = {0};

	add_rcpts(&rcpts, held);
	held_show_add_why(&why, event);
	buf_add_visible(out, slice_of(held->id));
	buf_puts(out, "  since ");
	add_time(out, held->at_ms);
	buf_add_byte(out, '\n');
	add_line(out, "mailbox", held_join_mailbox(event));
	buf_puts(out, "  to           ");
	buf_add(out, buf_slice(&rcpts));
	buf_puts(out, "\n");
	add_line(out, "by", buf_slice(&why));
	add_line(out, "sender",
		held->sender.len > 0 ? held->sender : SLICE("<>"));
	add_line(out, "From",
		json_own_text(json_at(
			json_find(json_find(email, "from"), "address"), 0)));
	add_line(out, "Subject", json_text(email, "subject"));
	add_line(out, "Message-ID", json_text(email, "message_id"));
	add_line(out, "kind", json_text(own, "kind"));
	add_line(out, "in words", json_text(own, "words"));
	add_line(out, "event", held_join_id(event));
	add_line(out, "queue of", slice_of(held->place));
	buf_fini(&rcpts);
	buf_fini(&why);
}

/* A text of an event, cut so that the row stays short. */
static void
set_cut(struct json *row, const char *key, struct slice text)
{
	if (!slice_is_absent(text))
		json_set_text(row, key, slice_sub(text, 0, ROW_TEXT_BYTES));
}

static void
set_rcpts(struct json *row, const struct held *held)
{
	struct json *rcpts = json_list();

	for (size_t i = 0; i < held->rcpt_count && i < ROW_RCPTS_MAX; i++)
		json_add_text(rcpts, held->rcpts[i]);
	json_set_take(row, "recipients", rcpts);
	json_set_number(row, "recipient_count", (long long)held->rcpt_count);
}

static struct json *
row_in_short(const struct held *held, const struct json *event)
{
	struct json *row = json_map();

	json_set_text(row, "id", slice_of(held->id));
	json_set_time(row, "since", held->at_ms);
	json_set_text(row, "event", held_join_id(event));
	return row;
}

static bool
is_short(const struct json *row)
{
	struct buf text = {0};
	bool is = json_write(row, &text) && text.len <= ROW_BYTES_MAX;

	buf_fini(&text);
	return is;
}

struct json *
held_show_row(const struct held *held, const struct json *event)
{
	const struct json *own = json_find(event, "forwarden");
	const struct json *rules = json_find(event, "rule");
	struct json *row = row_in_short(held, event), *names = json_list();

	set_cut(row, "sender", held->sender);
	set_rcpts(row, held);
	set_cut(row, "mailbox", json_text(own, "mailbox"));
	set_cut(row, "destination", json_text(own, "destination"));
	set_cut(row, "kind", json_text(own, "kind"));
	set_cut(row, "words", json_text(own, "words"));
	set_cut(row, "subject",
		json_text(json_find(event, "email"), "subject"));
	for (size_t i = 0; i < json_count(rules); i++)
		json_add_text(names, json_text(json_at(rules, i), "name"));
	json_set_take(row, "policies", names);
	if (is_short(row))
		return row;
	json_free(row);
	return row_in_short(held, event);
}

void
held_show_others(const struct held_run *run)
{
	size_t others = 0;

	for (size_t i = 0; i < run->list.count; i++)
		others += held_join_find(run->join, &run->list.at[i]) == NULL;
	if (others > 0 && !run->options->all) {
		(void)fprintf(stderr,
			"%zu more are held, not by Forwarden as far as its "
			"events tell (--all shows them)\n",
			others);
	}
}

static void
print_json(const struct held_run *run)
{
	struct json *rows = json_list();

	for (size_t i = 0; i < run->list.count; i++) {
		const struct held *held = &run->list.at[i];

		if (held_is_wanted(run, held))
			json_add_take(rows,
				json_of(held, held_join_find(run->join, held)));
	}
	screen_print_json(rows);
}

void
held_show_list(const struct held_run *run, bool whole)
{
	struct buf out = {0};

	if (run->options->ask.json) {
		print_json(run);
		return;
	}
	for (size_t i = 0; i < run->list.count; i++) {
		const struct held *held = &run->list.at[i];
		const struct json *event = held_join_find(run->join, held);

		if (!held_is_wanted(run, held))
			continue;
		if (whole) {
			add_whole(&out, held, event);
		} else {
			add_row(&out, held, event);
		}
	}
	if (out.len == 0)
		buf_puts(&out, "nothing is held\n");
	screen_print_table(&out);
	buf_fini(&out);
}
