/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The daemon, as the page asks it. The key of a session stays with this
 * origin, port and all; the cookie, which goes to every port of the host, is
 * worth nothing without it.
 */
const KEY = "forwarden-key";
const NAME = "forwarden-name";

export class Refusal extends Error {
	constructor(status, text) {
		super(text);
		this.status = status;
	}
}

function fields() {
	const key = localStorage.getItem(KEY);
	return key ? {"X-Forwarden-Key": key} : {};
}

async function read(answer) {
	let body = {};
	try {
		body = await answer.json();
	} catch {
		body = {error: "the answer is no JSON"};
	}
	if (!answer.ok)
		throw new Refusal(answer.status, body.error || "refused");
	return body;
}

export async function ask(path) {
	return read(await fetch(path, {headers: fields(), cache: "no-store"}));
}

/* Where a daemon has no such path, or may not be asked: null. */
export async function askIfThere(path) {
	try {
		return await ask(path);
	} catch (error) {
		if (error instanceof Refusal &&
			(error.status === 404 || error.status === 403))
			return null;
		throw error;
	}
}

export async function order(path, words) {
	const query = new URLSearchParams(words || {}).toString();
	return read(await fetch(path + (query ? "?" + query : ""),
		{method: "POST", headers: fields(), cache: "no-store"}));
}

export const lastName = () => localStorage.getItem(NAME) || "";

export async function logIn(token, name) {
	const answer = await read(await fetch("/page/login", {
		method: "POST",
		headers: {"Content-Type": "application/json"},
		body: JSON.stringify({token, name}),
	}));
	localStorage.setItem(KEY, answer.key);
	localStorage.setItem(NAME, name);
}

export async function logOut() {
	try {
		await order("/page/logout");
	} finally {
		localStorage.removeItem(KEY);
	}
}

/* EventSource sends no fields of one's own; this reads the same stream. Calls
 * opened() once, and news() at each word of news, until the stream ends. */
export async function listen(opened, news, signal) {
	const answer = await fetch("/page/stream",
		{headers: fields(), cache: "no-store", signal});
	if (!answer.ok)
		throw new Refusal(answer.status, "no stream");
	opened();
	const reader = answer.body.pipeThrough(new TextDecoderStream())
		.getReader();
	let rest = "";
	for (;;) {
		const {value, done} = await reader.read();
		if (done)
			return;
		const parts = (rest + value).split("\n\n");
		rest = parts.pop();
		if (parts.some((part) => part.startsWith("event: news")))
			news();
	}
}
