/* Any chapter as slides, made of the page itself: what is not on the slide is hidden, nothing is copied or moved.
   For the pages of pandoc and for those of Quarto. The address says which slide: ?present=<section>.<part>. */
"use strict";

(() => {
  const root = document.documentElement;
  const HEADING = "h1, h2, h3";
  const LEFT_OUT = ".turn, .downloads, .reading-tools, .tabset-margin-container, script, style, link, noscript, template";
  const OWN_KEYS = "input, select, textarea, [contenteditable], [role=tab], [role=slider], [role=application], svg [tabindex]";
  let main, button, bar, counter, slides, at, sections, silenced, back;

  /* ---- what there is to show ---- */
  const headingOf = (block) => (block.matches(HEADING) ? block : block.matches("header") && block.querySelector("h1"));
  const nameOf = (heading) =>
    heading.id || heading.dataset.anchorId || heading.querySelector("[id]")?.id || heading.closest("section[id]")?.id || "start";
  const isFigure = (block) =>
    block.querySelector("img") !== null && (block.matches("figure, .quarto-float") || block.querySelector("figure") !== null)
    && block.querySelector("pre") === null;

  function flatten(parent) {
    return [...parent.children].flatMap((child) => {
      if (child.matches(LEFT_OUT)) return [];
      return child.matches("section") ? flatten(child) : [child];
    });
  }

  /* A heading without text of its own stands above the one after it. */
  function findSections() {
    const found = [{ name: "start", headings: [], blocks: [] }];
    for (const block of flatten(main)) {
      const heading = headingOf(block);
      if (!heading) { found.at(-1).blocks.push(block); continue; }
      const before = found.at(-1);
      const above = before.blocks.length || block.matches("h1, header") ? [] : before.headings.filter((h) => h.tagName < heading.tagName);
      found.push({ name: nameOf(heading), headings: [...above, block], blocks: [] });
    }
    return found.filter((section, i) => {
      const followed = found[i + 1]?.headings.includes(section.headings.at(-1));
      return section.blocks.length > 0 || (section.headings.length > 0 && !followed);
    });
  }

  function put(blocks, without = []) {
    for (const part of main.querySelectorAll(".cell > .off-slide")) part.classList.remove("off-slide");
    for (const part of without) part.classList.add("off-slide");
    for (const section of sections) {
      for (const block of [...section.headings, ...section.blocks]) block.classList.toggle("off-slide", !blocks.includes(block));
    }
  }

  const room = () => main.clientHeight - parseFloat(getComputedStyle(main).paddingBottom);
  const bottom = (block) => block.getBoundingClientRect().bottom - main.getBoundingClientRect().top + main.scrollTop;
  function fits(blocks) {
    put(blocks);
    return bottom(blocks.at(-1)) <= room() + 1;
  }

  /* The code of a cell without what it printed, and the other way round, in every language that is there. */
  function halves(block) {
    const cells = [...block.querySelectorAll(".cell")].filter((cell) => cell.children.length > 1);
    if (!cells.length) return [[]];
    return [cells.flatMap((cell) => [...cell.children].slice(1)), cells.map((cell) => cell.firstElementChild)];
  }

  /* Blocks follow each other on a slide as long as they fit; a figure has one to itself. A cell that is too tall shows
     its code first, and what it printed on the next slide; whatever is still too tall scrolls. The line of a check
     stays with what it is about. */
  function split(section) {
    const made = [];
    let open = [];
    const close = () => { if (open.length) made.push({ blocks: open, without: [] }); open = []; };
    for (const block of section.blocks) {
      if (isFigure(block)) { close(); made.push({ blocks: [block], without: [] }); continue; }
      if (block.matches(".check-line") && !open.length && made.length) { made.at(-1).blocks.push(block); continue; }
      if (open.length && !fits([...section.headings, ...open, block])) close();
      if (!open.length && !fits([...section.headings, block])) {
        for (const without of halves(block)) made.push({ blocks: [block], without });
        continue;
      }
      open.push(block);
    }
    close();
    if (!made.length) made.push({ blocks: [], without: [] });
    return made.map(({ blocks, without }, i) => {
      const name = section.name + (i ? `.${i + 1}` : "");
      return { name, section: section.name, blocks: [...section.headings, ...blocks], without };
    });
  }

  function makeSlides() {
    main.style.setProperty("--picture-height", "40vh");
    slides = sections.flatMap(split);
  }

  /* A figure's picture takes the height that its heading and caption leave. */
  function fitPicture(blocks) {
    if (!blocks.some(isFigure)) return;
    main.style.setProperty("--picture-height", "0px");
    const left = room() - bottom(blocks.at(-1));
    main.style.setProperty("--picture-height", `${Math.max(left, 0.4 * main.clientHeight)}px`);
  }

  /* ---- going from slide to slide ---- */
  function show(number) {
    at = Math.min(Math.max(number, 0), slides.length - 1);
    const slide = slides[at];
    put(slide.blocks, slide.without);
    fitPicture(slide.blocks);
    main.scrollTop = 0;
    document.dispatchEvent(new Event("gradpath:slide"));
    counter.textContent = `${at + 1} / ${slides.length}`;
    counter.setAttribute("aria-label", `Slide ${at + 1} of ${slides.length}`);
    /* Not `disabled`, which would take the focus away from under the finger. */
    bar.querySelector(".previous").setAttribute("aria-disabled", String(at === 0));
    bar.querySelector(".next").setAttribute("aria-disabled", String(at === slides.length - 1));
    writeAddress((address) => {
      address.searchParams.set("present", slide.name);
      if (isPlace(address.hash)) address.hash = "";
    });
  }

  /* The explorer says after the # what it shows, which is nobody else's to change. */
  const isPlace = (hash) => hash === "" || document.getElementById(decodeURIComponent(hash.slice(1))) !== null;

  function writeAddress(change, method = "replaceState") {
    const address = new URL(location.href);
    change(address);
    try { history[method](history.state, "", address); } catch { /* a page from a file, in some browsers */ }
  }

  const asked = () => new URLSearchParams(location.search).get("present");
  function find(name) {
    const exact = slides.findIndex((slide) => slide.name === name);
    if (exact >= 0) return exact;
    /* In a window of another size a section has fewer parts; its last is the nearest. */
    return Math.max(0, slides.findLastIndex((slide) => slide.section === name.replace(/\.\d+$/, "")));
  }
  const findBlock = (element) => slides.findIndex((slide) => slide.blocks.some((block, i) => {
    return (i > 0 || slide.blocks.length === 1 || slide.name === slide.section) && block.contains(element);
  }));

  /* ---- in and out ---- */
  function makeBar() {
    bar = Object.assign(document.createElement("div"), { className: "present-bar" });
    bar.setAttribute("role", "toolbar");
    bar.setAttribute("aria-label", "Slides");
    const add = (className, text, label, action) => {
      const made = Object.assign(document.createElement("button"), { type: "button", className, textContent: text });
      made.setAttribute("aria-label", label);
      made.addEventListener("click", action);
      bar.append(made);
    };
    add("previous", "←", "Previous slide", () => show(at - 1));
    counter = Object.assign(document.createElement("span"), { className: "counter" });
    counter.setAttribute("role", "status");
    bar.append(counter);
    add("next", "→", "Next slide", () => show(at + 1));
    if (window.gradpathReading.hasLanguages()) bar.append(window.gradpathReading.makeSwitch());
    add("leave", "Leave", "Leave the slides", leave);
    document.body.append(bar);
  }

  /* Neither the keyboard nor a screen reader comes to what lies behind the slide. */
  function silence() {
    silenced = [];
    for (let inside = main; inside !== document.body; inside = inside.parentElement) {
      for (const beside of inside.parentElement.children) {
        if (beside !== inside && beside !== bar && !beside.inert) { beside.inert = true; silenced.push(beside); }
      }
    }
  }

  function enter(name) {
    if (root.dataset.presenting) return;
    sections = findSections();
    if (!sections.length) return;
    const first = name === undefined ? firstInView() : null;
    back = document.activeElement;
    root.dataset.presenting = "yes";
    makeBar();
    silence();
    main.tabIndex = 0;
    main.focus({ preventScroll: true });
    makeSlides();
    if (name === undefined) writeAddress((address) => address.searchParams.set("present", ""), "pushState");
    show(first ? findBlock(first) : find(name ?? ""));
  }

  function firstInView() {
    const blocks = sections.flatMap((section) => [...section.headings.slice(-1), ...section.blocks]);
    if (window.scrollY < 40) return blocks[0];
    return blocks.find((block) => block.getBoundingClientRect().bottom > 0.15 * window.innerHeight) ?? blocks[0];
  }

  function leave() {
    const slide = slides[at];
    const heading = sections.find((section) => section.name === slide.section).headings.at(-1);
    const first = slide.name === slide.section ? heading ?? slide.blocks[0] : slide.blocks.find((block) => !headingOf(block));
    delete root.dataset.presenting;
    for (const element of silenced) element.inert = false;
    for (const block of main.querySelectorAll(".off-slide")) block.classList.remove("off-slide");
    main.style.removeProperty("--picture-height");
    main.removeAttribute("tabindex");
    bar.remove();
    document.dispatchEvent(new Event("gradpath:slide"));
    writeAddress((address) => {
      address.searchParams.delete("present");
      if (at > 0 && slide.section !== "start" && isPlace(address.hash)) address.hash = slide.section;
    });
    (back?.isConnected && back !== document.body ? back : button).focus({ preventScroll: true });
    if (at > 0) first.scrollIntoView({ block: "start", behavior: "instant" });
    else window.scrollTo({ top: 0, behavior: "instant" });
  }

  /* The same place, in a window or a language in which the slides are others. */
  function again() {
    if (!root.dataset.presenting) return;
    const { blocks } = slides[at];
    const first = blocks.find((block) => !headingOf(block)) ?? blocks[0];
    makeSlides();
    show(findBlock(first));
  }

  const KEYS = {
    ArrowRight: () => show(at + 1), PageDown: () => show(at + 1), " ": () => show(at + 1),
    ArrowLeft: () => show(at - 1), PageUp: () => show(at - 1),
    Home: () => show(0), End: () => show(slides.length - 1), Escape: leave,
  };
  function onKey(event) {
    if (event.defaultPrevented || event.ctrlKey || event.altKey || event.metaKey) return;
    const { target, key } = event;
    if (!root.dataset.presenting) {
      if (key === "p" && !target.closest(OWN_KEYS)) enter();
      return;
    }
    if (!Object.hasOwn(KEYS, key)) return;
    if (key !== "Escape") {
      if (target.closest(OWN_KEYS)) return;
      if (key === " " && target.closest("button, a, summary")) return;
      if (key.startsWith("Arrow") && target.closest("pre[tabindex], .equation[tabindex]")) return;
    }
    event.preventDefault();
    if (key === " " && event.shiftKey) show(at - 1);
    else KEYS[key]();
  }

  document.addEventListener("DOMContentLoaded", () => {
    main = document.querySelector("main");
    button = Object.assign(document.createElement("button"), { type: "button", className: "present-button" });
    button.innerHTML = '<span aria-hidden="true">▷</span> <span class="present-word">Present</span>';
    button.setAttribute("aria-label", "Present");
    button.title = "This page as slides (p)";
    button.addEventListener("click", () => enter());
    const tools = window.gradpathReading.tools();
    tools.querySelector(".language-switch") ? tools.querySelector(".language-switch").after(button) : tools.prepend(button);
    document.addEventListener("keydown", onKey);
    document.addEventListener("gradpath:language", again);
    window.addEventListener("resize", again);
    window.addEventListener("popstate", () => {
      if (!root.dataset.presenting && asked() !== null) enter(asked());
      else if (root.dataset.presenting && asked() === null) leave();
    });
    /* After a click the keys are the slides' again, and a link to this page goes to its slide. */
    document.addEventListener("click", (event) => {
      if (!root.dataset.presenting) return;
      const link = event.target.closest('a[href*="#"]');
      const goal = link && link.pathname === location.pathname && document.getElementById(decodeURIComponent(link.hash.slice(1)));
      if (goal && main.contains(goal)) {
        event.preventDefault();
        const heading = goal.matches("section") ? goal.querySelector(HEADING) : goal;
        show(findBlock(heading));
      }
      if (event.detail > 0 && event.target.closest("button, label, [role=tab]")) setTimeout(() => main.focus({ preventScroll: true }));
    });
  });
  /* Once the page has its final measures: fonts and styles are there. */
  window.addEventListener("load", () => { if (asked() !== null) enter(asked()); });
})();
