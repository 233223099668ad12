/* SPDX-License-Identifier: BSD-2-Clause */
/* What is contained, and what is allowed. */
import {allow, button, contain, disallow, mayAct, uncontain}
	from "/page/acts.js";
import {ask, askIfThere} from "/page/server.js";
import {card, el, empty, moment, redraw, said, table, until}
	from "/page/dom.js";
import {feed} from "/page/feed.js";
import {heading, mailboxLink} from "/page/parts.js";

/* By the events, where the daemon has no list: the last word on each. */
function containedByEvents() {
	const last = new Map();
	for (const row of feed.rows) {
		if (row.action === "contain" || row.action === "uncontain")
			last.set(row.mailbox, row);
	}
	return [...last.values()].filter((row) => row.action === "contain" &&
		new Date(row.until).getTime() > Date.now());
}

const who = [
	{title: "By", cell: (row) => said(row.by || "", 60)},
	{title: "Why", class: "why", cell: (row) => said(row.why || "", 160)},
	{title: "Since", class: "time", cell: (row) =>
		moment(row.since || row.at)},
	{title: "Until", class: "time", cell: (row) => until(row.until)},
];

const any = (address) => address === "any" || address === "*"
	? el("span", {}, "any mailbox") : mailboxLink(address);

function containedCell(row) {
	const more = row.all_outgoing ? el("span", {class: "chip c-contain"},
		"what people write, too") : null;
	if (row.what && row.what !== "mailbox")
		return el("span", {}, el("span", {class: "faint"}, row.what + " "),
			said(row.name, 100), " ", more);
	return el("span", {}, mailboxLink(row.name || row.mailbox), " ", more);
}

function containedTable(list) {
	return table("Contained", [
		{title: "Contained", class: "wide", cell: containedCell},
		...who,
		{title: "", class: "fit", cell: (row) => button("Let go",
			() => uncontain(row.name || row.mailbox, row.what))},
	], list);
}

function allowedTable(list) {
	return table("Allowed", [
		{title: "Mailbox", cell: (row) => any(row.mailbox)},
		{title: "Destination", class: "wide", cell: (row) =>
			said(row.destination, 100)},
		...who,
		{title: "", class: "fit", cell: (row) => button("Take back",
			() => disallow(row.mailbox, row.destination))},
	], list);
}

export function orders(place) {
	return {title: "Orders", draw() {}, async load() {
		const [given, answer] = await Promise.all([
			askIfThere("/v1/contained"), ask("/v1/allowed")]);
		const contained = given ? given.contained || []
			: containedByEvents();
		const allowed = answer.allowed || [];
		redraw(place, heading("Contained and allowed",
			mayAct() ? el("div", {class: "row"},
				button("Contain", () => contain(""), true),
				button("Allow a route", () => allow("", ""))) : null),
		card("Contained", contained.length > 0
			? containedTable(contained)
			: empty("Nothing is contained.")),
		card("Allowed", allowed.length > 0 ? allowedTable(allowed)
			: empty("Nothing is allowed: all is judged by the " +
				"policies.")));
	}};
}
