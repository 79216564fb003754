// Tables can be sorted by a column (sortable.min.js does it) and filtered by words. Without scripts they are plain tables.
const openTables = () => {
  const months = "January February March April May June July August September October November December".split(" ");
  const day = /(?:(\d{1,2}) )?(January|February|March|April|May|June|July|August|September|October|November|December)? ?((?:19|20)\d\d)$/;
  const key = (text) => {
    const found = text.trim().match(day);
    if (!found) return null;
    const [, number, month, year] = found;
    return Number(year) * 10000 + (month ? months.indexOf(month) + 1 : 99) * 100 + Number(number || 99);
  };
  for (const table of document.querySelectorAll(".bd-article table")) {
    const head = table.tHead?.rows[0], rows = table.tBodies[0]?.rows ?? [];
    if (!head || rows.length < 4) continue;
    table.classList.add("sortable");
    for (const th of head.cells) {
      if (th.querySelector("a")) continue; // a button holds no link
      const button = document.createElement("button");
      button.type = "button";
      button.className = "qantar-sort";
      button.title = "Sort by this column";
      button.append(...th.childNodes);
      th.append(button);
    }
    for (const row of rows)
      for (const cell of row.cells) {
        const sorted = key(cell.textContent);
        if (sorted !== null) cell.dataset.sort = sorted;
      }
    if (rows.length < 12) continue;
    const label = document.createElement("label"), input = document.createElement("input"), told = document.createElement("span");
    label.className = "qantar-filter";
    input.type = "search";
    told.setAttribute("role", "status");
    label.append("Show only rows with ", input, " ", told);
    input.addEventListener("input", () => {
      const words = input.value.toLowerCase().split(/\s+/).filter(Boolean), all = [...table.tBodies[0].rows];
      for (const row of all) row.hidden = !words.every((word) => row.textContent.toLowerCase().includes(word));
      told.textContent = words.length ? `${all.filter((row) => !row.hidden).length} of ${all.length} rows` : "";
    });
    (table.closest(".pst-scrollable-table-container, [role=region]") ?? table).before(label);
  }
  // Where the browser does not hold the place itself, what the address leads to is shown again, now that the fields above are there.
  if (!CSS.supports("overflow-anchor", "auto")) document.querySelector(":target")?.scrollIntoView();
};
document.readyState === "loading" ? document.addEventListener("DOMContentLoaded", openTables) : openTables();
