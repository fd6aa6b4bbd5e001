// Sorts and filters tables, and draws the rows of a long one from the JSON that stands behind it.
// What pages said is only ever put in as text.
"use strict";
const FIRST = 50; // rows that a table of pages shows before somebody asks for more
const MORE = 1000;
const number = (count) => count.toLocaleString("en").replaceAll(",", "\u202f");

const make = (tag, name, ...inside) => {
  const element = document.createElement(tag);
  if (name) element.className = name;
  element.append(...inside);
  return element;
};
const bdi = (text) => make("bdi", "", text);
const cell = (name, ...inside) => make("td", name, ...inside);
const link = (url, text) => {
  const element = make("a", "", text);
  element.href = url;
  return element;
};
const picture = (tag, attributes, ...inside) => {
  const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...inside);
  return element;
};
// Shares are per mille; halves go to the even number, as in the rows that are there.
const percent = (share) => {
  const near = Math.round(share / 10);
  const even = (share / 10) % 1 === 0.5 && near % 2 ? near - 1 : near;
  return `${share > 0 && share < 1000 ? Math.min(99, Math.max(1, even)) : Math.floor(share / 10)} %`;
};
const bar = (share, kind, label) => [
  picture("svg", { class: kind, "aria-hidden": true }, picture("rect", { width: `${share / 10}%`, height: "100%" })),
  `${percent(share)} `,
  make("small", "", label),
];
const strip = (pieces, label) => {
  const lines = [0, 90].map((y) => picture("rect", { class: "line", y, width: 1000, height: 30 }));
  const shapes = pieces.flatMap(([from, length, to, its]) => [
    picture("path", { class: "band", d: `M${from} 30H${from + length}L${to + its} 90H${to}Z` }),
    picture("rect", { class: "of-release", x: from, y: 0, width: length, height: 30 }),
    picture("rect", { class: "of-page", x: to, y: 90, width: its, height: 30 }),
  ]);
  const box = { class: "strip", viewBox: "0 0 1000 120", preserveAspectRatio: "none", role: "img", "aria-label": label };
  return picture("svg", box, ...lines, ...shapes);
};

const hostOf = (url, named) => named || url.split("/")[2];

// A row as `packed.py` has it.
const draw = (row, besideName) => {
  const [url, named, relation, release, page, first, last, record, why, changes, family, headline] = row;
  const [versions, missing, against, beside, pieces, label, reserved] = row.slice(12);
  const host = hostOf(url, named);
  const outlet = cell("outlet");
  if (/^https?:\/\//.test(url)) {
    const away = link(url, bdi(host));
    away.rel = "noreferrer noopener nofollow";
    outlet.append(away);
  } else outlet.append(make("span", "host", bdi(host)));
  if (family) outlet.append(" ", make("small", "", bdi(family)));
  if (headline) outlet.append(make("p", "", "“", bdi(headline), "”"));
  if (why) outlet.append(make("p", "small", bdi(why)));
  if (changes) outlet.append(make("p", "small changes", changes));
  for (const line of against || []) outlet.append(make("p", "against", "Against: ", bdi(line)));
  if (reserved) outlet.append(make("p", "small", reserved));
  const capture = make("p", "small", "capture ", make("code", "", record));
  if (beside) capture.append(" · ", link(beside, besideName));
  outlet.append(capture);
  const kind = make("span", "", make("span", `relation ${relation}`, relation));
  if (versions) kind.append(make("br"), make("small", "", `${versions} versions`));
  const cover = make("span", "", ...bar(release, "of-release", "of release"), make("br"), ...bar(page, "of-page", "of page"));
  if (pieces && pieces.length) cover.append(make("br"), strip(pieces, label));
  const time = (moment) => (moment ? make("time", "", moment) : "not known");
  const until = make("span");
  if (missing) until.append(make("strong", "gone", "not there"), " ", time(missing), make("br"), make("small", "", "last seen ", time(last)));
  else if (last && last === first) until.append(make("span", "small", "seen once"));
  else until.append(time(last));
  const element = make("tr", "", outlet, cell("", kind), cell("cover", cover), cell("when", time(first)), cell("when", until));
  element.dataset.relation = relation;
  return element;
};

