/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The daemon is asked first: its store remembers routes for longer than
 * events are kept. The files of events are read twice, since whose mail goes
 * to the same places can be asked only when the places are known. What cannot
 * be read is never an end: it becomes a gap, in words.
 */
#include "cli/incident_sources.h"

#include "base/bundle.h"
#include "base/codec.h"
#include "base/digest.h"
#include "base/input.h"
#include "cli/scan_events.h"
#include "daemon/config.h"

#include <stdio.h>
#include <stdlib.h>

#define EVENTS_ASKED "20000"
#define NEEDLES_MAX 16 /* more than these: all events are looked at */
#define NAME_BYTES 16 /* of the hash in a name of the store */

enum pass {
	PASS_OWN,
	PASS_OTHERS
};

struct reading {
	struct incident *incident;
	enum pass pass;
	/* Only events that have one of these can tell anything; without any,
	 * all are looked at. */
	struct slice needles[NEEDLES_MAX];
	size_t needle_count;
	unsigned long events, odd;
};

static void
take(struct reading *reading, const struct json *event)
{
	struct incident *incident = reading->incident;
	struct slice at = json_text(event, "@timestamp");

	reading->events++;
	if (reading->pass == PASS_OTHERS) {
		incident_take_other(incident, event);
		return;
	}
	if (at.len > 0 &&
		(slice_is_absent(incident->oldest) ||
			slice_compare(at, incident->oldest) < 0))
		incident->oldest = arena_copy(incident->arena, at);
	incident_take_event(incident, event);
}

/* As JSON has it, too? */
static bool
is_verbatim(struct slice text)
{
	for (size_t i = 0; i < text.len; i++) {
		if (text.p[i] <= ' ' || text.p[i] > '~' || text.p[i] == '"' ||
			text.p[i] == '\\')
			return false;
	}
	return text.len > 0;
}

/* Nine of ten lines of a long log are of others, and to look for a text takes
 * far less than to read JSON. */
static void
find_needles(struct reading *reading)
{
	const struct incident *incident = reading->incident;
	const struct incident_routes *routes = &incident->routes;
	bool good = true;

	reading->needle_count = 0;
	if (reading->pass == PASS_OWN) {
		reading->needles[reading->needle_count++] = incident->address;
		if (incident->hashed.len > 0)
			reading->needles[reading->needle_count++] =
				incident->hashed;
	} else if (routes->count <= NEEDLES_MAX) {
		for (size_t i = 0; i < routes->count; i++)
			reading->needles[reading->needle_count++] =
				routes->at[i].destination;
	}
	for (size_t i = 0; i < reading->needle_count; i++)
		good = good && is_verbatim(reading->needles[i]);
	if (!good)
		reading->needle_count = 0;
}

/* The first of a file says how far it goes back, and one that is torn is to
 * be told of. */
static bool
is_worth(const struct reading *reading, struct slice line)
{
	struct slice text = slice_trim(line);

	if (reading->needle_count == 0 || reading->events == 0 ||
		text.len == 0 || text.p[text.len - 1] != '}')
		return true;
	for (size_t i = 0; i < reading->needle_count; i++) {
		if (slice_find(line, reading->needles[i]) != SLICE_NONE)
			return true;
	}
	return false;
}

/* A line of a log may have its own head before the event. */
static void
take_line(struct reading *reading, struct slice line)
{
	size_t brace = slice_find_byte(line, '{', 0);
	struct json *json;

	if (brace != SLICE_NONE && !is_worth(reading, line)) {
		reading->events++;
		return;
	}
	json = brace == SLICE_NONE
		? NULL
		: json_parse(slice_sub(line, brace, line.len), NULL);
	if (json_find(json, "forwarden") != NULL) {
		take(reading, json);
	} else if (brace != SLICE_NONE) {
		reading->odd++;
	}
	json_free(json);
}

static void
say_read(struct incident *incident, const char *what, unsigned long events)
{
	incident_count(incident, &incident->sources,
		&(struct incident_count){
			.text = slice_of(what), .count = events});
}

static void
read_file(struct reading *reading, const char *path)
{
	struct err err = {0};
	struct input *input = input_open(path, &err);
	struct buf line = {0};

	reading->events = reading->odd = 0;
	while (input != NULL && input_line(input, &line, &err)) {
		take_line(reading, buf_slice(&line));
		buf_reset(&line);
	}
	if (err.code != ERR_NONE)
		incident_gap(reading->incident, "%s", err.text);
	if (input != NULL && reading->pass == PASS_OWN)
		say_read(reading->incident, path, reading->events);
	if (reading->odd > 0) {
		incident_gap(reading->incident,
			"%s: %lu lines are no events that can be read", path,
			reading->odd);
	}
	input_close(input);
	buf_fini(&line);
}

