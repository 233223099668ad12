/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * main.cf and master.cf as texts, entry by entry (postconf(5), master(5)): a
 * line that begins with white space continues the one before it, and a
 * comment may stand between the two.
 *
 * What is put in can be taken out again by its names, whatever was edited
 * since: cf_text_remove_*() of what cf_text_add_*() made is the old text,
 * byte for byte, where its last line has an end.
 */
#ifndef MTA_CF_TEXT_H
#define MTA_CF_TEXT_H

#include "base/buf.h"
#include "base/slice.h"

#include <stdbool.h>

/* The names that are ours in main.cf begin so. */
#define CF_PARAMETER "forwarden_"
#define CF_SERVICE "forwarden-"
#define CF_MILTER "$forwarden_milter"
/* An smtpd of master.cf is ours if it hands its mail to this. */
#define CF_CLEANUP CF_SERVICE "cleanup"
/* Its argument where mail is led to it, and the parameter it refers to. */
#define CF_LED "smtpd_banner=$" CF_PARAMETER "led"
/* Around what was added to a file. */
#define CF_BEGIN "# BEGIN forwarden"
#define CF_END "# END forwarden"

/* Puts a block of lines, each with its end, between marks after a text. */
void cf_text_add_block(struct slice text, const char *title, struct slice block,
	struct buf *out);
/* Adds our milter to the list of that name, as it is in force; false, and
 * nothing is written, when the text does not set it. */
bool cf_text_add_milter(struct slice main, const char *name, struct buf *out);
/* Puts lines of "  -o name=value" after the service of that name and type
 * unix; false when there is none. */
bool cf_text_add_arguments(struct slice master, const char *service,
	struct slice lines, struct buf *out);

/* The next entry of main.cf that a later one overrides, with another value;
 * false at the end. */
bool cf_text_next_overridden(struct slice *rest, struct slice *name);

/* main.cf without what is ours. */
void cf_text_remove_parameters(struct slice main, struct buf *out);
/* master.cf without our arguments on rewrite, and without the listener's that
 * says so: mail leaves as it did. */
void cf_text_remove_routing(struct slice master, struct buf *out);
/* master.cf without our services, the routing aside. */
void cf_text_remove_services(struct slice master, struct buf *out);

/* Is anything of ours in either file? */
bool cf_text_is_attached(struct slice main, struct slice master);
/* Is mail that leaves led to our listener? */
bool cf_text_is_routed(struct slice master);
/* What stands after the mark of the first block; empty without one. */
struct slice cf_text_title(struct slice text);
/* The recipe's number in the block's title; 0 where there is none. */
unsigned cf_text_recipe(struct slice text);

#endif
