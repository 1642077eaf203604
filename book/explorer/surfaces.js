/* The surfaces with their gradients, a third time. A surface: {title, window, minima, start, value(p), gradient(p)};
   points are [x1, x2]. The named ones are held to Python's by a test. */
"use strict";

((gp) => {
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

  /* 0.2 u² + 0.2 κ v² in axes that are turned by an angle: what momentum feels is κ, what Adam feels is the angle. */
  function bowl(condition, degrees) {
    const [c, s] = [Math.cos((degrees * Math.PI) / 180), Math.sin((degrees * Math.PI) / 180)];
    const turned = ([x, y]) => [c * x + s * y, c * y - s * x];
    return {
      title: "bowl of your own",
      window: [-8, 8, -6, 6],
      minima: [[0, 0]],
      start: [5, 4],
      value: (p) => {
        const [u, v] = turned(p);
        return 0.2 * u * u + 0.2 * condition * v * v;
      },
      gradient: (p) => {
        const [u, v] = turned(p);
        const [gu, gv] = [0.4 * u, 0.4 * condition * v];
        return [c * gu - s * gv, s * gu + c * gv];
      },
    };
  }

  /* What gp.parse() made of a reader's text; where its minima are, nobody has said. */
  const ownFunction = (parsed) => ({
    title: "function of your own", window: [-4, 4, -3, 3], minima: [], start: [2.5, 2],
    value: parsed.value, gradient: parsed.gradient,
  });

  Object.assign(gp, { surfaces, bowl, ownFunction });
})(window.gradpath ??= {});
