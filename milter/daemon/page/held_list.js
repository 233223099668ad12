/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What is held, host by host. The queue is the mail server's, and the daemon
 * may not read it: of its own host a service that may tells what it saw there;
 * of the others, and where there is no such service, the events tell.
 */
import {askIfThere} from "/page/server.js";
import {feed, heldByEvents} from "/page/feed.js";

/* Rows of a queue, in the shape of an event's, with what that says. */
function rowsOf(host, asks) {
	const known = new Map(feed.rows.filter((row) => row.id)
		.map((row) => [row.id, row]));
	return (host.held || []).map((one) => ({
		...known.get(one.event), ...one, at: one.since, queue_id: one.id, id: one.event,
		host: host.host,
		asked: asks.find((ask) => ask.host === host.host &&
			ask.id === one.id && (!ask.event ||
			ask.event === one.event)),
	}));
}

function withEvents(host, asks) {
	return heldByEvents().filter((row) => !row.host ||
		row.host === host.host).map((row) => ({...row,
		event: row.id, host: host.host,
		asked: asks.find((ask) => ask.host === host.host &&
			ask.id === row.queue_id)}));
}

/* {hosts, rows}; hosts null: by the events alone. */
export async function loadHeld() {
	const list = await askIfThere("/v1/held-list");
	if (!list)
		return {hosts: null, rows: heldByEvents()};
	const asks = list.asks || [];
	const rows = (list.hosts || []).flatMap((host) =>
		host.own && !host.seen ? withEvents(host, asks)
			: rowsOf(host, asks));
	rows.sort((one, two) => new Date(two.at) - new Date(one.at));
	return {hosts: list.hosts || [], rows};
}
