/* SPDX-License-Identifier: BSD-2-Clause */
/* Sieve scripts, in the places of Dovecot 2.3 and of 2.4. */
#include "mta/rules/dovecot_rules.h"

#include "base/clock.h"
#include "base/process.h"
#include "mta/rules/sieve_rules.h"

#include <stdio.h>
#include <string.h>

#define SECONDS 20U
#define ASK_MS 60000
#define NAME_BYTES 400
#define PERSONAL "file:~/sieve;active=~/.dovecot.sieve"

/* Is the innermost block of that kind: "sieve_script before"? */
static bool
is_in(struct slice block, const char *kind)
{
	size_t slash = block.len;
	struct slice last;

	while (slash > 0 && block.p[slash - 1] != '/')
		slash--;
	last = slice_sub(block, slash, block.len);
	return slice_equal(slice_sub(last, 0, slice_find_byte(last, ' ', 0)),
		slice_of(kind));
}

static void
expand(struct survey *survey, const struct person *person, struct slice text,
	struct buf *out)
{
	size_t at = slice_find_byte(person->name, '@', 0);
	struct slice local = slice_sub(person->name, 0, at);
	struct slice domain = at == SLICE_NONE
		? inside_origin(survey->inside)
		: slice_sub(person->name, at + 1, person->name.len);
	size_t i = 0;

	while (i < text.len) {
		struct slice rest = slice_sub(text, i, text.len);
		size_t close = slice_find_byte(rest, '}', 0);

		if (i == 0 && rest.p[0] == '~') {
			buf_add(out, person->home);
			i++;
		} else if (rest.len > 2 && rest.p[0] == '%' &&
			rest.p[1] == '{' && close != SLICE_NONE) {
			struct slice name = slice_sub(rest, 2, close);

			buf_add(out,
				slice_ends_fold(name, SLICE("domain")) ? domain
					: slice_ends_fold(
						  name, SLICE("username"))
					? local
					: slice_ends_fold(name, SLICE("home"))
					? person->home
					: person->name);
			i += close + 1;
		} else if (rest.len > 1 && rest.p[0] == '%') {
			size_t sign = 1;

			while (sign + 1 < rest.len &&
				strchr("LUE", rest.p[sign]) != NULL)
				sign++;
			buf_add(out,
				rest.p[sign] == 'd'           ? domain
					: rest.p[sign] == 'n' ? local
					: rest.p[sign] == 'h' ? person->home
							      : person->name);
			i += sign + 1;
		} else {
			buf_add_byte(out, text.p[i++]);
		}
	}
}

static struct slice
expanded(struct survey *survey, const struct person *person, struct slice text)
{
	struct buf out = {0};
	struct slice made;

	if (slice_is_absent(text))
		return text;
	expand(survey, person, text, &out);
	while (out.len > 1 && out.p[out.len - 1] == '/')
		out.len--;
	made = arena_copy(survey->arena, buf_slice(&out));
	buf_fini(&out);
	return made;
}

/* Where a user's scripts are. */
struct storage {
	struct slice folder, active;
	struct slice foreign; /* a storage that is no files; or absent */
};

/* "file:~/sieve;active=~/.dovecot.sieve", "~/.dovecot.sieve", "ldap:..." */
static void
split_location(
	struct slice location, struct slice otherwise, struct storage *out)
{
	struct slice rest = location, one;
	size_t colon = slice_find_byte(location, ':', 0);
	bool is_file = slice_starts_fold(location, SLICE("file:"));

	if (colon != SLICE_NONE && !is_file && location.p[0] != '~' &&
		location.p[0] != '/' && location.p[0] != '%') {
		out->foreign = location;
		return;
	}
	if (is_file)
		rest = slice_sub(rest, 5, rest.len);
	(void)slice_next(&rest, ';', &out->folder);
	while (slice_next(&rest, ';', &one)) {
		if (slice_starts_fold(one, SLICE("active=")))
			out->active = slice_sub(one, 7, one.len);
	}
	if (slice_is_absent(out->active) &&
		slice_ends_fold(out->folder, SLICE("sieve")) && !is_file) {
		out->active = out->folder;
		out->folder = slice_is_absent(otherwise) ? SLICE("~/sieve")
							 : otherwise;
	}
	if (slice_is_absent(out->active))
		out->active = SLICE("~/.dovecot.sieve");
}

/* The values of one block of 2.4, by its index. */
static struct slice
value_in(const struct dovecot_conf *conf, struct slice block, const char *name)
{
	struct slice value = {NULL, 0};

	for (size_t i = 0; i < conf->count; i++) {
		if (slice_equal(conf->at[i].block, block) &&
			slice_equal(conf->at[i].name, slice_of(name)))
			value = conf->at[i].value;
	}
	return value;
}

