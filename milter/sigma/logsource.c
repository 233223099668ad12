/* SPDX-License-Identifier: BSD-2-Clause */
/* Log sources. */
#include "sigma/logsource.h"

#include <stddef.h>
#include <stdio.h>

#define AT(member) offsetof(struct logsource, member)

static const struct reader_key keys[] = {
	{"category", &reader_slice, .offset = AT(category)},
	{"product", &reader_slice, .offset = AT(product)},
	{"service", &reader_slice, .offset = AT(service)},
	{"definition", .type = &reader_any},
};

static const struct reader_table table = {
	.keys = keys,
	.count = sizeof(keys) / sizeof(*keys),
	.where = " in the log source",
	.open = true,
	.null_is_default = true,
};

static bool
is_source(struct slice part, const char *ours)
{
	return ours == NULL ||
		(part.p != NULL && slice_equal(part, slice_of(ours)));
}

static bool
read_service(
	struct build *build, struct rule *rule, const struct yaml_node *map)
{
	const char *const *services = build->options->services;
	struct reader r = build_reader(build);
	int service;

	rule->services = SIGMA_SERVICE_ANY;
	rule->said.service = rule->logsource.service;
	if (services == NULL || rule->logsource.service.p == NULL)
		return true;
	service = reader_word_of(
		&r, yaml_find(map, "service"), "service", services);
	if (service >= 0)
		rule->services = 1U << service;
	return service >= 0;
}

bool
logsource_read(
	struct build *build, struct rule *rule, const struct yaml_node *root)
{
	const struct sigma_options *options = build->options;
	const struct yaml_node *map = yaml_find(root, "logsource");
	struct logsource *source = &rule->logsource;
	struct reader r = build_reader(build);
	char hint[128] = "write logsource: and what it is of below it";

	if (options->category != NULL && options->product != NULL) {
		(void)snprintf(hint, sizeof(hint),
			"write logsource: {category: %s, product: %s}",
			options->category, options->product);
	}
	if (map == NULL || map->kind != YAML_MAP) {
		return build_error(build, map != NULL ? map->mark : rule->mark,
			hint,
			map != NULL ? "logsource must be a map"
				    : "there is no logsource");
	}
	if (!reader_map(&r, &table, map, source))
		return false;
	rule->foreign = !is_source(source->category, options->category) ||
		!is_source(source->product, options->product);
	return rule->foreign || read_service(build, rule, map);
}

static bool
part_contains(struct slice filter, struct slice rule)
{
	return filter.p == NULL ||
		(rule.p != NULL && slice_equal(filter, rule));
}

/* Are all events of the rule's log source of the filter's, too? */
bool
logsource_contains(const struct logsource *filter, const struct logsource *rule)
{
	return part_contains(filter->category, rule->category) &&
		part_contains(filter->product, rule->product) &&
		part_contains(filter->service, rule->service);
}
