/* SPDX-License-Identifier: BSD-2-Clause */
/* Entries of main.cf and master.cf: read, added and taken out. */
#include "mta/cf_text.h"

#include <string.h>

#define ROUTING "default_transport=" CF_SERVICE

/* What may be ours of the arguments of the service rewrite. */
static const char *const routing[] = {
	"default_transport",
	"sender_dependent_default_transport_maps",
	"sender_dependent_relayhost_maps",
	"address_verify_default_transport",
	"address_verify_sender_dependent_default_transport_maps",
	"address_verify_sender_dependent_relayhost_maps",
};

/* And these, where they refer to a parameter of ours: a site may have its
 * own. */
static const char *const own_routing[] = {
	"transport_maps=$" CF_PARAMETER,
	"address_verify_transport_maps=$" CF_PARAMETER,
	CF_LED,
};

static const char *const milter_lists[] = {
	"smtpd_milters", "non_smtpd_milters"};

#define COUNT(array) (sizeof(array) / sizeof(*(array)))

struct entry {
	struct slice text; /* all its lines with their ends */
	struct slice name; /* absent: a comment or an empty line */
};

static bool
is_blank(char byte)
{
	return byte == ' ' || byte == '\t';
}

/* The length of the first line, its end included. */
static size_t
line_length(struct slice text)
{
	size_t end = slice_find_byte(text, '\n', 0);

	return end != SLICE_NONE ? end + 1 : text.len;
}

static bool
is_comment(struct slice line)
{
	struct slice text = slice_trim(line);

	return text.len == 0 || text.p[0] == '#';
}

/* The length of the entry that begins the text: up to its last line that
 * continues it. */
static size_t
entry_length(struct slice text)
{
	size_t len = line_length(text), at = len;

	while (at < text.len) {
		struct slice rest = slice_sub(text, at, text.len);
		size_t next = line_length(rest);
		if (is_comment(slice_sub(rest, 0, next))) {
			at += next;
			continue;
		}
		if (!is_blank(rest.p[0]))
			break;
		at += next;
		len = at;
	}
	return len;
}

/* The next entry, comment or empty line; false at the end. */
static bool
next_entry(struct slice *rest, struct entry *entry)
{
	size_t len, end = 0;

	if (rest->len == 0)
		return false;
	if (is_comment(slice_sub(*rest, 0, line_length(*rest)))) {
		len = line_length(*rest);
		*entry = (struct entry){slice_sub(*rest, 0, len), {0}};
	} else {
		len = entry_length(*rest);
		while (end < len && strchr(" \t\r\n=", rest->p[end]) == NULL)
			end++;
		*entry = (struct entry){
			slice_sub(*rest, 0, len), slice_sub(*rest, 0, end)};
	}
	*rest = slice_sub(*rest, len, rest->len);
	return true;
}

/* The value of an entry of main.cf, its lines as they are. */
static struct slice
value_of(const struct entry *entry)
{
	size_t sign = slice_find_byte(entry->text, '=', 0);

	return sign != SLICE_NONE
		? slice_trim(slice_sub(entry->text, sign + 1, entry->text.len))
		: SLICE("");
}

static bool
starts_with(struct slice text, const char *head)
{
	return text.len >= strlen(head) &&
		memcmp(text.p, head, strlen(head)) == 0;
}

void
cf_text_add_block(struct slice text, const char *title, struct slice block,
	struct buf *out)
{
	buf_add(out, text);
	if (text.len > 0 && text.p[text.len - 1] != '\n')
		buf_add_byte(out, '\n');
	buf_printf(out, CF_BEGIN "%s\n", title);
	buf_add(out, block);
	buf_puts(out, CF_END "\n");
}

/* The last entry of a name is the one in force. */
static bool
find_last(struct slice text, struct slice name, struct entry *found)
{
	bool is_there = false;

	for (struct entry entry; next_entry(&text, &entry);) {
		if (slice_equal(entry.name, name)) {
			*found = entry;
			is_there = true;
		}
	}
	return is_there;
}

