/* SPDX-License-Identifier: BSD-2-Clause */
/* Where mail goes: routes, new ones first, and campaigns. */
import {ago, card, el, empty, moment, number, redraw, table}
	from "/page/dom.js";
import {ask} from "/page/server.js";
import {campaigns, drop, graph} from "/page/graph.js";
import {DAY} from "/page/feed.js";
import {heading, mailboxLink, routeColumns} from "/page/parts.js";

const PAGE = 100;

function loadRoutes(days) {
	return ask("/v1/routes?limit=5000&since=" + (Date.now() - days * DAY));
}

export function routes(place) {
	let list = [];
	let most = PAGE;
	let text = "";
	const shown = el("div", {});
	function draw() {
		const words = text.toLowerCase().split(/\s+/).filter(Boolean);
		const rows = list.filter((row) => words.every((word) =>
			(row.mailbox + " " + row.destination).toLowerCase()
				.includes(word)));
		redraw(shown, el("p", {class: "note", role: "status"},
			number(rows.length) + " routes used in 30 days, the newest " +
			"first"),
		rows.length > 0 ? table("Routes", routeColumns,
			rows.slice(0, most))
			: empty("No route is like that."),
		rows.length > most ? el("button", {type: "button", id: "more",
			onclick: () => {
				most += PAGE;
				draw();
			}}, "Show more") : null);
	}
	const search = el("input", {type: "search", id: "search",
		"aria-label": "Search in routes", placeholder: "address",
		autocomplete: "off", spellcheck: "false", oninput: () => {
			text = search.value;
			draw();
		}});
	place.replaceChildren(heading("Routes"),
		el("div", {class: "row"}, search), shown);
	return {title: "Routes", draw() {}, async load() {
		const answer = await loadRoutes(30);
		list = (answer.routes || []).sort((one, two) =>
			two.first < one.first ? -1 : 1);
		draw();
	}};
}

function members(campaign) {
	return el("details", {}, el("summary", {},
		number(campaign.mailboxes.size) + " mailboxes"),
	el("ul", {class: "members"}, [...campaign.mailboxes.keys()].sort()
		.slice(0, 200).map((address) =>
			el("li", {}, mailboxLink(address)))));
}

export function campaignsView(place) {
	return {title: "Campaigns", draw() {}, async load() {
		const answer = await loadRoutes(7);
		const list = campaigns(answer.routes || []);
		const open = place.querySelector("details[open]");
		if (open)
			return; /* somebody reads in it */
		redraw(place, heading("Campaigns", el("p", {class: "note"},
			"Destinations to which three mailboxes or more forwarded " +
			"in a week. A wanted one (a ticket system, a provider " +
			"of ours) looks the same: allow it.")),
		list.length === 0 ? empty("There is none.") : [
			card("Who sends there", graph(list,
				innerWidth < 860 ? 1 : 3)),
			card("Destinations", table("Campaigns", [
				{title: "Destination", class: "wide", cell: drop},
				{title: "Mailboxes", class: "wide", cell: members},
				{title: "Messages", class: "num", cell: (row) =>
					number(row.count)},
				{title: "First", class: "time", cell: (row) =>
					moment(row.first)},
				{title: "Last", class: "time", cell: (row) =>
					ago(row.last)},
			], list)),
		]);
	}};
}

