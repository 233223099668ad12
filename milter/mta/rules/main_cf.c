/* SPDX-License-Identifier: BSD-2-Clause */
/* main.cf and master.cf as texts. */
#include "mta/rules/main_cf.h"

#include "mta/rules/constants.h"

#include <string.h>

#define EXPAND_DEPTH 10
#define VALUE_BYTES_MAX 65536

/* What postconf -d says of those that are looked at here. */
static const struct {
	const char *name, *value;
} defaults[] = {
	{"alias_database", "hash:/etc/aliases"},
	{"alias_maps", "hash:/etc/aliases"},
	{"config_directory", "/etc/postfix"},
	{"forward_path",
		"$home/.forward${recipient_delimiter}${extension}, "
		"$home/.forward"},
	{"mydestination", "$myhostname, localhost.$mydomain, localhost"},
	{"mydomain", ""},
	{"myhostname", "localhost"},
	{"myorigin", "$myhostname"},
	{"virtual_alias_domains", "$virtual_alias_maps"},
	{"virtual_alias_maps", "$virtual_maps"},
	{"virtual_mailbox_domains", "$virtual_mailbox_maps"},
};

struct cf {
	struct arena *arena;
	struct slice text;
};

static bool
split(struct slice entry, struct slice *name, struct slice *value)
{
	size_t sign = slice_find_byte(entry, '=', 0);

	if (sign == SLICE_NONE)
		return false;
	*name = slice_trim(slice_sub(entry, 0, sign));
	*value = slice_trim(slice_sub(entry, sign + 1, entry.len));
	return name->len > 0;
}

/* The last one counts. */
static unsigned
find(const struct cf *cf, struct slice name, struct slice *value)
{
	struct slice rest = cf->text, key, right;
	struct buf entry = {0};
	unsigned line = 0, begun = 0, at = 0;

	while (survey_next_entry(&rest, &line, &entry, &begun)) {
		if (split(buf_slice(&entry), &key, &right) &&
			slice_equal(key, name)) {
			at = begun;
			if (cf->arena != NULL)
				*value = arena_copy(cf->arena, right);
		}
	}
	buf_fini(&entry);
	return at;
}

unsigned
main_cf_line(struct slice text, const char *name)
{
	const struct cf cf = {NULL, text};
	struct slice value;

	return find(&cf, slice_of(name), &value);
}

static struct slice
value_of(const struct cf *cf, struct slice name)
{
	struct slice value = {NULL, 0};

	if (find(cf, name, &value) > 0)
		return value;
	for (size_t i = 0; i < sizeof(defaults) / sizeof(*defaults); i++) {
		if (slice_equal(name, slice_of(defaults[i].name)))
			return slice_of(defaults[i].value);
	}
	return slice_of(NULL);
}

/* The name after '$' at i and where it ends; absent for a lone '$'. */
static struct slice
variable_at(struct slice text, size_t i, size_t *end)
{
	size_t from = i + 1, to;
	bool braced =
		from < text.len && (text.p[from] == '{' || text.p[from] == '(');

	from += braced;
	for (to = from; to < text.len && constants_is_name(text.p[to]);)
		to++;
	*end = to;
	if (braced) {
		size_t close = slice_find_byte(
			text, text.p[from - 1] == '{' ? '}' : ')', to);
		*end = close == SLICE_NONE ? text.len : close + 1;
	}
	return to > from ? slice_sub(text, from, to) : slice_of(NULL);
}

static void
expand(const struct cf *cf, struct slice text, unsigned depth, struct buf *out)
{
	for (size_t i = 0; i < text.len && out->len < VALUE_BYTES_MAX;) {
		size_t end = i + 1;
		struct slice name = {NULL, 0}, value = {NULL, 0};

		if (text.p[i] == '$')
			name = variable_at(text, i, &end);
		if (!slice_is_absent(name))
			value = value_of(cf, name);
		if (!slice_is_absent(value) && depth < EXPAND_DEPTH) {
			expand(cf, value, depth + 1, out);
		} else if (slice_is_absent(name) || slice_is_absent(value)) {
			/* "$user" and the like are for later. */
			buf_add(out, slice_sub(text, i, end));
		}
		i = end;
	}
}

static void
add_setting(const struct cf *cf, struct slice name, struct slice value,
	struct buf *out)
{
	buf_printf(out, "%.*s = ", SLICE_ARG(name));
	expand(cf, value, 0, out);
	buf_add_byte(out, '\n');
}

/* mydomain is the host's name without its first word. */
static struct slice
parent_domain(const struct cf *cf)
{
	struct slice host = value_of(cf, SLICE("myhostname"));
	size_t dot = slice_find_byte(host, '.', 0);

	return dot == SLICE_NONE ? SLICE("localdomain")
				 : slice_sub(host, dot + 1, host.len);
}

