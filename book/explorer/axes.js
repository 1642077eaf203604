/* Axes with ticks and labels around a plot, in SVG, and the places of its points. */
"use strict";

((gp) => {
  /* A plot of so many pixels with room for axes: linear scales from data to pixels. */
  function frame(window, width, height, margin) {
    const [left, right, bottom, top] = window;
    const x = d3.scaleLinear([left, right], [margin.left, width - margin.right]);
    const y = d3.scaleLinear([bottom, top], [height - margin.bottom, margin.top]);
    const inside = [margin.left, margin.top, width - margin.left - margin.right, height - margin.top - margin.bottom];
    return {
      x, y, width, height, margin, inside,
      px: ([a, b]) => [x(a), y(b)],
      point: (u, v) => [x.invert(u), y.invert(v)],
    };
  }

  /* A surface's own window, made taller or wider until a unit of one axis is at most so many times as long as one of
     the other: a ravine should look like one. */
  const MOST = 2;
  function fitted([left, right, bottom, top], width, height, most = MOST) {
    const [perX, perY] = [width / (right - left), height / (top - bottom)];
    const around = (from, to, by) => [(from + to - (to - from) * by) / 2, (from + to + (to - from) * by) / 2];
    if (perY > most * perX) return [left, right, ...around(bottom, top, perY / (most * perX))];
    if (perX > most * perY) return [...around(left, right, perX / (most * perY)), bottom, top];
    return [left, right, bottom, top];
  }

  /* Numbers far outside would overflow the renderer's coordinates; the picture ends long before. */
  const near = ({ width, height }, points) =>
    points.map(([x, y]) => [gp.clamp(x, -9 * width, 10 * width), gp.clamp(y, -9 * height, 10 * height)]);

  const line = (points) => points.map((p) => p.map((c) => c.toFixed(1)).join(",")).join(" ");

  function axis(group, at, look, { horizontal, ticks, format, label, grid }) {
    const { x, y, width, height, margin } = at;
    const [bottom, right] = [height - margin.bottom, width - margin.right];
    for (const tick of ticks) {
      const u = horizontal ? x(tick) : y(tick);
      const ends = horizontal
        ? { x1: u, x2: u, y1: bottom, y2: grid ? margin.top : bottom + 4 }
        : { x1: grid ? right : margin.left - 4, x2: margin.left, y1: u, y2: u };
      gp.svg("line", { ...ends, stroke: look.ink, "stroke-opacity": grid ? 0.15 : 0.6 }, group);
      const place = horizontal ? { x: u, y: bottom + 15, "text-anchor": "middle" } : { x: margin.left - 6, y: u + 4, "text-anchor": "end" };
      gp.svg("text", { ...place, fill: look.soft, "font-size": 11 }, group, format(tick));
    }
    const middle = horizontal
      ? { x: (margin.left + right) / 2, y: height - 3 }
      : { transform: `translate(11,${(margin.top + bottom) / 2}) rotate(-90)` };
    gp.svg("text", { ...middle, "text-anchor": "middle", fill: look.soft, "font-size": 12 }, group, label);
  }

  Object.assign(gp, { frame, fitted, near, line, axis });
})(window.gradpath ??= {});
