"use strict";
// The keys of the page. Everything they do can be done with the mouse, too.
const card = document.getElementById("card");

const set = (name, value) => {
  const field = card?.elements[name];
  if (field) field.value = value;
};

const chooseDay = (button) => {
  set("as_of", button.dataset.asOf);
  set("date", button.dataset.asOf);
  set("date_basis", button.dataset.basis);
  document.querySelectorAll(".day[data-as-of]").forEach((other) => other.toggleAttribute("aria-pressed", other === button));
};

document.querySelectorAll("button.day").forEach((button) => button.addEventListener("click", () => chooseDay(button)));
document.querySelectorAll("button.same").forEach((button) =>
  button.addEventListener("click", () => set("same_statement", button.dataset.same)));

// Another measure than the three is chosen by its id.
card?.addEventListener("submit", () => {
  const other = card.elements["measure_id_other"];
  if (other?.value) {
    card.querySelectorAll("[type=radio]").forEach((radio) => { radio.checked = false; });
    other.name = "measure_id";
  }
});

const next = () => {
  const open = [...document.querySelectorAll("a.open")];
  const now = open.findIndex((link) => link.classList.contains("chosen"));
  open[(now + 1) % open.length]?.click();
};

document.addEventListener("keydown", (event) => {
  const typing = event.target.matches("input:not([type=radio]), textarea, select");
  if (event.key === "Escape") { event.target.blur(); return; }
  if (typing || event.ctrlKey || event.metaKey || event.altKey) return;
  const marked = document.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
  if (marked) {
    event.preventDefault();
    if (marked.type === "radio") marked.checked = true; else marked.click();
  } else if (event.key === "Enter" && !event.target.matches("button, a, summary")) {
    document.getElementById("accept")?.click();
  } else if (event.key === "n") {
    next();
  } else if (event.key === "e") {
    event.preventDefault();
    document.getElementById("as_printed")?.focus();
  } else if (event.key === "m") {
    document.querySelector("button.same")?.click();
  } else if (event.key === "d") {
    const days = [...document.querySelectorAll("button.day")];
    const now = days.findIndex((day) => day.hasAttribute("aria-pressed"));
    if (days.length) chooseDay(days[(now < 0 ? 1 : now + 1) % days.length]);
  }
});

document.querySelector(".chosen")?.scrollIntoView({ block: "center" });
