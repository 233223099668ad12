/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Orders. Each is asked for in a dialog that says what it does, is carried out
 * by the daemon, and is an event with the name of who is logged in. What the
 * daemon did not say is done is never shown as done.
 */
import {el, said} from "/page/dom.js";
import {order, Refusal} from "/page/server.js";

const DURATIONS = [["1 hour", 3600000], ["24 hours", 86400000],
	["7 days", 7 * 86400000], ["30 days", 30 * 86400000],
	["1 year", 365 * 86400000]];

/* places: can destinations be contained, too? */
export const state = {session: {right: "none"}, places: false};
export const mayAct = () => state.session.right === "act";
const listeners = [];

/* Called when something was ordered. */
export function onOrder(listener) {
	listeners.push(listener);
}

export function tell(text, bad) {
	const place = document.getElementById("said");
	place.replaceChildren(el("p", {class: bad ? "bad" : null}, text));
	clearTimeout(tell.timer);
	tell.timer = setTimeout(() => place.replaceChildren(), 8000);
}

function field(label, input) {
	return el("label", {class: "field"}, el("span", {}, label), input);
}

function duration(chosen) {
	return el("select", {name: "for"}, DURATIONS.map(([name, ms]) =>
		el("option", {value: ms, selected: ms === chosen}, name)));
}

async function send(what, form, problem, dialog) {
	const words = Object.fromEntries(new FormData(form));
	try {
		const answer = await order(what.path(words), what.words(words));
		dialog.close();
		tell(what.told(answer));
		listeners.forEach((listener) => listener());
	} catch (error) {
		problem.replaceChildren(error instanceof Refusal
			? said(error.message, 300) : "the daemon does not answer");
	}
}

/* what: {title, says, fields, path(words), words(words), told(answer), go} */
function open(what) {
	const dialog = document.getElementById("dialog");
	const problem = el("p", {class: "bad", role: "alert"});
	const form = el("form", {method: "dialog", class: "form"},
		el("h2", {id: "dialog-title"}, what.title),
		el("p", {}, what.says), what.fields, problem,
		el("div", {class: "row end"},
			el("button", {type: "button", class: "quiet",
				onclick: () => dialog.close()}, "Cancel"),
			el("button", {type: "submit", class: what.danger
				? "danger" : "primary"}, what.go)));
	form.addEventListener("submit", (event) => {
		event.preventDefault();
		send(what, form, problem, dialog);
	});
	dialog.replaceChildren(form);
	dialog.showModal();
	const first = form.querySelector("input:not([value])");
	if (first)
		first.focus();
}

const why = () => field("Why", el("input", {name: "why", required: true,
	maxlength: 250, autocomplete: "off", placeholder: "ticket 4711"}));

function containFields(mailbox) {
	const name = el("input", {name: "name", required: true, value: mailbox,
		readonly: Boolean(mailbox), maxlength: 254, autocomplete: "off",
		spellcheck: "false"});
	if (!state.places)
		return [field("Mailbox", name)];
	return [
		mailbox ? field("Mailbox", name) : [field("What", el("select",
			{name: "as"}, el("option", {value: "mailbox"},
				"a mailbox of ours"),
			el("option", {value: "destination"},
				"an address or a domain outside"))),
		field("Name", name)],
		el("label", {class: "check"}, el("input", {type: "checkbox",
			name: "outgoing", value: "1"}),
		" what people write, too, and not only what is forwarded"),
	];
}

/* Only what was chosen: a daemon may not know the rest. */
function containWords(words) {
	const query = {for: words.for, why: words.why};
	if (words.as === "destination")
		query.as = words.as;
	if (words.outgoing)
		query.outgoing = words.outgoing;
	return query;
}

export function contain(mailbox) {
	open({
		title: "Contain", danger: true, go: "Contain",
		says: "External flows of it are held, by all mail servers on this " +
			"store, whatever policies and filters say.",
		fields: [containFields(mailbox), field("For", duration(86400000)),
			why()],
		path: (words) => "/v1/contain/" + encodeURIComponent(words.name),
		words: containWords,
		told: (answer) => ["Contained: ",
			said(answer.name || answer.mailbox || "", 80)],
	});
}

export function uncontain(name, what) {
	open({
		title: "Let go", go: "Let go",
		says: ["Its mail is judged by the policies again: ",
			said(name, 100)],
		fields: [],
		path: () => "/v1/uncontain/" + encodeURIComponent(name),
		words: () => what && what !== "mailbox"
			? {as: "destination"} : {},
		told: () => ["Let go: ", said(name, 80)],
	});
}

export function allow(mailbox, destination) {
	open({
		title: "Allow a route", go: "Allow",
		says: "What this mailbox forwards there is let go from now on, " +
			"until the time is over.",
		fields: [field("Mailbox", el("input", {name: "mailbox",
			required: true, value: mailbox,
			readonly: Boolean(mailbox), maxlength: 254,
			autocomplete: "off", spellcheck: "false"})),
		field("Destination", el("input", {name: "to", required: true,
			value: destination, readonly: Boolean(destination),
			maxlength: 254, autocomplete: "off",
			spellcheck: "false"})),
		field("For", duration(30 * 86400000)), why()],
		path: (words) => "/v1/allow/" + encodeURIComponent(words.mailbox),
		words: (words) => ({to: words.to, for: words.for,
			why: words.why}),
		told: (answer) => ["Allowed: ", said(answer.mailbox, 60),
			" \u2192 ", said(answer.destination, 60)],
	});
}

export function disallow(mailbox, destination) {
	open({
		title: "Take a leave back", go: "Take back",
		says: ["The policies judge it again: ", said(mailbox, 100),
			" \u2192 ", said(destination, 100)],
		fields: [],
		path: () => "/v1/disallow/" + encodeURIComponent(mailbox),
		words: () => ({to: destination}),
		told: () => ["Taken back: ", said(mailbox, 60), " \u2192 ",
			said(destination, 60)],
	});
}

/* The queue is the mail server's: who may touch it does so at his next look,
 * and his event says that it is done. */
export function askHeld(row, act) {
	const query = {act, host: row.host, event: row.event};
	open({
		title: act === "release" ? "Release a held message"
			: "Delete a held message",
		danger: act === "delete",
		go: act === "release" ? "Ask for its release"
			: "Ask for its deletion",
		says: ["The service beside the mail server does it within seconds. ",
			"Until its event is here it is asked for, and not done: ",
			said(row.queue_id, 60), row.host ? [" on ",
				said(row.host, 60)] : null],
		fields: [why()],
		path: () => "/v1/held-ask/" + encodeURIComponent(row.queue_id),
		words: (words) => Object.fromEntries(Object.entries(
			{...query, why: words.why}).filter(([, value]) => value)),
		told: () => ["Asked for; not done yet: ", said(row.queue_id, 60)],
	});
}

export function button(label, act, danger) {
	return mayAct() ? el("button", {type: "button", onclick: act,
		class: danger ? "danger small" : "small"}, label) : null;
}
