/* SPDX-License-Identifier: BSD-2-Clause */
/* What more than one view shows. */
import {actionWord, isVerdict, wouldWord} from "/page/words.js";
import {ago, cut, el, moment, number, said, table} from "/page/dom.js";
import {sparkline} from "/page/charts.js";

export function mailboxLink(address) {
	if (!address)
		return el("span", {class: "faint"}, "unknown");
	return el("a", {href: "#/mailbox/" + encodeURIComponent(address)},
		said(address, 60));
}

export function chip(row) {
	const word = isVerdict(row) && row.would !== row.action
		? wouldWord(row.would) : "";
	if (word)
		return el("span", {class: "chip would c-" + row.would,
			title: "mode observe: nothing was done"}, word);
	return el("span", {class: "chip c-" + row.action},
		said(actionWord(row.action), 20));
}

export function way(row) {
	/* An order about a destination is about no mailbox. */
	const alone = row.by && !row.mailbox;
	return el("span", {class: "way"},
		alone ? null : mailboxLink(row.mailbox),
		row.destination ? [alone ? null : el("span", {class: "arrow",
			"aria-label": "to"}, " \u2192 "),
		said(row.destination, 60)] : null,
		row.others && row.others.length
			? el("span", {class: "faint"}, " +" + row.others.length)
			: null);
}

/* Why: the policies, or what whoever ordered it said. */
export function reason(row) {
	if (row.by)
		return el("span", {}, el("span", {class: "faint"}, "by "),
			said(row.by, 40), ": ", said(row.why || "", 80));
	if (row.policies && row.policies.length > 0)
		return el("span", {}, said(row.policies[0], 70),
			row.policies.length > 1 ? el("span", {class: "faint"},
				" +" + (row.policies.length - 1)) : null);
	if (row.path)
		return el("code", {}, said(row.path, 80));
	return el("span", {class: "faint"},
		row.excused ? "excused" : "no policy");
}

export const eventHref = (row) => row.id
	? "#/events/" + encodeURIComponent(row.id) : null;

export const eventColumns = [
	{title: "When", class: "time", cell: (row) => moment(row.at, true)},
	{title: "Done", class: "fit", cell: chip},
	{title: "Whose mail, and to whom", class: "wide", cell: way},
	{title: "Subject", class: "subject", cell: (row) => row.id
		? el("a", {href: eventHref(row), class: "event-link"},
			row.subject ? said(row.subject, 60) : "no subject")
		: null},
	{title: "Why", class: "why", cell: reason},
];

export function eventTable(rows) {
	return table("Events", eventColumns, rows, (row) =>
		({class: "event-row", "data-id": row.id || null}));
}

export const routeColumns = [
	{title: "Mailbox", class: "wide", cell: (row) =>
		mailboxLink(row.mailbox)},
	{title: "Destination", class: "wide", cell: (row) =>
		el("span", {}, said(row.destination, 60),
			row.allowed ? el("span", {class: "chip c-allow",
				title: "by " + cut(row.allowed.by)}, "allowed")
				: null,
			row.contained ? el("span", {class: "chip c-contain"},
				"contained") : null)},
	{title: "Messages", class: "num", cell: (row) => number(row.count)},
	{title: "First", class: "time", cell: (row) => moment(row.first)},
	{title: "Last", class: "time", cell: (row) => ago(row.last)},
];

export const topColumns = [
	{title: "Mailbox", class: "wide", cell: (row) =>
		mailboxLink(row.mailbox)},
	{title: "24 hours", class: "fit", cell: (row) =>
		sparkline(row.forwarded_by_hour)},
	{title: "Flows today", class: "num", cell: (row) => number(row.flows)},
	{title: "Held", class: "num", cell: (row) => row.held > 0
		? el("b", {class: "bad"}, number(row.held)) : "0"},
	{title: "Routes", class: "num", cell: (row) =>
		number(row.destinations)},
];

export function facts(pairs) {
	return el("dl", {class: "facts"}, pairs.filter(Boolean)
		.flatMap(([name, value]) =>
			[el("dt", {}, name), el("dd", {}, value)]));
}

export function heading(title, ...more) {
	return el("div", {class: "heading"}, el("h1", {}, title), ...more);
}