/* The text with what is not set there put before it. */
static struct slice
complete(struct survey *survey, struct slice text, struct slice directory)
{
	struct cf cf = {survey->arena, text};
	struct slice value = {NULL, 0}, host = {NULL, 0};
	struct buf head = {0};
	struct source file;

	if (find(&cf, SLICE("myhostname"), &value) == 0 &&
		survey_read(survey, SLICE("/etc/hostname"),
			SURVEY_MAY_BE_ABSENT, &file))
		host = slice_trim(file.text);
	if (host.len > 0)
		buf_printf(&head, "myhostname = %.*s\n", SLICE_ARG(host));
	buf_printf(&head, "config_directory = %.*s\n", SLICE_ARG(directory));
	if (find(&cf, SLICE("myorigin"), &value) > 0 && value.len > 0 &&
		value.p[0] == '/' &&
		survey_read(survey, value, SURVEY_MUST_BE_THERE, &file)) {
		/* Debian's /etc/mailname. */
		buf_printf(&head, "myorigin_of_file = %.*s\n",
			SLICE_ARG(slice_trim(file.text)));
	}
	buf_add(&head, text);
	cf.text = arena_copy(survey->arena, buf_slice(&head));
	if (find(&cf, SLICE("mydomain"), &value) == 0) {
		struct slice domain = parent_domain(&cf);

		buf_printf(&head, "\nmydomain = %.*s\n", SLICE_ARG(domain));
		cf.text = arena_copy(survey->arena, buf_slice(&head));
	}
	buf_fini(&head);
	return cf.text;
}

static void
add_settings(const struct cf *cf, struct buf *all, struct buf *given)
{
	struct slice rest = cf->text, name, value;
	struct buf entry = {0};
	unsigned line = 0, begun;

	while (survey_next_entry(&rest, &line, &entry, &begun)) {
		if (!split(buf_slice(&entry), &name, &value))
			continue;
		add_setting(cf, name, value_of(cf, name), all);
		buf_printf(given, "%.*s = %.*s\n", SLICE_ARG(name),
			SLICE_ARG(value));
	}
	for (size_t i = 0; i < sizeof(defaults) / sizeof(*defaults); i++) {
		add_setting(cf, slice_of(defaults[i].name),
			value_of(cf, slice_of(defaults[i].name)), all);
	}
	buf_fini(&entry);
}

static bool
next_word(struct slice *rest, struct slice *word)
{
	*rest = slice_trim(*rest);
	if (rest->len == 0)
		return false;
	size_t end = 0;
	while (end < rest->len && rest->p[end] != ' ' && rest->p[end] != '\t')
		end++;
	*word = slice_sub(*rest, 0, end);
	*rest = slice_sub(*rest, end, rest->len);
	return true;
}

/* "service/type/name = value" of each -o. */
static void
add_overrides(const struct cf *cf, struct slice entry, struct buf *out)
{
	struct slice word[8], rest = entry, name, value;

	for (size_t i = 0; i < 8; i++) {
		if (!next_word(&rest, &word[i]))
			return;
	}
	for (struct slice option; next_word(&rest, &option);) {
		if (!slice_equal(option, SLICE("-o")) ||
			!next_word(&rest, &option) ||
			!split(option, &name, &value))
			continue;
		buf_printf(out, "%.*s/%.*s/", SLICE_ARG(word[0]),
			SLICE_ARG(word[1]));
		add_setting(cf, name, value, out);
	}
}

static void
add_services(const struct cf *cf, struct slice master, struct buf *services,
	struct buf *overrides)
{
	struct buf entry = {0};
	unsigned line = 0, begun;

	while (survey_next_entry(&master, &line, &entry, &begun)) {
		buf_add(services, buf_slice(&entry));
		buf_add_byte(services, '\n');
		add_overrides(cf, buf_slice(&entry), overrides);
	}
	buf_fini(&entry);
}

struct postfix *
main_cf_read(struct survey *survey, struct slice directory)
{
	struct buf all = {0}, given = {0}, services = {0}, overrides = {0};
	struct source main, master;
	struct postfix *postfix;

	if (!survey_read(survey,
		    arena_printf(survey->arena, "%.*s/main.cf",
			    SLICE_ARG(directory)),
		    SURVEY_MAY_BE_ABSENT, &main))
		return NULL;
	const struct cf cf = {
		survey->arena, complete(survey, main.text, directory)};
	add_settings(&cf, &all, &given);
	if (survey_read(survey,
		    arena_printf(survey->arena, "%.*s/master.cf",
			    SLICE_ARG(directory)),
		    SURVEY_MUST_BE_THERE, &master))
		add_services(&cf, master.text, &services, &overrides);
	postfix = postfix_parse(
		&(struct postfix_texts){buf_slice(&all), buf_slice(&given),
			buf_slice(&services), buf_slice(&overrides)});
	buf_fini(&all);
	buf_fini(&given);
	buf_fini(&services);
	buf_fini(&overrides);
	return postfix;
}

struct slice
main_cf_command(struct arena *arena, struct slice master, struct slice service)
{
	struct slice command = {NULL, 0}, word;
	struct buf entry = {0};
	unsigned line = 0, begun;

	while (survey_next_entry(&master, &line, &entry, &begun)) {
		struct slice rest = buf_slice(&entry);
		size_t argv = slice_find(rest, SLICE("argv="));

		if (argv != SLICE_NONE && next_word(&rest, &word) &&
			slice_equal(word, service)) {
			command = arena_copy(arena,
				slice_sub(buf_slice(&entry), argv + 5,
					entry.len));
		}
	}
	buf_fini(&entry);
	return command;
}
