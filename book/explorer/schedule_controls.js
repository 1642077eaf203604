/* The schedule of the chosen run's rate, and the noise of its gradients. */
"use strict";

((gp) => {
  /* What a schedule starts with where it has no default; counted in steps of the run. */
  function suggestion(key, steps) {
    const some = { gamma: 0.95, factor: 0.9, steps, step_size: Math.ceil(steps / 4), half_period: Math.ceil(steps / 3), warmup: Math.ceil(steps / 10) };
    if (key === "milestones") return [Math.ceil(steps / 3), Math.ceil((2 * steps) / 3) + 1];
    if (key === "then") return { name: "cosine", steps, lr_min: 0 };
    if (key === "schedules") return [{ name: "step", step_size: Math.ceil(steps / 4), gamma: 0.5 }, { name: "exponential", gamma: 0.97 }];
    return some[key];
  }

  function suggested(name, steps) {
    const given = { name };
    for (const [key, value] of Object.entries(gp.scheduleParameters[name])) given[key] = value ?? suggestion(key, steps);
    /* A drop to a tenth after ten bad steps would hardly be seen on a path. */
    if (name === "plateau") Object.assign(given, { factor: 0.5, patience: 3 });
    return gp.completeSchedule(given);
  }

  function scheduleControls(app, parent) {
    let [shown, fields] = [null, []];
    const run = () => app.state.runs[app.selected];
    const put = (key, value) => app.change(() => {
      run().schedule = gp.completeSchedule({ ...run().schedule, [key]: value }) ?? run().schedule;
    });

    function parameter(key, value) {
      const label = key.replaceAll("_", " ");
      if (typeof value === "number") return gp.fields.number({ label, get: () => run().schedule[key], set: (v) => put(key, v) });
      if (typeof value === "string") {
        const options = { mode: ["min", "max"], threshold_mode: ["rel", "abs"] }[key].map((name) => [name, name]);
        return gp.fields.choice({ label, options, get: () => run().schedule[key], set: (v) => put(key, v) });
      }
      /* Lists and schedules inside of one are shown as they are declared. */
      const node = gp.fields.row(label, gp.html("output", { className: "ex-said" }, JSON.stringify(value).replace(/["{}]/g, " ")));
      return { node, draw() {} };
    }
    function build() {
      const names = [["", "none, the rate is constant"], ...Object.keys(gp.schedules).map((name) => [name, name.replaceAll("_", " ")])];
      const { schedule } = run();
      fields = [
        gp.fields.choice({
          label: "schedule", options: names, get: () => run().schedule?.name ?? "",
          set: (name) => app.change(() => { run().schedule = name ? suggested(name, Math.max(2, run().steps)) : null; }),
        }),
        ...(schedule ? Object.entries(schedule).filter(([key]) => key !== "name").map(([key, value]) => parameter(key, value)) : []),
        gp.fields.slider({
          label: "noise", name: "noise of the gradient", from: 0, to: 5, step: 0.05, get: () => run().noise,
          set: (value) => app.change(() => { run().noise = value; }),
        }),
        gp.fields.number({
          label: "seed", whole: true, min: 0, max: 2 ** 32 - 1, get: () => run().seed, set: (value) => app.change(() => { run().seed = value; }),
        }),
      ];
      parent.replaceChildren(...fields.map(({ node }) => node));
    }
    return {
      draw() {
        const wanted = run() ? `${app.selected} ${run().optimizer} ${run().schedule?.name}` : "";
        if (wanted !== shown) {
          if (wanted) build(); else parent.replaceChildren();
        }
        shown = wanted;
        if (run()) for (const field of fields) field.draw();
      },
    };
  }

  Object.assign(gp, { scheduleControls, suggestedSchedule: suggested });
})(window.gradpath ??= {});
