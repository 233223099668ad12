/* SPDX-License-Identifier: BSD-2-Clause */
/* Homes. */
#include "mta/rules/person.h"

#include <pwd.h>
#include <string.h>
#include <sys/stat.h>

#define PEOPLE_MAX 200000
#define PATTERN_DEPTH 8

static bool
is_home(struct slice home)
{
	return home.len > 1 && home.p[0] == '/' &&
		!slice_equal(home, SLICE("/nonexistent")) &&
		!slice_equal(home, SLICE("/dev/null")) &&
		!slice_equal(home, SLICE("/var/empty"));
}

static struct slice
without_slash(struct slice path)
{
	while (path.len > 1 && path.p[path.len - 1] == '/')
		path.len--;
	return path;
}

void
person_add(struct survey *survey, struct people *people,
	const struct person *person)
{
	struct person *grown;
	struct slice home = without_slash(person->home);

	if (!is_home(home) || person->name.len == 0 ||
		people->count >= PEOPLE_MAX)
		return;
	for (size_t i = 0; i < people->count; i++) {
		if (slice_equal(people->at[i].home, home) &&
			slice_equal(people->at[i].name, person->name))
			return;
	}
	grown = arena_grow(survey->arena, people->at, people->count,
		&people->room, sizeof(*grown));
	if (grown == NULL)
		return;
	people->at = grown;
	grown[people->count] = *person;
	grown[people->count].name = arena_copy(survey->arena, person->name);
	grown[people->count].home = arena_copy(survey->arena, home);
	people->count++;
}

/* name:password:uid:gid:gecos:home:shell; a copy's numbers mean nothing. */
static void
parse_line(struct survey *survey, struct people *people, struct slice line,
	bool is_system)
{
	struct slice field[6] = {{NULL, 0}};
	struct person person = {.is_system = is_system};
	uint64_t uid = 0, gid = 0;
	size_t n = 0;

	while (n < 6 && slice_next(&line, ':', &field[n]))
		n++;
	if (n < 6 || field[0].len == 0 || field[0].p[0] == '#')
		return;
	(void)slice_to_u64(field[2], &uid);
	(void)slice_to_u64(field[3], &gid);
	person.name = field[0];
	person.home = field[5];
	person.uid = (uid_t)uid;
	person.gid = (gid_t)gid;
	person_add(survey, people, &person);
}

void
people_parse(struct survey *survey, struct people *people, struct slice text,
	bool is_system)
{
	for (struct slice line; slice_next(&text, '\n', &line);)
		parse_line(survey, people, slice_trim(line), is_system);
}

static void
read_system(struct survey *survey, struct people *people)
{
	setpwent();
	for (const struct passwd *user; (user = getpwent()) != NULL;) {
		person_add(survey, people,
			&(struct person){.name = slice_of(user->pw_name),
				.home = slice_of(user->pw_dir),
				.uid = user->pw_uid,
				.gid = user->pw_gid,
				.is_system = true});
	}
	endpwent();
}

static bool
has_home(const struct people *people, struct slice home)
{
	for (size_t i = 0; i < people->count; i++) {
		if (slice_equal(people->at[i].home, home))
			return true;
	}
	return false;
}

static void
add_folder(struct survey *survey, struct people *people, struct slice home,
	const struct person *as)
{
	const struct tree_wish wish = {.path = home};
	struct person person = *as;
	struct stat info;
	struct err err;

	if (has_home(people, home) ||
		tree_look(&survey->tree, &wish, &info, &err) != TREE_READ ||
		!S_ISDIR(info.st_mode))
		return;
	person.home = home;
	person.uid = info.st_uid;
	person.gid = info.st_gid;
	person_add(survey, people, &person);
}

/* NSS need not list all it knows. */
static void
read_beside(struct survey *survey, struct people *people, struct slice parent)
{
	struct tree_names names;

	if (!survey_list(survey, parent, &names))
		return;
	for (size_t i = 0; i < names.count; i++) {
		struct slice name = slice_of(names.at[i]);
		struct slice home = arena_printf(survey->arena, "%.*s/%.*s",
			SLICE_ARG(parent), SLICE_ARG(name));

		if (name.p[0] != '.' &&
			!slice_equal(name, SLICE("lost+found"))) {
			add_folder(survey, people, home,
				&(struct person){
					.name = name, .is_system = true});
		}
	}
	tree_list_free(&names);
}

static struct slice
parent_of(struct slice path)
{
	size_t slash = path.len;

	while (slash > 0 && path.p[slash - 1] != '/')
		slash--;
	return slice_sub(path, 0, slash > 1 ? slash - 1 : slash);
}

/* Where homes are by custom. */
static const char *const parents[] = {"/home", "/usr/home", "/export/home"};

static bool
is_usual(struct slice parent)
{
	for (size_t i = 0; i < sizeof(parents) / sizeof(*parents); i++) {
		if (slice_equal(parent, slice_of(parents[i])))
			return true;
	}
	return false;
}

/* Folders where more than one user's home is, such as /export/users. */
static bool
holds_homes(const struct people *people, struct slice parent)
{
	size_t homes = 0;

	for (size_t i = 0; i < people->count; i++) {
		homes += people->at[i].uid >= 1000 &&
			slice_equal(parent_of(people->at[i].home), parent);
	}
	return homes > 1 && parent.len > 1;
}

