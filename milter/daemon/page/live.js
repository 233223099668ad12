/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How the page stays up to date: by a stream, where one is to be had; else by
 * asking now and then. A page that nobody sees asks nothing, so that tabs left
 * open cost the daemon nothing.
 */
import {listen, Refusal} from "/page/server.js";

const POLL_MS = 10000;
const LONGEST_MS = 60000;
const STREAM_AGAIN_MS = 60000;

let abort = null;
let timer = null;
let failures = 0;

function show(state, text) {
	const place = document.getElementById("live");
	place.hidden = false;
	place.className = "live " + state;
	document.getElementById("live-text").textContent = text;
}

/* look(): fetches what is new. expired(): the session is over. */
async function poll(look, expired) {
	try {
		await look();
		failures = 0;
		show("poll", "every 10 s");
	} catch (error) {
		if (error instanceof Refusal && error.status === 401) {
			expired();
			return;
		}
		failures++;
		show("lost", "no answer");
	}
	const wait = Math.min(LONGEST_MS, POLL_MS * (failures + 1));
	timer = setTimeout(() => poll(look, expired), wait);
}

async function stream(look, expired) {
	const own = new AbortController();
	abort = own;
	try {
		await listen(() => show("on", "live"), () => {
			show("on", "live");
			look().catch(() => show("lost", "no answer"));
		}, own.signal);
	} catch (error) {
		if (error instanceof Refusal && error.status === 401) {
			expired();
			return;
		}
	}
	if (own.signal.aborted)
		return;
	/* It ended, or there was none: ask, and try again later. */
	await poll(look, expired);
	setTimeout(() => {
		if (own === abort && !document.hidden)
			start(look, expired);
	}, STREAM_AGAIN_MS);
}

export function stop() {
	clearTimeout(timer);
	if (abort)
		abort.abort();
	abort = null;
}

export function start(look, expired) {
	stop();
	stream(look, expired);
}

export function pause() {
	stop();
	show("off", "paused");
}