bool
cf_text_next_overridden(struct slice *rest, struct slice *name)
{
	struct entry last;

	for (struct entry entry; next_entry(rest, &entry);) {
		if (entry.name.len > 0 && find_last(*rest, entry.name, &last) &&
			!slice_equal(value_of(&entry), value_of(&last))) {
			*name = entry.name;
			return true;
		}
	}
	return false;
}

bool
cf_text_add_milter(struct slice main, const char *name, struct buf *out)
{
	struct entry entry;

	if (!find_last(main, slice_of(name), &entry))
		return false;
	struct slice whole = slice_trim(entry.text);
	size_t at = (size_t)(whole.p - main.p) + whole.len;
	buf_add(out, slice_sub(main, 0, at));
	buf_puts(out, value_of(&entry).len > 0 ? ", " : " ");
	buf_puts(out, CF_MILTER);
	buf_add(out, slice_sub(main, at, main.len));
	return true;
}

/* The second column of an entry of master.cf. */
static struct slice
service_type(const struct entry *entry)
{
	struct slice rest = slice_trim(
		slice_sub(entry->text, entry->name.len, entry->text.len));
	size_t end = 0;

	while (end < rest.len && strchr(" \t\n", rest.p[end]) == NULL)
		end++;
	return slice_sub(rest, 0, end);
}

static bool
is_service(const struct entry *entry, const char *name)
{
	return slice_equal(entry->name, slice_of(name)) &&
		slice_equal(service_type(entry), SLICE("unix"));
}

bool
cf_text_add_arguments(struct slice master, const char *service,
	struct slice lines, struct buf *out)
{
	bool done = false;

	for (struct entry entry; next_entry(&master, &entry);) {
		buf_add(out, entry.text);
		if (done || !is_service(&entry, service))
			continue;
		if (entry.text.p[entry.text.len - 1] != '\n')
			buf_add_byte(out, '\n');
		buf_add(out, lines);
		done = true;
	}
	return done;
}

/* Without our milter and the comma before it. */
static void
add_without_milter(struct slice text, struct buf *out)
{
	const struct slice ours = SLICE(CF_MILTER);
	size_t at;

	while ((at = slice_find(text, ours)) != SLICE_NONE) {
		size_t end = at;
		if (end > 0 && is_blank(text.p[end - 1]))
			end--;
		if (end < at && end > 0 && text.p[end - 1] == ',')
			end--;
		buf_add(out, slice_sub(text, 0, end));
		text = slice_sub(text, at + ours.len, text.len);
	}
	buf_add(out, text);
}

static bool
is_milter_list(struct slice name)
{
	for (size_t i = 0; i < COUNT(milter_lists); i++) {
		if (slice_equal(name, slice_of(milter_lists[i])))
			return true;
	}
	return false;
}

static bool
is_own_parameter(struct slice name)
{
	return starts_with(name, CF_PARAMETER) || starts_with(name, CF_SERVICE);
}

static bool
is_mark(struct slice text)
{
	return starts_with(text, CF_BEGIN) || starts_with(text, CF_END);
}

void
cf_text_remove_parameters(struct slice main, struct buf *out)
{
	bool inside = false;

	for (struct entry entry; next_entry(&main, &entry);) {
		if (slice_is_absent(entry.name) && is_mark(entry.text)) {
			inside = starts_with(entry.text, CF_BEGIN);
			continue;
		}
		if (is_own_parameter(entry.name))
			continue;
		if (!is_milter_list(entry.name)) {
			buf_add(out, entry.text);
		} else if (!inside ||
			!slice_equal(value_of(&entry), SLICE(CF_MILTER))) {
			add_without_milter(entry.text, out);
		}
	}
}

static bool
is_routing(struct slice argument)
{
	size_t sign = slice_find_byte(argument, '=', 0);

	for (size_t i = 0; i < COUNT(routing); i++) {
		if (slice_equal(
			    slice_sub(argument, 0, sign), slice_of(routing[i])))
			return true;
	}
	for (size_t i = 0; i < COUNT(own_routing); i++) {
		if (starts_with(argument, own_routing[i]))
			return true;
	}
	return false;
}

