/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A whole message: envelope lines ("MAIL path params", "RCPT path params"),
 * then the header. Whatever comes, it is judged within its limits and what
 * was counted is there.
 */
#include "fuzz.h"

#include "mail/message.h"

#define ARENA_BYTES (1 << 18)
#define PARAMS_MAX 4

static const struct message_limits limits = {
	.fields = 32,
	.field_bytes = 2048,
	.recipients = 8,
	.addresses = 8,
};

static void
add_path(struct message_builder *builder, struct slice line)
{
	struct slice rest = slice_sub(line, 5, line.len), path;
	struct slice params[PARAMS_MAX];
	size_t count = 0;

	if (!slice_next(&rest, ' ', &path))
		return;
	while (count < PARAMS_MAX && slice_next(&rest, ' ', &params[count]))
		count++;
	if (line.p[0] == 'M') {
		message_set_sender(builder, path, params, count);
	} else {
		message_add_recipient(builder, path, params, count);
	}
}

/* The end of the field that s starts with: a line end with no white space
 * after it. */
static size_t
field_end(struct slice s)
{
	size_t end = slice_find_byte(s, '\n', 0);

	while (end != SLICE_NONE && end + 1 < s.len &&
		(s.p[end + 1] == ' ' || s.p[end + 1] == '\t'))
		end = slice_find_byte(s, '\n', end + 1);
	return end != SLICE_NONE ? end : s.len;
}

static void
add_line(struct message_builder *builder, struct slice line)
{
	size_t colon = slice_find_byte(line, ':', 0);

	if (slice_starts_fold(line, SLICE("MAIL ")) ||
		slice_starts_fold(line, SLICE("RCPT "))) {
		add_path(builder, line);
	} else if (colon != SLICE_NONE) {
		message_add_field(builder, slice_sub(line, 0, colon),
			slice_sub(line, colon + 1, line.len));
	}
}

/* Is it found by its name, behind fields of that name only, and in order? */
static bool
is_chained(const struct message *message, const struct field *field)
{
	const struct field *found = message_first_named(message, field->name);

	while (found != NULL && found->index < field->index) {
		FUZZ_ASSERT(slice_equal_fold(found->name, field->name));
		found = message_next(found);
	}
	return found == field;
}

static void
check(const struct message *message)
{
	FUZZ_ASSERT(message->field_count <= 2 * limits.fields);
	FUZZ_ASSERT(message->rcpt_count <= limits.recipients);
	FUZZ_ASSERT(message->rcpt_count <= message->rcpt_total);
	FUZZ_ASSERT(message->rcpt_external <= message->rcpt_count);
	FUZZ_ASSERT(message->from.count <= limits.addresses);
	FUZZ_ASSERT(!message->null_sender || message->bounce);
	FUZZ_ASSERT(message->gaps < 1U << GAP_COUNT);
	for (size_t i = 0; i < message->field_count; i++) {
		const struct field *field = &message->fields[i];

		FUZZ_ASSERT(field->index == i);
		FUZZ_ASSERT(field->id == name_find(field->name));
		FUZZ_ASSERT(is_chained(message, field));
	}
	for (size_t i = 0; i < message->hop_count; i++) {
		FUZZ_ASSERT(
			message->hops[i].field_index < message->field_count);
	}
	for (size_t i = 0; i < message->rcpt_count; i++)
		FUZZ_ASSERT(slice_is_utf8(message->rcpts[i].address.text));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice rest = fuzz_slice(data, size);
	struct realm *realm = realm_new();
	struct arena *arena = arena_new(ARENA_BYTES);
	struct message_builder *builder = message_begin(arena, realm, &limits);
	const struct message *message;

	(void)realm_add_domain(realm, SLICE("example.com"), NULL);
	while (rest.len > 0) {
		size_t end = field_end(rest);

		add_line(builder, slice_sub(rest, 0, end));
		rest = slice_sub(rest, end + 1, rest.len);
	}
	message = message_finish(builder, 0);
	check(message);
	if (message->rcpt_count > 0) {
		FUZZ_ASSERT(
			message_identity(message, message->rcpts).len <= 32);
	}
	arena_free(arena);
	realm_free(realm);
	return 0;
}