static struct slice
type_of_script(const struct dovecot_conf *conf, struct slice block)
{
	struct slice type = value_in(conf, block, "type");

	if (slice_is_absent(type))
		type = value_in(conf, block, "sieve_script_type");
	return slice_is_absent(type) ? SLICE("personal") : type;
}

static struct slice
either(const struct dovecot_conf *conf, struct slice block, const char *name)
{
	char longer[64];
	struct slice value = value_in(conf, block, name);

	(void)snprintf(longer, sizeof(longer), "sieve_script_%s", name);
	return slice_is_absent(value) ? value_in(conf, block, longer) : value;
}

static void
find_storage(const struct dovecot_conf *conf, struct storage *out)
{
	struct slice location = dovecot_conf_value(conf, NULL, "sieve");

	*out = (struct storage){{NULL, 0}, {NULL, 0}, {NULL, 0}};
	for (size_t i = 0; i < conf->count; i++) {
		struct slice block = conf->at[i].block, driver;

		if (!is_in(block, "sieve_script") ||
			!slice_equal(
				type_of_script(conf, block), SLICE("personal")))
			continue;
		driver = either(conf, block, "driver");
		if (!slice_is_absent(driver) &&
			!slice_equal(driver, SLICE("file"))) {
			out->foreign = driver;
			return;
		}
		out->folder = either(conf, block, "path");
		out->active = either(conf, block, "active_path");
		if (slice_is_absent(out->active))
			out->active = SLICE("~/.dovecot.sieve");
		if (!slice_is_absent(out->folder))
			return;
	}
	if (location.len == 0)
		location = SLICE(PERSONAL);
	split_location(
		location, dovecot_conf_value(conf, NULL, "sieve_dir"), out);
}

static struct slice
global_folder(const struct dovecot_conf *conf)
{
	struct slice folder =
		dovecot_conf_value(conf, NULL, "sieve_global_dir");

	if (slice_is_absent(folder))
		folder = dovecot_conf_value(conf, NULL, "sieve_global");
	for (size_t i = 0; i < conf->count && slice_is_absent(folder); i++) {
		struct slice block = conf->at[i].block;

		if (is_in(block, "sieve_script") &&
			slice_equal(
				type_of_script(conf, block), SLICE("global")))
			folder = either(conf, block, "path");
	}
	while (folder.len > 1 && folder.p[folder.len - 1] == '/')
		folder.len--;
	return folder;
}

/* All of a folder but the one that is in use: that has been told. */
static void
read_folder(struct survey *survey, const struct sieve_place *place,
	struct slice mailbox, const struct source *active)
{
	struct tree_names names;
	struct source source;

	if (!survey_list(survey, place->personal, &names))
		return;
	for (size_t i = 0; i < names.count; i++) {
		struct slice path = arena_printf(survey->arena, "%.*s/%s",
			SLICE_ARG(place->personal), names.at[i]);

		if (!slice_ends_fold(slice_of(names.at[i]), SLICE(".sieve")) ||
			!survey_read(
				survey, path, SURVEY_MAY_BE_ABSENT, &source) ||
			slice_equal(source.target, active->target))
			continue;
		source.state = RULE_INACTIVE;
		source.note = SLICE("not active");
		sieve_rules_read(survey, &source, mailbox, place);
	}
	tree_list_free(&names);
}

/* The name by which the folder has the script in use. */
static struct slice
name_in_folder(
	struct survey *survey, struct slice folder, const struct source *active)
{
	struct tree_names names;
	struct slice found = active->path;
	struct source source;

	if (!survey_list(survey, folder, &names))
		return found;
	for (size_t i = 0; i < names.count; i++) {
		struct slice path = arena_printf(survey->arena, "%.*s/%s",
			SLICE_ARG(folder), names.at[i]);

		if (slice_ends_fold(slice_of(names.at[i]), SLICE(".sieve")) &&
			survey_read(
				survey, path, SURVEY_MAY_BE_ABSENT, &source) &&
			slice_equal(source.target, active->target)) {
			found = path;
			break;
		}
	}
	tree_list_free(&names);
	return found;
}

