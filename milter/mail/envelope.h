/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The envelope of a message that is kept as text: fields on top of its
 * header, put there by whoever knew it (a queue file, the command line).
 */
#ifndef MAIL_ENVELOPE_H
#define MAIL_ENVELOPE_H

#define ENVELOPE_FROM "X-Envelope-From"
#define ENVELOPE_TO "X-Envelope-To"
#define ENVELOPE_CLIENT "X-Envelope-Client" /* address and name */
#define ENVELOPE_USER "X-Envelope-User"
#define ENVELOPE_LISTENER "X-Envelope-Listener"

#endif
