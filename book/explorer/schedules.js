/* Schedules of the learning rate, a third time: the rate at step t, from 0, that leads from point t to point t + 1.
   A schedule is {name, ...parameters}, as in shared_figures/experiments.yaml. */
"use strict";

((gp) => {
  const half = (from, to, share) => to + ((from - to) * (1 + Math.cos(Math.PI * share))) / 2;

  function restarts(t, lr, s) {
    let [since, length] = [t, s.steps];
    while (since >= length) [since, length] = [since - length, length * s.growth];
    return half(lr, s.lr_min, since / length);
  }

  function oneCycle(t, lr, s) {
    const [start, end] = [lr / s.div_factor, lr / s.div_factor / s.final_div_factor];
    const [peak, last] = [s.pct_start * s.steps - 1, s.steps - 1];
    const at = Math.min(t, last);
    return at <= peak ? half(start, lr, at / peak) : half(lr, end, (at - peak) / (last - peak));
  }

  const schedules = {
    constant: (t, lr) => lr,
    exponential: (t, lr, s) => lr * s.gamma ** t,
    step: (t, lr, s) => lr * s.gamma ** Math.floor(t / s.step_size),
    multi_step: (t, lr, s) => lr * s.gamma ** s.milestones.filter((m) => m <= t).length,
    factor: (t, lr, s) => Math.max(s.lr_min, lr * s.factor ** t),
    inverse_sqrt: (t, lr) => lr / Math.sqrt(t + 1),
    polynomial: (t, lr, s) => lr * (1 - Math.min(t, s.steps) / s.steps) ** s.power,
    cosine: (t, lr, s) => half(lr, s.lr_min, Math.min(t, s.steps) / s.steps),
    cosine_periodic: (t, lr, s) => half(lr, s.lr_min, t / s.half_period),
    cosine_restarts: restarts,
    warmup: (t, lr, s) =>
      t < s.warmup
        ? lr * (s.start_factor + ((1 - s.start_factor) * t) / s.warmup)
        : schedules[s.then.name](t - s.warmup, lr, s.then),
    one_cycle: oneCycle,
    chained: (t, lr, s) => s.schedules.reduce((rate, inner) => rate * schedules[inner.name](t, 1, inner), lr),
    plateau: null, // watches the values, see plateau() below
  };

  /* What may be set, with defaults; undefined is needed. What kind of value each takes is in `accepts`. */
  const parameters = {
    constant: {},
    exponential: { gamma: undefined },
    step: { step_size: undefined, gamma: 0.1 },
    multi_step: { milestones: undefined, gamma: 0.1 },
    factor: { factor: undefined, lr_min: 0 },
    inverse_sqrt: {},
    polynomial: { steps: undefined, power: 1 },
    cosine: { steps: undefined, lr_min: 0 },
    cosine_periodic: { half_period: undefined, lr_min: 0 },
    cosine_restarts: { steps: undefined, growth: 1, lr_min: 0 },
    warmup: { warmup: undefined, then: undefined, start_factor: 1 / 3 },
    one_cycle: { steps: undefined, pct_start: 0.3, div_factor: 25, final_div_factor: 1e4 },
    chained: { schedules: undefined },
    plateau: {
      mode: "min", factor: 0.1, patience: 10, threshold: 1e-4, threshold_mode: "rel", cooldown: 0, min_lr: 0, eps: 1e-8,
    },
  };

  const isNumber = (v) => typeof v === "number" && Number.isFinite(v);
  const whole = (least) => (v) => isNumber(v) && Number.isInteger(v) && v >= least && v <= 1e6;
  const between = (low, high) => (v) => isNumber(v) && v > low && v <= high;
  const notNegative = (v) => isNumber(v) && v >= 0 && v <= 1e6;
  const accepts = {
    gamma: between(0, 1), factor: between(0, 1), lr_min: notNegative, min_lr: notNegative, power: between(0, 100),
    start_factor: (v) => notNegative(v) && v <= 1, pct_start: (v) => isNumber(v) && v > 0 && v < 1,
    div_factor: between(0, 1e9), final_div_factor: between(0, 1e12), steps: whole(1), step_size: whole(1),
    half_period: whole(1), growth: whole(1), warmup: whole(1), patience: whole(0), cooldown: whole(0),
    threshold: notNegative, eps: notNegative,
    mode: (v) => v === "min" || v === "max", threshold_mode: (v) => v === "rel" || v === "abs",
    milestones: (v) => Array.isArray(v) && v.length > 0 && v.length <= 50 && v.every(whole(1)) &&
      v.every((m, i) => i === 0 || m > v[i - 1]),
    then: (v) => complete(v, NAMES.filter((name) => !["one_cycle", "chained", "plateau", "warmup"].includes(name))),
    schedules: (v) => Array.isArray(v) && v.length > 0 && v.length <= 5 && v.every((inner) => complete(inner, CHAIN)),
  };
  const NAMES = Object.keys(parameters);
  const CHAIN = ["constant", "exponential", "step", "multi_step", "polynomial"];

  /* A schedule from outside with its defaults filled in, or null if anything about it is not accepted. */
  function complete(given, names = NAMES) {
    if (given === null || typeof given !== "object" || !names.includes(given.name)) return null;
    const known = parameters[given.name];
    const all = { name: given.name };
    for (const key of Object.keys(given)) {
      if (key !== "name" && !Object.hasOwn(known, key)) return null;
    }
    for (const [key, fallback] of Object.entries(known)) {
      const value = Object.hasOwn(given, key) ? given[key] : fallback;
      if (!accepts[key](value)) return null;
      all[key] = key === "then" ? complete(value) : key === "schedules" ? value.map((v) => complete(v)) : value;
    }
    /* A cycle must have a step to rise in; a plateau's factor must shrink. */
    if (given.name === "one_cycle" && all.pct_start * all.steps <= 1) return null;
    if (given.name === "plateau" && all.factor === 1) return null;
    return all;
  }

  function plateau(lr, s) {
    let [rate, best, bad, cooling] = [lr, s.mode === "min" ? Infinity : -Infinity, 0, 0];
    const better = (metric) => {
      const sign = s.mode === "min" ? -1 : 1;
      const limit = s.threshold_mode === "rel" ? best * (1 + sign * s.threshold) : best + sign * s.threshold;
      return sign < 0 ? metric < limit : metric > limit;
    };
    return {
      now: () => rate,
      next(metric) {
        if (better(metric)) [best, bad] = [metric, 0];
        else bad += 1;
        if (cooling > 0) [cooling, bad] = [cooling - 1, 0];
        if (bad <= s.patience) return;
        const lower = Math.max(rate * s.factor, s.min_lr);
        if (rate - lower > s.eps) rate = lower;
        [cooling, bad] = [s.cooldown, 0];
      },
    };
  }

  /* The rate of one run: now() for the update that comes, next(value) when it is done. */
  function rateOf(schedule, lr) {
    if (!schedule) return { now: () => lr, next() {} };
    if (schedule.name === "plateau") return plateau(lr, schedule);
    let t = 0;
    return { now: () => schedules[schedule.name](t, lr, schedule), next() { t += 1; } };
  }

  Object.assign(gp, { schedules, scheduleParameters: parameters, scheduleAccepts: accepts, completeSchedule: complete, rateOf });
})(window.gradpath ??= {});
