/* SPDX-License-Identifier: BSD-2-Clause */
/* One mailbox's story. */
import {allow, button, contain, disallow, uncontain} from "/page/acts.js";
import {ago, card, el, empty, moment, number, redraw, said, table, until}
	from "/page/dom.js";
import {eventTable, facts, heading, routeColumns} from "/page/parts.js";
import {feed} from "/page/feed.js";
import {ask} from "/page/server.js";
import {heldTable} from "/page/view_held.js";
import {loadHeld} from "/page/held_list.js";
import {meter, sparkline} from "/page/charts.js";

const EVENTS = 200;

function eventsOf(mailbox) {
	return feed.rows.filter((row) => row.mailbox === mailbox ||
		(row.others || []).some((other) => other.mailbox === mailbox))
		.slice(-EVENTS).reverse();
}

function containment(box) {
	const order = box.contained;
	if (!order)
		return null;
	return el("div", {class: "notice bad-ground"},
		el("strong", {}, "Contained"), " by ", said(order.by || "", 60),
		": ", said(order.why || "", 200), " \u2013 ", until(order.until),
		" ", button("Let it go", () => uncontain(box.mailbox)));
}

function record(box) {
	return card("Record", facts([
		["Received", number(box.received)],
		["Forwarded", number(box.forwarded)],
		["Tagged", number(box.tagged)],
		["Held now", number(box.held)],
		box.would > 0 && ["Enforce would have held", number(box.would)],
		["Destinations", number(box.destinations)],
		["A person", box.person ? "yes: has logged in or written mail"
			: "not as far as is known"],
		["First forward", box.first ? moment(box.first) : "never"],
		["Last forward", box.last ? moment(box.last) : "never"],
	]));
}

function day(box) {
	return card("The last 24 hours",
		el("h3", {}, "Forwarded"), sparkline(box.forwarded_by_hour, 320, 44),
		el("h3", {}, "Received"), sparkline(box.received_by_hour, 320, 44));
}

function routes(box) {
	const act = {title: "", class: "fit", cell: (row) => row.allowed
		? button("Take back", () => disallow(row.mailbox, row.destination))
		: button("Allow", () => allow(row.mailbox, row.destination))};
	const columns = routeColumns.slice(1).concat(act);
	return card("Routes", box.routes && box.routes.length > 0
		? table("Routes", columns, box.routes)
		: empty("It forwards to nobody, as far as is known."));
}

/* How near each policy that counts is to its threshold. */
function windows(box) {
	const list = box.windows || [];
	if (list.length === 0)
		return null;
	return card("What policies count of it", table("Counts", [
		{title: "Policy", class: "wide", cell: (row) =>
			said(row.title || row.policy, 90)},
		{title: "", class: "fit", cell: (row) => row.threshold
			? meter(row.count, row.threshold,
				row.count >= row.threshold ? "v-quarantine"
					: "v-tag") : null},
		{title: "Count", class: "num", cell: (row) => number(row.count) +
			(row.threshold ? " of " + number(row.threshold) : "")},
		{title: "Newest", class: "time", cell: (row) => ago(row.newest)},
	], list));
}

function allowed(box) {
	const list = box.allowed || [];
	if (list.length === 0)
		return null;
	return card("Allowed", table("Allowed", [
		{title: "Destination", class: "wide", cell: (row) =>
			said(row.destination, 80)},
		{title: "By", cell: (row) => said(row.by, 60)},
		{title: "Why", class: "why", cell: (row) => said(row.why, 120)},
		{title: "Until", class: "time", cell: (row) => until(row.until)},
	], list));
}

function heldCard(held, address) {
	const rows = held.rows.filter((row) => row.mailbox === address);
	return rows.length > 0
		? card("Held now", heldTable(held.hosts, rows)) : null;
}

/* What the rules at rest were found to be, when they were new or changed. */
function rules(list) {
	const found = list.filter((row) => String(row.action).startsWith("rule"));
	if (found.length === 0)
		return card("Rules at rest", empty(
			"No audit has told of a rule of this mailbox among the " +
			"events kept; \"forwarden mailbox\" reads those of this " +
			"machine."));
	return card("Rules at rest", eventTable(found));
}

export function mailbox(place, address) {
	let box = null;
	let held = null;
	function draw() {
		if (!box)
			return;
		const list = eventsOf(box.mailbox);
		redraw(place, heading(said(box.mailbox, 120),
			el("div", {class: "row"}, box.contained ? null
				: button("Contain", () => contain(box.mailbox), true))),
		containment(box),
		box.known ? null : el("p", {class: "notice"},
			"Forwarden knows nothing of this mailbox."),
		el("div", {class: "columns even"}, record(box), day(box)),
		heldCard(held, box.mailbox), routes(box), windows(box), allowed(box), rules(list),
		card("Timeline", list.length > 0 ? eventTable(list)
			: empty("No event of it is among those that are kept.")));
	}
	return {title: "Mailbox", draw, async load() {
		[box, held] = await Promise.all([
			ask("/v1/mailbox/" + encodeURIComponent(address)),
			loadHeld()]);
		draw();
	}};
}
