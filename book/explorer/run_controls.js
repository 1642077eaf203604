/* The runs: a list to choose from, to hide, to add to and to take from; and the settings of the one that is chosen. */
"use strict";

((gp) => {
  function runList(app, parent) {
    const list = gp.html("div", { className: "ex-runs-list", aria: { role: "group", label: "Runs" } });
    const add = gp.html("select", { className: "ex-add", aria: { label: "Add a run" } });
    add.append(new Option("add a run …", ""));
    for (const name of Object.keys(gp.defaults)) add.append(new Option(name, name));
    add.addEventListener("change", () => {
      if (!add.value || app.state.runs.length >= gp.MOST.runs) return;
      const steps = app.state.runs[app.selected]?.steps ?? 40;
      const name = add.value;
      app.change((state) => { state.selected = state.runs.push(gp.newRun(name, {}, { steps })) - 1; });
    });
    const remove = gp.html("button", { type: "button", className: "ex-button" }, "remove");
    remove.addEventListener("click", () => app.change((state) => {
      state.runs.splice(state.selected, 1);
      state.selected = Math.max(0, Math.min(state.selected, state.runs.length - 1));
    }));
    parent.append(list, gp.html("div", { className: "ex-pair" }, add, remove));
    let shown = "";

    function build() {
      gp.made = (gp.made ?? 0) + 1;
      list.replaceChildren(...app.state.runs.map((run, index) => {
        const box = gp.html("input", { type: "checkbox", className: "ex-on" });
        box.addEventListener("change", () => app.change((state) => { state.runs[index].on = box.checked; }));
        const pick = gp.html("button", { type: "button", className: "ex-pick" });
        pick.addEventListener("click", () => app.change((state) => { state.selected = index; }, { preset: true }));
        return gp.html("div", { className: "ex-run" }, box, pick);
      }));
    }
    return {
      draw() {
        if (shown !== String(app.state.runs.length)) build();
        shown = String(app.state.runs.length);
        app.state.runs.forEach((run, index) => {
          const [box, pick] = list.children[index].children;
          const label = gp.labelOf(run, app.state.runs);
          box.checked = run.on;
          box.setAttribute("aria-label", `show ${label}`);
          pick.replaceChildren(gp.swatch(app.look, index), gp.html("span", {}, label));
          pick.setAttribute("aria-pressed", String(index === app.selected));
        });
        add.value = "";
        add.disabled = app.state.runs.length >= gp.MOST.runs;
        remove.disabled = app.state.runs.length === 0;
        remove.setAttribute("aria-label", "remove the chosen run");
      },
    };
  }

  function ruleControls(app, parent) {
    let [shown, fields] = [null, []];
    const run = () => app.state.runs[app.selected];
    const put = (key, value) => app.change(() => { run().settings[key] = value; });

    function settingOf(key) {
      const { label, choices, flag, log, ...range } = gp.hyper(key);
      const common = { label, get: () => run().settings[key], set: (value) => put(key, value) };
      if (choices) return gp.fields.choice({ ...common, options: choices.map((name) => [name, name]) });
      if (flag) return gp.fields.tick(common);
      const set = (value) => put(key, Number(value.toPrecision(4)));
      return gp.fields.slider({ ...common, ...range, log, set });
    }
    function build() {
      fields = [
        gp.fields.choice({
          label: "optimizer", options: Object.keys(gp.defaults).map((name) => [name, name]), get: () => run().optimizer,
          set: (name) => app.change((state) => { state.runs[state.selected] = gp.newRun(name, {}, { ...run(), label: null }); }),
        }),
        gp.fields.slider({
          label: "steps", from: 1, to: 400, step: 1, say: String, get: () => run().steps,
          set: (value) => app.change((state) => { run().steps = value; state.step = null; }),
        }),
        ...Object.keys(run().settings).map(settingOf),
      ];
      parent.replaceChildren(...fields.map(({ node }) => node));
    }
    return {
      draw() {
        const wanted = run() ? `${app.selected} ${run().optimizer}` : "";
        if (wanted !== shown) {
          if (wanted) build(); else parent.replaceChildren(gp.html("p", {}, "Add a run above."));
        }
        shown = wanted;
        if (run()) for (const field of fields) field.draw();
      },
    };
  }

  Object.assign(gp, { runList, ruleControls });
})(window.gradpath ??= {});
