/* The explorer's page: puts the parts side by side, keeps the address, and starts. */
"use strict";

((gp) => {
  const root = document.getElementById("explorer");
  if (!root) return;

  const button = (text, label, action, pressed) => {
    const node = gp.html("button", { type: "button", className: "ex-button", title: label, aria: { label, ...(pressed === undefined ? {} : { pressed }) } }, text);
    node.addEventListener("click", action);
    return node;
  };
  const app = gp.makeApp(root, gp.readAddress(location.hash.slice(1)));
  const part = (name, tag = "div") => gp.html(tag, { className: name });

  /* ---- the parts ---- */
  const head = part("ex-head");
  const [left, middle, right] = ["ex-left", "ex-middle", "ex-right"].map((name) => part(name));
  const live = gp.html("p", { className: "ex-live", aria: { role: "status", live: "polite" } });
  root.replaceChildren(head, gp.html("div", { className: "ex-body" }, left, middle, right), live);

  const stage = part("ex-stage");
  middle.append(stage);
  const picture = app.add(gp.picture(app, stage));
  app.add(gp.zooming(app, picture));
  app.add(gp.startHandle(app, picture));
  app.add(gp.view3d(app, stage));
  const player = app.add(gp.player(app, middle));

  app.add(gp.surfaceControls(app, left));
  app.add(gp.runList(app, left));
  let setting = "rule";
  const settings = gp.fields.tabs([["rule", "Rule"], ["rate", "Schedule and noise"]], "Settings of the chosen run", () => setting, (key) => { setting = key; settings.draw(); });
  left.append(settings.list, ...Object.values(settings.panels));
  app.add(settings);
  app.add(gp.ruleControls(app, settings.panels.rule));
  app.add(gp.scheduleControls(app, settings.panels.rate));

  app.add(gp.curve(app, right));
  const panels = gp.fields.tabs([["race", "Race"], ["inside", "Inside"], ["map", "Map"]], "What is shown", () => app.state.panel,
    (key) => app.change((state) => { state.panel = key; }, { preset: true }));
  right.append(panels.list, ...Object.values(panels.panels));
  app.add(panels);
  app.add(gp.race(app, panels.panels.race));
  app.add(gp.insidePanel(app, panels.panels.inside));
  app.add(gp.rateMap(app, panels.panels.map));

  /* ---- the head ---- */
  const presets = gp.html("select", { aria: { label: "View" } });
  presets.append(new Option("a view of your own", ""));
  for (const group of [...new Set((gp.presets ?? []).map((one) => one.chapter))]) {
    const options = gp.html("optgroup", { label: group });
    for (const one of gp.presets.filter(({ chapter }) => chapter === group)) options.append(new Option(one.title, one.id));
    presets.append(options);
  }
  presets.addEventListener("change", () => {
    const preset = (gp.presets ?? []).find(({ id }) => id === presets.value);
    if (preset) open(gp.fromPreset(preset));
  });
  const three = button("3-D", "Show the surface as a landscape", () => app.change((state) => { state.mode = state.mode === "3d" ? "2d" : "3d"; }, { preset: true }), "false");
  const full = button(gp.icon("full"), "Full screen", () => (document.fullscreenElement ? document.exitFullscreen() : root.requestFullscreen?.()), "false");
  document.addEventListener("fullscreenchange", () => full.setAttribute("aria-pressed", String(document.fullscreenElement === root)));
  const menu = button("☰", "Chapters of the book", () => {
    const open = document.body.classList.toggle("ex-menu");
    menu.setAttribute("aria-expanded", String(open));
  });
  menu.setAttribute("aria-expanded", "false");
  menu.classList.add("ex-menu-button");
  head.append(menu, gp.html("span", { className: "ex-title", aria: { hidden: "true" } }, "Explorer"), gp.html("label", { className: "ex-presets" }, "view ", presets), three, button("reset", "Back to the beginning", () => open(gp.firstState())), full);

  /* What the page says about the explorer is a dialog here; without JavaScript it stands in the page. */
  const guide = document.querySelector(".explorer-guide");
  if (guide) {
    const dialog = gp.html("dialog", { className: "ex-guide", aria: { label: "About the explorer" } });
    const close = button("close", "Close", () => dialog.close());
    dialog.append(guide, close);
    root.append(dialog);
    head.append(button("?", "About the explorer, and things to try", () => dialog.showModal()));
  }

  function open(state) {
    player.stop();
    app.hovered = null;
    app.state = state;
    app.draw();
  }

  /* ---- the address, and what a screen reader hears: both after a pause ---- */
  let [writing, written] = [null, null];
  app.listen(() => {
    clearTimeout(writing);
    writing = setTimeout(() => {
      written = `#${gp.writeAddress(app.state)}`;
      if (location.hash !== written) history.replaceState(null, "", written);
      live.textContent = app.summary();
      root.dataset.settled = written;
    }, 120);
    presets.value = app.state.preset ?? "";
    three.setAttribute("aria-pressed", String(app.state.mode === "3d"));
    stage.classList.toggle("ex-landscape", app.state.mode === "3d");
  });
  window.addEventListener("hashchange", () => open(gp.readAddress(location.hash.slice(1))));

  /* ---- the place it has ---- */
  const fit = () => {
    root.style.setProperty("--ex-above", `${Math.max(0, root.getBoundingClientRect().top + window.scrollY)}px`);
    app.draw();
  };
  new ResizeObserver(fit).observe(stage);
  window.addEventListener("resize", fit);
  gp.followTheme(() => app.draw());
  fit();
  gp.app = app;
})(window.gradpath ??= {});
