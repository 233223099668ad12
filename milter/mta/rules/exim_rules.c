/* SPDX-License-Identifier: BSD-2-Clause */
/* Rules of an Exim's own. */
#include "mta/rules/exim_rules.h"

#include "mta/rules/aliases.h"
#include "mta/rules/exim_conf.h"
#include "mta/rules/exim_filter.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#define ROUTERS_MAX 256
#define MACROS_DEPTH 4

bool
exim_rules_open(struct survey *survey, struct exim_rules *site)
{
	return exim_conf_open(survey, &site->conf);
}

static void
learn_file(struct survey *survey, struct slice path)
{
	struct source file;
	struct aliases it;

	if (!survey_read(survey, path, SURVEY_MUST_BE_THERE, &file))
		return;
	it = (struct aliases){.rest = file.text};
	for (struct alias alias; aliases_next(&it, survey->arena, &alias);)
		inside_learn(survey->inside, alias.name);
}

/* "MAIN_LOCAL_DOMAINS" */
static bool
is_macro(struct slice word)
{
	for (size_t i = 0; i < word.len; i++) {
		char c = word.p[i];
		if ((c < 'A' || c > 'Z') && (c < '0' || c > '9') && c != '_')
			return false;
	}
	return word.len > 1;
}

static void
learn_list(struct survey *survey, const struct exim_rules *site,
	struct slice list, unsigned depth)
{
	char sign = ':';

	for (struct slice one; exim_conf_list(&list, &sign, &one);) {
		size_t slash = slice_find_byte(one, '/', 0);

		if (is_macro(one) && depth < MACROS_DEPTH) {
			learn_list(survey, site,
				exim_conf_option(survey, &site->conf, one),
				depth + 1);
		} else if (slash == 0 ||
			(slash != SLICE_NONE &&
				slice_find(one, SLICE("lsearch;")) !=
					SLICE_NONE)) {
			learn_file(survey, slice_sub(one, slash, one.len));
		} else {
			inside_learn(survey->inside, one);
		}
	}
}

void
exim_rules_learn(struct survey *survey, const struct exim_rules *site)
{
	struct slice host = exim_conf_option(
		survey, &site->conf, SLICE("primary_hostname"));
	struct slice qualify =
		exim_conf_option(survey, &site->conf, SLICE("qualify_domain"));

	inside_learn(survey->inside, qualify);
	inside_learn(survey->inside, host);
	learn_list(survey, site,
		exim_conf_option(survey, &site->conf, SLICE("local_domains")),
		0);
	learn_list(survey, site,
		exim_conf_option(
			survey, &site->conf, SLICE("relay_to_domains")),
		0);
	inside_set_origin(survey->inside, qualify.len > 0 ? qualify : host);
}

struct router {
	struct slice name, driver, data, file, local_parts, domains, condition;
	struct slice route_list, route_data;
	bool unseen;
};

static void
set_option(struct survey *survey, struct router *router, struct slice name,
	struct slice value)
{
	const struct {
		const char *name;
		struct slice *at;
	} options[] = {
		{"driver", &router->driver},
		{"data", &router->data},
		{"file", &router->file},
		{"local_parts", &router->local_parts},
		{"domains", &router->domains},
		{"condition", &router->condition},
		{"route_list", &router->route_list},
		{"route_data", &router->route_data},
	};

	for (size_t i = 0; i < sizeof(options) / sizeof(*options); i++) {
		if (slice_equal(name, slice_of(options[i].name)))
			*options[i].at = arena_copy(survey->arena, value);
	}
	if (slice_equal(name, SLICE("unseen")))
		router->unseen = !slice_equal(value, SLICE("false"));
}

