/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Campaigns: one destination that many mailboxes forward to. A destination
 * stands in the middle of its mailboxes; a mailbox that sends to several of
 * them stands once, between them.
 */
import {cut, number, said, svg} from "/page/dom.js";

const LEAST = 3; /* mailboxes */
const MOST = 9; /* campaigns drawn */
const SPOKES = 24; /* mailboxes drawn of each */
const WIDE = 430; /* of a campaign */
const HIGH = 290;
const RADIUS = 92;
const LARGER = 1.2; /* where there is room */
const APART = 58; /* of those that stand between */

export function campaigns(routes) {
	const places = new Map();
	for (const route of routes) {
		const place = places.get(route.destination) ||
			{destination: route.destination, mailboxes: new Map(),
				count: 0, first: route.first, last: route.last};
		place.mailboxes.set(route.mailbox, route);
		place.count += route.count;
		place.first = route.first < place.first
			? route.first : place.first;
		place.last = route.last > place.last ? route.last : place.last;
		places.set(route.destination, place);
	}
	return [...places.values()]
		.filter((place) => place.mailboxes.size >= LEAST)
		.sort((one, two) => two.mailboxes.size - one.mailboxes.size ||
			two.count - one.count);
}

function link(address, ...inside) {
	return svg("a", {href: "#/mailbox/" + encodeURIComponent(address),
		class: "node-link", "aria-label": "mailbox " + cut(address)},
	inside);
}

/* Every mailbox of what is drawn, and the campaigns it is in. */
function nodesOf(list) {
	const nodes = new Map();
	for (const campaign of list) {
		const routes = [...campaign.mailboxes.values()]
			.sort((one, two) => two.count - one.count).slice(0, SPOKES);
		for (const route of routes) {
			const node = nodes.get(route.mailbox) ||
				{mailbox: route.mailbox, ways: []};
			node.ways.push({campaign, count: route.count});
			nodes.set(route.mailbox, node);
		}
	}
	return [...nodes.values()];
}

function placeHubs(list, columns) {
	list.forEach((campaign, index) => {
		campaign.x = (index % columns + 0.5) * WIDE;
		campaign.y = (Math.floor(index / columns) + 0.5) * HIGH;
	});
}

/* Those of one campaign alone, in a circle; texts point away from it. */
function placeAround(campaign, nodes) {
	const own = nodes.filter((node) => node.ways.length === 1 &&
		node.ways[0].campaign === campaign);
	own.forEach((node, index) => {
		const angle = -Math.PI / 2 + (index + 0.5) * 2 * Math.PI /
			own.length;
		node.x = campaign.x + Math.cos(angle) * RADIUS;
		node.y = campaign.y + Math.sin(angle) * RADIUS;
		node.side = Math.cos(angle) >= 0 ? 1 : -1;
	});
}

const middle = (ways, axis) => ways.reduce((sum, way) =>
	sum + way.campaign[axis], 0) / ways.length;

/* Those between the same campaigns, in a line that crosses the way. */
function placeBetween(nodes) {
	const groups = new Map();
	for (const node of nodes.filter((one) => one.ways.length > 1)) {
		const x = middle(node.ways, "x");
		const y = middle(node.ways, "y");
		const flat = node.ways.every((way) => way.campaign.y === y);
		const group = groups.get(x + " " + y) || [];
		group.push(Object.assign(node, {x, y, flat, side: 0}));
		groups.set(x + " " + y, group);
	}
	for (const group of groups.values()) {
		group.forEach((node, index) => {
			const off = index - (group.length - 1) / 2;
			node[node.flat ? "y" : "x"] += off * APART *
				(node.flat ? 1 : 1.9);
		});
	}
}

function lines(node) {
	return node.ways.map((way) => svg("line", {class: "edge",
		x1: way.campaign.x, y1: way.campaign.y, x2: node.x, y2: node.y,
		"stroke-width": 1 + Math.min(5, Math.log2(way.count + 1))}));
}

function mark(node) {
	const count = node.ways.reduce((sum, way) => sum + way.count, 0);
	return link(node.mailbox,
		svg("title", {}, cut(node.mailbox, 200) + ": " + number(count) +
			" messages"),
		svg("circle", {class: node.ways.length > 1
			? "mailbox-node shared" : "mailbox-node",
		cx: node.x, cy: node.y, r: 6}),
		svg("text", {class: "node-text", x: node.x + 10 * node.side,
			y: node.y + (node.side === 0 ? 19 : 4),
			"text-anchor": ["end", "middle", "start"][node.side + 1]},
		cut(node.mailbox.split("@")[0], 14)));
}

function hub(campaign) {
	return svg("g", {},
		svg("title", {}, cut(campaign.destination, 200)),
		svg("circle", {class: "hub-node", cx: campaign.x, cy: campaign.y,
			r: 22}),
		svg("text", {class: "hub-count", x: campaign.x, y: campaign.y + 5,
			"text-anchor": "middle"},
		number(campaign.mailboxes.size)),
		svg("text", {class: "hub-text", x: campaign.x, y: campaign.y + 40,
			"text-anchor": "middle"},
		cut(campaign.destination, 34)));
}

/* columns: how many stand beside each other. */
export function graph(list, columns = 3, most = MOST) {
	const drawn = list.slice(0, most);
	const nodes = nodesOf(drawn);
	const across = Math.min(drawn.length, columns);
	const rows = Math.ceil(drawn.length / Math.max(1, across));
	placeHubs(drawn, across);
	drawn.forEach((campaign) => placeAround(campaign, nodes));
	placeBetween(nodes);
	return svg("svg", {class: "graph", role: "group",
		viewBox: `0 0 ${across * WIDE} ${rows * HIGH}`,
		width: across * WIDE * LARGER, height: rows * HIGH * LARGER,
		"aria-label": "destinations, and the mailboxes that forward there"},
	nodes.map(lines), nodes.map(mark), drawn.map(hub));
}

export const drop = (campaign) => said(campaign.destination, 60);
