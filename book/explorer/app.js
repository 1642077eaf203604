/* One explorer: its state, the paths that follow from it, and the views that draw them. A view has draw(), for when
   something was changed, and may have cursor(), for when only the cursor moved. */
"use strict";

((gp) => {
  const COMPUTED = ["surface", "condition", "rotation", "f", "start", "runs"];

  function makeApp(root, state) {
    const views = [];
    const listeners = [];
    const app = { root, state, hovered: null, runs: [], surface: null, pixels: [600, 500] };
    let computed = "";

    Object.defineProperties(app, {
      selected: { get: () => app.state.selected },
      step: { get: () => gp.clamp(app.hovered?.step ?? app.state.step ?? app.longest, 0, app.longest) },
      cursorRun: { get: () => app.hovered?.index ?? app.state.selected },
      whole: { get: () => gp.fitted(app.surface.window, ...app.pixels, app.state.equal ? 1 : undefined) },
      window: { get: () => app.state.view ?? app.whole },
    });

    /* Paths, bottom and race; only if something changed that they depend on. */
    function compute() {
      const { surface, condition, rotation, f } = app.state;
      const key = [surface, surface === "bowl" ? `${condition} ${rotation}` : surface === "own" ? f : ""].join(":");
      if (key !== app.surfaceKey) {
        app.surface = gp.surfaceOf(app.state) ?? app.surface ?? gp.surfaces.anisotropic_paraboloid;
        app.surfaceKey = key;
        app.range = gp.rangeOf(gp.grid(app.surface, app.surface.window, 60, 60));
      }
      const now = JSON.stringify(COMPUTED.map((name) => app.state[name]));
      if (now === computed) return;
      computed = now;
      app.runs = app.state.runs.map((run, index) => {
        const path = run.on ? gp.descend(app.surface, app.state.start, run.optimizer, run.steps, run.settings, run) : [];
        return { run, index, path, label: gp.labelOf(run, app.state.runs) };
      }).filter(({ path }) => path.length > 0);
      app.longest = Math.max(0, ...app.runs.map(({ path }) => path.length - 1));
      bottom();
      for (const run of app.runs) run.arrival = arrival(run);
    }

    /* The lowest value: known, or looked for where nobody has said it; null where the surface falls without end. */
    function bottom() {
      const { minima } = app.surface;
      app.bottomKnown = minima.length > 0;
      app.bottom = app.bottomKnown ? Math.min(...minima.map(app.surface.value)) : null;
      if (app.state.surface === "own") app.bottom = lookForBottom(app);
      app.goal = app.bottom;
    }

    function arrival({ path, run }) {
      if (app.bottom !== null) return gp.arrival(path.map((p) => p.value), run.steps, app.bottom, gp.WITHIN);
      const [left, right, low, high] = app.surface.window;
      const outside = ({ x: [a, b] }) => a < left || a > right || b < low || b > high;
      if (!outside(path.at(-1))) return { status: "inside", steps: Infinity };
      let step = path.length - 1;
      while (step > 0 && outside(path[step - 1])) step -= 1;
      return { status: "left", steps: step };
    }

    app.summary = () => {
      const parts = app.runs.map((run) => `${run.label}: ${gp.words(run, true)}`);
      const from = `${app.surface.title}, from (${app.state.start.map(gp.said).join(", ")})`;
      return `${from}. ${parts.join(". ") || "No run is shown"}.`;
    };

    app.add = (view) => { views.push(view); return view; };
    app.listen = (listener) => listeners.push(listener);
    app.draw = () => {
      app.look = gp.lookOf(root);
      root.dataset.look = app.look.name;
      compute();
      for (const view of views) view.draw();
      for (const listener of listeners) listener();
    };
    app.cursor = () => {
      for (const view of views) view.cursor?.();
    };
    /* `preset` says that the change leaves what is looked at as it is: it is still that preset. */
    app.change = (change, { preset = false } = {}) => {
      change(app.state);
      if (!preset && app.state.preset) {
        app.state.preset = null;
        for (const run of app.state.runs) run.label = null;
      }
      app.draw();
    };
    app.seek = (step) => {
      app.state.step = gp.clamp(step, 0, app.longest);
      app.cursor();
      for (const listener of listeners) listener();
    };
    app.hover = (point) => {
      if (point?.index === app.hovered?.index && point?.step === app.hovered?.step) return;
      app.hovered = point;
      app.cursor();
    };
    return app;
  }

  /* Of a reader's own function: the lowest value that a search finds from the lowest of a grid, or that a path found,
     if it lies inside of the window; null where the function goes on falling at its edge. */
  function lookForBottom({ surface, range, runs }) {
    const [left, right, low, high] = surface.window;
    let [x, y, step] = [0, 0, 1 / 60];
    const value = (a, b) => surface.value([left + a * (right - left), low + b * (high - low)]);
    let best = Infinity;
    for (let i = 0; i <= 60; i += 1) {
      for (let j = 0; j <= 60; j += 1) {
        const f = value(i / 60, j / 60);
        if (f < best) [best, x, y] = [f, i / 60, j / 60];
      }
    }
    for (let turn = 0; turn < 400 && step > 1e-9; turn += 1) {
      const [f, a, b] = [[step, 0], [-step, 0], [0, step], [0, -step]]
        .map(([u, v]) => [value(x + u, y + v), x + u, y + v])
        .reduce((one, other) => (other[0] < one[0] ? other : one));
      if (f < best) [best, x, y] = [f, a, b];
      else step /= 2;
      if (x < 0 || x > 1 || y < 0 || y > 1) return null;
    }
    const seen = runs.flatMap(({ path }) => path.map((p) => p.value)).reduce((a, b) => Math.min(a, b), best);
    return seen < range.low - (range.high - range.low) ? null : seen;
  }

  gp.makeApp = makeApp;
})(window.gradpath ??= {});
