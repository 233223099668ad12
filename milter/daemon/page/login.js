/* SPDX-License-Identifier: BSD-2-Clause */
/* A token and a name; a session in exchange. */
import {el, said} from "/page/dom.js";
import {lastName, logIn, Refusal} from "/page/server.js";

function input(properties) {
	return el("input", {required: true, spellcheck: "false",
		autocapitalize: "none", ...properties});
}

export function loginForm(session, done) {
	const name = input({id: "login-name", autocomplete: "username",
		maxlength: 47, value: lastName() || null});
	const token = input({id: "login-token", type: "password",
		autocomplete: "current-password", maxlength: 512});
	const problem = el("p", {class: "bad", role: "alert"});
	const go = el("button", {type: "submit", class: "primary"}, "Log in");
	const form = el("form", {class: "login card"},
		el("h1", {}, "Forwarden"),
		el("p", {}, "This page shows whose mail is sent on, and to whom."),
		el("label", {class: "field"}, el("span", {}, "Your name"), name,
			el("small", {}, "It stands at what you order.")),
		el("label", {class: "field"}, el("span", {}, "Token"), token,
			el("small", {}, "The first line of page.token_file",
				session.acts ? "" : " or page.view_token_file", ".")),
		problem, el("div", {class: "row end"}, go));
	form.addEventListener("submit", async (event) => {
		event.preventDefault();
		go.disabled = true;
		try {
			await logIn(token.value.trim(), name.value.trim());
			token.value = "";
			done();
		} catch (error) {
			problem.replaceChildren(error instanceof Refusal
				? said(error.message, 200)
				: "the daemon does not answer");
			token.select();
		} finally {
			go.disabled = false;
		}
	});
	return form;
}
