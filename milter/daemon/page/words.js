/* SPDX-License-Identifier: BSD-2-Clause */
/* What the page calls things. */
const ACTIONS = {
	none: "seen", log: "logged", tag: "tagged", quarantine: "held",
	tempfail: "deferred", reject: "refused", discard: "discarded",
	contain: "contained", uncontain: "let go", allow: "allowed",
	"rule-new": "new rule", "rule-changed": "rule changed",
	disallow: "disallowed", release: "released", delete: "deleted",
};
const VERBS = {
	none: "nothing", log: "log", tag: "tag", quarantine: "hold",
	tempfail: "defer", reject: "refuse", discard: "discard",
};
const WOULD = {
	tag: "would tag", quarantine: "would hold", tempfail: "would defer",
	reject: "would refuse", discard: "would discard",
};
const SPEAKERS = {
	mta: "our mail server says so",
	store: "Forwarden remembers it",
	software: "software of ours wrote it",
	login: "whoever logged in wrote it",
	stranger: "a stranger wrote it",
};
export const VERDICTS = ["none", "log", "tag", "quarantine", "tempfail",
	"reject", "discard"];

export const actionWord = (action) => ACTIONS[action] || String(action || "");
export const verb = (action) => VERBS[action] || String(action || "");
export const wouldWord = (action) => WOULD[action] || "";
export const speakerWord = (name) => SPEAKERS[name] || String(name || "");
export const isVerdict = (row) => VERDICTS.includes(row.action);
/* Did mail move, by itself? */
export const isFlow = (row) => isVerdict(row) && Boolean(row.mailbox ||
	row.destination) && row.kind !== "none";
export const flowsOf = (row) => isFlow(row)
	? 1 + (row.others ? row.others.length : 0) : 0;
/* The stronger of what was done and what enforce would do. */
export function weight(row) {
	return Math.max(VERDICTS.indexOf(row.action),
		VERDICTS.indexOf(row.would));
}
