/* Small explorers in chapters. <div class="explorer-embed" data-view="preset=momentum" data-sliders="lr momentum">:
   the view is an address of the explorer, the sliders move "steps" or the settings of every run that has them, or of
   one: "lr@1" is the second run's. What stands in the element (a link to the explorer) stays below. */
"use strict";

((gp) => {
  function sliderOf(app, wanted) {
    const [key, only] = wanted.split("@");
    const runs = () => app.state.runs.filter((run, i) => Object.hasOwn(run.settings, key) && (only === undefined || i === Number(only)));
    if (key === "steps") {
      return gp.fields.slider({
        label: "steps", from: 1, to: 100, step: 1, say: String, get: () => app.state.runs[0]?.steps ?? 1,
        set: (value) => app.change((state) => { for (const run of state.runs) run.steps = value; state.step = null; }),
      });
    }
    if (runs().length === 0) return null;
    const { label, log, ...range } = gp.hyper(key);
    const name = only === undefined ? label : `${label} of ${app.state.runs[Number(only)].optimizer}`;
    /* A learning rate moves within a factor of its first value, where something is to be seen. */
    const first = Math.log10(runs()[0].settings[key] || 1);
    const near = key === "lr" ? { from: first - 1, to: first + 0.7, step: 0.01 } : range;
    return gp.fields.slider({
      label: name, ...near, log, get: () => runs()[0].settings[key],
      set: (value) => app.change(() => { for (const run of runs()) run.settings[key] = Number(value.toPrecision(3)); }),
    });
  }

  function embed(root) {
    const rest = [...root.childNodes];
    const app = gp.makeApp(root, gp.readAddress(root.dataset.view ?? ""));
    const begun = JSON.stringify(app.state);
    const stage = gp.html("div", { className: "ex-stage" });
    const below = gp.html("div", { className: "ex-below" });
    const said = gp.html("p", { className: "ex-said-now", aria: { role: "status" } });
    root.replaceChildren(stage, below, said, ...rest);
    const picture = app.add(gp.picture(app, stage, { small: true }));
    app.add(gp.startHandle(app, picture));
    app.add(gp.curve(app, stage));
    const player = app.add(gp.player(app, below, { small: true }));
    for (const wanted of (root.dataset.sliders ?? "").split(/\s+/).filter(Boolean)) {
      const slider = sliderOf(app, wanted);
      if (!slider) continue;
      app.add(slider);
      below.append(slider.node);
    }
    const reset = gp.html("button", { type: "button", className: "ex-button" }, "reset");
    reset.addEventListener("click", () => {
      player.stop();
      app.state = JSON.parse(begun);
      app.draw();
    });
    below.append(reset);
    const link = root.querySelector("a[href*='explorer.html']");
    let pause = null;
    app.listen(() => {
      clearTimeout(pause);
      pause = setTimeout(() => {
        said.replaceChildren(...app.runs.map((run) => gp.html("span", {}, gp.swatch(app.look, run.index), ` ${run.label}: ${gp.words(run, true)}`)));
        if (link) link.hash = gp.writeAddress(app.state);
        root.dataset.settled = "true";
      }, 120);
    });
    root.classList.add("ex-made");
    new ResizeObserver(() => app.draw()).observe(stage);
    gp.followTheme(() => app.draw());
    app.draw();
    root.explorer = app;
  }

  for (const root of document.querySelectorAll(".explorer-embed:not(.ex-made)")) embed(root);
})(window.gradpath ??= {});
