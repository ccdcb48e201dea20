// Search over all sections, and a list of pages that starts closed on a narrow screen.
(() => {
  const pages = document.querySelector(".pages details");
  if (matchMedia("(max-width: 52rem)").matches) pages.open = false;

  const input = document.getElementById("search");
  const found = document.getElementById("found");
  const index = window.searchIndex || [];
  const most = 12;
  input.disabled = false;

  // A section has all words; a word in a title weighs more than one in the text.
  function score(entry, words) {
    const section = entry.section.toLowerCase();
    const page = entry.page.toLowerCase();
    const text = entry.text.toLowerCase();
    let sum = 0;
    for (const word of words) {
      let weight = 0;
      if (section.includes(word)) weight += section === word ? 20 : 8;
      if (page.includes(word)) weight += page === word ? 15 : 4;
      if (text.includes(word)) weight += 1;
      if (weight === 0) return 0;
      sum += weight;
    }
    return sum;
  }

  // The words around the first one that was found.
  function excerpt(text, words) {
    const at = Math.min(...words.map((word) => text.toLowerCase().indexOf(word)).filter((at) => at >= 0), text.length);
    const start = at < text.length ? Math.max(0, at - 50) : 0;
    return (start > 0 ? "…" : "") + text.slice(start, start + 150);
  }

  function marked(text, words) {
    const element = document.createElement("small");
    const lower = text.toLowerCase();
    let at = 0;
    while (at < text.length) {
      const next = words
        .map((word) => ({ start: lower.indexOf(word, at), length: word.length }))
        .filter((hit) => hit.start >= 0)
        .sort((a, b) => a.start - b.start)[0];
      if (!next) break;
      element.append(text.slice(at, next.start));
      const mark = document.createElement("mark");
      mark.textContent = text.slice(next.start, next.start + next.length);
      element.append(mark);
      at = next.start + next.length;
    }
    element.append(text.slice(at));
    return element;
  }

  function show() {
    const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
    found.replaceChildren();
    found.hidden = words.length === 0;
    if (found.hidden) return;
    const hits = index
      .map((entry) => ({ entry, score: score(entry, words) }))
      .filter((hit) => hit.score > 0)
      .sort((a, b) => b.score - a.score)
      .slice(0, most);
    if (hits.length === 0) {
      const none = document.createElement("p");
      none.textContent = "Nothing has all of these words.";
      found.append(none);
    }
    for (const { entry } of hits) {
      const link = document.createElement("a");
      link.href = entry.address;
      link.append(entry.section === entry.page ? entry.page : `${entry.page}: ${entry.section}`);
      link.append(marked(excerpt(entry.text, words), words));
      found.append(link);
    }
  }

  function move(step) {
    const links = [...found.querySelectorAll("a")];
    const at = links.indexOf(document.activeElement) + step;
    (links[at] || input).focus();
  }

  input.addEventListener("input", show);
  input.addEventListener("focus", show);
  document.addEventListener("click", (event) => {
    if (!event.target.closest(".search")) found.hidden = true;
  });
  document.addEventListener("keydown", (event) => {
    const inside = event.target.closest?.(".search");
    if (event.key === "/" && !inside && !event.target.closest?.("input")) {
      event.preventDefault();
      input.focus();
    } else if (inside && event.key === "Escape") {
      found.hidden = true;
      input.blur();
    } else if (inside && event.key === "ArrowDown") {
      event.preventDefault();
      move(1);
    } else if (inside && event.key === "ArrowUp") {
      event.preventDefault();
      move(-1);
    } else if (event.target === input && event.key === "Enter") {
      found.querySelector("a")?.click();
    }
  });
})();
