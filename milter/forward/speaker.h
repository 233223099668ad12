/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Who said it. Four classes of people write into a message, and each of them
 * is believed about something else; what an observation or an excuse is worth
 * is decided by its speaker, found where it is made.
 */
#ifndef FORWARD_SPEAKER_H
#define FORWARD_SPEAKER_H

/* The most trusted first. */
enum speaker {
	SPEAKER_MTA, /* this connection, and our own trace lines inside
		      * custody: believed about everything */
	SPEAKER_STORE, /* what our own intake saw: everything */
	SPEAKER_SOFTWARE, /* a product of ours, on mail that came to it from
			   * outside: the mailbox it names */
	SPEAKER_LOGIN, /* who handed the message in, by login or as a local
			* user: himself */
	SPEAKER_STRANGER, /* a foreign client: nobody of ours */
	SPEAKER_COUNT
};

/* "mta", "store", "software", "login", "stranger". */
const char *speaker_name(enum speaker);

#endif