/* path itself, and what log rotation made of it: PATH.1, PATH.2.gz,
 * PATH-20260105.gz. */
static void
add_rotated(struct incident *incident, struct options_words *files,
	const char *path)
{
	const char *slash = strrchr(path, '/');
	size_t folder_len = slash != NULL ? (size_t)(slash - path) : 0;
	const char *base = slash != NULL ? slash + 1 : path;
	struct slice folder = arena_copy(incident->arena,
		folder_len > 0 ? (struct slice){path, folder_len}
			       : slice_of(slash != NULL ? "/" : "."));
	struct bundle_directory *directory =
		folder.p != NULL ? bundle_directory_open(folder.p) : NULL;
	const char *name;

	if (directory == NULL) {
		incident_gap(incident,
			"%s: cannot be listed, so it is not known "
			"whether there are older events",
			folder.p);
		files->at[files->count++] = path;
		return;
	}
	while ((name = bundle_directory_next(directory)) != NULL) {
		size_t len = strlen(base);
		struct slice whole;

		if (strncmp(name, base, len) != 0 ||
			(name[len] != '\0' && name[len] != '.' &&
				name[len] != '-'))
			continue;
		whole = arena_printf(incident->arena, "%s/%s", folder.p, name);
		if (files->count == OPTIONS_WORDS_MAX) {
			incident_gap(incident,
				"%s: older than %d files is not read", path,
				OPTIONS_WORDS_MAX);
			break;
		}
		if (whole.p != NULL)
			files->at[files->count++] = whole.p;
	}
	bundle_directory_close(directory);
}

/* The name by which the store knows an address. */
static void
hash(struct incident *incident, const struct config *config)
{
	unsigned char digest[DIGEST_BYTES];
	char *name;

	if (!config->privacy_hash)
		return;
	incident->hidden = true;
	name = arena_alloc(incident->arena, 2 + 2 * NAME_BYTES + 1);
	if (config->privacy_key[0] == '\0' || name == NULL ||
		!digest_hmac(slice_of(config->privacy_key), incident->address,
			digest)) {
		incident_gap(incident,
			"addresses are hashed (privacy.hash) and the key "
			"cannot be read: events of this address are not found");
		return;
	}
	name[0] = 'h';
	name[1] = ':';
	codec_hex(digest, NAME_BYTES, name + 2);
	incident->hashed = slice_of(name);
}

/* The files of events that the configuration names. */
static void
find_files(struct incident_sources *sources, struct incident *incident,
	struct options_words *files)
{
	struct diags *diags = diags_new();
	struct config *config =
		diags != NULL ? config_load(sources->ask->file, diags) : NULL;
	const char *path = NULL;

	if (config == NULL || diags_count(diags, DIAG_ERROR) > 0) {
		config_free(config);
		config = NULL;
		incident_gap(incident,
			"%s cannot be used (`forwarden check` says why): no "
			"file of events is known (--events names one)",
			sources->ask->file);
	} else {
		hash(incident, config);
		path = scan_events_file(config->events, config->log_target);
	}
	if (sources->files->count > 0) {
		*files = *sources->files;
	} else if (path != NULL) {
		struct slice copy = arena_copy(incident->arena, slice_of(path));

		if (copy.p != NULL)
			add_rotated(incident, files, copy.p);
	} else if (config != NULL) {
		incident_gap(incident,
			"events are kept in no file (log.events): older ones "
			"than the daemon's are in the system's log at best "
			"(--events reads what you take out of it)");
	}
	config_free(config);
	diags_free(diags);
}

/* Who sends to one destination is told without it. */
static void
take_routes(struct incident *incident, const struct json *list,
	struct slice destination)
{
	for (size_t i = 0; i < json_count(list); i++) {
		const struct json *row = json_at(list, i);

		incident_take_route(incident,
			&(struct incident_route){
				.mailbox = json_text(row, "mailbox"),
				.destination = destination.len > 0
					? destination
					: json_text(row, "destination"),
				.first = json_text(row, "first"),
				.last = json_text(row, "last"),
				.count = json_number(row, "count")});
	}
}

