/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the daemon answers to its own subcommands, to Prometheus and to
 * probes. Knows nothing of HTTP's wire: a request in, an answer out.
 *
 *   GET  /healthz                 the worker lives
 *   GET  /readyz                  ... and its store answers
 *   GET  /metrics                 Prometheus text
 *   GET  /v1/status
 *   GET  /v1/top?limit=N&at=MS    mailboxes by flows of that UTC day; hours=1:
 *                                 at most 20, each with its last 24 hours
 *   GET  /v1/mailbox/ADDRESS
 *   GET  /v1/routes?since=MS&new=MS&mailbox=ADDRESS&limit=N
 *   GET  /v1/one-way?since=MS&mailbox=ADDRESS&limit=N
 *   GET  /v1/destination/ADDRESS?limit=N
 *   GET  /v1/events?after=ID&limit=N&wait=MS
 *   GET  /v1/events?brief=1       the same in a line each, for the page
 *   GET  /v1/event/ID             one, and what its evidence means
 *   GET  /v1/contained            what is, by whom, why, until when
 *   POST /v1/contain/NAME?for=MS&by=&why=[&as=destination][&outgoing=1]
 *   POST /v1/uncontain/NAME?by=[&as=destination]
 *   GET  /v1/probe/WORD           listeners that showed it (mta/probe.h)
 *   POST /v1/forget/ADDRESS
 *   POST /v1/logged?mailbox=&destination=&id=&kind=&by=&sure=&at=
 *                                 a flow of which a log tells
 *   POST /v1/rule?event=JSON      a rule at rest that is new or changed
 *   GET  /v1/held?after=ID        events that held mail, or ended a hold
 *   POST /v1/held/QUEUEID?act=&event=&by=&why=&failed=
 *                                 what was done, or could not be: an event
 *   POST /v1/held-seen?count=&oldest=&list=&every=
 *                                 a look at the queue; answers what is asked
 *   POST /v1/held-part?list=&first=&last=&rows=JSON
 *   GET  /v1/held-list            what is held, by host, and what is asked
 *   POST /v1/held-ask/QUEUEID?act=release|delete&host=&event=&by=&why=
 *   POST /v1/held-done/QUEUEID?act=&event=&host=
 *   GET  /v1/alerts               what becomes of alerts
 *   POST /v1/alerts-test          sends one
 *   POST /v1/reload               waits until it is done; 409: it is not
 *
 * The first three are public; the others tell who forwards to whom and are
 * for the control socket, whose permissions say who may ask. Where there is a
 * page (page.h), those that it needs are answered on the port, too, to whom it
 * lets in.
 */
#ifndef DAEMON_API_H
#define DAEMON_API_H

#include "daemon/api_request.h"

/* Fills the answer; the caller frees its body. Thread-safe. May wait, for
 * events, as long as the request asks for, at most half a minute. */
void api_answer(struct api *, const struct api_request *, struct api_answer *);

#endif
