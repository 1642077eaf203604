/* Arrows at the cursor, all in the length of a step: what the gradient alone would do, what the velocity would do, and
   the step that the rule took. */
"use strict";

((gp) => {
  function arrow(group, at, from, by, colour, width, dash, name) {
    const [x, y] = at.px(from);
    const [[u, v]] = gp.near(at, [at.px([from[0] + by[0], from[1] + by[1]])]);
    const length = Math.hypot(u - x, v - y);
    if (!(length > 3)) return;
    const [a, b] = [(u - x) / length, (v - y) / length];
    const head = Math.min(9, length / 2);
    const wing = (side) => `${u - a * head + side * b * head * 0.5},${v - b * head - side * a * head * 0.5}`;
    const one = gp.svg("g", { "data-arrow": name }, group);
    gp.svg("line", { x1: x, y1: y, x2: u - a * head * 0.7, y2: v - b * head * 0.7, stroke: colour, "stroke-width": width, "stroke-dasharray": dash }, one);
    gp.svg("polygon", { points: `${u},${v} ${wing(1)} ${wing(-1)}`, fill: colour }, one);
  }

  /* The three arrows of a point: [name, vector]; none at the end of a path. */
  function arrowsOf(run, step) {
    const p = run.path[step];
    if (!p?.g) return [];
    const velocity = p.state[gp.velocities[run.run.optimizer]];
    const by = (vector) => vector.map((c) => -p.lr * c);
    const arrows = [["gradient", by(p.g)]];
    if (velocity) arrows.push(["velocity", by(velocity)]);
    return [...arrows, ["step", [p.next[0] - p.x[0], p.next[1] - p.x[1]]]];
  }

  function drawArrows(app, at, group) {
    const run = app.runs.find((one) => one.index === app.cursorRun);
    if (!run) return;
    const { look } = app;
    const styles = {
      gradient: [look.gradient, 1.8, "5 3", "−η g"], velocity: [look.velocity, 1.8, "", `−η ${gp.velocities[run.run.optimizer]}`], step: [look.taken, 2.6, "", "step"],
    };
    const arrows = arrowsOf(run, app.step);
    for (const [name, by] of arrows) {
      const [colour, width, dash] = styles[name];
      arrow(group, at, run.path[app.step].x, by, colour, width, dash, name);
    }
    arrows.forEach(([name], i) => {
      const [colour, width, dash, text] = styles[name];
      const [x, y] = [at.inside[0] + 8, at.inside[1] + 14 + i * 15];
      gp.svg("line", { x1: x, x2: x + 20, y1: y - 4, y2: y - 4, stroke: colour, "stroke-width": width, "stroke-dasharray": dash }, group);
      gp.svg("text", { x: x + 25, y, fill: look.ink, "font-size": 12, "paint-order": "stroke", stroke: look.paper, "stroke-width": 3 }, group, text);
    });
  }

  Object.assign(gp, { arrowsOf, drawArrows });
})(window.gradpath ??= {});
