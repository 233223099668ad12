/* SPDX-License-Identifier: BSD-2-Clause */
/* Small drawings of numbers. */
import {actionWord, VERDICTS} from "/page/words.js";
import {clock, el, number, svg} from "/page/dom.js";

const WIDE = 720;
const PHONE = 360;
const HIGH = 150;
const LEFT = 34;
const BOTTOM = 20;
const TOP = 8;

/* 1, 2, 5, 10, ...: at least so much. */
function ceiling(value) {
	const power = 10 ** Math.floor(Math.log10(Math.max(value, 1)));
	return [1, 2, 5, 10].map((step) => step * power)
		.find((step) => step >= value);
}

function axis(most, wide, y) {
	return [0, most / 2, most].filter(Number.isInteger).flatMap((value) => [
		svg("line", {class: "grid", x1: LEFT, x2: wide, y1: y(value),
			y2: y(value)}),
		svg("text", {class: "axis", x: LEFT - 6, y: y(value) + 4,
			"text-anchor": "end"}, number(value)),
	]);
}

function stack(bucket, x, width, y) {
	let below = 0;
	return VERDICTS.filter((verdict) => bucket.by[verdict]).map((verdict) => {
		const low = y(below);
		below += bucket.by[verdict];
		return svg("rect", {class: "v-" + verdict, x, width, y: y(below),
			height: Math.max(1, low - y(below))});
	});
}

function tick(bucket, index, x) {
	return svg("text", {class: "axis", x, y: HIGH - 4,
		"text-anchor": index === 0 ? "start" : "middle"},
	clock(new Date(bucket.at)));
}

/* Stacked bars over time; every is how many bars lie between two times. */
export function bars(name, list, every) {
	const most = ceiling(Math.max(...list.map((bucket) => bucket.all)));
	const y = (value) => TOP + (HIGH - BOTTOM - TOP) * (1 - value / most);
	const wide = innerWidth < 860 ? PHONE : WIDE;
	const between = every * WIDE / wide;
	const step = (wide - LEFT) / list.length;
	const sum = list.reduce((all, bucket) => all + bucket.all, 0);
	const drawn = list.map((bucket, index) => {
		const x = LEFT + index * step;
		return svg("g", {},
			svg("title", {}, clock(new Date(bucket.at)) + ": " +
				number(bucket.all) + " flows"),
			svg("rect", {class: "touch", x, y: TOP, width: step,
				height: HIGH - BOTTOM - TOP}),
			stack(bucket, x + step * 0.12, step * 0.76, y));
	});
	return svg("svg", {class: "chart", viewBox: `0 0 ${wide} ${HIGH}`,
		role: "img", "aria-label": name + ": " + number(sum) + " flows"},
	axis(most, wide, y), drawn, list.map((bucket, index) =>
		index % between === 0 && index < list.length - every / 2
			? tick(bucket, index, LEFT + index * step) : null));
}

export function legend(list) {
	const seen = VERDICTS.filter((verdict) =>
		list.some((bucket) => bucket.by[verdict]));
	return el("p", {class: "legend"}, seen.map((verdict) => el("span", {},
		el("i", {class: "b-" + verdict, "aria-hidden": "true"}),
		actionWord(verdict))));
}

/* hours: [0] is this one. */
export function sparkline(hours, wide = 96, high = 22) {
	const values = (hours || []).slice().reverse().map(Number);
	const most = Math.max(1, ...values);
	const step = wide / Math.max(1, values.length);
	return svg("svg", {class: "spark", viewBox: `0 0 ${wide} ${high}`,
		width: wide, height: high, role: "img",
		"aria-label": "by hour, oldest first: " + values.join(" ")},
	svg("line", {class: "grid", x1: 0, x2: wide, y1: high - 0.5,
		y2: high - 0.5}),
	values.map((value, index) => value > 0 ? svg("rect", {
		class: "spark-bar", x: index * step + 0.5,
		width: Math.max(1, step - 1),
		y: high - Math.max(2, value / most * (high - 1)),
		height: Math.max(2, value / most * (high - 1))}) : null));
}

/* A share of the most, as a bar. */
export function meter(value, most, mark) {
	return svg("svg", {class: "meter", viewBox: "0 0 100 6",
		preserveAspectRatio: "none", "aria-hidden": "true"},
	svg("rect", {class: "meter-ground", width: 100, height: 6}),
	svg("rect", {class: mark, width: Math.min(100,
		most > 0 ? value / most * 100 : 0), height: 6}));
}
