/* What is on the screen, as plain data. A state has a surface and a start, the runs that descend from it, and how it
   is looked at; the surface itself is made from it by surfaceOf(). */
"use strict";

((gp) => {
  /* Ranges of the sliders. A hyperparameter of a rule that is not listed gets the last one. */
  const HYPERS = {
    lr: { label: "learning rate", from: -4, to: 1, step: 0.01, log: true, least: 0, most: 1e3 },
    momentum: { label: "momentum", from: 0, to: 0.99, step: 0.01 },
    beta1: { label: "β₁", from: 0, to: 0.99, step: 0.01 },
    beta2: { label: "β₂", from: 0, to: 0.999, step: 0.001, most: 0.999999 },
    alpha: { label: "α", from: 0, to: 0.99, step: 0.01, most: 0.999999 },
    eps: { label: "ε", from: -13, to: 0, step: 0.5, log: true, least: 0, most: 10 },
    weight_decay: { label: "weight decay", from: 0, to: 1, step: 0.01, most: 100 },
    init: { label: "averages start at", choices: ["zero", "gradient"] },
    bias_correction: { label: "bias correction", flag: true },
  };
  const OTHER = { from: 0, to: 1, step: 0.01, most: 1e6 };
  const hyper = (name) => ({ label: name.replaceAll("_", " "), ...(HYPERS[name] ?? OTHER) });
  const RATES = { sgd: 0.4, momentum: 0.5, nesterov: 0.4, adagrad: 3.7 };
  const MOST = { runs: 16, steps: 1000 };
  const OWN = ["bowl", "own"];

  const clamp = (value, from, to) => Math.min(to, Math.max(from, value));
  /* Short in an address, and to the digits that a slider or a declaration has. */
  const short = (value) => String(Number(value.toPrecision(8)));
  const said = (value) => {
    const size = Math.abs(value);
    if (!Number.isFinite(value)) return String(value);
    return size !== 0 && (size >= 1e5 || size < 1e-3) ? value.toExponential(2) : String(Number(value.toPrecision(4)));
  };

  function newRun(optimizer, settings = {}, more = {}) {
    const own = { lr: RATES[optimizer] ?? 0.5 };
    if (Object.hasOwn(gp.defaults[optimizer], "momentum")) own.momentum = 0.1;
    if (Object.hasOwn(gp.defaults[optimizer], "alpha")) own.alpha = 0.9;
    const all = { ...gp.defaults[optimizer], ...(more.declared ? {} : own), ...settings };
    const { schedule = null, noise = 0, seed = 0, steps = 40, on = true, label = null } = more;
    return { optimizer, settings: all, schedule, noise, seed, steps, on, label };
  }

  function firstState() {
    return {
      surface: "anisotropic_paraboloid", condition: 10, rotation: 30, f: "x^2/4 + y^2 + sin(2*x)",
      start: [5.1, 2.3],
      runs: [newRun("sgd"), newRun("momentum"), newRun("adagrad")],
      selected: 0, step: null, view: null, equal: false, panel: "race", mode: "2d", preset: null,
    };
  }

  function fromPreset(preset) {
    const state = firstState();
    const runs = preset.runs.slice(0, MOST.runs).map((run) => newRun(run.optimizer, run.hyperparameters, {
      ...run, schedule: run.schedule ? gp.completeSchedule(run.schedule) : null, declared: true,
    }));
    return { ...state, surface: preset.surface, start: [...preset.start], runs, preset: preset.id };
  }

  function surfaceOf(state) {
    if (state.surface === "bowl") return gp.bowl(state.condition, state.rotation);
    if (state.surface === "own") {
      const parsed = gp.parse(state.f);
      return parsed.error ? null : gp.ownFunction(parsed);
    }
    return gp.surfaces[state.surface];
  }

  /* What tells the runs apart: the rule, and the settings in which two runs of one rule differ. */
  function labelOf(run, runs) {
    if (run.label) return run.label;
    const twins = runs.filter((other) => other !== run && other.optimizer === run.optimizer);
    const parts = [`lr ${said(run.settings.lr)}`];
    for (const key of Object.keys(run.settings)) {
      const differs = twins.some((other) => other.settings[key] !== run.settings[key]);
      if (key !== "lr" && differs) parts.push(`${hyper(key).label} ${run.settings[key]}`);
    }
    if (run.schedule) parts.push(run.schedule.name.replaceAll("_", " "));
    return `${run.optimizer}, ${parts.join(", ")}`;
  }

  Object.assign(gp, { hyper, newRun, firstState, fromPreset, surfaceOf, labelOf, clamp, short, said, MOST, OWN });
})(window.gradpath ??= {});
