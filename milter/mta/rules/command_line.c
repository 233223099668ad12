/* SPDX-License-Identifier: BSD-2-Clause */
/* Commands of aliases, .forward files and filters. */
#include "mta/rules/command_line.h"

#include <ctype.h>
#include <string.h>

#define SHOWN_BYTES 200

static const char *const senders[] = {"curl", "wget", "nc", "ncat", "netcat",
	"socat", "ssh", "scp", "sftp", "rsync", "ftp", "telnet", "python",
	"python2", "python3", "perl", "ruby", "php", "node", "sh", "bash",
	"mail", "mailx", "mutt", "msmtp", "ssmtp", "nullmailer-inject", "swaks",
	"sendmail", "exim", "exim4", "openssl", "forward", "resend"};

static const char *const deliverers[] = {"procmail", "maildrop", "dovecot-lda",
	"deliver", "dovecot-lda-static", "lmtp", "cyrdeliver", "mail.local",
	"vacation"};

static bool
is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* The next word as sh(1) parts them, quotes left where they are. */
static bool
next_word(struct slice *rest, struct slice *word)
{
	char quote = '\0';
	size_t i = 0;

	while (rest->len > 0 && is_space(rest->p[0]))
		*rest = slice_sub(*rest, 1, rest->len);
	if (rest->len == 0)
		return false;
	for (; i < rest->len; i++) {
		char c = rest->p[i];

		if (quote != '\0') {
			quote = c == quote ? '\0' : quote;
		} else if (c == '"' || c == '\'') {
			quote = c;
		} else if (is_space(c)) {
			break;
		}
	}
	*word = slice_sub(*rest, 0, i);
	*rest = slice_sub(*rest, i, rest->len);
	return true;
}

static bool
is_of_local(char c)
{
	return isalnum((unsigned char)c) || strchr("._+-%#~!&", c) != NULL;
}

static bool
is_of_domain(char c)
{
	return isalnum((unsigned char)c) || c == '.' || c == '-' ||
		(unsigned char)c >= 0x80;
}

/* The longest that looks like an address around the next '@' of *rest. */
static bool
next_address(struct slice *rest, struct slice *local, struct slice *domain)
{
	size_t at = 0;

	while ((at = slice_find_byte(*rest, '@', at)) != SLICE_NONE) {
		size_t from = at, to = at + 1;

		while (from > 0 && rest->p[from - 1] != '\0' &&
			is_of_local(rest->p[from - 1]))
			from--;
		while (to < rest->len && is_of_domain(rest->p[to]))
			to++;
		if (from < at && to > at + 1) {
			*local = slice_sub(*rest, from, at);
			*domain = slice_sub(*rest, at + 1, to);
			*rest = slice_sub(*rest, to, rest->len);
			return true;
		}
		at++;
	}
	return false;
}

/* An option whose value is who sends. */
static bool
is_sender_option(struct slice word)
{
	static const char *const names[] = {"-f", "-r", "-F", "--mail-from",
		"--from", "--sender", "-from", "--envelope-from"};

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		if (slice_equal(word, slice_of(names[i])))
			return true;
	}
	return false;
}

/* Is the whole word about the sender: "-fuser@x", "--from=user@x"? */
static bool
names_sender(struct slice word)
{
	return (word.len > 2 && word.p[0] == '-' &&
		       (word.p[1] == 'f' || word.p[1] == 'r') &&
		       word.p[2] != 'r') ||
		slice_starts_fold(word, SLICE("--mail-from=")) ||
		slice_starts_fold(word, SLICE("--from=")) ||
		slice_starts_fold(word, SLICE("--sender="));
}

/* smtp://user:secret@host/: a login, no address. */
static bool
is_url(struct slice word)
{
	return slice_find(word, SLICE("://")) != SLICE_NONE &&
		slice_find_fold(word, SLICE("mailto:")) == SLICE_NONE;
}

bool
command_line_next(struct command_line *command, const struct inside *inside,
	struct arena *arena, struct slice *address)
{
	for (struct slice word; next_word(&command->rest, &word);) {
		bool skip = command->after_sender || names_sender(word) ||
			is_url(word);
		struct slice local, domain;
		struct target target;

		command->after_sender = is_sender_option(word);
		while (!skip && next_address(&word, &local, &domain)) {
			if (!inside_resolve(
				    inside, arena, local, domain, &target) ||
				!target.external)
				continue;
			*address = target.address.text;
			/* What is left of the word comes first again. */
			if (word.len > 0) {
				command->rest.p = word.p;
				command->rest.len += word.len;
			}
			return true;
		}
	}
	return false;
}

/* "exec /usr/bin/procmail -t" -> "procmail" */
static struct slice
program_name(struct slice command)
{
	struct slice word = SLICE("");

	while (next_word(&command, &word)) {
		size_t slash;

		while (word.len > 0 && strchr("\"'(", word.p[0]) != NULL)
			word = slice_sub(word, 1, word.len);
		while (word.len > 0 &&
			strchr("\"');", word.p[word.len - 1]) != NULL)
			word.len--;
		/* Words that only lead to the program. */
		if (slice_equal(word, SLICE("exec")) ||
			slice_equal(word, SLICE("env")) ||
			slice_equal(word, SLICE("nice")) ||
			slice_equal(word, SLICE("IFS=' '")) ||
			slice_equal(word, SLICE("&&")) ||
			slice_find_byte(word, '=', 0) != SLICE_NONE)
			continue;
		slash = word.len;
		while (slash > 0 && word.p[slash - 1] != '/')
			slash--;
		return slice_sub(word, slash, word.len);
	}
	return SLICE("");
}

static bool
is_one_of(struct slice name, const char *const names[], size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (slice_equal(name, slice_of(names[i])))
			return true;
	}
	return false;
}

bool
command_line_may_send(struct slice command)
{
	return is_one_of(program_name(command), senders,
		sizeof(senders) / sizeof(*senders));
}

bool
command_line_delivers(struct slice command)
{
	return is_one_of(program_name(command), deliverers,
		sizeof(deliverers) / sizeof(*deliverers));
}

struct slice
command_line_shown(struct arena *arena, struct slice command, bool full)
{
	if (full || command.len <= SHOWN_BYTES)
		return command;
	return arena_printf(arena, "%.*s... (--full shows all)",
		SLICE_ARG(slice_sub(command, 0, SHOWN_BYTES)));
}
