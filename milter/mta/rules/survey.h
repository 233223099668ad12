/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One audit under way: the tree it reads, whose domains are ours, what was
 * found. The readers of the several kinds of files all take it first.
 */
#ifndef MTA_RULES_SURVEY_H
#define MTA_RULES_SURVEY_H

#include "mta/rules/inside.h"
#include "mta/rules/recipients.h"
#include "mta/rules/ruleset.h"
#include "mta/rules/tree.h"

#include <stdio.h>
#include <sys/types.h>

#define SURVEY_DEPTH_MAX 10 /* of includes */
#define SURVEY_CONDITION_BYTES 200
#define SURVEY_FILES_MAX 1000 /* a user */

struct survey {
	struct tree tree;
	const char *root; /* of a copy; NULL: the system itself */
	struct inside *inside;
	struct ruleset *set;
	struct arena *arena; /* for what is read; as long as the survey */
	bool full; /* commands are shown whole */
	struct slice delimiters; /* Postfix: recipient_delimiter */
	struct slice host; /* its name's first word */
	/* For whom is read just now. */
	uid_t uid;
	bool in_home; /* for a user, not for the site */
	unsigned files; /* that were read for him */
	struct slice including[SURVEY_DEPTH_MAX]; /* each in the one before */
	unsigned depth; /* of them */
	unsigned included; /* in all */
	size_t most; /* bytes of a file */
	const char *mta; /* "Sendmail", "Exim": goes into notes; or NULL */
	/* Addresses of ours, for tables that can only be asked. */
	struct slice *known;
	size_t known_count, known_room;
	/* Does the MTA itself hand mail to them? */
	bool runs_procmail, runs_maildrop;
	/* Files that were named by hand, and are read as somebody's. */
	const struct slice *given;
	size_t given_count;
};

/* Was it named by hand? */
bool survey_is_given(const struct survey *, struct slice path);
/* One more of our addresses. */
void survey_know(struct survey *, struct slice address);
/* The path for another program: below the root of a copy. Absent when the
 * arena is full. */
struct slice survey_outer_path(struct survey *, struct slice path);

/* A file that was read, and what rules of it have in common. */
struct source {
	struct slice path, text, owner;
	struct slice target; /* where the path's links led */
	uid_t uid;
	mode_t mode;
	int64_t written_ms;
	enum rule_state state;
	bool no_lines; /* they would mean nothing */
	struct slice note, condition; /* of all its rules; or absent */
};

/* Reads a file into the arena. What cannot be read is told, unless it is
 * absent and that is all right. */
enum survey_absence {
	SURVEY_MAY_BE_ABSENT,
	SURVEY_MUST_BE_THERE
};
bool survey_read(struct survey *, struct slice path, enum survey_absence,
	struct source *);
/* The same for one that another includes: survey_enter() comes first, and
 * survey_leave() when the caller is done with it, unless this is false. */
bool survey_include(struct survey *, struct slice path, enum survey_absence,
	struct source *);
/* The same, and it may be no symbolic link; *is_link for that. */
bool survey_read_plain(
	struct survey *, struct slice path, struct source *, bool *is_link);
bool survey_list(struct survey *, struct slice path, struct tree_names *);
void survey_unread(struct survey *, struct slice path, const char *why);
/* Before and after a file is looked through that others may include. False,
 * and that is told, when that is being done already, or they are too many. */
bool survey_enter(struct survey *, struct slice path);
void survey_leave(struct survey *);

/* Adds a rule of a file: path, owner, time and state are the file's, notes
 * and conditions are put behind each other, the destination is made fit to be
 * shown. */
void survey_add(struct survey *, const struct source *, const struct rule *);

/* What rules of one left side have in common. */
struct sender {
	const struct source *source;
	unsigned line;
	struct slice mailbox;
	enum rule_mechanism mechanism;
	bool bare_commands; /* as struct recipients has it */
	bool kept; /* out: something stays inside */
};
/* All recipients of a right side; :include:s are followed. */
void survey_recipients(struct survey *, struct sender *, struct slice text);
/* Of the rules from that one on, a copy stays inside. */
void survey_keep(struct survey *, size_t since);
/* One destination, as it is written; false when it stays inside. */
bool survey_destination(
	struct survey *, struct sender *, const struct recipient *);
/* A command that mail is handed to. */
void survey_command(struct survey *, struct sender *, struct slice command);
/* The next line of a text, with the number of the line that begins it. */
bool survey_next_line(struct slice *rest, unsigned *line, struct slice *out);
/* The next logical line, and the number of its first: what is indented belongs
 * to it, comments and empty lines between do not. */
bool survey_next_entry(
	struct slice *rest, unsigned *line, struct buf *entry, unsigned *begun);
/* Conditions of which all must hold, in words; absent ones do not count. */
struct slice survey_conditions(
	struct survey *, const struct slice *conditions, size_t count);

/*
 * Does it in a child, with the rights of that user where we may give up ours,
 * and takes over what it found. False when it did not come to its end: that
 * is told, under what's name.
 */
struct survey_errand {
	uid_t uid;
	gid_t gid;
	struct slice what;
	void (*deed)(struct survey *, void *ctx);
	void *ctx;
};
bool survey_as(struct survey *, const struct survey_errand *);

#endif
