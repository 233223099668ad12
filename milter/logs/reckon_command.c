/* SPDX-License-Identifier: BSD-2-Clause */
/* Commands to which a mailbox gives its mail. */
#include "logs/reckon_parts.h"

/* What follows such an option is who sends. */
static bool
is_sender_option(struct slice word)
{
	static const struct slice options[] = {{"-f", 2}, {"-r", 2},
		{"--mail-from", 11}, {"--from", 6}, {"-from", 5}};

	for (size_t i = 0; i < sizeof(options) / sizeof(*options); i++) {
		if (slice_equal(word, options[i]))
			return true;
	}
	return false;
}

static struct slice
bare_address(struct slice word)
{
	static const char around[] = "\"'<>,;()|";

	while (word.len > 0 &&
		memchr(around, word.p[0], sizeof(around) - 1) != NULL)
		word = slice_sub(word, 1, word.len);
	while (word.len > 0 &&
		memchr(around, word.p[word.len - 1], sizeof(around) - 1) !=
			NULL)
		word.len--;
	return word;
}

static bool
is_domain(struct slice text)
{
	for (size_t i = 0; i < text.len; i++) {
		char c = text.p[i];

		if (c >= '!' && c <= '~' && c != '-' && c != '.' && c != '_' &&
			!(c >= '0' && c <= '9') && !(c >= 'A' && c <= 'Z') &&
			!(c >= 'a' && c <= 'z'))
			return false;
	}
	return true;
}

/* "name@domain.tld", and nothing else in it. */
static bool
is_plain_address(struct slice word)
{
	size_t at = slice_find_byte(word, '@', 0);

	return at != SLICE_NONE && at > 0 &&
		is_domain(slice_sub(word, at + 1, word.len)) &&
		slice_find_byte(word, '.', at) != SLICE_NONE &&
		slice_find_byte(word, '/', 0) == SLICE_NONE &&
		slice_find_byte(word, '=', 0) == SLICE_NONE &&
		word.p[word.len - 1] != '.';
}

void
reckon_command(struct judging *j, const struct spot *at)
{
	struct slice rest = slice_of(at->rcpt->command), word;
	const char *mailbox =
		at->rcpt->original[0] != '\0' && at->mail->parent == NULL
		? at->rcpt->original
		: at->rcpt->address;
	struct buf name = {0};
	bool of_sender = false;

	ours_mailbox(j->reckon->ours, slice_of(mailbox), &name);
	if (!found_add_command(j->reckon->found, buf_slice(&name),
		    slice_of(at->rcpt->command), at->rcpt->at_ms))
		j->reckon->failed = true;
	buf_fini(&name);
	while (slice_next(&rest, ' ', &word)) {
		char address[256];

		if (word.len == 0)
			continue;
		if (of_sender || is_sender_option(word)) {
			of_sender = !of_sender;
			continue;
		}
		word = bare_address(word);
		if (word.len >= sizeof(address) || !is_plain_address(word))
			continue;
		memcpy(address, word.p, word.len);
		address[word.len] = '\0';
		if (reckon_first_with(j, address) == NULL)
			reckon_add_of(j, at, mailbox,
				(struct found_flow){
					.destination = slice_of(address),
					.by = FOUND_BY_COMMAND,
					.sure = SURE_COMMAND});
	}
}