void
people_read(struct survey *survey, struct people *people)
{
	struct source source;
	size_t count;

	if (!survey->tree.is_copy) {
		read_system(survey, people);
	} else if (survey_read(survey, SLICE("/etc/passwd"),
			   SURVEY_MAY_BE_ABSENT, &source)) {
		people_parse(survey, people, source.text, true);
	}
	/* A copy without passwd(5) has his all the same. */
	if (!has_home(people, SLICE("/root"))) {
		add_folder(survey, people, SLICE("/root"),
			&(struct person){
				.name = SLICE("root"), .is_system = true});
	}
	count = people->count;
	for (size_t i = 0; i < sizeof(parents) / sizeof(*parents); i++)
		read_beside(survey, people, slice_of(parents[i]));
	for (size_t i = 0; i < count; i++) {
		struct slice parent = parent_of(people->at[i].home);
		bool done = is_usual(parent);

		for (size_t j = 0; j < i && !done; j++) {
			done = slice_equal(
				parent, parent_of(people->at[j].home));
		}
		if (!done && holds_homes(people, parent))
			read_beside(survey, people, parent);
	}
}

/* "%d", "%{domain}", "%{user | domain}": which part of the address. */
static char
variable_of(struct slice inside)
{
	if (slice_ends_fold(inside, SLICE("domain")))
		return 'd';
	if (slice_ends_fold(inside, SLICE("username")))
		return 'n';
	return slice_equal(inside, SLICE("user")) ? 'u' : '\0';
}

/* What a component of a pattern makes of a name, or what it stands for. */
struct component {
	struct slice before, after;
	char variable; /* 'd', 'n', 'u'; 0: it is plain */
};

static bool
parse_component(struct slice text, struct component *out)
{
	size_t sign = slice_find_byte(text, '%', 0), end;

	*out = (struct component){.before = text};
	if (sign == SLICE_NONE)
		return true;
	if (sign + 1 >= text.len)
		return false;
	out->before = slice_sub(text, 0, sign);
	if (text.p[sign + 1] == '{') {
		end = slice_find_byte(text, '}', sign);
		if (end == SLICE_NONE)
			return false;
		out->variable =
			variable_of(slice_trim(slice_sub(text, sign + 2, end)));
		end++;
	} else {
		/* %Ld and the like: in lower case. */
		end = sign + 1;
		while (end < text.len && strchr("LU.0123456789", text.p[end]))
			end++;
		out->variable = end < text.len ? text.p[end] : '\0';
		end++;
	}
	out->after = slice_sub(text, end, text.len);
	return strchr("dnu", out->variable) != NULL && out->variable != '\0' &&
		slice_find_byte(out->after, '%', 0) == SLICE_NONE;
}

struct search {
	struct survey *survey;
	struct people *people;
	struct slice local, domain;
};

static void descend(
	struct search *, struct slice at, struct slice rest, unsigned depth);

static void
found(struct search *search, struct slice home)
{
	struct slice name = search->local;

	if (search->domain.len > 0) {
		name = arena_printf(search->survey->arena, "%.*s@%.*s",
			SLICE_ARG(search->local), SLICE_ARG(search->domain));
	}
	if (search->local.len > 0) {
		add_folder(search->survey, search->people, home,
			&(struct person){.name = name});
	}
}

static void
try_name(struct search *search, const struct component *component,
	struct slice name, struct slice at, struct slice rest, unsigned depth)
{
	struct search inner = *search;
	size_t tail = name.len - component->after.len;
	struct slice middle = slice_sub(name, component->before.len, tail);

	if (name.p[0] == '.' ||
		name.len <= component->before.len + component->after.len ||
		!slice_starts_fold(name, component->before) ||
		!slice_ends_fold(name, component->after))
		return;
	middle = arena_copy(search->survey->arena, middle);
	if (component->variable == 'd') {
		inner.domain = middle;
	} else {
		inner.local = middle;
	}
	descend(&inner,
		arena_printf(search->survey->arena, "%.*s/%.*s", SLICE_ARG(at),
			SLICE_ARG(name)),
		rest, depth + 1);
}

static void
descend(struct search *search, struct slice at, struct slice rest,
	unsigned depth)
{
	struct component component;
	struct tree_names names;
	struct slice text;

	while (rest.len > 0 && rest.p[0] == '/')
		rest = slice_sub(rest, 1, rest.len);
	if (rest.len == 0) {
		found(search, at);
		return;
	}
	(void)slice_next(&rest, '/', &text);
	if (depth > PATTERN_DEPTH || !parse_component(text, &component)) {
		survey_unread(search->survey, at,
			"its folders are named by a pattern that is not known "
			"here");
		return;
	}
	if (component.variable == '\0') {
		descend(search,
			arena_printf(search->survey->arena, "%.*s/%.*s",
				SLICE_ARG(at), SLICE_ARG(text)),
			rest, depth + 1);
		return;
	}
	if (!survey_list(search->survey, at, &names))
		return;
	for (size_t i = 0; i < names.count; i++) {
		try_name(search, &component, slice_of(names.at[i]), at, rest,
			depth);
	}
	tree_list_free(&names);
}

void
people_find(struct survey *survey, struct people *people, struct slice pattern)
{
	struct search search = {.survey = survey, .people = people};

	if (slice_find_byte(pattern, '%', 0) != SLICE_NONE)
		descend(&search, SLICE(""), pattern, 0);
}

struct slice
person_mailbox(struct survey *survey, const struct person *person)
{
	return inside_mailbox(survey->inside, survey->arena, person->name);
}
