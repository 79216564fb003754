// What a browser adds to a page: colours that a reader chooses, printing, tables that can be sorted and filtered.
"use strict";

const root = document.documentElement, scheme = document.getElementById("scheme"), print = document.getElementById("print");

function showScheme() {
  scheme.hidden = false;
  scheme.ariaLabel = scheme.querySelector("span").textContent = `Colours: ${root.dataset.scheme}`;
}

scheme.addEventListener("click", () => {
  const schemes = ["auto", "light", "dark"];
  root.dataset.scheme = schemes[(schemes.indexOf(root.dataset.scheme) + 1) % schemes.length];
  try {
    root.dataset.scheme === "auto" ? localStorage.removeItem("mode") : localStorage.setItem("mode", root.dataset.scheme);
  } catch {} // a browser that stores nothing
  showScheme();
});
root.dataset.scheme ??= "auto";
showScheme();

if (print) {
  print.hidden = false;
  print.addEventListener("click", () => window.print());
}

const months = "January February March April May June July August September October November December".split(" ");
const day = new RegExp(String.raw`(?:(\d{1,2}) )?(${months.join("|")})? ?((?:19|20)\d\d)$`);
const inOrder = new Intl.Collator("en", { numeric: true }).compare;

// Days sort by the calendar, with those of which only the month or the year is known at the end of it.
function sortKey(text) {
  const found = text.match(day);
  if (!found) return null;
  const [, number, month, year] = found;
  return Number(year) * 10000 + (month ? months.indexOf(month) + 1 : 99) * 100 + Number(number ?? 99);
}

function sortBy(th, body) {
  const turned = th.getAttribute("aria-sort") === "ascending" ? "descending" : "ascending", column = th.cellIndex;
  for (const other of th.parentNode.cells) other.removeAttribute("aria-sort");
  th.setAttribute("aria-sort", turned);
  const value = (row) => row.cells[column].dataset.sort ?? row.cells[column].textContent.trim();
  const rows = [...body.rows].sort((a, b) => inOrder(value(a), value(b)) * (turned === "ascending" ? 1 : -1));
  body.append(...rows);
}

function makeSortable(head, body) {
  for (const th of head.cells) {
    if (th.tagName !== "TH" || th.querySelector("a")) continue; // a button holds no link
    const button = document.createElement("button");
    Object.assign(button, { type: "button", className: "sort", title: "Sort by this column" });
    button.append(...th.childNodes);
    button.addEventListener("click", () => sortBy(th, body));
    th.append(button);
  }
  for (const cell of body.querySelectorAll("td")) {
    const key = sortKey(cell.textContent.trim());
    if (key !== null) cell.dataset.sort = key;
  }
}

function makeFilter(table, body) {
  const label = document.createElement("label"), input = document.createElement("input"), shown = document.createElement("span");
  label.className = "filter";
  input.type = "search";
  shown.setAttribute("role", "status");
  label.append("Show only rows with ", input, " ", shown);
  input.addEventListener("input", () => {
    const words = input.value.toLowerCase().split(/\s+/).filter(Boolean), rows = [...body.rows];
    for (const row of rows) row.hidden = !words.every((word) => row.textContent.toLowerCase().includes(word));
    shown.textContent = words.length ? `${rows.filter((row) => !row.hidden).length} of ${rows.length} rows` : "";
  });
  table.closest(".table-box").before(label);
}

for (const table of document.querySelectorAll("article table")) {
  const head = table.tHead?.rows[0], body = table.tBodies[0];
  if (!head || !body || body.rows.length < 4) continue;
  makeSortable(head, body);
  if (body.rows.length >= 12) makeFilter(table, body);
}
// Where the browser does not hold the place itself, what the address leads to is shown again, now that the fields above are there.
if (!CSS.supports("overflow-anchor", "auto")) document.querySelector(":target")?.scrollIntoView();