void
dovecot_rules_person(struct survey *survey, const struct dovecot_conf *conf,
	const struct person *person)
{
	struct slice mailbox = person_mailbox(survey, person);
	struct source active = {.path = SLICE("")};
	struct sieve_place place;
	struct storage storage;

	find_storage(conf, &storage);
	if (!slice_is_absent(storage.foreign))
		return;
	place = (struct sieve_place){
		.personal = expanded(survey, person, storage.folder),
		.global = global_folder(conf)};
	if (survey_read(survey, expanded(survey, person, storage.active),
		    SURVEY_MAY_BE_ABSENT, &active)) {
		active.path = name_in_folder(survey, place.personal, &active);
		sieve_rules_read(survey, &active, mailbox, &place);
	}
	read_folder(survey, &place, mailbox, &active);
}

/* A file, or all scripts of a folder. */
static void
read_site_script(struct survey *survey, struct slice path,
	const struct sieve_place *place, const char *note)
{
	struct tree_names names;
	struct source source;

	if (slice_starts_fold(path, SLICE("file:")))
		path = slice_sub(path, 5, slice_find_byte(path, ';', 0));
	if (path.len == 0 || path.p[0] != '/') {
		if (path.len > 0 && path.p[0] != '~') {
			survey_unread(survey, path,
				"a script of the site that is no file");
		}
		return;
	}
	if (!slice_ends_fold(path, SLICE(".sieve")) &&
		survey_list(survey, path, &names)) {
		for (size_t i = 0; i < names.count; i++) {
			if (slice_ends_fold(
				    slice_of(names.at[i]), SLICE(".sieve"))) {
				read_site_script(survey,
					arena_printf(survey->arena, "%.*s/%s",
						SLICE_ARG(path), names.at[i]),
					place, note);
			}
		}
		tree_list_free(&names);
		return;
	}
	if (survey_read(survey, path, SURVEY_MAY_BE_ABSENT, &source)) {
		source.note = slice_of(note);
		sieve_rules_read(survey, &source, SLICE("*"), place);
	}
}

/* The settings of 2.3 that name scripts of the site. */
static const char *
note_of_setting(struct slice name)
{
	if (slice_starts_fold(name, SLICE("sieve_before")))
		return "for everybody, before his own";
	if (slice_starts_fold(name, SLICE("sieve_after")))
		return "for everybody, after his own";
	if (slice_equal(name, SLICE("sieve_default")) ||
		slice_equal(name, SLICE("sieve_global_path")))
		return "for those who have none of their own";
	if (slice_starts_fold(name, SLICE("imapsieve_mailbox")) &&
		(slice_ends_fold(name, SLICE("_before")) ||
			slice_ends_fold(name, SLICE("_after"))))
		return "when mail is put into a folder";
	return NULL;
}

void
dovecot_rules_site(struct survey *survey, const struct dovecot_conf *conf)
{
	const struct sieve_place place = {.global = global_folder(conf)};
	struct storage storage;

	find_storage(conf, &storage);
	if (!slice_is_absent(storage.foreign)) {
		survey_unread(survey, storage.foreign,
			"Sieve scripts that are no files; `doveadm sieve get` "
			"shows them");
	}
	for (size_t i = 0; i < conf->count; i++) {
		const struct dovecot_setting *one = &conf->at[i];
		const char *note = note_of_setting(one->name);

		if (note != NULL) {
			read_site_script(survey, one->value, &place, note);
		} else if (is_in(one->block, "sieve_script") &&
			(slice_equal(one->name, SLICE("path")) ||
				slice_equal(one->name,
					SLICE("sieve_script_path"))) &&
			!slice_equal(type_of_script(conf, one->block),
				SLICE("personal"))) {
			read_site_script(
				survey, one->value, &place, "for everybody");
		}
	}
}

/* The last word of "username_format=%u /etc/dovecot/users". */
static void
read_passwd_file(
	struct survey *survey, struct people *people, struct slice arguments)
{
	struct slice word, path = {NULL, 0};
	struct source file;

	while (slice_next(&arguments, ' ', &word)) {
		if (word.len > 0 && word.p[0] == '/')
			path = word;
	}
	if (path.len == 0)
		return;
	if (slice_find_byte(path, '%', 0) != SLICE_NONE) {
		survey_unread(survey, path,
			"a file of users whose name is a pattern");
	} else if (survey_read(survey, path, SURVEY_MUST_BE_THERE, &file)) {
		people_parse(survey, people, file.text, false);
	}
}

/* "uid=vmail gid=vmail home=/var/vmail/%d/%n" */
static struct slice
home_of(struct slice arguments)
{
	for (struct slice word; slice_next(&arguments, ' ', &word);) {
		if (slice_starts_fold(word, SLICE("home=")))
			return slice_sub(word, 5, word.len);
	}
	return slice_of(NULL);
}