// What a table is sorted and filtered by, without drawing it.
const recordOf = (element) => ({
  keys: [...element.cells].map((each) => each.dataset.v ?? each.textContent),
  relation: element.dataset.relation,
  text: `${element.textContent} ${element.querySelector("a")?.href ?? ""}`.toLowerCase(),
  element: () => element,
});
const packedRecord = (row, besideName) => {
  let element = null;
  const [url, named, relation, release, , first, last, record, why, changes, family, headline, , missing, against, , , , reserved] = row;
  return {
    keys: [hostOf(url, named), relation, release, first || "~", missing || last || "~"],
    relation,
    text: [url, named, relation, record, why, changes, family, headline, reserved, ...(against || [])].join(" ").toLowerCase(),
    element: () => (element ??= draw(row, besideName)),
  };
};
const compare = (one, other) => {
  const [a, b] = [Number(one), Number(other)];
  return Number.isNaN(a) || Number.isNaN(b) ? String(one).localeCompare(String(other)) : a - b;
};

for (const table of document.querySelectorAll("table.sortable")) {
  const body = table.tBodies[0];
  const data = table.nextElementSibling;
  const records = [...body.rows].map(recordOf);
  if (data?.matches("script.rows")) {
    for (const row of JSON.parse(data.textContent)) records.push(packedRecord(row, data.dataset.beside));
  }
  const paged = table.matches(".pages");
  let chosen = records;
  let most = paged ? Math.min(FIRST, body.rows.length) : Infinity;
  const more = make("button", "more");
  more.type = "button";
  const paint = (rows = chosen.slice(0, most)) => {
    body.replaceChildren(...rows.map((each) => each.element()));
    const left = chosen.length - rows.length;
    more.hidden = left <= 0;
    more.textContent = `${number(Math.min(left, MORE))} more${left > MORE ? ` of ${number(left)}` : ""}`;
  };
  more.addEventListener("click", () => {
    most += MORE;
    paint();
  });
  const heads = [...table.tHead.rows[0].cells];
  heads.forEach((head, column) => {
    const button = make("button", "", head.textContent);
    button.type = "button";
    head.replaceChildren(button);
    button.addEventListener("click", () => {
      const up = head.getAttribute("aria-sort") !== "ascending";
      for (const other of heads) other.removeAttribute("aria-sort");
      head.setAttribute("aria-sort", up ? "ascending" : "descending");
      const order = (a, b) => (up ? 1 : -1) * compare(a.keys[column], b.keys[column]);
      records.sort(order);
      chosen = chosen === records ? records : chosen.sort(order);
      paint();
    });
  });
  if (!paged || records.length < 6) continue;
  const input = make("input");
  input.type = "search";
  input.placeholder = "outlet, headline, address";
  input.setAttribute("aria-label", "Show rows with these words");
  const select = make("select");
  select.setAttribute("aria-label", "Show one relation");
  const relations = new Set(records.map((each) => each.relation));
  for (const name of ["", ...[...relations].sort()]) select.add(new Option(name || "every relation", name));
  const shown = make("output");
  const choose = () => {
    const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
    const fits = (each) => words.every((word) => each.text.includes(word)) && (!select.value || select.value === each.relation);
    chosen = records.filter(fits);
    most = FIRST;
    shown.textContent = `${number(chosen.length)} of ${number(records.length)}`;
    paint();
  };
  input.addEventListener("input", choose);
  select.addEventListener("change", choose);
  table.before(make("p", "filter", input, select, shown));
  table.after(more);
  paint();
  matchMedia("print").addEventListener("change", (paper) => (paper.matches ? paint(records) : paint()));
}
