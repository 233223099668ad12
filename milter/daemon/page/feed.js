/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The events that the page knows: the newest of the store's stream, and those
 * that came since. All counts are made of them, so that what is counted is
 * what can be looked at.
 */
import {ask} from "/page/server.js";
import {flowsOf, isVerdict, weight, VERDICTS} from "/page/words.js";

const MOST = 5000;
export const MINUTE = 60000;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

export const feed = {rows: [], last: "", cut: false, alone: ""};

function keep(rows) {
	for (const row of rows)
		row.ms = new Date(row.at).getTime();
	feed.rows.push(...rows.filter((row) => !isNaN(row.ms)));
	if (feed.rows.length > MOST) {
		feed.rows.splice(0, feed.rows.length - MOST);
		feed.cut = true;
	}
}

export function forgetAll() {
	feed.rows = [];
	feed.last = "";
	feed.cut = false;
}

/* What is new; true if anything is. */
export async function refresh() {
	const first = feed.last === "";
	const answer = await ask("/v1/events?brief=1&limit=" + MOST +
		(first ? "" : "&after=" + encodeURIComponent(feed.last)));
	const rows = answer.events || [];
	feed.alone = answer.alone || "";
	if (first && rows.length >= MOST)
		feed.cut = true;
	keep(rows);
	/* Of an empty stream: the next look takes all there is. */
	feed.last = answer.last || feed.last;
	return rows.length > 0;
}

export function since(ms) {
	return feed.rows.filter((row) => row.ms >= ms);
}

/* Flows a bucket, oldest first, each by verdict. */
export function buckets(count, width) {
	const end = Math.ceil(Date.now() / width) * width;
	const start = end - count * width;
	const list = Array.from({length: count}, (_, index) =>
		({at: start + index * width, all: 0, by: {}}));
	for (const row of feed.rows) {
		const index = Math.floor((row.ms - start) / width);
		const flows = flowsOf(row);
		if (flows === 0 || index < 0 || index >= count)
			continue;
		const verdict = VERDICTS[Math.max(0, weight(row))];
		list[index].all += flows;
		list[index].by[verdict] = (list[index].by[verdict] || 0) + flows;
	}
	return list;
}

export function verdictsSince(ms) {
	const counts = {};
	for (const row of since(ms)) {
		if (!isVerdict(row))
			continue;
		const verdict = VERDICTS[Math.max(0, weight(row))];
		counts[verdict] = counts[verdict] || {done: 0, would: 0};
		if (row.action === verdict)
			counts[verdict].done++;
		else
			counts[verdict].would++;
	}
	return counts;
}

export function flowsSince(ms, end = Infinity) {
	return feed.rows.reduce((sum, row) => row.ms >= ms && row.ms < end
		? sum + flowsOf(row) : sum, 0);
}

/* Held, as far as the events tell: no event says that it was let go. */
export function heldByEvents() {
	const gone = new Set(feed.rows.filter((row) => row.held_by &&
		!row.failed && (row.action === "release" ||
		row.action === "delete")).map((row) => row.held_by));
	return feed.rows.filter((row) => row.action === "quarantine" &&
		!gone.has(row.id)).reverse();
}
