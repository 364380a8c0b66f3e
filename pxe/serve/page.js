/* SPDX-License-Identifier: MIT */
/*
 * page.js - what a page of slipway status shows of the data inside it. Names
 * and errors come from strangers: they become text nodes, never markup.
 */
"use strict";
(() => {
const data = JSON.parse(document.getElementById("data").textContent);
const DAY = 86400;
const CHUNK = 120; /* rows made before the page is shown for the first time */

const GROUPS = [
	["kernel", "kernel", ["kernel"]],
	["start", "start", ["early", "sentinel", "policy", "medium"]],
	["modules", "drivers", ["modules"]],
	["link", "link", ["link"]],
	["address", "address", ["address"]],
	["manifest", "manifest", ["manifest", "memory"]],
	["layers", "layers", ["layers"]],
	["unpack", "unpack", ["unpack"]],
	["finish", "union to start", []],
];

const colourOf = (step) => {
	const g = GROUPS.find((x) => x[2].includes(step));
	return "var(--" + (g ? g[0] : "finish") + ")";
};

const byId = (id) => document.getElementById(id);

/* el("p", {class: "x"}, "text", child) */
const el = (name, attrs, ...children) => {
	const e = document.createElement(name);
	for (const k in attrs || {})
		e.setAttribute(k, attrs[k]);
	e.append(...children);
	return e;
};

const svg = (name, attrs, text) => {
	const e = document.createElementNS("http://www.w3.org/2000/svg", name);
	for (const k in attrs)
		e.setAttribute(k, attrs[k]);
	if (text !== undefined)
		e.textContent = text;
	return e;
};

const ms = (n) => n < 1000 ? n + " ms" :
	n < 100000 ? (n / 1000).toFixed(1) + " s" :
	Math.floor(n / 60000) + " min " + Math.round(n % 60000 / 1000) + " s";

const size = (n) => n < 1e6 ? Math.round(n / 1e3) + " kB" :
	n < 1e9 ? (n / 1e6).toFixed(1) + " MB" : (n / 1e9).toFixed(2) + " GB";

const age = (sec) => sec < 90 ? Math.max(0, sec) + " s" :
	sec < 5400 ? Math.round(sec / 60) + " min" :
	sec < 2 * DAY ? Math.round(sec / 3600) + " h" :
	Math.round(sec / DAY) + " d";

const date = (sec) => new Date(sec * 1000).toISOString()
	.replace("T", " ").replace(/\.\d+Z/, " UTC");

const nameOf = (m) => m.hostname || m.mac || m.machine;
const bad = (m) => m.result !== "ok";

/* The kernel's own time before the first step, then the steps. */
const stepsOf = (m) => {
	const s = m.steps;
	if (!s.length)
		return [];
	return [["kernel", 0, s[0][1], 0, 0, "ok"], ...s];
};

const median = (list, at) => {
	const s = list.slice().sort((a, b) => a - b);
	return s.length ? s[Math.min(s.length - 1, Math.floor(s.length * at))] : 0;
};

const tally = (list) => {
	const n = new Map();
	for (const x of list)
		n.set(x, (n.get(x) || 0) + 1);
	return [...n].sort((a, b) => b[1] - a[1] ||
		String(a[0]).localeCompare(String(b[0])));
};

/* --- the summary */

const total = (word, n, kind) => el("div", {class: kind || ""},
	el("dt", {}, word), el("dd", {}, n));

const drawTotals = () => {
	const all = data.machines;
	const failed = all.filter(bad).length;
	const times = all.filter((m) => !bad(m)).map((m) => m.ms);
	byId("title").textContent = data.site ? data.site : "Fleet";
	document.title = (data.site || "fleet") + " \u2013 slipway status";
	byId("when").textContent = "as of " + date(data.generated) +
		(data.filter ? " \u2013 only " + data.filter : "");
	byId("totals").append(
		total(all.length === 1 ? "machine" : "machines", String(all.length)),
		total("booted", String(all.length - failed), "good"),
		total("failed", String(failed), failed ? "bad" : ""),
		total("median boot", times.length ? ms(median(times, 0.5)) : "\u2013"));
};

/* [label, share 0..1, figure, small, colour, what a click filters by] */
const drawBars = (where, list, empty) => {
	const ul = el("ul", {class: "bars"});
	if (!list.length) {
		where.append(el("p", {class: "dim"}, empty));
		return;
	}
	for (const [label, share, figure, small, colour, act] of list) {
		const b = el("b", {}, figure);
		if (small)
			b.append(el("small", {}, " " + small));
		const fill = el("i");
		fill.style.width = Math.max(0, Math.min(1, share)) * 100 + "%";
		const bar = el(act ? "button" : "div", {class: "bar"}, fill,
			el("span", {title: label}, label), b);
		if (colour)
			bar.style.setProperty("--tint", colour);
		if (act) {
			bar.type = "button";
			bar.addEventListener("click", act);
		}
		ul.append(el("li", {}, bar));
	}
	where.append(ul);
};

const TOP = 6;

const drawSteps = () => {
	const took = new Map();
	for (const m of data.machines)
		for (const [name, from, to] of stepsOf(m))
			if (took.has(name))
				took.get(name).push(to - from);
			else
				took.set(name, [to - from]);
	const list = [...took].map(([name, t]) =>
		[name, median(t, 0.5), median(t, 0.95)])
		.sort((a, b) => b[1] - a[1]).slice(0, TOP);
	const most = Math.max(1, ...list.map((x) => x[1]));
	drawBars(byId("steps"), list.map(([name, mid, high]) =>
		[name, mid / most, ms(mid), "95 %: " + ms(high),
			colourOf(name)]), "No boot has told of its steps.");
};

const drawFailures = () => {
	const codes = tally(data.machines.filter(bad).map((m) => m.result));
	const most = codes.length ? codes[0][1] : 1;
	drawBars(byId("failures"), codes.slice(0, TOP).map(([code, n]) =>
		[code, n / most, String(n), n === 1 ? "machine" : "machines",
			"var(--bad)", () => choose("result", code)]),
		"Every machine's last boot went well.");
	if (codes.length > TOP)
		byId("failures").append(el("p", {class: "dim"},
			"and " + (codes.length - TOP) + " more codes"));
};

const drawVersions = () => {
	const where = byId("versions");
	const part = (title, list, act, colour) => {
		const n = tally(list);
		where.append(el("h3", {}, title));
		drawBars(where, n.slice(0, 3).map(([v, k]) =>
			[String(v), k / data.machines.length, String(k),
				Math.round(100 * k / data.machines.length) + " %",
				colour, act && (() => act(v))]), "None known.");
		if (n.length > 3)
			where.append(el("p", {class: "dim"},
				"and " + (n.length - 3) + " more"));
	};
	part("release", data.machines.filter((m) => m.release)
		.map((m) => m.release), (v) => choose("release", String(v)),
	"var(--layers)");
	part("kernel", data.machines.filter((m) => m.kernel)
		.map((m) => m.kernel), null, "var(--kernel)");
};

const drawDays = () => {
	const W = 320, H = 186, BASE = 164, LEFT = 26, N = 30;
	const known = new Map(data.days.map((d) => [d[0], d]));
	const days = [];
	for (let i = N - 1; i >= 0; i--) {
		const day = new Date((data.generated - i * DAY) * 1000)
			.toISOString().slice(0, 10);
		days.push(known.get(day) || [day, 0, 0]);
	}
	const most = Math.max(1, ...days.map((d) => d[1] + d[2]));
	const sum = days.reduce((a, d) => [a[0] + d[1], a[1] + d[2]], [0, 0]);
	const s = svg("svg", {viewBox: `0 0 ${W} ${H}`, role: "img",
		"aria-label": `Boots in the last ${N} days: ${sum[0]} went well, ` +
			`${sum[1]} failed; at most ${most} a day`});
	const step = (W - LEFT) / N;
	const tall = (n) => n / most * (BASE - 12);
	for (const n of [most, Math.round(most / 2)].filter((v, i, a) =>
		v && a.indexOf(v) === i)) {
		s.append(svg("line", {x1: LEFT, x2: W, y1: BASE - tall(n),
			y2: BASE - tall(n), class: "grid"}));
		s.append(svg("text", {x: LEFT - 4, y: BASE - tall(n) + 3.5,
			"text-anchor": "end", class: "axis"}, n));
	}
	s.append(svg("line", {x1: LEFT, x2: W, y1: BASE, y2: BASE,
		class: "grid"}));
	days.forEach(([day, good, failed], i) => {
		const g = svg("g", {});
		const x = LEFT + i * step + 1, w = step - 2;
		g.append(svg("title", {}, `${day}: ${good} went well, ` +
			`${failed} failed`));
		g.append(svg("rect", {x, y: 0, width: w, height: BASE,
			fill: "transparent"}));
		g.append(svg("rect", {x, y: BASE - tall(good), width: w,
			height: tall(good), rx: 1, class: "good-fill"}));
		if (failed)
			g.append(svg("rect", {x, width: w, rx: 1,
				y: BASE - tall(good) - Math.max(2, tall(failed)),
				height: Math.max(2, tall(failed)),
				class: "bad-fill"}));
		s.append(g);
		if (i % 7 === 1)
			s.append(svg("text", {x: i === N - 1 ? W : x + w / 2,
				y: H - 8, class: "axis", "text-anchor":
				i === N - 1 ? "end" : "middle"}, day.slice(5)));
	});
	byId("days").append(s);
};

const drawLegend = () => {
	for (const [id, label] of GROUPS) {
		const i = el("i");
		i.style.background = `var(--${id})`;
		byId("legend").append(el("span", {}, i, label));
	}
};

/* --- one boot's timeline */

const tick = (span) => {
	const raw = span / 8, p = 10 ** Math.floor(Math.log10(Math.max(1, raw)));
	return [1, 2, 5, 10].map((k) => k * p).find((v) => v >= raw);
};

/* Lanes of a chart: [label, [[from, to, colour, title], ...], note] */
const lanesOf = (m) => {
	const lanes = stepsOf(m).filter((s) => s[2] - s[1] > 0 || s[5] !== "ok")
		.map(([name, from, to, bytes, tries, result]) => [
			name, [[from, to, colourOf(name), name]],
			ms(to - from) + (bytes ? ", " + size(bytes) : "") +
			(tries ? `, ${tries} failed tries` : "") +
			(result !== "ok" ? ", " + result : "")]);
	const parts = m.layers.map(
		([name, from, to, bytes, tries, ufrom, uto]) => {
			const rate = to > from ?
				", " + size(bytes * 1000 / (to - from)) + "/s" : "";
			const bars = [[from, to, "var(--layers)", "download"]];
			if (uto > ufrom)
				bars.push([ufrom, uto, "var(--unpack)", "unpack"]);
			return ["\u2514 " + name, bars, size(bytes) + rate +
				(tries ? `, ${tries} failed tries` : "")];
		});
	const at = lanes.findIndex((l) => l[0] === "layers");
	lanes.splice(at < 0 ? lanes.length : at + 1, 0, ...parts);
	return lanes;
};

const drawChart = (m) => {
	const lanes = lanesOf(m), LANE = 19, LEFT = 150, RIGHT = 190, W = 1000;
	const end = Math.max(1, m.ms, ...lanes.flatMap((l) => l[1].map((p) => p[1])));
	const H = lanes.length * LANE + 26, scale = (W - LEFT - RIGHT) / end;
	const s = svg("svg", {viewBox: `0 0 ${W} ${H}`, role: "img",
		"aria-label": "Timeline of this boot: " + lanes.map((l) =>
			l[0] + " " + l[2]).join("; ")});
	for (let t = 0, d = tick(end); t <= end; t += d) {
		const x = LEFT + t * scale;
		s.append(svg("line", {x1: x, x2: x, y1: 0, y2: H - 20,
			class: "grid"}));
		s.append(svg("text", {x, y: H - 7, class: "axis",
			"text-anchor": "middle"}, ms(t)));
	}
	lanes.forEach(([label, parts, note], i) => {
		const y = i * LANE;
		const cut = label.length > 24 ? label.slice(0, 23) + "\u2026" : label;
		s.append(svg("text", {x: LEFT - 8, y: y + 14,
			"text-anchor": "end"}, cut));
		let right = LEFT;
		for (const [from, to, colour, title] of parts) {
			const r = svg("rect", {x: LEFT + from * scale, y: y + 4,
				width: Math.max(1.5, (to - from) * scale),
				height: LANE - 7, rx: 2});
			r.style.fill = colour;
			r.append(svg("title", {}, `${title}: ${ms(from)} to ` +
				`${ms(to)}, ${ms(to - from)}`));
			s.append(r);
			right = Math.max(right, LEFT + to * scale);
		}
		s.append(svg("text", {x: right + 6, y: y + 14, class: "axis"},
			note));
	});
	return el("div", {class: "chart"}, s);
};

const fact = (word, value) => value ? [el("div", {}, el("dt", {}, word),
	el("dd", {}, String(value)))] : [];

const drawPast = (m) => {
	const past = el("div", {class: "past", role: "img", "aria-label":
		"Last boots, oldest first: " + m.history.slice().reverse()
			.map((h) => `${h[1]} in ${ms(h[2])}`).join(", ")});
	const most = Math.max(1, ...m.history.map((h) => h[2]));
	for (const [when, result, took] of m.history.slice().reverse()) {
		const i = el("i", {class: result === "ok" ? "" : "bad",
			title: `${date(when)}: ${result}, ${ms(took)}`});
		i.style.height = took / most * 100 + "%";
		past.append(i);
	}
	return past;
};

const drawDetail = (m) => {
	const box = el("div", {class: "detail"});
	if (m.error)
		box.append(el("p", {class: "error"}, m.result + ": " + m.error));
	if (m.steps.length)
		box.append(drawChart(m));
	const facts = el("dl", {class: "facts"});
	facts.append(...fact("heard", date(m.received)),
		...fact("address", m.address), ...fact("MAC", m.mac),
		...fact("serial number", m.serial), ...fact("UUID", m.uuid),
		...fact("kernel", m.kernel), ...fact("fetched", size(m.bytes)));
	for (const [url, bytes, failures, wrong] of m.mirrors)
		facts.append(...fact("mirror", url + " \u2013 " + size(bytes) +
			(failures ? `, ${failures} failures` : "") +
			(wrong ? ", gave wrong bytes or 4xx" : "")));
	if (m.history.length > 1)
		facts.append(el("div", {}, el("dt", {}, "last boots"),
			el("dd", {}, drawPast(m))));
	box.append(facts);
	return box;
};

/* --- the table */

const COLUMNS = [
	["machine", nameOf, ""],
	["role", (m) => m.role, ""],
	["release", (m) => m.release, "num"],
	["heard", (m) => m.received, "num"],
	["took", (m) => m.ms, ""],
	["slowest step", (m) => m.slow_ms, ""],
	["result", (m) => m.result === "ok" ? "" : m.result, ""],
];
const LONGEST = median(data.machines.map((m) => m.ms), 0.98) || 1;
let sortBy = 3, sortDown = true;

/* All steps as one element: a thousand rows must not be slow. */
const strip = (m) => {
	const i = el("i"), stops = [], end = Math.max(1, m.ms);
	for (const [name, from, to] of stepsOf(m)) {
		const c = colourOf(name);
		stops.push(`${c} ${100 * from / end}%`, `${c} ${100 * to / end}%`);
	}
	i.style.width = Math.min(100, 100 * m.ms / LONGEST) + "%";
	i.style.background = stops.length ?
		`linear-gradient(90deg, ${stops.join(", ")})` : "var(--line)";
	return i;
};

const toggle = (m) => {
	const open = !m.more;
	if (open) {
		m.more = el("tr", {class: "more"}, el("td",
			{colspan: String(COLUMNS.length)}, drawDetail(m)));
		m.row.after(m.more);
	} else {
		m.more.remove();
		m.more = null;
	}
	m.button.setAttribute("aria-expanded", String(open));
};

const makeRow = (m) => {
	const sub = m.hostname ? m.mac || m.machine : m.serial || m.address;
	m.button = el("button", {type: "button", class: "open",
		"aria-expanded": "false"},
	el("span", {class: "name"}, nameOf(m)),
	el("span", {class: "sub"}, sub));
	m.button.addEventListener("click", () => toggle(m));
	const old = data.generated - m.received > 7 * DAY;
	m.row = el("tr", {class: "row"},
		el("th", {scope: "row"}, m.button),
		el("td", {class: "role", title: m.role}, m.role),
		el("td", {class: "num release"}, m.release ? String(m.release) : "\u2013"),
		el("td", {class: "num" + (old ? " old" : ""), title: date(m.received)},
			age(data.generated - m.received) + " ago"),
		el("td", {class: "took"}, el("span", {class: "time"},
			el("span", {}, ms(m.ms)),
			el("span", {class: "track"}, strip(m)))),
		el("td", {class: "slow"}, m.slow ? `${m.slow} ${ms(m.slow_ms)}` : ""),
		el("td", {class: "what"}, el("span", {class: "result" +
			(bad(m) ? " bad" : ""), title: m.error}, m.result)));
	return m.row;
};

const wanted = () => {
	const find = byId("find").value.trim().toLowerCase();
	const role = byId("role").value, result = byId("result").value;
	const release = byId("release").value;
	const heard = Number(byId("heard").value);
	return (m) => (!find || m.text.includes(find)) &&
		(!role || m.role === role) &&
		(!result || (result === "failed" ? bad(m) : m.result === result)) &&
		(!release || String(m.release) === release) &&
		(!heard || (heard > 0 ? data.generated - m.received <= heard :
			data.generated - m.received > -heard));
};

const compare = (a, b) => {
	const x = COLUMNS[sortBy][1](a), y = COLUMNS[sortBy][1](b);
	const d = typeof x === "number" ? x - y :
		x.localeCompare(y, undefined, {numeric: true});
	return (sortDown ? -d : d) || nameOf(a).localeCompare(nameOf(b),
		undefined, {numeric: true});
};

let turn = 0;

const ready = () => {
	document.documentElement.dataset.ready = String(Math.round(performance.now()));
};

/* Filter, sort, and put the rows in; what does not show yet comes later. */
const show = () => {
	const mine = ++turn, body = byId("rows");
	const list = data.machines.filter(wanted()).sort(compare);
	const put = (from) => {
		if (mine !== turn)
			return;
		const some = document.createDocumentFragment();
		for (const m of list.slice(from, from + CHUNK)) {
			some.append(m.row || makeRow(m));
			if (m.more)
				some.append(m.more);
		}
		body.append(some);
		if (from + CHUNK < list.length)
			requestAnimationFrame(() => put(from + CHUNK));
		else
			ready();
	};
	body.replaceChildren();
	byId("count").textContent = list.length === data.machines.length ?
		`${list.length} machine${list.length === 1 ? "" : "s"}` :
		`${list.length} of ${data.machines.length} machines`;
	byId("none").hidden = list.length > 0;
	put(0);
};

const showSort = () => {
	[...byId("head").children].forEach((th, i) => {
		if (i === sortBy)
			th.setAttribute("aria-sort", sortDown ? "descending" : "ascending");
		else
			th.removeAttribute("aria-sort");
	});
};

const makeHead = () => {
	COLUMNS.forEach(([label, , kind], i) => {
		const b = el("button", {type: "button"}, label);
		b.addEventListener("click", () => {
			sortDown = sortBy === i ? !sortDown : i >= 3;
			sortBy = i;
			showSort();
			show();
		});
		byId("head").append(el("th", {scope: "col", class: kind}, b));
	});
	showSort();
};

const fill = (id, list) => {
	for (const [value, n] of list)
		byId(id).append(el("option", {value: String(value)},
			`${value} (${n})`));
};

function choose(id, value) {
	byId(id).value = value;
	show();
	byId("fleet").scrollIntoView();
	byId(id).focus();
}

const makeFilter = () => {
	const all = data.machines, failed = all.filter(bad);
	fill("role", tally(all.filter((m) => m.role).map((m) => m.role)));
	fill("release", tally(all.filter((m) => m.release).map((m) => m.release))
		.sort((a, b) => b[0] - a[0]));
	fill("result", [["ok", all.length - failed.length],
		["failed", failed.length],
		...tally(failed.map((m) => m.result))]);
	byId("filter").addEventListener("input", show);
	byId("filter").addEventListener("submit", (e) => e.preventDefault());
	byId("filter").addEventListener("reset", () => setTimeout(show));
};

/* --- keys, colours */

const step = (by) => {
	const all = [...document.querySelectorAll("#rows .open")];
	const i = all.indexOf(document.activeElement);
	const next = all[i < 0 ? 0 : Math.max(0, Math.min(all.length - 1, i + by))];
	if (next)
		next.focus();
};

document.addEventListener("keydown", (e) => {
	const typing = /^(INPUT|SELECT)$/.test(document.activeElement.tagName);
	if (e.ctrlKey || e.altKey || e.metaKey)
		return;
	if (e.key === "Escape") {
		byId("filter").reset();
	} else if (typing) {
		return;
	} else if (e.key === "/") {
		e.preventDefault();
		byId("find").focus();
	} else if (e.key === "ArrowDown" || e.key === "ArrowUp") {
		e.preventDefault();
		step(e.key === "ArrowDown" ? 1 : -1);
	}
});

const THEMES = ["auto", "light", "dark"];
const night = matchMedia("(prefers-color-scheme: dark)");
let theme = 0;
const showTheme = () => {
	document.documentElement.dataset.theme =
		theme ? THEMES[theme] : night.matches ? "dark" : "light";
	byId("theme").textContent = "Colours: " + THEMES[theme];
};
byId("theme").addEventListener("click", () => {
	theme = (theme + 1) % THEMES.length;
	showTheme();
});
night.addEventListener("change", showTheme);

for (const m of data.machines)
	m.text = [m.hostname, m.mac, m.machine, m.serial, m.uuid, m.address,
		m.role, m.result, m.error, m.kernel].join("\n").toLowerCase();
/* page.html#web-17 opens that machine's timeline */
const openNamed = () => {
	const name = decodeURIComponent(location.hash.slice(1));
	const m = name && data.machines.find((x) =>
		name === nameOf(x) || name === x.mac || name === x.machine);
	if (!m)
		return;
	if (!m.row)
		makeRow(m);
	if (!m.row.isConnected)
		byId("rows").prepend(m.row);
	if (!m.more)
		toggle(m);
	m.row.scrollIntoView();
	m.button.focus();
};

showTheme();
drawTotals();
drawDays();
drawFailures();
drawSteps();
drawVersions();
drawLegend();
makeHead();
makeFilter();
show();
openNamed();
addEventListener("hashchange", openNamed);
})();
