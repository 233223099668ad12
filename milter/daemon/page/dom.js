/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Elements and texts. Whatever comes from mail is a text node, with what
 * could deceive the eye spelled out: nothing here makes markup of a string.
 */
const SVG = "http://www.w3.org/2000/svg";
const CUT = 96;
/* C0 and C1 controls, DEL, marks of direction, and what has no width. */
const HIDDEN =
	/[\u0000-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/g;

export function visible(text) {
	return String(text).replace(HIDDEN, (sign) =>
		"\\u{" + sign.codePointAt(0).toString(16) + "}");
}

export function cut(text, most = CUT) {
	const signs = Array.from(visible(text));
	if (signs.length <= most)
		return signs.join("");
	return signs.slice(0, most - 1).join("") + "\u2026";
}

function fill(node, properties, children) {
	for (const [name, value] of Object.entries(properties || {})) {
		if (value === undefined || value === null || value === false)
			continue;
		if (name.startsWith("on"))
			node.addEventListener(name.slice(2), value);
		else
			node.setAttribute(name, value === true ? "" : value);
	}
	node.append(...children.flat(3).filter((child) =>
		child !== undefined && child !== null && child !== false));
	return node;
}

export function el(name, properties, ...children) {
	return fill(document.createElement(name), properties, children);
}

export function svg(name, properties, ...children) {
	return fill(document.createElementNS(SVG, name), properties, children);
}

/* What somebody else wrote, apart from the text around it. */
export function said(text, most = CUT) {
	const whole = visible(text);
	const shown = cut(text, most);
	return el("bdi", {
		class: "said-text",
		title: whole === shown ? null : cut(text, 600),
	}, shown);
}

const whole = new Intl.NumberFormat("en");

export function number(value) {
	return typeof value === "number" && isFinite(value)
		? whole.format(value) : "\u2013";
}

const two = (value) => String(value).padStart(2, "0");

export function clock(date) {
	return two(date.getHours()) + ":" + two(date.getMinutes());
}

/* Today by its clock, other days by their date. */
export function moment(text, seconds = false) {
	const date = new Date(text);
	if (isNaN(date))
		return el("span", {class: "faint"}, "\u2013");
	let shown = clock(date) + (seconds ? ":" + two(date.getSeconds()) : "");
	if (date.toDateString() !== new Date().toDateString())
		shown = date.getFullYear() + "-" + two(date.getMonth() + 1) + "-" +
			two(date.getDate()) + " " + shown;
	return el("time", {datetime: date.toISOString(),
		title: date.toISOString()}, shown);
}

export function span(ms) {
	const steps = [[86400000, "d"], [3600000, "h"], [60000, "min"],
		[1000, "s"]];
	for (const [unit, name] of steps) {
		if (Math.abs(ms) >= unit)
			return Math.round(ms / unit) + " " + name;
	}
	return "0 s";
}

export function ago(text) {
	const ms = Date.now() - new Date(text).getTime();
	return isNaN(ms) ? "\u2013" : ms < 5000 ? "now" : span(ms) + " ago";
}

export function until(text) {
	const ms = new Date(text).getTime() - Date.now();
	return isNaN(ms) ? "\u2013" : ms < 0 ? "over" : span(ms) + " left";
}

/* columns: {title, cell(row), class}; the head stays where rows are many. */
export function table(caption, columns, rows, properties) {
	const head = columns.map((column) =>
		el("th", {scope: "col", class: column.class}, column.title));
	const body = rows.map((row) => el("tr", properties && properties(row),
		columns.map((column) => el("td", {class: column.class,
			"data-title": column.title}, column.cell(row)))));
	return el("div", {class: "scroll", tabindex: "0", role: "region",
		"aria-label": caption},
	el("table", {}, el("caption", {class: "hidden"}, caption),
		el("thead", {}, el("tr", {}, head)), el("tbody", {}, body)));
}

export function card(title, ...children) {
	return el("section", {class: "card"},
		el("h2", {}, title), ...children);
}

export function empty(text) {
	return el("p", {class: "empty"}, text);
}

/* A view is drawn anew; whoever had the focus keeps it. */
export function redraw(place, ...children) {
	const focused = place.contains(document.activeElement)
		? document.activeElement.getAttribute("href") ||
			document.activeElement.id : null;
	place.replaceChildren(...children.flat().filter(Boolean));
	if (!focused)
		return;
	for (const node of place.querySelectorAll("a, button, input")) {
		if (node.getAttribute("href") === focused || node.id === focused) {
			node.focus({preventScroll: true});
			return;
		}
	}
}