static size_t
skip_blanks(struct slice text, size_t at)
{
	while (at < text.len && strchr(" \t\r\n", text.p[at]) != NULL)
		at++;
	return at;
}

static size_t
skip_word(struct slice text, size_t at)
{
	while (at < text.len && strchr(" \t\r\n", text.p[at]) == NULL)
		at++;
	return at;
}

/* "-o name=value" with the white space before it, comments let be. */
static void
add_without_routing(struct slice text, struct buf *out)
{
	size_t at = 0;

	while (at < text.len) {
		size_t word = skip_blanks(text, at);
		size_t end = skip_word(text, word);
		if (word < text.len && text.p[word] == '#') {
			end = word +
				line_length(slice_sub(text, word, text.len));
			if (end > word && text.p[end - 1] == '\n')
				end--;
		} else if (slice_equal(
				   slice_sub(text, word, end), SLICE("-o"))) {
			size_t name = skip_blanks(text, end);
			size_t stop = skip_word(text, name);
			if (is_routing(slice_sub(text, name, stop))) {
				at = stop;
				continue;
			}
		}
		buf_add(out, slice_sub(text, at, end));
		at = end;
	}
}

static bool
is_routed(const struct entry *entry)
{
	return is_service(entry, "rewrite") &&
		slice_find(entry->text, SLICE(ROUTING)) != SLICE_NONE;
}

static bool
is_own_service(const struct entry *entry)
{
	return starts_with(entry->name, CF_SERVICE) ||
		(!slice_is_absent(entry->name) &&
			slice_find(entry->text,
				SLICE("cleanup_service_name=" CF_CLEANUP)) !=
				SLICE_NONE);
}

/* Where anything is ours, so is each of these arguments on rewrite: one that
 * was there before is refused. The first may have been taken out by hand. */
static bool
has_ours(struct slice master)
{
	for (struct entry entry; next_entry(&master, &entry);) {
		if (is_own_service(&entry) || is_routed(&entry))
			return true;
	}
	return false;
}

void
cf_text_remove_routing(struct slice master, struct buf *out)
{
	bool ours = has_ours(master);

	for (struct entry entry; next_entry(&master, &entry);) {
		if (is_own_service(&entry) ||
			(ours && is_service(&entry, "rewrite"))) {
			add_without_routing(entry.text, out);
		} else {
			buf_add(out, entry.text);
		}
	}
}

void
cf_text_remove_services(struct slice master, struct buf *out)
{
	for (struct entry entry; next_entry(&master, &entry);) {
		bool marked =
			slice_is_absent(entry.name) && is_mark(entry.text);
		if (!marked && !is_own_service(&entry))
			buf_add(out, entry.text);
	}
}

bool
cf_text_is_attached(struct slice main, struct slice master)
{
	for (struct entry entry; next_entry(&main, &entry);) {
		if (is_own_parameter(entry.name) ||
			(is_milter_list(entry.name) &&
				slice_find(entry.text, SLICE(CF_MILTER)) !=
					SLICE_NONE))
			return true;
	}
	return has_ours(master);
}

bool
cf_text_is_routed(struct slice master)
{
	for (struct entry entry; next_entry(&master, &entry);) {
		if (is_routed(&entry))
			return true;
	}
	return false;
}

struct slice
cf_text_title(struct slice text)
{
	for (struct entry entry; next_entry(&text, &entry);) {
		if (slice_is_absent(entry.name) &&
			starts_with(entry.text, CF_BEGIN))
			return slice_trim(slice_sub(
				entry.text, strlen(CF_BEGIN), entry.text.len));
	}
	return SLICE("");
}

unsigned
cf_text_recipe(struct slice text)
{
	const struct slice word = SLICE("recipe ");
	struct slice title = cf_text_title(text);
	size_t at = slice_find(title, word);
	unsigned number = 0;

	if (at == SLICE_NONE)
		return 0;
	for (at += word.len;
		at < title.len && title.p[at] >= '0' && title.p[at] <= '9';
		at++)
		number = number * 10 + (unsigned)(title.p[at] - '0');
	return number;
}
