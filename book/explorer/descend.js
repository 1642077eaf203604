/* One path down a surface, and how many steps it takes to the goal. */
"use strict";

((gp) => {
  /* A list of points, the start included: {x, value}, and of the update that follows {g, lr, state, next}. It stops at
     the last finite point; `surface` is an object or a name. */
  function descend(surface, start, optimizer, steps, settings = {}, { schedule = null, noise = 0, seed = 0 } = {}) {
    const { value, gradient } = typeof surface === "string" ? gp.surfaces[surface] : surface;
    const all = { ...gp.defaults[optimizer], ...settings };
    const rate = gp.rateOf(gp.completeSchedule(schedule), all.lr);
    const draw = noise > 0 ? gp.normalPairs(seed) : null;
    const path = [];
    let [x, state] = [start, {}];
    for (let step = 0; step <= steps; step += 1) {
      const f = value(x);
      if (![...x, f].every(Number.isFinite)) break;
      const point = { x, value: f };
      path.push(point);
      let g = gradient(x);
      if (draw && step < steps) {
        const drawn = draw();
        g = [g[0] + noise * drawn[0], g[1] + noise * drawn[1]];
      }
      const lr = rate.now();
      const [next, then] = gp.rules[optimizer](x, g, state, { ...all, lr });
      if (step < steps) Object.assign(point, { g, lr, state: then, next });
      [x, state] = [next, then];
      rate.next(f);
    }
    return path;
  }

  /* As Python's steps_to_reach() counts: after how many steps the value is within reach of the bottom for good. */
  function arrival(values, steps, bottom, within) {
    const start = values[0];
    const last = values.at(-1);
    if (values.length <= steps) return { status: "diverged", steps: Infinity, at: values.length };
    let count = values.length;
    while (count > 0 && values[count - 1] - bottom < within) count -= 1;
    if (count < values.length) return { status: "reached", steps: count };
    return { status: last <= start ? "not reached" : "diverged", steps: Infinity };
  }

  /* The same for a run of which only the count is wanted: a cell of the map. */
  function countSteps(surface, start, optimizer, steps, settings, bottom, within) {
    const rule = gp.rules[optimizer];
    let [x, state, count] = [start, {}, 0];
    let f = surface.value(x);
    if (!(f - bottom < within)) count = 1;
    for (let step = 1; step <= steps; step += 1) {
      [x, state] = rule(x, surface.gradient(x), state, settings);
      f = surface.value(x);
      if (!(Math.abs(f) < 1e15)) return NaN;
      if (!(f - bottom < within)) count = step + 1;
    }
    return count <= steps ? count : Infinity;
  }

  Object.assign(gp, { descend, arrival, countSteps });
})(window.gradpath ??= {});