/* The router after *rest, which stands in the section of routers. */
static bool
next_router(struct survey *survey, struct slice *rest, struct router *router)
{
	struct slice ahead = *rest, name, value;
	struct buf line = {0};
	bool any = false;

	*router = (struct router){0};
	while (exim_conf_next(&ahead, &line)) {
		struct slice text = buf_slice(&line);
		bool is_head = text.len > 1 && text.p[text.len - 1] == ':' &&
			slice_find_byte(text, '=', 0) == SLICE_NONE &&
			slice_find_byte(text, ' ', 0) == SLICE_NONE;

		if ((is_head && any) ||
			slice_starts_fold(text, SLICE("begin ")))
			break;
		*rest = ahead;
		if (is_head) {
			any = true;
			router->name = arena_copy(survey->arena,
				slice_sub(text, 0, text.len - 1));
		} else if (any && text.len > 0) {
			(void)exim_conf_split(text, &name, &value);
			set_option(survey, router, name, value);
		}
	}
	buf_fini(&line);
	return any;
}

static struct slice
routers_of(const struct exim_rules *site)
{
	size_t begin = slice_find(site->conf.text, SLICE("\nbegin routers"));

	return begin == SLICE_NONE
		? SLICE("")
		: slice_sub(site->conf.text, begin + 14, site->conf.text.len);
}

/* The path of a lookup in a file: "${lookup{key}lsearch*@{/etc/virtual}}". */
static struct slice
lookup_path(struct slice data, struct slice *key)
{
	size_t lookup = slice_find(data, SLICE("${lookup{"));
	size_t type = slice_find(data, SLICE("search")), open, close;

	if (lookup == SLICE_NONE || type == SLICE_NONE || type < lookup)
		return slice_of(NULL);
	*key = slice_sub(data, lookup + 9, type);
	open = slice_find_byte(data, '{', type);
	if (open == SLICE_NONE)
		return slice_of(NULL);
	close = slice_find_byte(data, '}', open);
	return slice_trim(slice_sub(data, open + 1, close));
}

/* Entries whose keys are whole addresses. */
static void
read_addresses(struct survey *survey, const struct source *source)
{
	struct aliases it = {.rest = source->text};

	for (struct alias alias; aliases_next(&it, survey->arena, &alias);) {
		struct source own = *source;
		struct sender sender = {
			.source = &own,
			.line = alias.line,
			.mailbox = inside_mailbox(
				survey->inside, survey->arena, alias.name),
			.mechanism = RULE_VIRTUAL,
			.bare_commands = true,
		};

		if (slice_starts_fold(alias.name, SLICE("*"))) {
			own.note = SLICE("a whole domain");
		} else {
			survey_know(survey, alias.name);
		}
		survey_recipients(survey, &sender, alias.value);
	}
}

static void
read_lookup(struct survey *survey, const struct exim_rules *site,
	const struct router *router)
{
	struct slice key = {NULL, 0}, path = lookup_path(router->data, &key);
	struct source source;

	if (slice_is_absent(path) ||
		slice_find_byte(path, '$', 0) != SLICE_NONE) {
		survey_unread(survey, site->conf.path,
			arena_printf(survey->arena,
				"the router %.*s redirects to what only Exim "
				"can tell: %.*s",
				SLICE_ARG(router->name),
				SLICE_ARG(slice_sub(router->data, 0, 200)))
				.p);
		return;
	}
	if (!survey_read(survey, path, SURVEY_MUST_BE_THERE, &source))
		return;
	if (slice_find(key, SLICE("domain")) != SLICE_NONE) {
		read_addresses(survey, &source);
	} else {
		aliases_read(survey, &source);
	}
}

/* Constant addresses for those that a router names. */
static void
read_constant(struct survey *survey, const struct exim_rules *site,
	const struct router *router)
{
	struct slice names = router->local_parts;
	struct source own = site->conf;
	char sign = ':';

	own.no_lines = true;
	own.note = arena_printf(survey->arena, "redirect router %.*s%s",
		SLICE_ARG(router->name), router->unseen ? " with unseen" : "");
	own.condition = router->condition;
	if (names.len == 0)
		names = SLICE("*");
	for (struct slice name; exim_conf_list(&names, &sign, &name);) {
		struct sender sender = {
			.source = &own,
			.mailbox = inside_mailbox(
				survey->inside, survey->arena, name),
			.mechanism = RULE_ROUTER,
			.bare_commands = true,
		};

		survey_recipients(survey, &sender, router->data);
	}
}

