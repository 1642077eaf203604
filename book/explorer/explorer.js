/* The explorer: drag the start, choose a surface and optimizers, move sliders; every path redraws at once.
   The whole state is in the address after '#', so a view can be shared. */
"use strict";

(() => {
  const root = document.getElementById("explorer");
  if (!root) return;
  const { surfaces, defaults, descend } = gradpathRules;
  const drawing = gradpathDrawing;
  const NAMES = Object.keys(defaults);

  const SHARED = {
    steps: { label: "steps", from: 1, to: 400, step: 1, value: 40 },
    momentum: { label: "momentum", from: 0, to: 0.99, step: 0.01, value: 0.1 },
    beta1: { label: "beta1", from: 0, to: 0.99, step: 0.01, value: 0.9 },
    beta2: { label: "beta2", from: 0, to: 0.999, step: 0.001, value: 0.999 },
    alpha: { label: "alpha (RMSProp)", from: 0, to: 0.99, step: 0.01, value: 0.9 },
    eps: { label: "log₁₀ eps", from: -12, to: 0, step: 0.5, value: -8 },
    weight_decay: { label: "weight decay", from: 0, to: 1, step: 0.01, value: 0 },
  };
  const RATES = { sgd: 0.4, momentum: 0.5, nesterov: 0.4, adagrad: 3.7, rmsprop: 0.5, adam: 0.5, adamw: 0.5 };
  const state = {
    surface: "anisotropic_paraboloid",
    start: [5.1, 2.3],
    on: new Set(["sgd", "momentum", "adagrad"]),
    lr: { ...RATES },
    shared: Object.fromEntries(Object.entries(SHARED).map(([key, s]) => [key, s.value])),
    init: "zero",
    bias_correction: true,
  };

  const clamp = (value, from, to) => Math.min(to, Math.max(from, value));
  const short = (value) => String(Number(value.toPrecision(4)));

  /* Everything that comes from the address is checked: a name that is not known or a number out of range is
     left at its default. */
  function read() {
    const given = new URLSearchParams(location.hash.slice(1));
    const number = (text, from, to) => {
      const value = text === null || text.trim() === "" ? NaN : Number(text);
      return Number.isFinite(value) ? clamp(value, from, to) : null;
    };
    if (Object.hasOwn(surfaces, given.get("surface") ?? "")) {
      state.surface = given.get("surface");
      state.start = surfaces[state.surface].start;
    }
    const start = (given.get("start") ?? "").split(",").map((part) => number(part, -1e6, 1e6));
    if (start.length === 2 && !start.includes(null)) state.start = start;
    if (given.has("on")) state.on = new Set(given.get("on").split(",").filter((name) => NAMES.includes(name)));
    for (const name of NAMES) state.lr[name] = number(given.get(`lr_${name}`), 1e-5, 10) ?? state.lr[name];
    for (const [key, s] of Object.entries(SHARED)) {
      state.shared[key] = number(given.get(key), s.from, s.to) ?? state.shared[key];
    }
    state.shared.steps = Math.round(state.shared.steps);
    if (["zero", "gradient"].includes(given.get("init"))) state.init = given.get("init");
    if (["true", "false"].includes(given.get("bias_correction"))) {
      state.bias_correction = given.get("bias_correction") === "true";
    }
  }

  function write() {
    const parts = [
      ["surface", state.surface], ["start", state.start.map(short).join(",")], ["on", [...state.on].join(",")],
      ...NAMES.filter((name) => state.on.has(name)).map((name) => [`lr_${name}`, short(state.lr[name])]),
      ...Object.keys(SHARED).map((key) => [key, short(state.shared[key])]),
      ["init", state.init], ["bias_correction", String(state.bias_correction)],
    ];
    const hash = parts.map(([key, value]) => `${key}=${value}`).join("&");
    history.replaceState(null, "", `#${hash}`);
  }

  function settings(name) {
    const { momentum, beta1, beta2, alpha, eps, weight_decay } = state.shared;
    const all = {
      lr: state.lr[name], momentum, beta1, beta2, alpha, eps: 10 ** eps, weight_decay,
      init: state.init, bias_correction: state.bias_correction,
    };
    return Object.fromEntries(Object.keys(defaults[name]).map((key) => [key, all[key]]));
  }

  /* ---- the page ---- */
  root.innerHTML = `
    <div class="explorer-views">
      <div class="explorer-map">
        <canvas width="600" height="420" aria-hidden="true"></canvas>
        <svg viewBox="0 0 600 420" aria-hidden="true"></svg>
        <button type="button" class="explorer-start" aria-label="Start point. Drag it, or move it with the arrow keys."></button>
      </div>
      <svg class="explorer-loss" viewBox="0 0 420 260" role="img" aria-label="Height above the minimum against the step, for every path"></svg>
    </div>
    <p class="explorer-result" role="status"></p>
    <div class="explorer-controls">
      <fieldset><legend>Surface and start</legend><div class="explorer-surface"></div></fieldset>
      <fieldset><legend>Optimizers and their learning rates</legend><div class="explorer-optimizers"></div></fieldset>
      <fieldset><legend>Settings that they share</legend><div class="explorer-shared"></div></fieldset>
    </div>`;
  const find = (selector) => root.querySelector(selector);
  const canvas = find("canvas");
  const map = find(".explorer-map svg");
  const handle = find(".explorer-start");
  const updates = [];

  function control(parent, { label, from, to, step, get, set, show = short }) {
    const row = document.createElement("label");
    row.className = "explorer-row";
    const name = document.createElement("span");
    name.textContent = label;
    const input = document.createElement("input");
    Object.assign(input, { type: "range", min: from, max: to, step });
    const output = document.createElement("output");
    input.addEventListener("input", () => { set(Number(input.value)); draw(); });
    updates.push(() => {
      input.value = get();
      output.textContent = show(get());
      input.setAttribute("aria-valuetext", show(get()));
    });
    row.append(name, input, output);
    parent.append(row);
    return row;
  }

  function choice(parent, label, options, get, set) {
    const row = document.createElement("label");
    row.className = "explorer-row";
    const name = document.createElement("span");
    name.textContent = label;
    const select = document.createElement("select");
    for (const [value, text] of options) select.append(new Option(text, value));
    select.addEventListener("change", () => { set(select.value); draw(); });
    updates.push(() => { select.value = get(); });
    row.append(name, select);
    parent.append(row);
  }

  choice(find(".explorer-surface"), "surface", Object.entries(surfaces).map(([name, s]) => [name, s.title]),
    () => state.surface, (name) => { state.surface = name; state.start = surfaces[name].start; });
  ["x₁", "x₂"].forEach((label, i) => {
    const row = document.createElement("label");
    row.className = "explorer-row";
    row.append(Object.assign(document.createElement("span"), { textContent: `start ${label}` }));
    const input = Object.assign(document.createElement("input"), { type: "number", step: "any" });
    input.addEventListener("change", () => {
      const value = Number(input.value);
      if (input.value.trim() !== "" && Number.isFinite(value)) {
        state.start = state.start.map((old, k) => (k === i ? value : old));
      }
      draw();
    });
    updates.push(() => { if (document.activeElement !== input) input.value = short(state.start[i]); });
    row.append(input);
    find(".explorer-surface").append(row);
  });
  NAMES.forEach((name, index) => {
    const row = control(find(".explorer-optimizers"), {
      label: "", from: -4, to: 1, step: 0.01,
      get: () => Math.log10(state.lr[name]), set: (value) => { state.lr[name] = 10 ** value; state.on.add(name); },
      show: (value) => `lr ${short(10 ** value)}`,
    });
    const box = Object.assign(document.createElement("input"), { type: "checkbox", value: name });
    box.setAttribute("aria-label", `show ${name}`);
    box.addEventListener("change", () => {
      if (box.checked) state.on.add(name); else state.on.delete(name);
      draw();
    });
    updates.push(() => { box.checked = state.on.has(name); });
    row.querySelector("input").setAttribute("aria-label", `learning rate of ${name}`);
    const swatch = drawing.element("svg", { viewBox: "0 0 34 14", class: "explorer-swatch", "aria-hidden": "true" });
    updates.push(() => {
      swatch.replaceChildren();
      const colour = look().paths[index];
      drawing.element("line", { x1: 1, x2: 33, y1: 7, y2: 7, stroke: colour, "stroke-width": 2, "stroke-dasharray": drawing.DASHES[index] }, swatch);
      drawing.mark(drawing.MARKS[index], [17, 7], 4, { fill: colour }, swatch);
    });
    row.querySelector("span").append(box, swatch, name);
  });
  for (const [key, s] of Object.entries(SHARED)) {
    control(find(".explorer-shared"), { ...s, get: () => state.shared[key], set: (value) => { state.shared[key] = value; } });
  }
  choice(find(".explorer-shared"), "averages start at", [["zero", "zero"], ["gradient", "the first gradient"]],
    () => state.init, (value) => { state.init = value; });
  choice(find(".explorer-shared"), "bias correction", [["true", "on"], ["false", "off"]],
    () => String(state.bias_correction), (value) => { state.bias_correction = value === "true"; });

  /* ---- light or dark, whichever way the page says it ---- */
  function look() {
    const [r, g, b] = (getComputedStyle(document.body).backgroundColor.match(/[\d.]+/g) ?? [255, 255, 255]).map(Number);
    return drawing.LOOK[0.299 * r + 0.587 * g + 0.114 * b < 128 ? "dark" : "light"];
  }

  /* ---- drawing ---- */
  let drawnBands = "";
  function draw() {
    const surface = surfaces[state.surface];
    const colours = look();
    const wanted = `${state.surface} ${colours.paper}`;
    if (drawnBands !== wanted) {
      drawing.bands(canvas, surface, colours);
      drawnBands = wanted;
    }
    const runs = NAMES.filter((name) => state.on.has(name)).map((name) => {
      const path = descend(state.surface, state.start, name, state.shared.steps, settings(name));
      return { name, path, index: NAMES.indexOf(name), label: `path of ${name}` };
    });
    drawing.paths(map, surface, runs, colours);
    drawing.losses(find(".explorer-loss"), surface, runs, colours);
    const [x, y] = drawing.scales(surface.window, 100, 100).px(state.start);
    handle.style.left = `${clamp(x, 0, 100)}%`;
    handle.style.top = `${clamp(y, 0, 100)}%`;
    find(".explorer-result").textContent = runs.map(({ name, path }) => {
      const last = path.at(-1);
      const end = path.length <= state.shared.steps ? `diverges at step ${path.length}` : `ends at ${last.value.toPrecision(6)}`;
      return `${name} ${end}`;
    }).join(" · ") || "Choose an optimizer.";
    for (const update of updates) update();
    write();
  }

  /* ---- the start point ---- */
  function moveTo(event) {
    const box = canvas.getBoundingClientRect();
    const { point } = drawing.scales(surfaces[state.surface].window, box.width, box.height);
    state.start = point(clamp(event.clientX - box.left, 0, box.width), clamp(event.clientY - box.top, 0, box.height));
    draw();
  }
  const area = find(".explorer-map");
  area.addEventListener("pointerdown", (event) => {
    area.setPointerCapture(event.pointerId);
    moveTo(event);
    event.preventDefault();
    handle.focus();
  });
  area.addEventListener("pointermove", (event) => { if (area.hasPointerCapture(event.pointerId)) moveTo(event); });
  handle.addEventListener("keydown", (event) => {
    const [left, right, bottom, top] = surfaces[state.surface].window;
    const share = event.shiftKey ? 0.05 : 0.01;
    const moves = {
      ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1],
    };
    if (!(event.key in moves)) return;
    const [a, b] = moves[event.key];
    state.start = [state.start[0] + a * share * (right - left), state.start[1] + b * share * (top - bottom)];
    event.preventDefault();
    draw();
  });

  const observer = new MutationObserver(draw);
  for (const node of [document.documentElement, document.body]) {
    observer.observe(node, { attributes: true, attributeFilter: ["class", "data-theme", "data-bs-theme"] });
  }
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
  window.addEventListener("hashchange", () => { read(); draw(); });
  read();
  draw();
})();
