/* SPDX-License-Identifier: BSD-2-Clause */
/* How the daemon and its store are. */
import {ago, card, el, empty, moment, number, redraw, said, span, table}
	from "/page/dom.js";
import {ask} from "/page/server.js";
import {facts, heading} from "/page/parts.js";

const bad = (value) => value > 0
	? el("b", {class: "bad"}, number(value)) : "0";

function bytes(value) {
	const steps = ["B", "KB", "MB", "GB"];
	let step = 0;
	let rest = Number(value) || 0;
	while (rest >= 1024 && step < steps.length - 1) {
		rest /= 1024;
		step++;
	}
	return (step === 0 ? rest : rest.toFixed(1)) + " " + steps[step];
}

function storeCard(store) {
	return card("Store",
		el("p", {class: store.up ? "lead good" : "lead bad"},
			store.up ? "It answers" : "It is down", store.since
				? [", since ", moment(store.since, true), " (" +
					ago(store.since) + ")"] : null),
		store.reason ? el("p", {}, said(store.reason, 300)) : null,
		store.up ? null : el("p", {class: "note"}, "Mail is judged by what " +
			"this machine's memory knows. What is counted meanwhile is in " +
			"the journal, and goes to the store when it is back."),
		facts([
			["Backend", said(store.backend || "\u2013", 80)],
			["Waiting in the journal", number(store.journal)],
			["Replayed from it", number(store.replayed)],
			["Lost", bad(store.lost)],
			["Evicted", number(store.evicted)],
			["Too late for a message", bad(store.late)],
			["Failures", number(store.failures)],
			["Round trips", number(store.round_trips)],
			["Held in memory", bytes(store.bytes)],
			store.clock_ahead_ms !== undefined && ["Its clock is ahead by",
				number(store.clock_ahead_ms) + " ms"],
		]));
}

function troubles(list) {
	if (list.length === 0)
		return card("Troubles", empty("None."));
	return card("Troubles", el("ul", {class: "troubles"},
		list.map((one) => el("li", {}, el("strong", {},
			said(one.what, 40)), " since ", moment(one.since), ": ",
		said(one.text, 400)))));
}

/* By each way that is configured. */
function alertsCard(list) {
	if (list.length === 0)
		return null;
	return card("Alerts", table("Alerts", [
		{title: "By", class: "wide", cell: (way) => el("span", {},
			said(way.by, 20), " ", el("code", {class: "faint"},
				said(way.to || "", 60)))},
		{title: "Sent", class: "num", cell: (way) => number(way.sent)},
		{title: "Failed", class: "num", cell: (way) => bad(way.failed)},
		{title: "Held back", class: "num", cell: (way) =>
			number(way.held_back)},
		{title: "Dropped", class: "num", cell: (way) => bad(way.dropped)},
		{title: "Waiting", class: "num", cell: (way) =>
			number(way.queued)},
		{title: "", class: "why", cell: (way) => way.failing_since
			? el("span", {class: "bad"}, "fails since ",
				moment(way.failing_since), ": ",
				said(way.why || "", 120)) : null},
	], list));
}

function followerCard(follower) {
	if (!follower)
		return null;
	return card("Follower of the mail log", facts([
		["Heard of", ago(follower.seen)],
		follower.line && ["Newest line", moment(follower.line)],
		["Behind", span(follower.behind_ms)],
		["Lines", number(follower.lines)],
		["Forwards told", number(follower.told)],
		["Gaps", bad(follower.gaps)],
		["Lost", bad(follower.lost)],
	]));
}

export function store(place) {
	return {title: "Health", draw() {}, async load() {
		const status = await ask("/v1/status");
		redraw(place, heading("Health"),
			el("div", {class: "columns even"}, storeCard(status.store || {}),
				el("div", {class: "stack"},
					troubles(status.troubles || []),
					alertsCard(status.alerts || []),
					followerCard(status.follower),
					card("Daemon", facts([
						["Version", said(status.version, 40)],
						["Mode", said(status.mode, 20)],
						["Running since", moment(status.started)],
						["Messages", number(status.messages)],
						["Connections of mail servers",
							number(status.sessions)],
						["Policies", number(status.policies)],
						["Their digest", el("code", {},
							said(status.policies_digest || "", 20))],
						["Warnings", bad(status.warnings)],
						["Reloads", number(status.reloads)],
						["Listens on", said(status.listen, 100)],
						["Configuration", said(status.config, 120)],
					])))));
	}};
}
