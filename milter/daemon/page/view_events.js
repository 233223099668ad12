/* SPDX-License-Identifier: BSD-2-Clause */
/* All events, with search; and one of them, with its evidence in words. */
import {ask} from "/page/server.js";
import {allow, button, contain} from "/page/acts.js";
import {chip, eventTable, facts, heading, mailboxLink} from "/page/parts.js";
import {card, el, empty, moment, number, redraw, said, table,
	visible} from "/page/dom.js";
import {feed} from "/page/feed.js";
import {actionWord, speakerWord, verb, wouldWord} from "/page/words.js";

const PAGE = 100;
const KINDS = [["", "everything"], ["held", "held, or would be"],
	["tag", "tagged, or would be"], ["log", "logged"],
	["excused", "excused"], ["order", "orders and acts"]];
const chosen = {text: "", kind: "", most: PAGE};

function isKind(row) {
	const would = (action) => row.action === action || row.would === action;
	switch (chosen.kind) {
	case "held": return would("quarantine") || would("reject");
	case "tag": return would("tag");
	case "log": return row.action === "log";
	case "excused": return row.excused;
	case "order": return Boolean(row.by);
	default: return true;
	}
}

function haystack(row) {
	if (row.haystack === undefined)
		row.haystack = [row.mailbox, row.destination, row.subject, row.id,
			row.queue_id, row.kind, row.platform, row.by, row.why,
			actionWord(row.action), wouldWord(row.would),
			(row.policies || []).join(" "),
			(row.others || []).map((other) => other.mailbox + " " +
				other.destination).join(" ")]
			.join(" ").toLowerCase();
	return row.haystack;
}

function found() {
	const words = chosen.text.toLowerCase().split(/\s+/).filter(Boolean);
	return feed.rows.filter((row) => isKind(row) &&
		words.every((word) => haystack(row).includes(word))).reverse();
}

export function events(place) {
	const list = el("div", {});
	function draw() {
		const rows = found();
		redraw(list, el("p", {class: "note", role: "status"},
			number(rows.length) + " of " + number(feed.rows.length) +
			" events" + (feed.cut ? ", the newest that are kept here" : "")),
		rows.length > 0 ? eventTable(rows.slice(0, chosen.most))
			: empty("No event is like that."),
		rows.length > chosen.most ? el("button", {type: "button",
			id: "more", onclick: () => {
				chosen.most += PAGE;
				draw();
			}}, "Show more") : null);
	}
	const search = el("input", {type: "search", id: "search",
		value: chosen.text, "aria-label": "Search in events",
		placeholder: "address, subject, policy, id", autocomplete: "off",
		spellcheck: "false", oninput: () => {
			chosen.text = search.value;
			chosen.most = PAGE;
			draw();
		}});
	const kind = el("select", {"aria-label": "Which events", onchange: () => {
		chosen.kind = kind.value;
		draw();
	}}, KINDS.map(([value, name]) => el("option",
		{value, selected: value === chosen.kind}, name)));
	place.replaceChildren(heading("Events"),
		el("div", {class: "row"}, search, kind), list);
	return {title: "Events", draw, load: async () => draw()};
}

const field = (tree, ...names) => names.reduce((branch, name) =>
	branch && typeof branch === "object" ? branch[name] : undefined, tree);
const one = (value) => Array.isArray(value) ? value[0] : value;

function evidenceList(evidence, words) {
	if (!evidence || evidence.length === 0)
		return empty("No evidence stands in the event.");
	return el("ol", {class: "evidence"}, evidence.map((piece) => el("li", {},
		el("p", {}, said(words[piece.name] || piece.name, 200)),
		el("p", {class: "note"}, el("span", {class: "chip s-" +
			piece.speaker}, speakerWord(piece.speaker)),
		" ", el("code", {}, said(piece.name, 40)),
		piece.value ? [" says ", said(piece.value, 120)] : null,
		piece.mailbox && piece.mailbox !== piece.value
			? [" \u2013 names ", said(piece.mailbox, 80)]
			: null))));
}

