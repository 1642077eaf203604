/* Views of chapters whose figures are not declared as paths: added to those of presets.js. */
"use strict";

((gp) => {
  const run = (optimizer, steps, hyperparameters, label = null) => ({ optimizer, steps, hyperparameters, schedule: null, noise: 0, seed: 0, label });
  const view = (id, chapter, title, surface, start, runs) => ({ id, chapter, title, surface, start, runs });
  const views = [
    view("small-step", "1 Descent by hand", "One rate, a hundred small steps", "isotropic_paraboloid", [6, 6], [
      run("sgd", 100, { lr: 0.05 }, "sgd, lr 0.05"),
    ]),
    view("weight-decay", "2 Optimizer objects", "Weight decay, in the gradient and beside it", "rosenbrock", [-1.5, 2], [
      run("adam", 300, { lr: 0.1, weight_decay: 0.1 }, "adam, decay in the gradient"),
      run("adamw", 300, { lr: 0.1, weight_decay: 0.1 }, "adamw, decay beside it"),
    ]),
    view("valley", "8 All together", "Rosenbrock's valley", "rosenbrock", [-1.5, 2], [
      run("sgd", 300, { lr: 0.001 }, "sgd"), run("momentum", 300, { lr: 0.001, momentum: 0.9 }, "momentum"), run("adam", 300, { lr: 0.1 }, "adam"),
    ]),
    view("basins", "8 All together", "Which minimum of four", "himmelblau", [-0.5, -0.5], [
      run("sgd", 100, { lr: 0.01 }, "sgd"), run("momentum", 100, { lr: 0.01, momentum: 0.9 }, "momentum"), run("adam", 100, { lr: 0.3 }, "adam"),
    ]),
    view("saddle", "8 All together", "Off a saddle", "saddle", [1.5, 0.001], [
      run("sgd", 60, { lr: 0.1 }, "sgd"), run("momentum", 60, { lr: 0.1, momentum: 0.9 }, "momentum"), run("rmsprop", 60, { lr: 0.05, alpha: 0.9 }, "rmsprop"),
    ]),
  ];
  const place = ({ chapter }) => Number.parseInt(chapter, 10) || 99;
  gp.presets = [...(gp.presets ?? []), ...views].sort((a, b) => place(a) - place(b));
})(window.gradpath ??= {});
