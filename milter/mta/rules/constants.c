/* SPDX-License-Identifier: BSD-2-Clause */
/* Variables of scripts. */
#include "mta/rules/constants.h"

#include "base/buf.h"

#define CONSTANTS_MAX 2000
#define TEXT_BYTES 4096

static struct constant *
find(const struct constants *all, struct slice name)
{
	for (size_t i = all->count; i > 0; i--) {
		struct constant *one = &all->at[i - 1];

		if (all->fold ? slice_equal_fold(one->name, name)
			      : slice_equal(one->name, name))
			return one;
	}
	return NULL;
}

void
constants_begin(
	struct constants *constants, struct arena *arena, struct slice home)
{
	*constants = (struct constants){.arena = arena};
	constants_set(constants,
		&(struct constant){
			.name = SLICE("HOME"), .values = {home}, .count = 1},
		false);
}

bool
constants_is_name(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
		(c >= '0' && c <= '9');
}

const struct constant *
constants_find(const struct constants *all, struct slice name)
{
	return find(all, name);
}

static void
add_value(struct constant *one, struct slice value)
{
	for (size_t i = 0; i < one->count; i++) {
		if (slice_equal(one->values[i], value))
			return;
	}
	if (one->count < CONSTANTS_VALUES && !slice_is_absent(value)) {
		one->values[one->count++] = value;
	} else {
		one->vague = true;
	}
}

void
constants_set(struct constants *all, const struct constant *given, bool maybe)
{
	struct constant *one = find(all, given->name);

	if (one == NULL) {
		if (all->count >= CONSTANTS_MAX)
			return;
		struct constant *grown = arena_grow(all->arena, all->at,
			all->count, &all->room, sizeof(*grown));
		if (grown == NULL)
			return;
		all->at = grown;
		one = &grown[all->count++];
		*one = (struct constant){
			.name = arena_copy(all->arena, given->name)};
	}
	if (!maybe) {
		one->count = 0;
		one->vague = false;
	}
	one->vague |= given->vague;
	for (size_t i = 0; i < given->count; i++)
		add_value(one, given->values[i]);
}

/* Every text so far, with each of the endings behind it. */
static void
append(struct arena *arena, struct constant *out, const struct constant *tails)
{
	struct constant made = {
		.name = out->name, .vague = out->vague || tails->vague};

	for (size_t i = 0; i < out->count; i++) {
		for (size_t j = 0; j < tails->count; j++) {
			const struct slice parts[] = {
				out->values[i], tails->values[j]};

			add_value(&made,
				parts[0].len + parts[1].len > TEXT_BYTES
					? slice_of(NULL)
					: arena_join(arena, parts, 2));
		}
	}
	*out = made;
}

void
constants_expand(const struct constants *all, struct slice text,
	constants_scan_fn *scan, struct constant *out)
{
	size_t i = 0, plain = 0;

	*out = (struct constant){.values = {SLICE("")}, .count = 1};
	while (i < text.len && out->count > 0) {
		struct constant tail = {.count = 1};
		struct slice name;
		size_t end;

		if (!scan(text, i, &end, &name)) {
			i++;
			continue;
		}
		tail.values[0] = slice_sub(text, plain, i);
		append(all->arena, out, &tail);
		const struct constant *value = constants_find(all, name);
		append(all->arena, out,
			value != NULL ? value
				      : &(struct constant){.vague = true});
		plain = i = end;
	}
	append(all->arena, out,
		&(struct constant){.values = {slice_sub(text, plain, text.len)},
			.count = 1});
}
