/* The surfaces with their gradients, and the update rules, a third time: in plain JavaScript, for the explorer.
   Written by hand from the same equations as update_rules.py and update_rules.R, and held to Python's paths by a
   test in a real browser. Points are [x1, x2]; a rule takes (x, g, state, settings) and returns [x, state]. */
"use strict";

const gradpathRules = (() => {
  const TAU = 2 * Math.PI;

  const surfaces = {
    isotropic_paraboloid: {
      title: "round bowl",
      window: [-8, 8, -8, 8],
      minima: [[0, 0]],
      start: [6, 6],
      value: ([a, b]) => 0.2 * a * a + 0.2 * b * b - 5,
      gradient: ([a, b]) => [0.4 * a, 0.4 * b],
    },
    anisotropic_paraboloid: {
      title: "ravine",
      window: [-10, 10, -3, 3],
      minima: [[0, 0]],
      start: [5.1, 2.3],
      value: ([a, b]) => 0.2 * a * a + 2 * b * b - 5,
      gradient: ([a, b]) => [0.4 * a, 4 * b],
    },
    rosenbrock: {
      title: "Rosenbrock's valley",
      window: [-2, 2, -1, 3],
      minima: [[1, 1]],
      start: [-1.5, 2],
      value: ([a, b]) => (a - 1) ** 2 + 100 * (b - a * a) ** 2,
      gradient: ([a, b]) => [2 * (a - 1) - 400 * a * (b - a * a), 200 * (b - a * a)],
    },
    himmelblau: {
      title: "Himmelblau's four minima",
      window: [-5, 5, -5, 5],
      minima: [
        [3, 2],
        [-2.805118086952745, 3.131312518250573],
        [-3.779310253377747, -3.28318599128617],
        [3.584428340330492, -1.848126526964404],
      ],
      start: [-4, -4],
      value: ([a, b]) => (a * a + b - 11) ** 2 + (a + b * b - 7) ** 2,
      gradient: ([a, b]) => {
        const p = a * a + b - 11;
        const q = a + b * b - 7;
        return [4 * a * p + 2 * q, 2 * p + 4 * b * q];
      },
    },
    beale: {
      title: "Beale's flat valley",
      window: [-1, 4.5, -2, 2],
      minima: [[3, 0.5]],
      start: [1, 1.5],
      value: ([a, b]) =>
        (1.5 - a + a * b) ** 2 + (2.25 - a + a * b * b) ** 2 + (2.625 - a + a * b ** 3) ** 2,
      gradient: ([a, b]) => {
        const p = 1.5 - a + a * b;
        const q = 2.25 - a + a * b * b;
        const r = 2.625 - a + a * b ** 3;
        return [
          2 * (p * (b - 1) + q * (b * b - 1) + r * (b ** 3 - 1)),
          2 * a * (p + 2 * b * q + 3 * b * b * r),
        ];
      },
    },
    rastrigin: {
      title: "Rastrigin's egg box",
      window: [-2.5, 2.5, -2.5, 2.5],
      minima: [[0, 0]],
      start: [1.8, -1.7],
      value: ([a, b]) => 20 + a * a + b * b - 10 * (Math.cos(TAU * a) + Math.cos(TAU * b)),
      gradient: ([a, b]) => [2 * a + 10 * TAU * Math.sin(TAU * a), 2 * b + 10 * TAU * Math.sin(TAU * b)],
    },
    saddle: {
      title: "saddle",
      window: [-2, 2, -2, 2],
      minima: [],
      start: [1.5, 0.01],
      value: ([a, b]) => a * a - b * b,
      gradient: ([a, b]) => [2 * a, -2 * b],
    },
  };

  const zip = (f, ...arrays) => arrays[0].map((_, i) => f(...arrays.map((array) => array[i])));
  const zeros = [0, 0];
  const decayed = (g, x, s) => zip((gi, xi) => gi + s.weight_decay * xi, g, x);

  function sgd(x, g, state, s) {
    g = decayed(g, x, s);
    return [zip((xi, gi) => xi - s.lr * gi, x, g), state];
  }

  function momentum(x, g, state, s) {
    g = decayed(g, x, s);
    const v = zip((vi, gi) => s.momentum * vi + gi, state.v || zeros, g);
    return [zip((xi, vi) => xi - s.lr * vi, x, v), { v }];
  }

  function nesterov(x, g, state, s) {
    g = decayed(g, x, s);
    const v = zip((vi, gi) => s.momentum * vi + gi, state.v || zeros, g);
    return [zip((xi, gi, vi) => xi - s.lr * (gi + s.momentum * vi), x, g, v), { v }];
  }

  function adagrad(x, g, state, s) {
    g = decayed(g, x, s);
    const sum = zip((si, gi) => si + gi * gi, state.sum || zeros, g);
    return [zip((xi, gi, si) => xi - (s.lr * gi) / (Math.sqrt(si) + s.eps), x, g, sum), { sum }];
  }

  function rmsprop(x, g, state, s) {
    g = decayed(g, x, s);
    const before = state.v || (s.init === "gradient" ? g.map((gi) => gi * gi) : zeros);
    const v = zip((vi, gi) => s.alpha * vi + (1 - s.alpha) * gi * gi, before, g);
    return [zip((xi, gi, vi) => xi - (s.lr * gi) / (Math.sqrt(vi) + s.eps), x, g, v), { v }];
  }

  function adam(x, g, state, s) {
    g = decayed(g, x, s);
    const seeded = s.init === "gradient";
    const t = (state.t || 0) + 1;
    const m = zip((mi, gi) => s.beta1 * mi + (1 - s.beta1) * gi, state.m || (seeded ? g : zeros), g);
    const v = zip(
      (vi, gi) => s.beta2 * vi + (1 - s.beta2) * gi * gi,
      state.v || (seeded ? g.map((gi) => gi * gi) : zeros),
      g,
    );
    const c1 = s.bias_correction ? 1 - s.beta1 ** t : 1;
    const c2 = s.bias_correction ? 1 - s.beta2 ** t : 1;
    const next = zip((xi, mi, vi) => xi - (s.lr * (mi / c1)) / (Math.sqrt(vi / c2) + s.eps), x, m, v);
    return [next, { t, m, v }];
  }

  function adamw(x, g, state, s) {
    const shrunk = x.map((xi) => xi * (1 - s.lr * s.weight_decay));
    return adam(shrunk, g, state, { ...s, weight_decay: 0 });
  }

  const rules = { sgd, momentum, nesterov, adagrad, rmsprop, adam, adamw };

  const defaults = {
    sgd: { lr: 1e-3, weight_decay: 0 },
    momentum: { lr: 1e-3, momentum: 0.9, weight_decay: 0 },
    nesterov: { lr: 1e-3, momentum: 0.9, weight_decay: 0 },
    adagrad: { lr: 1e-2, eps: 1e-10, weight_decay: 0 },
    rmsprop: { lr: 1e-2, alpha: 0.99, eps: 1e-8, weight_decay: 0, init: "zero" },
    adam: {
      lr: 1e-3, beta1: 0.9, beta2: 0.999, eps: 1e-8, weight_decay: 0, init: "zero", bias_correction: true,
    },
    adamw: {
      lr: 1e-3, beta1: 0.9, beta2: 0.999, eps: 1e-8, weight_decay: 1e-2, init: "zero", bias_correction: true,
    },
  };

  /* One path: a list of {x, value}, the start included. It stops at the last finite point. */
  function descend(surface, start, optimizer, steps, settings = {}) {
    const { value, gradient } = surfaces[surface];
    const all = { ...defaults[optimizer], ...settings };
    const path = [];
    let x = start;
    let state = {};
    for (let step = 0; step <= steps; step += 1) {
      const f = value(x);
      if (![...x, f].every(Number.isFinite)) break;
      path.push({ x, value: f });
      [x, state] = rules[optimizer](x, gradient(x), state, all);
    }
    return path;
  }

  return { surfaces, rules, defaults, descend };
})();
