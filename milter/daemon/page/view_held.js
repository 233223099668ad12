/* SPDX-License-Identifier: BSD-2-Clause */
/* Held mail: what waits, and what is asked of it. */
import {ago, card, el, empty, moment, number, redraw, said, table}
	from "/page/dom.js";
import {askHeld, button} from "/page/acts.js";
import {eventHref, heading, reason, way} from "/page/parts.js";
import {loadHeld} from "/page/held_list.js";

const MOST = 500;

function asked(row) {
	if (row.asked)
		return el("span", {}, el("span", {class: "chip would c-log"},
			"asked: ", said(row.asked.act, 12)), " ",
		el("span", {class: "note"}, "by ", said(row.asked.by, 60)));
	if (!row.queue_id)
		return null;
	return el("span", {class: "row tight"},
		button("Release", () => askHeld(row, "release")),
		button("Delete", () => askHeld(row, "delete"), true));
}

function columns(hosts) {
	const several = hosts && hosts.length > 1;
	return [
		{title: "Held since", class: "time", cell: (row) =>
			el("span", {}, moment(row.at), el("br"),
				el("span", {class: "note"}, ago(row.at)))},
		{title: "Whose mail, and to whom", class: "wide", cell: way},
		{title: "Subject", class: "subject", cell: (row) => row.id
			? el("a", {href: eventHref(row), class: "event-link"},
				row.subject ? said(row.subject, 60) : "no subject")
			: said(row.subject || "", 60)},
		{title: "Why", class: "why", cell: reason},
		several ? {title: "Host", class: "fit", cell: (row) =>
			said(row.host || "", 40)} : null,
		{title: "Queue id", class: "fit", cell: (row) => el("code", {},
			said(row.queue_id || "\u2013", 24))},
		hosts ? {title: "", class: "fit", cell: asked} : null,
	].filter(Boolean);
}

/* Whose word the list is, and who would do what is asked. */
function hostLine(host) {
	return el("p", {class: "note"}, el("b", {}, said(host.host, 80)), ": ",
		host.seen ? ["by a look at its queue, ", ago(host.seen)]
			: "by the events, for nobody has told of its queue", ". ",
		host.tender ? ["The service beside it was heard of last: ",
			ago(host.tender), "."]
			: el("span", {class: "warn"},
				"Nobody looks after held mail there: start ",
				el("code", {}, "forwarden-held"), ", or use ",
				el("code", {}, "forwarden held"), " on it."));
}

function source(hosts) {
	if (hosts)
		return hosts.map(hostLine);
	return el("p", {class: "note"}, "By the events: held, and no event says " +
		"that it was let go. The queue itself is read by ",
	el("code", {}, "forwarden held"), ", which also releases.");
}

export const heldTable = (hosts, rows) =>
	table("Held mail", columns(hosts), rows.slice(0, MOST));

export function held(place) {
	return {title: "Held", draw() {}, async load() {
		const {hosts, rows} = await loadHeld();
		redraw(place, heading(["Held mail ", el("span", {class: "count"},
			number(rows.length))]),
		source(hosts),
		card("Waiting", rows.length > 0 ? heldTable(hosts, rows)
			: empty("Nothing is held.")));
	}};
}
