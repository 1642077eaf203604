/* Python, R or both beside each other: one choice for every page, in the pages of pandoc and in those of Quarto.
   Runs in the head, before the first paint; what needs the page waits for it. Without JavaScript pandoc's panels
   follow each other, and Quarto's are tabs. */
"use strict";

(() => {
  const CHOICES = { python: "Python", r: "R", both: "both" };
  const STORED = "gradpath-language";
  const STORED_BY_QUARTO = "quarto-persistent-tabsets-data";
  const TABSETS = '.tabset[data-group="language"], .panel-tabset[data-group="language"]';
  const root = document.documentElement;

  const stored = (key) => { try { return localStorage.getItem(key); } catch { return null; /* a private window */ } };
  const store = (key, value) => { try { localStorage.setItem(key, value); } catch { /* a private window */ } };
  const storedByQuarto = () => { try { return JSON.parse(stored(STORED_BY_QUARTO)) ?? {}; } catch { return {}; } };
  const choiceOf = (text) => CHOICES[String(text ?? "").toLowerCase()];

  function remember(choice) {
    root.dataset.language = choice;
    store(STORED, choice);
    /* Quarto opens its tabs by this when the page shows. */
    if (choice !== "both") store(STORED_BY_QUARTO, JSON.stringify({ ...storedByQuarto(), language: choice }));
  }

  function writeAddress(choice) {
    const address = new URL(location.href);
    address.searchParams.set("lang", choice.toLowerCase());
    try { history.replaceState(history.state, "", address); } catch { /* a page from a file, in some browsers */ }
  }

  const asked = choiceOf(new URLSearchParams(location.search).get("lang"));
  const before = choiceOf(stored(STORED)) ?? choiceOf(storedByQuarto().language);
  root.dataset.language = "Python";
  if (asked ?? before) remember(asked ?? before);

  /* ---- the page ---- */
  function tabsOf(tabset) {
    return [...tabset.querySelectorAll(":scope > [role=tablist] [role=tab]")].map((tab) => {
      return { tab, language: tab.textContent.trim(), panel: document.getElementById(tab.getAttribute("aria-controls")) };
    });
  }

  function prepare(tabset) {
    for (const { tab, language, panel } of tabsOf(tabset)) {
      panel.parentElement.classList.add("language-panels");
      panel.classList.add("language-panel");
      panel.dataset.language = language;
      if (!panel.querySelector(":scope > .tab-title")) {
        panel.prepend(Object.assign(document.createElement("div"), { className: "tab-title", textContent: language }));
      }
      const chosen = () => {
        if (root.dataset.language === language) return;
        /* Other tabsets above may change their height; keep the one that was clicked where it is. */
        const top = tab.getBoundingClientRect().top;
        choose(language);
        /* Quarto's tab is a link to nowhere: it loses the focus when it is chosen. */
        tab.focus({ preventScroll: true });
        window.scrollBy({ top: tab.getBoundingClientRect().top - top, behavior: "instant" });
      };
      tab.addEventListener("click", chosen);
      /* Quarto's tabs tell of the arrow keys in this way. */
      tab.addEventListener("shown.bs.tab", chosen);
      countRows(panel);
    }
  }

  /* Beside each other, the panels share their rows: one for each part of a cell, one for whatever else there is. */
  function countRows(panel) {
    let rows = 0;
    for (const part of panel.children) {
      const own = part.classList.contains("cell") ? part.children.length : 1;
      part.style.setProperty("--cell-rows", own);
      rows += own;
    }
    const most = Math.max(rows, Number(panel.parentElement.style.getPropertyValue("--panel-rows")));
    panel.parentElement.style.setProperty("--panel-rows", most);
  }

  function open(tabset, choice) {
    for (const { tab, language, panel } of tabsOf(tabset)) {
      const chosen = language === choice;
      const both = choice === "both";
      if (both) {
        panel.setAttribute("role", "group");
        panel.removeAttribute("aria-labelledby");
        panel.setAttribute("aria-label", language);
      } else {
        panel.setAttribute("role", "tabpanel");
        panel.setAttribute("aria-labelledby", tab.id);
        panel.removeAttribute("aria-label");
        tab.setAttribute("aria-selected", String(chosen));
        tab.tabIndex = chosen ? 0 : -1;
        for (const part of [tab, panel]) part.classList.toggle("active", chosen);
      }
      panel.hidden = !both && !chosen;
    }
  }

  function show(choice) {
    for (const tabset of document.querySelectorAll(TABSETS)) open(tabset, choice);
    for (const input of document.querySelectorAll(".language-switch input")) input.checked = input.value === choice;
    document.dispatchEvent(new Event("gradpath:language"));
  }

  function choose(choice) {
    remember(choice);
    writeAddress(choice);
    show(choice);
  }

  let switches = 0;
  function makeSwitch() {
    switches += 1;
    const group = Object.assign(document.createElement("div"), { className: "language-switch" });
    group.setAttribute("role", "radiogroup");
    group.setAttribute("aria-label", "Language of the code");
    for (const value of Object.values(CHOICES)) {
      const input = Object.assign(document.createElement("input"), { type: "radio", name: `language-${switches}`, value });
      input.checked = value === root.dataset.language;
      input.addEventListener("change", () => choose(value));
      const name = Object.assign(document.createElement("span"), { textContent: value === "both" ? "Both" : value });
      const label = document.createElement("label");
      label.append(input, name);
      group.append(label);
    }
    return group;
  }

  /* Where the page's switches go: pandoc's pages have a bar for them, Quarto's get one above the text. */
  function tools() {
    const there = document.querySelector(".bar-tools, .reading-tools");
    if (there) return there;
    const made = Object.assign(document.createElement("div"), { className: "reading-tools" });
    document.querySelector("main").prepend(made);
    return made;
  }

  document.addEventListener("DOMContentLoaded", () => {
    const tabsets = [...document.querySelectorAll(TABSETS)];
    tabsets.forEach(prepare);
    if (tabsets.length || document.querySelector(".bar-tools")) tools().prepend(makeSwitch());
    show(root.dataset.language);
    if (tabsets.length && (asked ?? before)) writeAddress(root.dataset.language);
  });
  /* A page that comes back from the browser's memory shows what was chosen meanwhile; Quarto, too, sets its tabs now. */
  window.addEventListener("pageshow", (event) => {
    const chosen = choiceOf(stored(STORED));
    if (event.persisted && chosen) { root.dataset.language = chosen; writeAddress(chosen); }
    show(root.dataset.language);
  });

  window.gradpathReading = { makeSwitch, tools, hasLanguages: () => document.querySelector(TABSETS) !== null };
})();
