/* The update rules, a third time: in plain JavaScript, written by hand from the same equations as the folders rules
   of Python and R. A rule takes (x, g, state, settings) and returns [x, state]; what of the state is a pair of
   numbers is shown under the cursor. */
"use strict";

((gp) => {
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
    const [mHat, vHat] = [m.map((mi) => mi / c1), v.map((vi) => vi / c2)];
    const next = zip((xi, mi, vi) => xi - (s.lr * mi) / (Math.sqrt(vi) + s.eps), x, mHat, vHat);
    return [next, { t, m, v, "m̂": mHat, "v̂": vHat }];
  }

  function adamw(x, g, state, s) {
    const shrunk = x.map((xi) => xi * (1 - s.lr * s.weight_decay));
    return adam(shrunk, g, state, { ...s, weight_decay: 0 });
  }

  const rules = { sgd, momentum, nesterov, adagrad, rmsprop, adam, adamw };
  /* Where a rule keeps its velocity: what goes on when the gradient is zero. */
  const velocities = { momentum: "v", nesterov: "v", adam: "m̂", adamw: "m̂" };

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

  Object.assign(gp, { rules, velocities, defaults });
})(window.gradpath ??= {});
