/* The picture: bands of the surface, axes, the paths up to the cursor, and what the cursor shows. */
"use strict";

((gp) => {
  const MARGIN = { left: 44, right: 10, top: 8, bottom: 32 };
  const MOST_MARKS = 400;
  let made = 0;

  function picture(app, parent, { small = false } = {}) {
    made += 1;
    const clip = `ex-clip-${made}`;
    const box = gp.html("div", { className: "ex-map" });
    const canvas = gp.html("canvas", { aria: { hidden: "true" } });
    const svg = gp.svg("svg", { class: "ex-paths", role: "img" });
    const tip = gp.html("div", { className: "ex-tip", hidden: true, aria: { hidden: "true" } });
    box.append(canvas, svg, tip);
    parent.append(box);
    const defs = gp.svg("defs", {}, svg);
    const cut = gp.svg("rect", {}, gp.svg("clipPath", { id: clip }, defs));
    const axes = gp.svg("g", {}, svg);
    const inner = gp.svg("g", { "clip-path": `url(#${clip})` }, svg);
    const runs = gp.svg("g", { class: "ex-runs" }, inner);
    const over = gp.svg("g", { class: "ex-cursor", "pointer-events": "none" }, inner);
    let [at, drawn] = [null, ""];

    function bands(window) {
      const [left, top, width, height] = at.inside;
      const dpr = Math.min(2, devicePixelRatio || 1);
      const wanted = [app.surfaceKey, window, width, height, app.look.name].join();
      if (wanted === drawn) return;
      drawn = wanted;
      Object.assign(canvas.style, { left: `${left}px`, top: `${top}px`, width: `${width}px`, height: `${height}px` });
      Object.assign(canvas, { width: Math.round(width * dpr), height: Math.round(height * dpr) });
      gp.drawContours(canvas, app.surface, window, app.look);
    }

    function draw() {
      const { width, height } = box.getBoundingClientRect();
      if (width < 80 || height < 80) return;
      app.pixels = [width - MARGIN.left - MARGIN.right, height - MARGIN.top - MARGIN.bottom];
      at = gp.frame(app.window, width, height, MARGIN);
      svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
      const [x, y, w, h] = at.inside;
      for (const [key, value] of Object.entries({ x, y, width: w, height: h })) cut.setAttribute(key, value);
      bands(app.window);
      axes.replaceChildren();
      for (const [horizontal, scale, label, room] of [[true, at.x, "x₁", width / 70], [false, at.y, "x₂", height / 50]]) {
        gp.axis(axes, at, app.look, { horizontal, ticks: scale.ticks(room), format: scale.tickFormat(room), label });
      }
      svg.setAttribute("aria-label", app.summary());
      cursor();
    }

    /* The whole path is faint, what is behind the cursor is strong. */
    function one({ path, index, label }) {
      const { colour, dash, mark } = gp.styleOf(app.look, index);
      const points = gp.near(at, path.map((p) => at.px(p.x)));
      const group = gp.svg("g", { "data-run": index, "data-label": label }, runs);
      const until = points.slice(0, Math.min(app.step, path.length - 1) + 1);
      if (until.length < points.length) {
        gp.svg("polyline", { points: gp.line(points), fill: "none", stroke: colour, "stroke-opacity": 0.3, "stroke-width": 1.5, class: "ex-whole" }, group);
      }
      gp.svg("polyline", {
        points: gp.line(until), fill: "none", stroke: colour, "stroke-width": index === app.selected ? 2.6 : 1.8,
        "stroke-dasharray": dash, class: "ex-until",
      }, group);
      const size = until.length > 120 ? 2.2 : 3.2;
      gp.svg("path", { d: gp.marks(mark, until.slice(0, MOST_MARKS), size), fill: colour, stroke: app.look.paper, "stroke-width": 0.7 }, group);
    }

    function cursor() {
      if (!at) return;
      runs.replaceChildren();
      over.replaceChildren();
      for (const m of app.surface.minima) {
        const [x, y] = at.px(m);
        gp.svg("path", { d: `M${x - 6},${y - 6}l12,12m0,-12l-12,12`, stroke: app.look.ink, "stroke-width": 2.5 }, runs);
      }
      app.runs.forEach(one);
      for (const { path, index } of app.runs) {
        const [[x, y]] = gp.near(at, [at.px(path[Math.min(app.step, path.length - 1)].x)]);
        const strong = index === app.cursorRun;
        gp.svg("circle", { cx: x, cy: y, r: strong ? 8 : 6, fill: "none", stroke: gp.styleOf(app.look, index).colour, "stroke-width": strong ? 3.2 : 2, class: "ex-at", "data-run": index }, over);
      }
      if (!small) gp.drawArrows(app, at, over);
      hint();
    }

    /* Beside the point, what is inside the rule there. */
    function hint() {
      const point = app.hovered;
      const run = app.runs.find((one) => one.index === point?.index);
      tip.hidden = !run || small;
      if (tip.hidden) return;
      const [x, y] = at.px(run.path[Math.min(point.step, run.path.length - 1)].x);
      tip.replaceChildren(...gp.insideLines(run, point.step).map((text) => gp.html("div", {}, text)));
      const [left, top, width, height] = at.inside;
      tip.style.left = `${gp.clamp(x > left + width / 2 ? x - 210 : x + 16, left, left + width - 200)}px`;
      tip.style.top = `${gp.clamp(y + 14, top, top + height - tip.offsetHeight - 4)}px`;
    }

    /* The point of a path nearest to the pointer, if one is near. */
    function nearest(event) {
      const bounds = box.getBoundingClientRect();
      const [u, v] = [event.clientX - bounds.left, event.clientY - bounds.top];
      let best = { distance: 14 };
      for (const { path, index } of app.runs) {
        path.forEach((p, step) => {
          const [x, y] = at.px(p.x);
          const distance = Math.hypot(x - u, y - v);
          if (distance < best.distance) best = { distance, index, step };
        });
      }
      return best.index === undefined ? null : { index: best.index, step: best.step };
    }
    svg.addEventListener("pointermove", (event) => { if (event.buttons === 0 && at) app.hover(nearest(event)); });
    svg.addEventListener("pointerleave", () => app.hover(null));

    return { box, svg, canvas, draw, cursor, frame: () => at };
  }

  gp.picture = picture;
})(window.gradpath ??= {});