/* NULL, and a gap, when the daemon cannot say. */
static struct json *
ask_about(struct incident *incident, struct ask *ask, const char *path,
	struct slice what)
{
	struct err err = {0};
	struct buf whole = {0}, text = {0};
	char *escaped = NULL;
	struct json *answer;

	/* An address ends with its length, not with a NUL. */
	buf_add(&text, what);
	if (text.len > 0 && buf_ok(&text))
		escaped = ask_escape(ask, text.p);
	buf_fini(&text);
	buf_puts(&whole, path);
	buf_puts(&whole, escaped != NULL ? escaped : "");
	free(escaped);
	answer = ask_json(ask, ASK_GET, buf_slice(&whole).p, &err);
	buf_fini(&whole);
	if (answer == NULL)
		incident_gap(incident, "%s", err.text);
	if (json_text(answer, "alone").len > 0) {
		incident_gap(incident, "the store is down: %.*s",
			SLICE_ARG(json_text(answer, "alone")));
	}
	return answer;
}

static void
ask_places(struct incident_sources *sources, struct incident *incident,
	struct ask *ask)
{
	size_t most = sizeof(sources->places) / sizeof(*sources->places);

	for (size_t i = 0; i < incident->routes.count; i++) {
		struct slice place = incident->routes.at[i].destination;
		struct json *answer;
		const struct json *list;

		if (sources->place_count == most) {
			incident_gap(incident,
				"the store was asked of the first %zu "
				"destinations alone who else sends there",
				most);
			return;
		}
		/* A hash cannot be asked for, and the address is unknown. */
		if (slice_find_byte(place, '@', 0) == SLICE_NONE)
			continue;
		answer = ask_about(incident, ask, "/v1/destination/", place);
		sources->places[sources->place_count++] = answer;
		list = json_find(answer, "mailboxes");
		take_routes(incident, list, place);
	}
}

static void
take_stream(
	struct incident *incident, const struct json *events, enum pass pass)
{
	struct reading reading = {.incident = incident, .pass = pass};
	const struct json *list = json_find(events, "events");

	for (size_t i = 0; i < json_count(list); i++)
		take(&reading, json_at(list, i));
	if (events != NULL && pass == PASS_OWN)
		say_read(incident, "the daemon's events", reading.events);
}

static void
ask_daemon(struct incident_sources *sources, struct incident *incident,
	struct ask *ask)
{
	struct json *to;

	sources->mailbox =
		ask_about(incident, ask, "/v1/mailbox/", incident->address);
	if (sources->mailbox == NULL)
		return;
	incident->mailbox = sources->mailbox;
	incident->mailbox_known = json_bool(sources->mailbox, "known") ||
		json_find(sources->mailbox, "contained") != NULL;
	take_routes(incident, json_find(sources->mailbox, "routes"),
		(struct slice){0});
	/* It may be where mail goes to. */
	to = ask_about(incident, ask, "/v1/destination/", incident->address);
	sources->places[sources->place_count++] = to;
	take_routes(incident, json_find(to, "mailboxes"), incident->address);
	sources->events = ask_about(incident, ask,
		"/v1/events?limit=" EVENTS_ASKED, (struct slice){0});
}

static void
read_files(struct incident *incident, const struct options_words *files,
	enum pass pass)
{
	struct reading reading = {.incident = incident, .pass = pass};

	find_needles(&reading);
	for (size_t i = 0; i < files->count; i++)
		read_file(&reading, files->at[i]);
}

void
incident_sources_read(
	struct incident_sources *sources, struct incident *incident)
{
	struct options_words files = {0};
	struct ask *ask = ask_start(sources->ask);

	find_files(sources, incident, &files);
	if (ask != NULL) {
		ask_daemon(sources, incident, ask);
	} else {
		incident_gap(incident, "no daemon was asked");
	}
	take_stream(incident, sources->events, PASS_OWN);
	read_files(incident, &files, PASS_OWN);
	if (ask != NULL && sources->mailbox != NULL)
		ask_places(sources, incident, ask);
	take_stream(incident, sources->events, PASS_OTHERS);
	read_files(incident, &files, PASS_OTHERS);
	ask_close(ask);
}

void
incident_sources_fini(struct incident_sources *sources)
{
	json_free(sources->mailbox);
	json_free(sources->events);
	for (size_t i = 0; i < sources->place_count; i++)
		json_free(sources->places[i]);
}