/* What a manual router hands over, and to whom. */
struct route {
	struct survey *survey;
	const struct exim_rules *site;
	const struct router *router;
	struct slice hosts;
};

static void
unread_route(const struct route *route)
{
	survey_unread(route->survey, route->site->conf.path,
		arena_printf(route->survey->arena,
			"the router %.*s sends mail where only Exim can tell: "
			"%.*s",
			SLICE_ARG(route->router->name),
			SLICE_ARG(slice_sub(route->hosts, 0, 200)))
			.p);
}

/* Mail to that domain of ours goes to a host that is not. */
static void
add_route(const struct route *route, struct slice domain)
{
	struct survey *survey = route->survey;
	struct slice names = route->router->local_parts;
	struct source own = route->site->conf;
	char sign = ':';

	if (slice_find_byte(route->hosts, '$', 0) != SLICE_NONE) {
		unread_route(route);
		return;
	}
	if (route->hosts.len == 0 ||
		inside_has_host(survey->inside, survey->arena, route->hosts))
		return;
	own.no_lines = true;
	own.note = arena_printf(survey->arena, "manualroute router %.*s%s",
		SLICE_ARG(route->router->name),
		route->router->unseen ? " with unseen" : "");
	own.condition = route->router->condition;
	if (names.len == 0)
		names = SLICE("*");
	for (struct slice name; exim_conf_list(&names, &sign, &name);) {
		bool all = slice_equal(name, SLICE("*"));

		survey_add(survey, &own,
			&(struct rule){
				.mailbox = arena_printf(survey->arena,
					"%.*s@%.*s",
					SLICE_ARG(all ? SLICE("") : name),
					SLICE_ARG(domain)),
				.destination = route->hosts,
				.keeps = route->router->unseen,
				.mechanism = RULE_TRANSPORT});
	}
}

/* "example.com", "+local_domains", "! +local_domains", "*", a macro. */
static void
add_routes(const struct route *route, struct slice list, unsigned depth)
{
	char sign = ':';

	for (struct slice one; exim_conf_list(&list, &sign, &one);) {
		bool named = one.len > 1 && one.p[0] == '+';

		/* What is left out ends the list for what comes after. */
		if (one.len == 0 || one.p[0] == '!')
			return;
		if ((named || is_macro(one)) && depth < MACROS_DEPTH) {
			add_routes(route,
				exim_conf_option(route->survey,
					&route->site->conf,
					slice_sub(one, named, one.len)),
				depth + 1);
		} else if (inside_has_domain(route->survey->inside, one)) {
			add_route(route, one);
		}
	}
}

/* Of a rule of route_list the hosts, without quotes and options. */
static struct slice
hosts_of(struct slice rest)
{
	char quote = rest.len > 0 ? rest.p[0] : ' ';

	if (quote == '"' || quote == '\'')
		return slice_sub(rest, 1, slice_find_byte(rest, quote, 1));
	return slice_sub(rest, 0, slice_find_byte(rest, ' ', 0));
}

/* "example.com  mx.example.net  byname ; *  host", or route_data's hosts for
 * all of the router's domains. */
static void
read_manual(struct survey *survey, const struct exim_rules *site,
	const struct router *router)
{
	struct slice list = router->route_list;
	struct route route = {survey, site, router, router->route_data};
	char sign = ';';

	if (router->route_data.len > 0)
		add_routes(&route, router->domains, 0);
	for (struct slice one;
		list.len > 0 && exim_conf_list(&list, &sign, &one);) {
		size_t end = slice_find_byte(one, ' ', 0);
		struct slice pattern = slice_sub(one, 0, end);

		route.hosts = end == SLICE_NONE
			? SLICE("")
			: hosts_of(slice_trim(slice_sub(one, end, one.len)));
		add_routes(&route,
			slice_equal(pattern, SLICE("*")) ? router->domains
							 : pattern,
			0);
	}
}

