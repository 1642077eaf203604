/* Draws the explorer: bands of the surface on a canvas, paths and axes as SVG over it, and the loss curves. */
"use strict";

const gradpathDrawing = (() => {
  const SVG = "http://www.w3.org/2000/svg";
  const LEVELS = 14;
  const LOOK = {
    light: {
      low: [185, 207, 228], high: [248, 250, 252], line: [143, 168, 192], paper: "#ffffff", ink: "#1f2933",
      paths: ["#0072b2", "#c14a00", "#00734f", "#9c3f76", "#5f5500", "#5b4bb7", "#a0303a"],
    },
    dark: {
      low: [53, 80, 107], high: [22, 29, 38], line: [84, 112, 140], paper: "#14181d", ink: "#e6ebf0",
      paths: ["#6cc3f5", "#ffa23f", "#35d6a4", "#f0a3d0", "#e3d34f", "#b9adff", "#ff9b9b"],
    },
  };
  const DASHES = ["", "8 3", "2 2.5", "10 3 2 3", "5 2", "1 3", "12 3"];
  const MARKS = ["circle", "triangle", "square", "diamond", "triangle", "circle", "square"];

  function element(name, attributes, parent) {
    const node = document.createElementNS(SVG, name);
    for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
    if (parent) parent.append(node);
    return node;
  }

  function scales(window, width, height) {
    const [left, right, bottom, top] = window;
    return {
      px: ([a, b]) => [((a - left) / (right - left)) * width, ((top - b) / (top - bottom)) * height],
      point: (x, y) => [left + (x / width) * (right - left), top - (y / height) * (top - bottom)],
    };
  }

  /* The levels are quantiles, as in the book's figures, so that every surface shows its valley. */
  function bands(canvas, surface, look) {
    const { width, height } = canvas;
    const { point } = scales(surface.window, width, height);
    const values = new Float64Array(width * height);
    for (let y = 0; y < height; y += 1) {
      for (let x = 0; x < width; x += 1) values[y * width + x] = surface.value(point(x + 0.5, y + 0.5));
    }
    const sorted = values.filter((_, i) => i % 23 === 0).sort();
    const levels = [];
    for (let k = 1; k < LEVELS; k += 1) levels.push(sorted[Math.floor((k / LEVELS) ** 2 * (sorted.length - 1))]);
    const level = new Uint8Array(values.length);
    values.forEach((value, i) => {
      let k = 0;
      while (k < levels.length && value > levels[k]) k += 1;
      level[i] = k;
    });
    const context = canvas.getContext("2d");
    const image = context.createImageData(width, height);
    for (let i = 0; i < level.length; i += 1) {
      const edge = (i + 1 < level.length && level[i] !== level[i + 1]) ||
        (i + width < level.length && level[i] !== level[i + width]);
      const share = level[i] / (LEVELS - 1);
      for (let c = 0; c < 3; c += 1) {
        image.data[4 * i + c] = edge ? look.line[c] : look.low[c] + (look.high[c] - look.low[c]) * share;
      }
      image.data[4 * i + 3] = 255;
    }
    context.putImageData(image, 0, 0);
  }

  function mark(kind, [x, y], size, attributes, parent) {
    if (kind === "circle") return element("circle", { cx: x, cy: y, r: size, ...attributes }, parent);
    const corners = {
      square: [[-1, -1], [1, -1], [1, 1], [-1, 1]],
      diamond: [[0, -1.3], [1.3, 0], [0, 1.3], [-1.3, 0]],
      triangle: [[0, -1.2], [1.1, 0.9], [-1.1, 0.9]],
    }[kind];
    const points = corners.map(([a, b]) => `${x + a * size},${y + b * size}`).join(" ");
    return element("polygon", { points, ...attributes }, parent);
  }

  function polyline(points, attributes, parent) {
    return element("polyline", { points: points.map((p) => p.map((c) => c.toFixed(2)).join(",")).join(" "),
      fill: "none", ...attributes }, parent);
  }

  /* Numbers far outside would overflow the renderer's coordinates; the picture ends long before. */
  const near = (points, width, height) =>
    points.map(([x, y]) => [Math.max(-9 * width, Math.min(10 * width, x)), Math.max(-9 * height, Math.min(10 * height, y))]);

  function paths(svg, surface, runs, look) {
    svg.replaceChildren();
    const { width, height } = svg.viewBox.baseVal;
    const { px } = scales(surface.window, width, height);
    for (const { path, index, label } of runs) {
      const colour = look.paths[index];
      const points = near(path.map((p) => px(p.x)), width, height);
      const group = element("g", { "aria-label": label, role: "img" }, svg);
      polyline(points, { stroke: colour, "stroke-width": 2, "stroke-dasharray": DASHES[index] }, group);
      for (const p of points.slice(0, 400)) {
        mark(MARKS[index], p, 3.2, { fill: colour, stroke: look.paper, "stroke-width": 0.7 }, group);
      }
    }
    for (const m of surface.minima) {
      const [x, y] = px(m);
      element("path", { d: `M${x - 6},${y - 6}l12,12m0,-12l-12,12`, stroke: look.ink, "stroke-width": 2.5 }, svg);
    }
  }

  /* Height above the lowest known minimum, on a logarithmic axis; the value itself where there is none. */
  function losses(svg, surface, runs, look) {
    svg.replaceChildren();
    const { width, height } = svg.viewBox.baseVal;
    const [left, bottom] = [46, 30];
    const floor = surface.minima.length ? Math.min(...surface.minima.map(surface.value)) : null;
    const high = (value) => (floor === null ? value : Math.log10(Math.max(value - floor, 1e-16)));
    const all = runs.flatMap(({ path }) => path.map((p) => high(p.value)));
    const steps = Math.max(1, ...runs.map(({ path }) => path.length - 1));
    const [low, top] = [Math.min(...all, 0), Math.max(...all, 1)];
    const px = (step, h) => [left + (step / steps) * (width - left - 8), 8 + ((top - h) / (top - low)) * (height - bottom - 8)];
    const text = (x, y, content, anchor) => {
      const node = element("text", { x, y, fill: look.ink, "font-size": 12, "text-anchor": anchor }, svg);
      node.textContent = content;
    };
    const every = floor === null ? (top - low) / 4 : Math.max(1, Math.ceil((top - low) / 5));
    for (let h = floor === null ? low : Math.ceil(low); h <= top + 1e-9; h += every) {
      const [, y] = px(0, h);
      element("line", { x1: left, x2: width - 8, y1: y, y2: y, stroke: look.ink, "stroke-opacity": 0.18 }, svg);
      text(left - 5, y + 4, floor === null ? h.toPrecision(2) : `1e${h}`, "end");
    }
    text(left, height - 8, "step 0", "start");
    text(width - 8, height - 8, String(steps), "end");
    for (const { path, index } of runs) {
      const points = path.map((p, step) => px(step, high(p.value)));
      polyline(points, { stroke: look.paths[index], "stroke-width": 2, "stroke-dasharray": DASHES[index] }, svg);
    }
  }

  return { LOOK, DASHES, MARKS, element, scales, bands, paths, losses, mark };
})();