static void
find_homes(struct survey *survey, struct people *people, struct slice pattern)
{
	size_t colon = slice_find_byte(pattern, ':', 0);

	/* "maildir:/var/vmail/%d/%n:INDEX=..." */
	if (colon != SLICE_NONE) {
		pattern = slice_sub(pattern, colon + 1, pattern.len);
		pattern =
			slice_sub(pattern, 0, slice_find_byte(pattern, ':', 0));
	}
	/* The mail lies below the home, by custom. */
	if (slice_ends_fold(pattern, SLICE("/Maildir")))
		pattern.len -= 8;
	if (pattern.len > 0 && pattern.p[0] == '/')
		people_find(survey, people, pattern);
}

static bool
ask_home(struct survey *survey, struct slice name, struct slice *home)
{
	char user[NAME_BYTES];
	const char *argv[] = {"doveadm", "user", "-f", "home", user, NULL};
	struct buf text = {0};
	struct err err = {0};
	bool done;

	if (name.len == 0 || name.len >= sizeof(user) || name.p[0] == '-')
		return false;
	(void)snprintf(user, sizeof(user), "%.*s", SLICE_ARG(name));
	done = process_run(
		&(struct process_job){argv, {NULL, 0}, SECONDS}, &text, &err);
	*home = arena_copy(survey->arena, slice_trim(buf_slice(&text)));
	buf_fini(&text);
	return done && home->len > 0;
}

/* Databases that only Dovecot reads. */
static void
ask_users(struct survey *survey, struct people *people, const char *driver)
{
	static const char *const argv[] = {"doveadm", "user", "*", NULL};
	const int64_t until = clock_monotonic_ms() + ASK_MS;
	struct slice what =
		arena_printf(survey->arena, "Dovecot's users (%s)", driver);
	struct buf text = {0};
	struct err err = {0};

	if (survey->tree.is_copy) {
		survey_unread(survey, what,
			"they can only be asked for where Dovecot runs");
		return;
	}
	if (!process_run(&(struct process_job){argv, {NULL, 0}, SECONDS}, &text,
		    &err))
		survey_unread(survey, what, err.text);
	struct slice rest = buf_slice(&text);
	for (struct slice line, home; slice_next(&rest, '\n', &line);) {
		if (clock_monotonic_ms() > until) {
			survey_unread(survey, what,
				"there was no time to ask for all of them");
			break;
		}
		if (ask_home(survey, slice_trim(line), &home)) {
			person_add(survey, people,
				&(struct person){.name = slice_trim(line),
					.home = home});
		}
	}
	buf_fini(&text);
}

/* "userdb passwd-file", "userdb { driver = sql }" */
static void
read_userdb(struct survey *survey, const struct dovecot_conf *conf,
	struct people *people, const struct dovecot_setting *one)
{
	static const char *const foreign[] = {
		"sql", "ldap", "dict", "checkpassword", "lua", "vpopmail"};
	struct slice driver = one->value;

	if (slice_equal(one->name, SLICE("passwd_file_path"))) {
		read_passwd_file(survey, people, one->value);
	} else if (slice_equal(one->name, SLICE("args"))) {
		driver = value_in(conf, one->block, "driver");
		if (slice_equal(driver, SLICE("passwd-file")))
			read_passwd_file(survey, people, one->value);
		if (slice_equal(driver, SLICE("static")))
			find_homes(survey, people, home_of(one->value));
	} else if (slice_equal(one->name, SLICE("home"))) {
		find_homes(survey, people, one->value);
	}
	/* 2.4 has the driver in the block's own name. */
	if (!slice_equal(one->name, SLICE("driver")) &&
		!slice_equal(one->name, SLICE("userdb_driver"))) {
		if (conf->at != one && slice_equal(one[-1].block, one->block))
			return;
		driver = slice_sub(one->block,
			slice_find_byte(one->block, ' ', 0) + 1,
			one->block.len);
	}
	for (size_t i = 0; i < sizeof(foreign) / sizeof(*foreign); i++) {
		if (slice_equal(driver, slice_of(foreign[i])))
			ask_users(survey, people, foreign[i]);
	}
}

void
dovecot_rules_people(struct survey *survey, const struct dovecot_conf *conf,
	struct people *people)
{
	static const char *const places[] = {
		"mail_home", "mail_location", "mail_path"};

	for (size_t i = 0; i < conf->count; i++) {
		const struct dovecot_setting *one = &conf->at[i];

		if (slice_starts_fold(one->block, SLICE("userdb")))
			read_userdb(survey, conf, people, one);
	}
	for (size_t i = 0; i < sizeof(places) / sizeof(*places); i++) {
		struct slice pattern = dovecot_conf_value(conf, "", places[i]);

		if (pattern.len > 0)
			find_homes(survey, people, pattern);
	}
}
