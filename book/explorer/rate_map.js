/* How many steps the chosen run would need, over its learning rate and a second setting. A click takes both. The map
   is computed in slices, coarse first, so that nothing waits for it. */
"use strict";

((gp) => {
  const MARGIN = { left: 44, right: 8, top: 6, bottom: 32 };
  const RATES = [-3, 1];
  const PASSES = [[18, 12], [60, 40]];
  const SECONDS = ["momentum", "beta1", "alpha", "weight_decay"];

  const secondOf = (run) => SECONDS.find((key) => Object.hasOwn(run.settings, key)) ?? null;
  const stepsOf = (run) => gp.clamp(run.steps, 100, 300);

  /* The settings of a cell, from its place between 0 and 1. */
  function settingsAt(run, u, v) {
    const second = secondOf(run);
    const settings = { ...run.settings, lr: 10 ** (RATES[0] + u * (RATES[1] - RATES[0])) };
    if (second) {
      const { from, to } = gp.hyper(second);
      settings[second] = from + v * (to - from);
    }
    return settings;
  }

  function rateMap(app, parent) {
    const box = gp.html("div", { className: "ex-rate-map" });
    const canvas = gp.html("canvas", { aria: { hidden: "true" } });
    const svg = gp.svg("svg", { role: "img" });
    const note = gp.html("p", { className: "ex-note" });
    box.append(canvas, svg);
    parent.append(box, note);
    let [job, done, at, timer] = [null, "", null, null];

    const run = () => app.state.runs[app.selected];
    function key() {
      const { lr, ...others } = run().settings;
      delete others[secondOf(run())];
      return JSON.stringify([app.surfaceKey, app.state.start, run().optimizer, others, stepsOf(run()), app.goal]);
    }

    /* A colour of a count: few steps strong, many pale; nothing where it does not arrive, dots where it explodes. */
    function colour(steps, most) {
      if (Number.isNaN(steps)) return app.look.name === "dark" ? "#5a2a2e" : "#f0c9c4";
      if (steps === Infinity) return app.look.name === "dark" ? "#2b333c" : "#dfe4e8";
      const share = Math.log1p(steps) / Math.log1p(most);
      const [strong, pale] = app.look.name === "dark" ? [[120, 220, 200], [24, 60, 84]] : [[8, 66, 110], [196, 222, 238]];
      return `rgb(${strong.map((c, i) => Math.round(c + (pale[i] - c) * share)).join(",")})`;
    }

    function* cells() {
      const context = canvas.getContext("2d");
      const { width, height } = canvas;
      const [one, steps] = [run(), stepsOf(run())];
      for (const [columns, rows] of PASSES) {
        for (let j = 0; j < rows; j += 1) {
          for (let i = 0; i < columns; i += 1) {
            const settings = settingsAt(one, (i + 0.5) / columns, (j + 0.5) / rows);
            context.fillStyle = colour(gp.countSteps(app.surface, app.state.start, one.optimizer, steps, settings, app.goal, gp.WITHIN), steps);
            const [x, y] = [Math.floor((i / columns) * width), Math.floor((1 - (j + 1) / rows) * height)];
            context.fillRect(x, y, Math.ceil(width / columns) + 1, Math.ceil(height / rows) + 1);
            yield;
          }
        }
      }
    }
    function work() {
      const until = performance.now() + 14;
      while (performance.now() < until) {
        if (job.next().done) {
          box.dataset.state = "done";
          return;
        }
      }
      timer = setTimeout(work, 0);
    }

    function draw() {
      if (app.state.panel !== "map" || parent.hidden) return;
      const bounds = box.getBoundingClientRect();
      const possible = run() && app.goal !== null && bounds.width > 100;
      box.hidden = !run() || app.goal === null;
      note.textContent = !run() ? "Choose a run." : app.goal === null ? "Without a minimum there is no goal to count steps to."
        : `Steps of ${run().optimizer} to the goal, at most ${stepsOf(run())}, at a constant rate without noise: strong colours for few, grey where it does not arrive, red where it diverges. Click to take a rate${secondOf(run()) ? ` and a ${gp.hyper(secondOf(run())).label}` : ""}.`;
      if (!possible) return;
      const second = gp.hyper(secondOf(run()) ?? "momentum");
      at = gp.frame([...RATES, second.from, second.to], bounds.width, bounds.height, MARGIN);
      const [left, top, width, height] = at.inside;
      Object.assign(canvas.style, { left: `${left}px`, top: `${top}px`, width: `${width}px`, height: `${height}px` });
      svg.setAttribute("viewBox", `0 0 ${bounds.width} ${bounds.height}`);
      svg.setAttribute("aria-label", note.textContent);
      svg.replaceChildren();
      gp.axis(svg, at, app.look, { horizontal: true, ticks: [-3, -2, -1, 0, 1], format: (h) => gp.said(10 ** h), label: "learning rate" });
      gp.axis(svg, at, app.look, { horizontal: false, ticks: at.y.ticks(4), format: String, label: second.label });
      const [u, v] = [Math.log10(run().settings.lr || 1e-9), run().settings[secondOf(run())] ?? 0];
      const [[x, y]] = gp.near(at, [at.px([u, v])]);
      gp.svg("circle", { cx: x, cy: y, r: 6, fill: "none", stroke: app.look.paper, "stroke-width": 4 }, svg);
      gp.svg("circle", { cx: x, cy: y, r: 6, fill: "none", stroke: app.look.ink, "stroke-width": 2, class: "ex-here" }, svg);
      const wanted = [key(), app.look.name, Math.round(width), Math.round(height)].join();
      if (wanted === done) return;
      done = wanted;
      Object.assign(canvas, { width: Math.round(width), height: Math.round(height) });
      box.dataset.state = "computing";
      clearTimeout(timer);
      job = cells();
      timer = setTimeout(work, 0);
    }

    function take(event) {
      if (!at) return;
      const bounds = box.getBoundingClientRect();
      const [left, top, width, height] = at.inside;
      const u = gp.clamp((event.clientX - bounds.left - left) / width, 0, 1);
      const v = gp.clamp(1 - (event.clientY - bounds.top - top) / height, 0, 1);
      const { lr, ...others } = settingsAt(run(), u, v);
      app.change(() => {
        run().settings.lr = Number(lr.toPrecision(3));
        const second = secondOf(run());
        if (second) run().settings[second] = Number(others[second].toFixed(3));
      });
    }
    svg.addEventListener("pointerdown", (event) => { svg.setPointerCapture(event.pointerId); take(event); event.preventDefault(); });
    svg.addEventListener("pointermove", (event) => { if (svg.hasPointerCapture(event.pointerId)) take(event); });
    return { draw };
  }

  gp.rateMap = rateMap;
})(window.gradpath ??= {});
