/* The surface as bands between contour lines, on a canvas. The levels are quantiles of what is seen, as in the book's
   figures, so that every surface shows its valley at every zoom. */
"use strict";

((gp) => {
  const LEVELS = 15;

  /* Values on a grid over a window, from the top left; what is no number counts as very high. */
  function grid(surface, window, columns, rows) {
    const [left, right, bottom, top] = window;
    const values = new Float64Array(columns * rows);
    for (let j = 0; j < rows; j += 1) {
      const y = top - ((j + 0.5) / rows) * (top - bottom);
      for (let i = 0; i < columns; i += 1) {
        const value = surface.value([left + ((i + 0.5) / columns) * (right - left), y]);
        values[j * columns + i] = Number.isNaN(value) ? Infinity : value;
      }
    }
    return values;
  }

  /* Lowest and highest finite value, and a monotone scale on which a steep wall does not hide the floor. */
  function rangeOf(values) {
    let [low, high] = [Infinity, -Infinity];
    for (const value of values) {
      if (!Number.isFinite(value)) continue;
      if (value < low) low = value;
      if (value > high) high = value;
    }
    if (!(low <= high)) [low, high] = [0, 1];
    const unit = (high - low) / 300 || 1;
    return { low, high, squeeze: (value) => Math.log1p(Math.max(0, Math.min(value, high) - low) / unit) };
  }

  function mix(look, share) {
    return `rgb(${look.low.map((c, i) => Math.round(c + (look.high[i] - c) * share)).join(",")})`;
  }

  function drawContours(canvas, surface, window, look) {
    const { width, height } = canvas;
    const columns = Math.max(40, Math.min(220, Math.round(width / 4)));
    const rows = Math.max(40, Math.min(180, Math.round(height / 4)));
    const values = grid(surface, window, columns, rows);
    const { squeeze } = rangeOf(values);
    const scaled = Array.from(values, squeeze);
    const sorted = scaled.filter((_, i) => i % 7 === 0).sort((a, b) => a - b);
    const levels = [];
    for (let k = 1; k < LEVELS; k += 1) {
      const level = sorted[Math.floor((k / LEVELS) ** 1.6 * (sorted.length - 1))];
      if (!(level <= levels.at(-1))) levels.push(level);
    }
    const context = canvas.getContext("2d");
    context.fillStyle = mix(look, 0);
    context.fillRect(0, 0, width, height);
    context.save();
    context.scale(width / columns, height / rows);
    context.lineWidth = columns / width;
    context.strokeStyle = look.line;
    const shapes = d3.contours().size([columns, rows]).thresholds(levels)(scaled);
    shapes.forEach((shape, k) => {
      context.fillStyle = mix(look, (k + 1) / levels.length);
      context.beginPath();
      for (const polygon of shape.coordinates) {
        for (const ring of polygon) {
          context.moveTo(ring[0][0], ring[0][1]);
          for (let i = 1; i < ring.length; i += 1) context.lineTo(ring[i][0], ring[i][1]);
        }
      }
      context.fill("evenodd");
      context.stroke();
    });
    context.restore();
  }

  Object.assign(gp, { grid, rangeOf, drawContours, mixColours: mix });
})(window.gradpath ??= {});
