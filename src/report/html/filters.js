
"use strict";
// The page is whole without this: it only hides what is not asked for.
(() => {
  const form = document.querySelector(".filters");
  if (!form) return;
  const rows = [...document.querySelectorAll(".row")];
  const calm = [...document.querySelectorAll(".calm")];
  const machines = [...document.querySelectorAll(".machine")];
  const boxes = [...form.querySelectorAll("input[type=checkbox]")];
  const [machine, type] = ["machine", "type"].map((name) => form.elements[name]);
  const search = form.elements.search;
  const told = form.querySelector("output");
  const show = () => {
    const outcomes = new Set(boxes.filter((box) => box.checked).map((box) => box.value));
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    const isNarrow = outcomes.size > 0 || type.value !== "" || words.length > 0;
    let shown = 0;
    for (const place of machines) place.hidden = !!machine && machine.value !== "" && place.dataset.machine !== machine.value;
    for (const row of rows) {
      const text = row.dataset.text ?? (row.dataset.text = row.textContent.toLowerCase());
      row.hidden = (outcomes.size > 0 && !outcomes.has(row.dataset.outcome))
        || (type.value !== "" && row.dataset.type !== type.value)
        || !words.every((word) => text.includes(word));
      if (!row.hidden && !row.closest(".machine").hidden) shown += 1;
    }
    for (const group of calm) {
      group.hidden = !group.querySelector(".row:not([hidden])");
      if (isNarrow && !group.hidden) group.open = true;
    }
    if (isNarrow) {
      for (const place of machines) if (place.querySelector(".row:not([hidden])")) place.open = true;
    }
    told.value = `${shown} of ${rows.length} shown`;
  };
  form.addEventListener("input", show);
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("reset", () => setTimeout(show));
  for (const button of form.querySelectorAll("button[data-open]")) {
    button.addEventListener("click", () => {
      const open = button.dataset.open === "yes";
      for (const place of document.querySelectorAll("details")) place.open = open || place.matches(".machine");
    });
  }
  form.hidden = false;
  show();
})();
