/* SPDX-License-Identifier: BSD-2-Clause */
/* From an address to a view, the keyboard, and what keeps it up to date. */
import {ask, askIfThere, logOut, Refusal} from "/page/server.js";
import {campaignsView, routes} from "/page/view_routes.js";
import {cut, el, said} from "/page/dom.js";
import {event, events} from "/page/view_events.js";
import {feed, forgetAll, refresh} from "/page/feed.js";
import {held} from "/page/view_held.js";
import {loginForm} from "/page/login.js";
import {mailbox} from "/page/view_mailbox.js";
import {now} from "/page/view_now.js";
import {onOrder, state} from "/page/acts.js";
import {orders} from "/page/view_orders.js";
import {pause, start, stop} from "/page/live.js";
import {store} from "/page/view_store.js";

const LOAD_AGAIN_MS = 15000;
const TABS = [["now", "Now", "n"], ["events", "Events", "e"],
	["routes", "Routes", "r"], ["campaigns", "Campaigns", "c"],
	["held", "Held", "h"], ["orders", "Orders", "o"],
	["health", "Health", "s"]];
const VIEWS = {now, events, routes, campaigns: campaignsView, held, orders,
	health: store};
const KEYS = [["n e r c h o s", "the views, in their order"],
	["/", "search"], ["j k", "next and previous row"],
	["Enter", "open what has the focus"], ["Escape", "close, or go back"],
	["?", "these keys"]];

const byId = (id) => document.getElementById(id);
const main = byId("main");
let view = null;
let again = null;

function problem(error) {
	const text = error instanceof Refusal ? error.message
		: "The daemon does not answer.";
	main.replaceChildren(el("div", {class: "notice bad-ground",
		role: "alert"}, said(text, 300)));
}

function parse() {
	const parts = location.hash.replace(/^#\/?/, "").split("/");
	let about = "";
	try {
		about = decodeURIComponent(parts.slice(1).join("/"));
	} catch {
		about = "";
	}
	return {name: parts[0] || "now", about};
}

function make({name, about}) {
	if (name === "mailbox" && about)
		return mailbox(main, about);
	if (name === "events" && about)
		return event(main, about);
	return (VIEWS[name] || now)(main);
}

function drawTabs(name) {
	byId("tabs").replaceChildren(...TABS.map(([path, title]) => el("a", {
		href: "#/" + path,
		"aria-current": path === name ? "page" : null}, title)));
}

async function load(repeated) {
	clearTimeout(again);
	const own = view;
	try {
		await own.load(repeated);
	} catch (error) {
		if (error instanceof Refusal && error.status === 401)
			return expired();
		if (own === view && !repeated)
			problem(error);
	}
	if (own === view && !document.hidden)
		again = setTimeout(() => load(true), LOAD_AGAIN_MS);
}

function go() {
	const where = parse();
	drawTabs(where.name);
	main.replaceChildren();
	view = make(where);
	document.title = view.title + " \u2013 Forwarden";
	scrollTo(0, 0);
	load(false);
}

async function look() {
	if (await refresh() && view)
		view.draw();
	const banner = byId("banner");
	banner.hidden = !feed.alone;
	banner.textContent = feed.alone ? cut(feed.alone, 200) : "";
}

async function showMode() {
	const status = await ask("/v1/status");
	const pill = byId("mode");
	pill.hidden = false;
	pill.textContent = status.mode;
	pill.className = "pill m-" + (status.mode === "enforce" ? "enforce"
		: "observe");
	pill.title = status.mode === "enforce" ? "what policies ask for is done"
		: "nothing is done to mail: events say what would be";
}

function showSession(session) {
	state.session = session;
	byId("host").textContent = cut(session.host || "", 60);
	byId("login-button").hidden = session.logged_in ||
		session.right === "none" || !session.acts;
	byId("logout-button").hidden = !session.logged_in;
	byId("logout-button").title = session.logged_in
		? "logged in as " + cut(session.name || "", 50) : "";
	byId("tabs").hidden = session.right === "none";
}

function askForToken() {
	stop();
	clearTimeout(again);
	view = null;
	for (const id of ["live", "mode", "tabs", "banner"])
		byId(id).hidden = true;
	document.title = "Log in \u2013 Forwarden";
	main.replaceChildren(loginForm(state.session, begin));
	(byId("login-name").value ? byId("login-token")
		: byId("login-name")).focus();
}

function expired() {
	forgetAll();
	askForToken();
}

async function begin() {
	try {
		showSession(await ask("/page/session"));
		if (state.session.right === "none")
			return askForToken();
		const [contained] = await Promise.all([
			askIfThere("/v1/contained"), refresh(), showMode()]);
		state.places = contained !== null;
	} catch (error) {
		problem(error);
		setTimeout(begin, LOAD_AGAIN_MS);
		return undefined;
	}
	go();
	start(look, expired);
	return undefined;
}

function showKeys() {
	const dialog = byId("dialog");
	dialog.replaceChildren(el("h2", {id: "dialog-title"}, "Keys"),
		el("dl", {class: "facts"}, KEYS.flatMap(([keys, what]) =>
			[el("dt", {}, keys.split(" ").map((key) =>
				[el("kbd", {}, key), " "])), el("dd", {}, what)])),
		el("form", {method: "dialog", class: "row end"},
			el("button", {class: "primary"}, "Close")));
	dialog.showModal();
}

/* The links of rows, one after the other. */
function step(by) {
	const links = [...main.querySelectorAll("tbody tr")]
		.map((row) => row.querySelector(".event-link") ||
			row.querySelector("a")).filter(Boolean);
	const at = links.indexOf(document.activeElement);
	const next = links[Math.max(0, Math.min(links.length - 1, at + by))];
	if (next)
		next.focus();
}

function back() {
	if (parse().about)
		history.back();
}

const shortcuts = {
	"?": showKeys, j: () => step(1), k: () => step(-1), Escape: back,
	"/": () => {
		if (byId("search"))
			byId("search").focus();
		else
			location.hash = "#/events";
	},
};

addEventListener("keydown", (pressed) => {
	const busy = pressed.target.closest("input, select, textarea, dialog");
	if (busy || pressed.ctrlKey || pressed.metaKey || pressed.altKey ||
		state.session.right === "none")
		return;
	const tab = TABS.find(([, , key]) => key === pressed.key);
	const act = tab ? () => {
		location.hash = "#/" + tab[0];
	} : shortcuts[pressed.key];
	if (!act)
		return;
	pressed.preventDefault();
	act();
});
/* The link would be a view's address. */
byId("skip").addEventListener("click", (pressed) => {
	pressed.preventDefault();
	main.focus();
});
addEventListener("hashchange", () => {
	if (state.session.right !== "none" && view)
		go();
});
document.addEventListener("visibilitychange", () => {
	if (state.session.right === "none" || !view)
		return;
	if (document.hidden) {
		clearTimeout(again);
		pause();
	} else {
		load(true);
		start(look, expired);
	}
});
byId("keys-button").addEventListener("click", showKeys);
byId("login-button").addEventListener("click", askForToken);
byId("logout-button").addEventListener("click", async () => {
	try {
		await logOut();
	} finally {
		forgetAll();
		begin();
	}
});
onOrder(() => {
	look().catch(() => {});
	if (view)
		load(true);
});
begin();
