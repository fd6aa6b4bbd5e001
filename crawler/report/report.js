// Sorts and filters tables that are already there; it adds no text of a page anywhere but as text.
"use strict";
for (const more of document.querySelectorAll("details.more")) {
  const table = more.previousElementSibling;
  const rest = more.querySelector("table.sortable");
  if (table && rest && table.matches("table.sortable")) {
    const rows = [...rest.tBodies[0].rows];
    for (const row of rows) row.hidden = true;
    table.tBodies[0].append(...rows);
    const button = document.createElement("button");
    button.type = "button";
    button.className = "more";
    button.textContent = more.querySelector("summary").textContent;
    button.addEventListener("click", () => {
      for (const row of rows) row.hidden = false;
      button.remove();
    });
    more.replaceWith(button);
  }
}
const compare = (one, other) => {
  const [a, b] = [Number(one), Number(other)];
  return Number.isNaN(a) || Number.isNaN(b) ? one.localeCompare(other) : a - b;
};
for (const table of document.querySelectorAll("table.sortable")) {
  const heads = [...table.tHead.rows[0].cells];
  heads.forEach((head, column) => {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = head.textContent;
    head.replaceChildren(button);
    button.addEventListener("click", () => {
      const up = head.getAttribute("aria-sort") !== "ascending";
      for (const other of heads) other.removeAttribute("aria-sort");
      head.setAttribute("aria-sort", up ? "ascending" : "descending");
      const rows = [...table.tBodies[0].rows];
      const key = (row) => row.cells[column].dataset.v ?? row.cells[column].textContent;
      rows.sort((a, b) => (up ? 1 : -1) * compare(key(a), key(b)));
      table.tBodies[0].append(...rows);
    });
  });
  if (!table.matches(".pages") || table.tBodies[0].rows.length < 6) continue;
  const filter = document.createElement("p");
  filter.className = "filter";
  const input = document.createElement("input");
  input.type = "search";
  input.placeholder = "outlet, headline, address";
  input.setAttribute("aria-label", "Show rows with these words");
  const select = document.createElement("select");
  select.setAttribute("aria-label", "Show one relation");
  const relations = new Set([...table.tBodies[0].rows].map((row) => row.dataset.relation));
  for (const name of ["", ...[...relations].sort()]) select.add(new Option(name || "every relation", name));
  const shown = document.createElement("output");
  const choose = () => {
    const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
    let count = 0;
    for (const row of table.tBodies[0].rows) {
      const link = row.querySelector("a");
      const text = (row.textContent + " " + (link ? link.href : "")).toLowerCase();
      const fits = words.every((word) => text.includes(word)) && (!select.value || select.value === row.dataset.relation);
      row.hidden = !fits;
      count += fits;
    }
    shown.textContent = `${count} shown`;
  };
  input.addEventListener("input", choose);
  select.addEventListener("change", choose);
  filter.append(input, select, shown);
  table.before(filter);
}
