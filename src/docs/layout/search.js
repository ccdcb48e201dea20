// Search over all sections, and a list of pages that starts closed on a narrow screen.
(() => {
  const pages = document.querySelector(".pages details");
  if (matchMedia("(max-width: 52rem)").matches) pages.open = false;

  const input = document.getElementById("search");
  const found = document.getElementById("found");
  const most = 12;
  const mostOfPage = 3;
  input.disabled = false;

  // Words that say nothing about a section.
  const common = new Set(
    "a an and are be by can do does for from how i in is it my of on or that the there to what where which with you".split(" "),
  );
  const endings = ["ication", "ation", "ency", "ence", "ance", "ment", "ent", "ant", "ing", "ied", "ed", "ion"];

  // The same for all forms of a word: notify, notifies, notified, notification.
  function stem(word) {
    let rest = word;
    if (rest.length > 3) {
      if (rest.endsWith("ies")) rest = `${rest.slice(0, -3)}y`;
      else if (/(ss|x|ch|sh)es$/.test(rest)) rest = rest.slice(0, -2);
      else if (rest.endsWith("s") && !/(as|is|ss|us)$/.test(rest)) rest = rest.slice(0, -1);
    }
    const ending = endings.find((ending) => rest.endsWith(ending) && rest.length - ending.length >= 3);
    if (ending) rest = rest.slice(0, -ending.length).replace(/(.)\1$/, "$1");
    return rest.length > 3 ? rest.replace(/[ey]$/, "") : rest;
  }

  // All words of a text, with their places. A word with underscores is one, and so are its parts.
  function tokens(text) {
    const all = [];
    for (const match of text.toLowerCase().matchAll(/[\p{L}\p{N}_]+/gu)) {
      const [word] = match;
      all.push({ word, start: match.index, end: match.index + word.length });
      if (word.includes("_")) {
        for (const part of word.split("_").filter(Boolean)) {
          all.push({ word: part, start: match.index, end: match.index + word.length });
        }
      }
    }
    return all;
  }

  // How often a text has each stem.
  function counted(text) {
    const counts = new Map();
    for (const { word } of tokens(text)) counts.set(stem(word), (counts.get(stem(word)) || 0) + 1);
    return counts;
  }

  function title(text) {
    const all = tokens(text).filter(({ word }) => !common.has(word));
    return new Set((all.length > 0 ? all : tokens(text)).map(({ word }) => stem(word)));
  }

  let prepared = null;
  function sections() {
    if (prepared) return prepared;
    const index = window.searchIndex || [];
    const isPage = (entry) => !entry.address.includes("#");
    const names = new Map(index.filter(isPage).map((entry) => [entry.page, entry.names || []]));
    prepared = index.map((entry) => ({
      entry,
      titles: [entry.section, ...(entry.names || [])].map(title),
      page: title([entry.page, ...(names.get(entry.page) || [])].join(" ")),
      text: counted(entry.text),
      isPage: isPage(entry),
    }));
    return prepared;
  }

  // The words of a query. The last one may not be complete.
  function asked(text) {
    const all = tokens(text);
    const telling = all.filter(({ word }) => !common.has(word));
    const words = (telling.length > 0 ? telling : all).map(({ word }) => ({ word, stem: stem(word), open: false }));
    if (words.length > 0 && /[\p{L}\p{N}_]$/u.test(text) && words.at(-1).word.length > 1) words.at(-1).open = true;
    return words;
  }

  // Whether a word is among some: 1, or less for a word that it only begins.
  function among(known, { word, stem, open }) {
    if (known.has(stem)) return 1;
    return open && [...known.keys()].some((other) => other.startsWith(word)) ? 0.4 : 0;
  }

  // Titles count more than mentions, and most if they consist of the words alone.
  function score(section, words) {
    let sum = 0;
    let all = 0;
    for (const word of words) {
      const named = Math.max(...section.titles.map((title) => among(title, word)));
      const text = among(section.text, word);
      const weight =
        10 * named + 4 * among(section.page, word) + text * (1 + Math.log2(section.text.get(word.stem) || 1) / 2);
      if (weight > 0) all += 1;
      sum += weight;
    }
    const covered = section.titles.map((title) => {
      const hits = words.reduce((sum, word) => sum + among(title, word), 0);
      return (hits / Math.max(title.size, 1)) * (hits / words.length);
    });
    sum += 14 * Math.min(1, Math.max(...covered));
    if (sum > 0 && section.isPage) sum += 3;
    return { section, sum, all };
  }

  function search(words) {
    const scored = sections().map((section) => score(section, words)).filter(({ all }) => all > 0);
    const best = Math.max(0, ...scored.map(({ all }) => all));
    const ofPage = new Map();
    const hits = scored
      .filter(({ all }) => all === best)
      .sort((a, b) => b.sum - a.sum)
      .filter(({ section }) => {
        const count = (ofPage.get(section.entry.page) || 0) + 1;
        ofPage.set(section.entry.page, count);
        return count <= mostOfPage;
      });
    return { hits: hits.slice(0, most).map(({ section }) => section.entry), isWhole: best === words.length };
  }

  // The text around the first word that was found, with all of them marked.
  function excerpt(text, words) {
    const element = document.createElement("small");
    const hits = tokens(text).filter(({ word }) => {
      const own = stem(word);
      return words.some((asked) => own === asked.stem || (asked.open && word.startsWith(asked.word)));
    });
    let at = hits.length > 0 ? Math.max(0, hits[0].start - 50) : 0;
    const last = at + 150;
    if (at > 0) element.append("…");
    for (const { start, end } of hits) {
      if (start < at || end > last) continue;
      element.append(text.slice(at, start));
      const mark = document.createElement("mark");
      mark.textContent = text.slice(start, end);
      element.append(mark);
      at = end;
    }
    element.append(text.slice(at, last));
    return element;
  }

  function say(text) {
    const line = document.createElement("p");
    line.textContent = text;
    found.append(line);
  }

  function show() {
    const words = asked(input.value);
    found.replaceChildren();
    found.hidden = words.length === 0;
    if (found.hidden) return;
    const { hits, isWhole } = search(words);
    if (hits.length === 0) say("Nothing was found.");
    else if (!isWhole) say("Nothing has all of these words. Some of them:");
    for (const entry of hits) {
      const link = document.createElement("a");
      link.href = entry.address;
      link.append(entry.section === entry.page ? entry.page : `${entry.page}: ${entry.section}`);
      link.append(excerpt(entry.text, words));
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
