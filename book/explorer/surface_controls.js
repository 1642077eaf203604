/* Which surface, where on it the paths start, and what a bowl or a function of one's own is made of. */
"use strict";

((gp) => {
  function surfaceControls(app, parent) {
    const { slider, choice, number, text } = gp.fields;
    const take = (state, name) => {
      Object.assign(state, { surface: name, view: null, step: null });
      state.start = [...gp.surfaceOf(state).start];
    };
    const names = [...Object.entries(gp.surfaces).map(([name, s]) => [name, s.title]), ["bowl", "a bowl of your own"], ["own", "a function of your own"]];
    const all = {
      surface: choice({ label: "surface", options: names, get: () => app.state.surface, set: (name) => app.change((state) => take(state, name)) }),
      condition: slider({
        label: "condition", name: "condition number", from: 0, to: 2, step: 0.01, log: true, get: () => app.state.condition,
        set: (value) => app.change((state) => { state.condition = Number(value.toPrecision(3)); }),
      }),
      rotation: slider({
        label: "rotation", from: -90, to: 90, step: 1, say: (value) => `${value}°`, get: () => app.state.rotation,
        set: (value) => app.change((state) => { state.rotation = value; }),
      }),
      f: text({
        label: "f(x, y) =", longest: gp.longestFunction + 1, get: () => app.state.f,
        set: (value) => {
          const { error } = gp.parse(value);
          if (!error) app.change((state) => { state.f = value.trim(); });
          return error;
        },
      }),
    };
    const starts = ["x₁", "x₂"].map((label, i) => number({
      label: `start ${label}`, get: () => app.state.start[i],
      set: (value) => app.change((state) => { state.start = state.start.map((old, k) => (k === i ? value : old)); }),
    }));
    const pair = gp.html("div", { className: "ex-pair" }, ...starts.map(({ node }) => node));
    parent.append(all.surface.node, all.condition.node, all.rotation.node, all.f.node, pair);
    return {
      draw() {
        all.condition.node.hidden = all.rotation.node.hidden = app.state.surface !== "bowl";
        all.f.node.hidden = app.state.surface !== "own";
        for (const field of [...Object.values(all), ...starts]) field.draw();
      },
    };
  }

  gp.surfaceControls = surfaceControls;
})(window.gradpath ??= {});
