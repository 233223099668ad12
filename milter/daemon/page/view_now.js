/* SPDX-License-Identifier: BSD-2-Clause */
/* Now, and the last day. */
import {ask} from "/page/server.js";
import {actionWord, flowsOf, VERDICTS} from "/page/words.js";
import {bars, legend, meter} from "/page/charts.js";
import {buckets, DAY, feed, flowsSince, HOUR, MINUTE,
	verdictsSince} from "/page/feed.js";
import {campaigns, graph} from "/page/graph.js";
import {card, el, empty, number, redraw, said, table} from "/page/dom.js";
import {loadHeld} from "/page/held_list.js";
import {eventTable, heading, routeColumns, topColumns, way} from "/page/parts.js";

const ROWS = 8;
const FRESH = 5;
const freshColumns = [{title: "Whose mail, and to whom", class: "wide",
	cell: way}, ...routeColumns.slice(2, 4)];

function tile(label, value, note, href, mark) {
	return el(href ? "a" : "div", {class: "tile", href},
		el("span", {class: "label"}, label),
		el("strong", {class: mark}, value),
		el("span", {class: "note"}, note));
}

function change(now, before) {
	if (before === 0)
		return now === 0 ? "as the hour before" : "none the hour before";
	const part = Math.round((now - before) / before * 100);
	return (part > 0 ? "+" : "") + part + " % to the hour before";
}

function tiles(data) {
	const now = Date.now();
	const hour = flowsSince(now - HOUR);
	const minute = flowsSince(now - 5 * MINUTE) / 5;
	const before = flowsSince(now - 2 * HOUR, now - HOUR);
	const held = data.held;
	const news = data.fresh.length;
	return el("div", {class: "tiles"},
		tile("Flows a minute", minute.toFixed(1), "the last 5 minutes",
			"#/events"),
		tile("Flows, last hour", number(hour), change(hour, before),
			"#/events"),
		tile("Flows, last day", number(flowsSince(now - DAY)),
			feed.cut ? "of the newest 5,000 events" : "by the events that are kept",
			"#/events"),
		tile("Held now", number(held), held > 0 ? "waiting for a decision"
			: "nothing waits", "#/held", held > 0 ? "bad" : null),
		tile("New routes", number(news), "first seen in the last day",
			"#/routes", news > 0 ? "warn" : null),
		tile("Campaigns", number(data.campaigns.length),
			"one destination, many mailboxes", "#/campaigns",
			data.campaigns.length > 0 ? "warn" : null));
}

function activity() {
	const hour = buckets(60, MINUTE);
	const day = buckets(96, 15 * MINUTE);
	return card("Activity",
		el("h3", {}, "Flows a minute, the last hour"),
		bars("The last hour", hour, 10),
		el("h3", {}, "Flows in 15 minutes, the last day"),
		bars("The last day", day, 12),
		legend(day.concat(hour)));
}

function verdicts() {
	const counts = verdictsSince(Date.now() - DAY);
	const shown = VERDICTS.filter((verdict) => counts[verdict]).reverse();
	const most = Math.max(1, ...shown.map((verdict) =>
		counts[verdict].done + counts[verdict].would));
	if (shown.length === 0)
		return card("Verdicts, last day", empty("No event in the last day."));
	return card("Verdicts, last day", el("ul", {class: "verdicts"},
		shown.map((verdict) => el("li", {},
			el("span", {}, actionWord(verdict)),
			meter(counts[verdict].done + counts[verdict].would, most,
				"v-" + verdict),
			el("b", {class: "num"}, number(counts[verdict].done)),
			counts[verdict].would > 0 ? el("span", {class: "note"},
				number(counts[verdict].would) + " in observe")
				: null))));
}

function tops(data) {
	return card("Top mailboxes today", data.top.length > 0
		? table("Top mailboxes", topColumns, data.top.slice(0, ROWS))
		: empty("No mailbox has forwarded anything today."));
}

function fresh(data) {
	return card(["New routes ", el("a", {href: "#/routes"}, "all")],
		data.fresh.length > 0 ? table("New routes", freshColumns,
			data.fresh.slice(0, FRESH))
			: empty("No mailbox found a new destination in the last day."));
}

function rings(data) {
	if (data.campaigns.length === 0)
		return card("Campaigns", empty(
			"No destination gets mail of three mailboxes or more."));
	return card(["Campaigns ", el("a", {href: "#/campaigns"}, "all")],
		graph(data.campaigns, 1, 2));
}

function latest() {
	const rows = feed.rows.filter((row) => flowsOf(row) > 0 || row.by)
		.slice(-ROWS).reverse();
	return card(["Latest events ", el("a", {href: "#/events"}, "all")],
		rows.length > 0 ? eventTable(rows)
			: empty("Nothing has happened yet. What moves out of a " +
				"mailbox by itself shows here."));
}

async function load() {
	const [top, routes, held] = await Promise.all([
		ask("/v1/top?hours=1&limit=" + ROWS),
		ask("/v1/routes?limit=5000&since=" + (Date.now() - 7 * DAY)),
		loadHeld(),
	]);
	const list = routes.routes || [];
	const since = new Date(Date.now() - DAY).toISOString();
	return {
		top: top.mailboxes || [],
		held: held.rows.length,
		fresh: list.filter((route) => route.first >= since)
			.sort((one, two) => two.first < one.first ? -1 : 1),
		campaigns: campaigns(list),
		alone: top.alone,
	};
}

export function now(place) {
	let data = null;
	function draw() {
		if (!data)
			return;
		redraw(place, heading("Now", data.alone
			? el("p", {class: "bad"}, said(data.alone, 200)) : null),
		tiles(data),
		el("div", {class: "columns"},
			el("div", {class: "stack"}, activity(), tops(data),
				fresh(data)),
			el("div", {class: "stack"}, verdicts(), rings(data))),
		latest());
	}
	return {title: "Now", draw, async load() {
		data = await load();
		draw();
	}};
}
