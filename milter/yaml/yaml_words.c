/* SPDX-License-Identifier: BSD-2-Clause */
/* Kind words for libyaml's. */
#include "yaml/yaml_words.h"

#include <stddef.h>
#include <string.h>

/* What libyaml says, what a person would say, and the remedy. The first row
 * whose text is in libyaml's problem or context wins. */
static const struct yaml_words rows[] = {
	{"mapping values are not allowed", "a \": \" is out of place here",
		"quote the value if the colon belongs to it: 'like: this'; "
		"else look at the indentation of this line and the one above",
		false},
	{"found character '\\t'", "a tab is used for indentation",
		"indent with spaces; YAML allows no tabs there", false},
	{"found a tab", "a tab is used for indentation",
		"indent with spaces; YAML allows no tabs there", false},
	{"while scanning a quoted scalar", "a quote is opened and not closed",
		"close it on this line; inside '...' write ' as ''", true},
	{"found unknown escape character",
		"an unknown escape in a \"double-quoted\" text",
		"write it in 'single quotes': a backslash is itself there",
		false},
	{"did not find expected hexdecimal number",
		"a bad \\x or \\u in a \"double-quoted\" text",
		"write it in 'single quotes': a backslash is itself there",
		false},
	{"while scanning an alias", "a * at the start of a value",
		"quote it: '*@example.com' ; unquoted it would be a YAML "
		"alias",
		true},
	{"while scanning an anchor", "a & at the start of a value",
		"quote it: '&...' ; unquoted it would be a YAML anchor", true},
	{"while scanning a directive", "a % at the start of a line",
		"quote the value if it is one: '%name%'", true},
	{"while scanning a tag", "a ! at the start of a value",
		"quote it: '!...' ; unquoted it would be a YAML tag", true},
	{"cannot start any token", "a value cannot start with this character",
		"quote it: 'like this' (and indent with spaces, not tabs)",
		false},
	{"could not find expected ':'",
		"this line is neither \"key: value\" nor \"- value\"",
		"put a colon and a space after the key, or quote the text "
		"that goes over several lines",
		false},
	{"did not find expected key", "the indentation does not fit here",
		"lines that belong together begin in the same column; a quote "
		"inside a quoted text also does this",
		false},
	{"did not find expected '-' indicator",
		"the indentation does not fit in this list",
		"every \"- \" of one list begins in the same column", false},
	{"block sequence entries are not allowed",
		"a \"- \" is out of place here",
		"begin the list on a line of its own, below its key", false},
	{"did not find expected ',' or '", "a [...] or {...} is not closed",
		"close the bracket, put commas between, and quote what "
		"contains brackets",
		true},
	{"did not find expected node content", "a value is missing here",
		"close the bracket before this; quote what contains brackets "
		"or begins with a colon: '::1'",
		false},
	{"did not find expected <document start>",
		"there is text after the end of the document",
		"put --- on a line of its own between two documents", false},
};

const struct yaml_words *
yaml_words_find(const char *problem, const char *context)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		if (strstr(problem, rows[i].theirs) != NULL ||
			strstr(context, rows[i].theirs) != NULL)
			return &rows[i];
	}
	return NULL;
}
