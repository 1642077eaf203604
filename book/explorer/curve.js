/* The value along every path: height above the bottom on a logarithmic axis, or the value itself where there is no
   bottom. Where a path leaves the picture, the axis stays sensible and an arrowhead says at which step. */
"use strict";

((gp) => {
  const MARGIN = { left: 52, right: 12, top: 10, bottom: 32 };

  /* From the runs, what the vertical axis shows: {low, top, of(value), logarithmic}. */
  function axisOf(app) {
    const values = app.runs.flatMap(({ path }) => path.map((p) => p.value));
    if (app.bottom !== null) {
      const of = (value) => Math.log10(Math.max(value - app.bottom, 1e-16));
      const first = Math.max(...app.runs.map(({ path }) => of(path[0].value)), -1);
      const all = values.map(of);
      const low = all.reduce((a, b) => Math.min(a, b), first);
      const top = Math.min(all.reduce((a, b) => Math.max(a, b), first), first + 2);
      return { low: Math.max(low, -16), top: Math.max(top, low + 1), of, logarithmic: true };
    }
    /* Without a bottom, what the surface shows in its own window is what a path can sensibly do. */
    const { low, high } = app.range;
    const room = (high - low) / 4 || 1;
    const clipped = values.map((v) => gp.clamp(v, low - room, high + room));
    const all = clipped.length ? clipped : [low, high];
    const [bottom, top] = [all.reduce((a, b) => Math.min(a, b)), all.reduce((a, b) => Math.max(a, b))];
    return { low: bottom, top: top > bottom ? top : bottom + 1, of: (value) => value, logarithmic: false };
  }

  /* The first step at which a path is above or below the axis and stays so, or null. */
  function leaves(path, { low, top, of, logarithmic }) {
    const out = (p) => (of(p.value) > top + 1e-9 ? "above" : of(p.value) < low - 1e-9 && !logarithmic ? "below" : null);
    const side = path.length ? out(path.at(-1)) : null;
    if (!side) return null;
    let step = path.length - 1;
    while (step > 0 && out(path[step - 1]) === side) step -= 1;
    return { step, side };
  }

  function curve(app, parent) {
    const svg = gp.svg("svg", { class: "ex-curve", role: "img" });
    parent.append(svg);
    const axes = gp.svg("g", {}, svg);
    const lines = gp.svg("g", {}, svg);
    const over = gp.svg("g", { "pointer-events": "none" }, svg);
    let [at, axis] = [null, null];

    function draw() {
      const { width, height } = svg.getBoundingClientRect();
      if (width < 80 || height < 60 || app.runs.length === 0) return clear();
      svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
      axis = axisOf(app);
      at = gp.frame([0, app.longest || 1, axis.low, axis.top], width, height, MARGIN);
      axes.replaceChildren();
      const room = Math.max(2, Math.floor(height / 45));
      const [ticks, format] = axis.logarithmic ? logarithmic(axis, room) : [at.y.ticks(room), gp.said];
      gp.axis(axes, at, app.look, { horizontal: false, ticks, format, grid: true, label: axis.logarithmic ? "height above the minimum" : "value" });
      gp.axis(axes, at, app.look, { horizontal: true, ticks: at.x.ticks(Math.min(5, app.longest)).filter(Number.isInteger), format: String, label: "step" });
      lines.replaceChildren();
      const said = app.runs.map((run) => one(run)).filter(Boolean);
      svg.setAttribute("aria-label", `Value against the step. ${said.join(" ")}`);
      cursor();
    }

    const clear = () => { for (const group of [axes, lines, over]) group.replaceChildren(); at = null; };

    /* A line inside of the axis; an arrowhead where it leaves for good, or where it ends because it is no number. */
    function one({ path, index, run, label }) {
      const { colour, dash } = gp.styleOf(app.look, index);
      const h = (p) => gp.clamp(axis.of(p.value), axis.low, axis.top);
      const out = leaves(path, axis);
      const upto = out ? path.slice(0, out.step + 1) : path;
      const points = upto.map((p, step) => [at.x(step), at.y(h(p))]);
      gp.svg("polyline", { points: gp.line(points), fill: "none", stroke: colour, "stroke-width": index === app.selected ? 2.6 : 1.8, "stroke-dasharray": dash, "data-run": index }, lines);
      if (!out && path.length > run.steps) return null;
      const [x, y] = points.at(-1);
      const side = out?.side === "below" ? 1 : -1;
      gp.svg("path", { d: `M${x - 6},${y - side * 3}h12l-6,${side * 10}z`, fill: colour, class: "ex-leaves" }, lines);
      const text = out ? `${out.side} from step ${out.step}` : `no number from step ${path.length}`;
      const end = x > at.width / 2;
      gp.svg("text", { x: end ? x - 9 : x + 9, y: y - side * 8 + 4 + (index % 3) * 12 * -side, fill: colour, "font-size": 11, "text-anchor": end ? "end" : "start", "paint-order": "stroke", stroke: app.look.paper, "stroke-width": 3 }, lines, text);
      return `${label}: ${text}.`;
    }

    function cursor() {
      if (!at) return;
      over.replaceChildren();
      const x = at.x(Math.min(app.step, app.longest));
      gp.svg("line", { x1: x, x2: x, y1: MARGIN.top, y2: at.height - MARGIN.bottom, stroke: app.look.ink, "stroke-opacity": 0.55, class: "ex-line" }, over);
      for (const { path, index } of app.runs) {
        const step = Math.min(app.step, path.length - 1);
        const y = at.y(gp.clamp(axis.of(path[step].value), axis.low, axis.top));
        const strong = index === app.cursorRun;
        gp.svg("circle", { cx: at.x(step), cy: y, r: strong ? 5.5 : 4, fill: gp.styleOf(app.look, index).colour, stroke: app.look.paper, "stroke-width": 1.5, class: "ex-at", "data-run": index }, over);
      }
    }

    /* The step under the pointer, and the run whose value is nearest there. */
    function nearest(event) {
      const bounds = svg.getBoundingClientRect();
      const step = gp.clamp(Math.round(at.x.invert(event.clientX - bounds.left)), 0, app.longest);
      let best = { distance: Infinity };
      for (const { path, index } of app.runs) {
        const value = path[Math.min(step, path.length - 1)].value;
        const distance = Math.abs(at.y(gp.clamp(axis.of(value), axis.low, axis.top)) - (event.clientY - bounds.top));
        if (distance < best.distance) best = { distance, index, step };
      }
      return best.index === undefined ? null : { index: best.index, step };
    }
    svg.addEventListener("pointermove", (event) => { if (at) app.hover(nearest(event)); });
    svg.addEventListener("pointerleave", () => app.hover(null));
    svg.addEventListener("click", (event) => {
      const point = at ? nearest(event) : null;
      if (point) app.change((state) => { state.step = point.step; state.selected = point.index; }, { preset: true });
    });
    return { draw, cursor };
  }

  /* Powers of ten; on a short axis 1, 2, 5 and their tens. */
  function logarithmic({ low, top }, room) {
    const every = Math.max(1, Math.ceil((top - low) / room));
    const decades = Array.from({ length: Math.ceil(top) - Math.floor(low) + 1 }, (_, i) => Math.floor(low) + i);
    const inside = (h) => h >= low - 1e-9 && h <= top + 1e-9;
    if (top - low >= 2.5) return [decades.filter((h) => h % every === 0 && inside(h)), (h) => `10${superscript(h)}`];
    const ticks = decades.flatMap((h) => [1, 2, 5].map((m) => h + Math.log10(m))).filter(inside);
    return [ticks, (h) => gp.said(10 ** h)];
  }
  const superscript = (h) => String(Number(h.toFixed(1))).replace(/[-.\d]/g, (c) => ({ "-": "⁻", ".": "·" })[c] ?? "⁰¹²³⁴⁵⁶⁷⁸⁹"[c]);

  Object.assign(gp, { curve, curveAxis: axisOf, curveLeaves: leaves });
})(window.gradpath ??= {});
