/* Colours of light and dark pages, the lines and marks by which runs are told apart without colour, and SVG nodes. */
"use strict";

((gp) => {
  const SVG = "http://www.w3.org/2000/svg";
  const LOOK = {
    light: {
      name: "light", low: [176, 201, 225], high: [250, 252, 253], line: "rgba(70, 100, 130, 0.45)", paper: "#ffffff",
      ink: "#1f2933", soft: "#52606d", gradient: "#444c55", velocity: "#8a1f6a", taken: "#000000",
      paths: ["#0072b2", "#c14a00", "#00734f", "#9c3f76", "#5f5500", "#5b4bb7", "#a0303a", "#3c5a6e"],
    },
    dark: {
      name: "dark", low: [53, 84, 115], high: [20, 26, 34], line: "rgba(150, 180, 210, 0.35)", paper: "#14181d",
      ink: "#e6ebf0", soft: "#a8b4c0", gradient: "#c3ccd5", velocity: "#f0a3d8", taken: "#ffffff",
      paths: ["#6cc3f5", "#ffa23f", "#35d6a4", "#f0a3d0", "#e3d34f", "#b9adff", "#ff9b9b", "#a9c3d6"],
    },
  };
  const DASHES = ["", "8 3", "2 2.5", "10 3 2 3", "5 2", "1 3", "12 3", "6 2 1 2"];
  const MARKS = ["circle", "triangle", "square", "diamond"];

  /* The page decides, whichever renderer made it: by a name, since a style sheet may come later than that, or by the
     ground on which the explorer stands. */
  function lookOf(root) {
    const named = document.documentElement.dataset.theme ?? document.body.className.match(/\bquarto-(dark|light)\b/)?.[1];
    if (Object.hasOwn(LOOK, named ?? "")) return LOOK[named];
    for (let at = root.parentElement; at; at = at.parentElement) {
      const [r, g, b, alpha = 1] = (getComputedStyle(at).backgroundColor.match(/[\d.]+/g) ?? []).map(Number);
      if (r !== undefined && alpha > 0) return 0.299 * r + 0.587 * g + 0.114 * b < 128 ? LOOK.dark : LOOK.light;
    }
    return LOOK.light;
  }

  const styleOf = (look, index) => ({
    colour: look.paths[index % look.paths.length], dash: DASHES[index % DASHES.length], mark: MARKS[index % MARKS.length],
  });

  function svg(name, attributes, parent, text) {
    const node = document.createElementNS(SVG, name);
    for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
    if (text !== undefined) node.textContent = text;
    if (parent) parent.append(node);
    return node;
  }

  /* An element with properties, data and children: html("button", {className: "a", aria: {label: "b"}}, "text"). */
  function html(name, { aria = {}, ...properties } = {}, ...children) {
    const node = Object.assign(document.createElement(name), properties);
    for (const [key, value] of Object.entries(aria)) node.setAttribute(key === "role" ? "role" : `aria-${key}`, value);
    node.append(...children);
    return node;
  }

  /* One path of all marks of a run: some hundred points are one node. */
  function marks(kind, points, size) {
    const at = {
      circle: ([x, y]) => `M${x - size},${y}a${size},${size} 0 1,0 ${2 * size},0a${size},${size} 0 1,0 ${-2 * size},0`,
      triangle: ([x, y]) => `M${x},${y - 1.2 * size}l${1.1 * size},${2.1 * size}h${-2.2 * size}z`,
      square: ([x, y]) => `M${x - size},${y - size}h${2 * size}v${2 * size}h${-2 * size}z`,
      diamond: ([x, y]) => `M${x},${y - 1.3 * size}l${1.3 * size},${1.3 * size}l${-1.3 * size},${1.3 * size}l${-1.3 * size},${-1.3 * size}z`,
    }[kind];
    return points.map((p) => at(p.map((c) => Math.round(c * 10) / 10))).join("");
  }

  function swatch(look, index) {
    const { colour, dash, mark } = styleOf(look, index);
    const node = svg("svg", { viewBox: "0 0 34 14", class: "ex-swatch", "aria-hidden": "true" });
    svg("line", { x1: 1, x2: 33, y1: 7, y2: 7, stroke: colour, "stroke-width": 2, "stroke-dasharray": dash }, node);
    svg("path", { d: marks(mark, [[17, 7]], 4), fill: colour }, node);
    return node;
  }

  /* Signs that many fonts lack. */
  const ICONS = {
    first: "M4,3h2v10h-2zM13,3v10l-7,-5z", play: "M4,2.5v11l9,-5.5z", pause: "M4,3h3v10h-3zM9,3h3v10h-3z",
    full: "M2,6v-4h4v1.8h-2.2v2.2zM10,2h4v4h-1.8v-2.2h-2.2zM2,10h1.8v2.2h2.2v1.8h-4zM12.2,10h1.8v4h-4v-1.8h2.2z",
  };
  function icon(name) {
    const node = svg("svg", { viewBox: "0 0 16 16", width: 14, height: 14, class: "ex-icon", "aria-hidden": "true" });
    svg("path", { d: ICONS[name], fill: "currentColor" }, node);
    return node;
  }

  Object.assign(gp, { lookOf, styleOf, svg, html, marks, swatch, icon });
})(window.gradpath ??= {});