static void
read_router(struct survey *survey, const struct exim_rules *site,
	const struct router *router)
{
	if (slice_equal(router->driver, SLICE("manualroute")))
		read_manual(survey, site, router);
	if (slice_equal(router->driver, SLICE("queryprogram")))
		survey_unread(survey, site->conf.path,
			arena_printf(survey->arena,
				"the router %.*s asks a program",
				SLICE_ARG(router->name))
				.p);
	if (!slice_equal(router->driver, SLICE("redirect")) ||
		router->data.len == 0)
		return;
	if (slice_find(router->data, SLICE("${")) != SLICE_NONE) {
		read_lookup(survey, site, router);
	} else {
		read_constant(survey, site, router);
	}
}

static bool
is_filter(struct slice text)
{
	return slice_starts_fold(text, SLICE("# Exim filter"));
}

static void
read_other(struct survey *survey, struct slice path, struct slice used)
{
	const struct tree_wish wish = {.path = path};
	struct source source;
	struct stat info;
	struct err err;

	if (survey_is_given(survey, path) || slice_equal(path, used) ||
		tree_look(&survey->tree, &wish, &info, &err) != TREE_READ ||
		!S_ISREG(info.st_mode) ||
		!survey_read(survey, path, SURVEY_MAY_BE_ABSENT, &source) ||
		!is_filter(source.text))
		return;
	source.state = RULE_INACTIVE;
	source.note = SLICE("no router names it");
	exim_filter_read(survey, &source, RULE_UNKNOWN);
}

/* Filters beside the configuration that no router names: whose they are
 * nobody says, and they are not in use. */
static void
read_others(struct survey *survey, struct slice used)
{
	static const char *const folders[] = {"/etc/exim4", "/etc/exim"};
	struct tree_names names;

	for (size_t i = 0; i < sizeof(folders) / sizeof(*folders); i++) {
		if (!survey_list(survey, slice_of(folders[i]), &names))
			continue;
		for (size_t k = 0; k < names.count; k++) {
			read_other(survey,
				arena_printf(survey->arena, "%s/%s", folders[i],
					names.at[k]),
				used);
		}
		tree_list_free(&names);
	}
}

static void
read_system_filter(struct survey *survey, const struct exim_rules *site)
{
	struct slice path =
		exim_conf_option(survey, &site->conf, SLICE("system_filter"));
	struct source source;

	if (path.len > 0 &&
		survey_read(survey, path, SURVEY_MUST_BE_THERE, &source))
		exim_filter_read(survey, &source, SLICE("*"));
}

void
exim_rules_read(struct survey *survey, const struct exim_rules *site)
{
	struct slice rest = routers_of(site);
	struct router router;

	survey->runs_procmail |=
		slice_find(site->conf.text, SLICE("/procmail")) != SLICE_NONE;
	survey->runs_maildrop |=
		slice_find(site->conf.text, SLICE("/maildrop")) != SLICE_NONE;
	survey->mta = "Exim";
	for (size_t i = 0;
		i < ROUTERS_MAX && next_router(survey, &rest, &router); i++)
		read_router(survey, site, &router);
	read_system_filter(survey, site);
	read_others(survey,
		exim_conf_option(survey, &site->conf, SLICE("system_filter")));
	survey->mta = NULL;
}

struct slice
exim_rules_next_file(
	struct survey *survey, const struct exim_rules *site, size_t *at)
{
	struct slice rest = routers_of(site);
	struct router router;
	size_t index = 0;

	while (next_router(survey, &rest, &router)) {
		if (slice_equal(router.driver, SLICE("redirect")) &&
			router.file.len > 0 && index++ == *at) {
			(*at)++;
			return router.file;
		}
	}
	return slice_of(NULL);
}