function ruleTable(rules) {
	if (!rules || rules.length === 0)
		return empty("No policy matched.");
	return table("Policies", [
		{title: "Policy", class: "wide", cell: (rule) =>
			el("span", {}, said(rule.description || rule.name, 100),
				" ", el("code", {class: "faint"},
					said(rule.name, 60)))},
		{title: "Level", class: "fit", cell: (rule) =>
			said(rule.level || "", 20)},
		{title: "Asks for", class: "fit", cell: (rule) =>
			said(verb(rule.action), 20)},
		{title: "Count", class: "num", cell: (rule) =>
			rule.count ? number(rule.count) : "\u2013"},
	], rules);
}

function flowCard(title, flow, words) {
	return card(title,
		flow.words ? el("p", {class: "lead"}, said(flow.words, 600)) : null,
		facts([
			["Mailbox", mailboxLink(flow.mailbox)],
			["Destination", said(flow.destination || "\u2013", 100)],
			["Kind", said(flow.kind || "none", 20)],
			flow.platform && ["Platform", said(flow.platform, 40)],
			["Confidence", number(flow.confidence) + " %"],
			flow.confirmed && ["Confirmed", said(flow.confirmed, 40)],
			flow.excused_by && ["Excused by",
				said(flow.excused_by.join(", "), 120)],
			flow.delay_ms !== undefined && ["After the mailbox got it",
				number(flow.delay_ms) + " ms"],
		]),
		el("h3", {}, "Evidence, and whose word it is"),
		evidenceList(flow.evidence, words));
}

function messageCard(event, own) {
	return card("Message", facts([
		["Subject", said(field(event, "email", "subject") || "none", 200)],
		["From", said(one(field(event, "email", "from", "address")) ||
			"\u2013", 100)],
		["Queue id", said(field(event, "email", "local_id") || "\u2013", 40)],
		["Message-ID", said(one(field(event, "email", "message_id")) ||
			"\u2013", 120)],
		["Client", said(field(event, "source", "ip") || "\u2013", 60)],
		field(event, "smtp", "auth", "user") &&
			["Login", said(field(event, "smtp", "auth", "user"), 80)],
		["Mode", said(own.mode || "", 20)],
		own.would !== own.action && ["Enforce",
			wouldWord(own.would) || actionWord(own.would)],
		own.gaps && own.gaps.length > 0 && ["Not seen",
			said(own.gaps.join(", "), 120)],
		own.allowed && ["Allowed by", said(own.allowed.by + ": " +
			own.allowed.why, 200)],
		["Event", el("code", {}, said(field(event, "event", "id"), 64))],
	]));
}

function actsOf(own) {
	if (!own.mailbox)
		return null;
	return el("div", {class: "row"},
		button("Contain the mailbox", () => contain(own.mailbox), true),
		own.destination ? button("Allow this route", () =>
			allow(own.mailbox, own.destination)) : null);
}

function drawEvent(place, answer) {
	const event = answer.event;
	const own = event.forwarden || {};
	const words = answer.words || {};
	redraw(place, heading(["Event ", chip({action: field(event, "event",
		"action"), would: own.would})], moment(event["@timestamp"], true),
	actsOf(own)),
	el("div", {class: "columns even"},
		flowCard("What was seen", own, words),
		el("div", {class: "stack"}, messageCard(event, own),
			card("Policies", ruleTable(event.rule)))),
	(own.flows || []).map((flow, index) =>
		flowCard("Another flow of it, " + (index + 2), flow, words)),
	el("details", {class: "card"}, el("summary", {}, "The whole event"),
		el("pre", {}, JSON.stringify(event, null, 2).split("\n")
			.map(visible).join("\n"))));
}

export function event(place, id) {
	return {title: "Event", draw() {}, async load(again) {
		if (again)
			return;
		drawEvent(place, await ask("/v1/event/" + encodeURIComponent(id)));
	}};
}
