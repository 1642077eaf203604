/* The book's pages: a theme that follows the reader, tabs, search, copy buttons, the chapter menu. */
"use strict";

(() => {
  const root = document.documentElement;
  const remember = (key, value) => { try { localStorage.setItem(key, value); } catch { /* a private window */ } };

  /* ---- tabs; those of the languages follow the reader's choice, see languages.js ---- */
  function select(tabset, title) {
    for (const tab of tabset.querySelectorAll(":scope > [role=tablist] > [role=tab]")) {
      const chosen = tab.textContent === title;
      tab.setAttribute("aria-selected", String(chosen));
      tab.tabIndex = chosen ? 0 : -1;
    }
    for (const panel of tabset.querySelectorAll(":scope > .tab-panel")) panel.hidden = panel.dataset.tab !== title;
  }

  let made = 0;
  for (const tabset of document.querySelectorAll(".tabset")) {
    const list = document.createElement("div");
    list.setAttribute("role", "tablist");
    list.setAttribute("aria-label", "Language");
    const panels = [...tabset.querySelectorAll(":scope > .tab-panel")];
    for (const panel of panels) {
      made += 1;
      const tab = Object.assign(document.createElement("button"), { type: "button", textContent: panel.dataset.tab });
      tab.id = `tab-${made}`;
      panel.id = `tab-panel-${made}`;
      tab.setAttribute("role", "tab");
      tab.setAttribute("aria-controls", panel.id);
      panel.setAttribute("role", "tabpanel");
      panel.setAttribute("aria-labelledby", tab.id);
      tab.addEventListener("click", () => select(tabset, tab.textContent));
      list.append(tab);
    }
    list.addEventListener("keydown", (event) => {
      const tabs = [...list.children];
      const at = tabs.indexOf(document.activeElement);
      const move = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      if (!move) return;
      const next = tabs[(at + move + tabs.length) % tabs.length];
      next.click();
      next.focus();
    });
    tabset.prepend(list);
    select(tabset, panels[0]?.dataset.tab);
  }

  /* ---- light and dark ---- */
  const theme = document.querySelector(".theme-button");
  function setTheme(name) {
    root.dataset.theme = name;
    theme.setAttribute("aria-pressed", String(name === "dark"));
  }
  theme.addEventListener("click", () => {
    const name = root.dataset.theme === "dark" ? "light" : "dark";
    setTheme(name);
    remember("gradpath-theme", name);
  });
  setTheme(root.dataset.theme);

  /* ---- copy ---- */
  for (const block of document.querySelectorAll("div.sourceCode")) {
    const button = Object.assign(document.createElement("button"), { type: "button", className: "copy", textContent: "Copy" });
    button.setAttribute("aria-label", "Copy this code");
    button.addEventListener("click", async () => {
      const code = block.querySelector("code").textContent;
      try {
        await navigator.clipboard.writeText(code);
        button.textContent = "Copied";
      } catch {
        /* A page from a file has no clipboard; select the code, so that the keyboard can copy it. */
        getSelection().selectAllChildren(block.querySelector("code"));
        button.textContent = "Press Ctrl+C";
      }
      setTimeout(() => { button.textContent = "Copy"; }, 1600);
    });
    block.append(button);
  }

  /* ---- menu ---- */
  const menu = document.querySelector(".menu-button");
  menu.addEventListener("click", () => {
    const open = root.classList.toggle("menu-open");
    menu.setAttribute("aria-expanded", String(open));
  });

  /* ---- search ---- */
  const field = document.getElementById("search");
  const results = document.getElementById("search-results");
  function find(text) {
    const words = text.toLowerCase().split(/\s+/).filter(Boolean);
    if (!words.length) return [];
    const hits = [];
    for (const entry of window.gradpathSearch ?? []) {
      const title = `${entry.page} ${entry.section}`.toLowerCase();
      const body = entry.text.toLowerCase();
      let score = 0;
      for (const word of words) {
        const rank = title.includes(word) ? 10 : 0;
        const times = body.split(word).length - 1;
        if (!rank && !times) { score = 0; break; }
        score += rank + Math.min(times, 5);
      }
      if (score) hits.push({ entry, score, at: Math.max(0, body.indexOf(words[0])) });
    }
    return hits.sort((a, b) => b.score - a.score).slice(0, 8);
  }
  field.addEventListener("input", () => {
    results.replaceChildren();
    const hits = find(field.value);
    for (const { entry, at } of hits) {
      const link = Object.assign(document.createElement("a"), { href: entry.url });
      const name = Object.assign(document.createElement("strong"), {
        textContent: entry.section ? `${entry.page}: ${entry.section.replace(/^[\d.]+\s+/, "")}` : entry.page,
      });
      const from = Math.max(0, at - 30);
      const excerpt = Object.assign(document.createElement("span"), { textContent: `…${entry.text.slice(from, from + 90)}…` });
      link.append(name, excerpt);
      const item = document.createElement("li");
      item.append(link);
      results.append(item);
    }
    if (field.value.trim() && !hits.length) {
      results.append(Object.assign(document.createElement("li"), { textContent: "Nothing found.", className: "none" }));
    }
    results.hidden = !field.value.trim();
  });
  field.addEventListener("keydown", (event) => {
    if (event.key === "Escape") { field.value = ""; results.hidden = true; }
    if (event.key === "Enter") results.querySelector("a")?.click();
  });
})();
